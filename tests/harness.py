"""A fluent harness: a test of the pipeline reads as a story.

deck.write("slides/a.md", "# One").build().edit("slides/a.md", "One", "Two").build().ran().wrote("dist/a.html")
"""

from __future__ import annotations

import asyncio
import copy
import io
import re
import shutil
import signal
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, Self, TypeVar

from verideck.cli import main

ROOT = Path(__file__).resolve().parent.parent
T = TypeVar("T")


def finished(work: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine gives, in a thread: in ours the browser's loop may be running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def interruptible() -> None:
    """Have a process that is about to start hear the signals that a test runner in the background ignores."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class DeckTest:
    """One project in a folder of its own, and what the last command did to it."""

    def __init__(self, root: Path, fonts: Path | None = None) -> None:
        """Make an empty project; `fonts` is a store of fonts to share, as cutting them takes seconds."""
        self.root = root
        self.code = -1
        self.out = ""
        self.err = ""
        self.before: dict[str, tuple[bytes, int, int]] = {}
        for folder in ("slides", "snippets"):
            (root / folder).mkdir(parents=True)
        shutil.copytree(ROOT / "templates", root / "templates")
        shutil.copy(ROOT / "matplotlibrc", root)
        if fonts:
            (root / ".cache").mkdir()
            (root / ".cache/fonts").symlink_to(fonts)

    def copy(self, root: Path) -> DeckTest:
        """Return the project, with all that was made in it, in another folder."""
        shutil.copytree(self.root, root, symlinks=True)
        other = copy.copy(self)
        other.root = root
        return other

    def write(self, path: str, text: str | bytes) -> Self:
        """Write a file of the project."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self

    def edit(self, path: str, before: str, after: str) -> Self:
        """Replace a text that occurs in a file."""
        text = self.read(path)
        assert before in text
        return self.write(path, text.replace(before, after))

    def read(self, path: str) -> str:
        """Return a file of the project."""
        return (self.root / path).read_text("utf-8")

    def run(self, *arguments: str) -> Self:
        """Run a command as the command line does; what stands in dist/ and figures/ before is remembered."""
        self.before = self._outputs()
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            self.code = main(arguments, self.root)
        self.out, self.err = out.getvalue(), err.getvalue()
        return self

    def build(self, *arguments: str) -> Self:
        """Build the HTML of all decks, and assert that it went well."""
        return self.run("build", "--html", *arguments).fine()

    def ran(self, *names: str) -> Self:
        """Assert that the last command ran just these snippets, with their parameters where they have some."""
        assert sorted(re.findall(r"^\[\d+/\d+\] ran (.*)$", self.err, re.MULTILINE)) == sorted(names)
        return self

    def wrote(self, *paths: str) -> Self:
        """Assert that the last command wrote or removed just these files of dist/ and figures/.

        What accompanies them is left aside: decks' provenance (dist/*.json), the index, the page that `verify` writes.
        """
        aside = re.compile(r"dist/(.*\.json|index\.html|verify\.html)")
        assert {path for path in self._changed() if not aside.fullmatch(path)} == set(paths)
        return self

    def _changed(self) -> set[str]:
        after = self._outputs()
        return {path for path in self.before.keys() | after.keys() if self.before.get(path) != after.get(path)}

    def fine(self) -> Self:
        """Assert that the last command succeeded."""
        assert self.code == 0, self.err or self.out
        return self

    def says(self, *texts: str) -> Self:
        """Assert that the last command's output holds these texts."""
        for text in texts:
            assert text in self.out
        return self

    def fails(self, code: int, *texts: str) -> Self:
        """Assert an exit code and texts of the message, and that dist/ and figures/ are as they were, byte by byte."""
        assert self.code == code, self.err or self.out
        for text in texts:
            assert text in self.err
        assert self._changed() == set()
        return self

    def outputs(self) -> dict[str, bytes]:
        """Return all that stands in dist/ and figures/ with its content, leftovers included."""
        return {path: data for path, (data, _, _) in self._outputs().items()}

    def _outputs(self) -> dict[str, tuple[bytes, int, int]]:
        """Return the outputs with what tells a file from one that was written again: inode and time."""
        return {
            file.relative_to(self.root).as_posix(): (file.read_bytes(), file.stat().st_ino, file.stat().st_mtime_ns)
            for folder in ("dist", "figures")
            for file in sorted((self.root / folder).rglob("*"))
            if file.is_file()
        }
