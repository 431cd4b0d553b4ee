"""The files of a project: each is read once, must be inside the project, and text must be UTF-8."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path

from verideck.core import files
from verideck.core.errors import DeckError, UsageError, did_you_mean
from verideck.core.folders import SLIDES, SNIPPETS, deck_path, snippet_path
from verideck.core.messages import command
from verideck.core.run_model import Location


class Sources:
    """A consistent view of a project's files: all stages see the content that was read first."""

    def __init__(self, root: Path, texts: Mapping[str, str] | None = None) -> None:
        self.root = root.resolve()
        self._texts: dict[str, str] = dict(texts or {})
        self._bytes: dict[str, bytes] = {}
        self._lines: dict[str, list[str]] = {}

    def text(self, path: str, at: Location | None = None) -> str:
        """Return the text of a UTF-8 file, without BOM, with \\n as line ends.

        Raises DeckError, at `at` if given, if the file is missing, outside the project, or not text.
        """
        if path not in self._texts:
            self._texts[path] = decode(path, self.data(path, at))
        return self._texts[path]

    def data(self, path: str, at: Location | None = None) -> bytes:
        """Return the bytes of a file; raises DeckError if it is missing, outside the project, or not readable."""
        if path not in self._bytes:
            file = self.locate(path, at)
            try:
                self._bytes[path] = files.read(file)
            except FileNotFoundError:
                hint = self._neighbour(path) or "put the file there, or correct its name"
                raise DeckError(f"no file '{path}'", at, hint) from None
            except OSError as error:
                hint = "replace it by a file that can be read"
                raise DeckError(f"cannot read '{path:.100}': {error.strerror}", at, hint) from None
        return self._bytes[path]

    def locate(self, path: str, at: Location | None = None) -> Path:
        """Return the absolute path of a file; raises DeckError if that is outside the project (links are followed)."""
        if "\0" in path or "\\" in path or path.startswith(("/", "~")) or ":" in path.split("/")[0]:
            raise DeckError(
                f"'{path}' is not a path inside the project", at, "write a path relative to the project, with /"
            )
        try:
            file = (self.root / path).resolve()
            with contextlib.suppress(FileNotFoundError, NotADirectoryError, PermissionError):
                os.stat(file)  # tells of names that no file can have
        except RuntimeError:
            raise DeckError(f"the link '{path}' points to itself", at, "replace it by the file") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", "") or "a file cannot have this name"
            raise DeckError(f"cannot follow '{path:.100}': {reason}", at, "correct the name of the file") from None
        if not file.is_relative_to(self.root) or ".." in path.split("/"):
            raise DeckError(f"'{path}' leads out of the project", at, "move the file into the project")
        return file

    def snippet(self, name: str, at: Location) -> tuple[str, str]:
        """Return (path, text) of a script from its name in decks, the path below snippets/; raises DeckError."""
        path = snippet_path(name)
        if path not in self._texts and not os.path.exists(self.locate(path, at)):
            hint = did_you_mean(name, self.snippets()) or "put the script into snippets/, or correct its name"
            raise DeckError(f"no snippet '{name}'", at, hint)
        return path, self.text(path, at)

    def snippets(self) -> list[str]:
        """Return the names of all scripts below snippets/, sorted."""
        folder = self.root / SNIPPETS
        return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.py"))

    def decks(self, names: tuple[str, ...] = ()) -> list[str]:
        """Return the paths of the named decks, or of all decks in slides/; raises UsageError for a missing deck.

        A file whose name begins with `_` is a part that decks include.
        """
        files = (self.root / SLIDES).glob("*.md")
        known = sorted(deck_path(file.stem) for file in files if not file.name.startswith("_"))
        if not names:
            if not known:
                raise UsageError("no decks in slides/", None, f"create one: {command('new slides/my-talk.md')}")
            return known
        return [self._deck(name, known) for name in names]

    def line(self, path: str, line: int) -> str | None:
        """Return one line of a file for an error message, or None if it cannot be read."""
        try:
            if path not in self._lines:
                self._lines[path] = self.text(path).split("\n")
            return self._lines[path][line - 1]
        except (DeckError, IndexError):
            return None

    def _deck(self, name: str, known: list[str]) -> str:
        tail = name.removesuffix(".md").rsplit("/", 1)[-1]
        path = deck_path(tail)
        if path in known and name in (tail, f"{tail}.md", path, f"./{path}", path.removesuffix(".md")):
            return path
        others = f"use one of {', '.join(known)}" if known else f"create it: {command(f'new {path}')}"
        raise UsageError(f"no deck '{name}'", None, did_you_mean(path, known) or others)

    def _neighbour(self, path: str) -> str:
        folder = (self.root / path).parent
        names = [file.name for file in folder.iterdir()] if folder.is_dir() else []
        return did_you_mean(path.rsplit("/", 1)[-1], names)


def decode(path: str, data: bytes) -> str:
    """Return the text of a file; raises DeckError at a line that is not UTF-8 or contains a NUL."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise DeckError(message, Location(path, line), "save the file as UTF-8") from None
    if "\0" in text:
        at = Location(path, text.count("\n", 0, text.index("\0")) + 1)
        raise DeckError("the file contains a NUL character", at, "remove it")
    return text.replace("\r\n", "\n").replace("\r", "\n")
