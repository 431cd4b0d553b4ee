"""A fluent harness: a test of the pipeline reads as a story.

deck.write("slides/a.md", "# One").build().fine().edit("slides/a.md", "One", "Two").build().ran()
"""

from __future__ import annotations

import io
import shutil
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Self

from deck.cli import main
from deck.fulfil import silent
from deck.pipeline import Options, Report, build

ROOT = Path(__file__).resolve().parent.parent


class DeckTest:
    """One project in a folder of its own, and what the last command did to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.code = -1
        self.out = ""
        self.err = ""
        self.report: Report | None = None
        for folder in ("slides", "snippets"):
            (root / folder).mkdir(parents=True)
        shutil.copytree(ROOT / "templates", root / "templates")
        shutil.copy(ROOT / "matplotlibrc", root)

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
        """Run a command as the command line does."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            self.code = main(arguments, self.root)
        self.out, self.err = out.getvalue(), err.getvalue()
        return self

    def build(self) -> Self:
        """Build the HTML of all decks; errors are the test's."""
        self.report = build(Options(self.root, pdf=False), silent)
        return self

    def ran(self, *names: str) -> Self:
        """Assert that the last build ran just these snippets."""
        assert self.report
        assert sorted(run.snippet.removeprefix("snippets/") for run in self.report.ran) == sorted(names)
        return self

    def fine(self) -> Self:
        """Assert that the last command succeeded."""
        assert self.code == 0, self.err
        return self

    def fails(self, code: int, *texts: str) -> Self:
        """Assert an exit code and texts of the message."""
        assert self.code == code, self.err or self.out
        for text in texts:
            assert text in self.err
        return self

    def files(self, folder: str) -> dict[str, bytes]:
        """Return the files below a folder with their content."""
        base = self.root / folder
        return {str(file.relative_to(base)): file.read_bytes() for file in sorted(base.rglob("*")) if file.is_file()}
