"""The files of a project: each is read once, must be inside the project, and text must be UTF-8."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from verideck.core import files
from verideck.core.errors import DeckError, UsageError, did_you_mean
from verideck.core.folders import (
    CONFIG,
    LONE,
    SLIDES,
    SNIPPETS,
    deck_path,
    is_single,
    snippet_path,
)
from verideck.core.messages import command
from verideck.core.run_model import Location


def find_project(start: Path) -> Path | None:
    """Return the nearest folder from `start` upwards that is a project: with slides/, verideck.toml or talk.md."""
    for folder in (start, *start.parents):
        deck = (folder / LONE).is_file() and folder.name != SLIDES
        if deck or (folder / SLIDES).is_dir() or (folder / CONFIG).is_file():
            return folder
    return None


def locate_project(names: Sequence[str], start: Path, root: Path | None = None) -> tuple[Path, tuple[str, ...]]:
    """Return the project that a command is about, and what it names as paths in there.

    A name that is a file seen from `start` chooses its project: a deck in a folder slides/ the one around it, any other
    deck the folder that it is in. root: the project where no name chooses another; by default the one around `start`.
    Raises UsageError where there is no project, or more than one.
    """
    home = root or find_project(start) or (start if _lone_deck(start) else None)
    found = [_in_project(name, start, home) for name in names]
    roots = dict.fromkeys(folder for folder, _ in found if folder)
    if len(roots) > 1:
        raise UsageError(f"'{names[0]}' and '{names[-1]}' are of two projects", None, "name those of one at a time")
    chosen = next(iter(roots), home)
    if not chosen:
        hint = f"start a project: {command('new my-talk')}; or name a deck: {command('build path/to/deck.md')}"
        raise UsageError(f"no project in '{start}' or above: no slides/, verideck.toml or talk.md", None, hint)
    return chosen, tuple(name for _, name in found)


def _in_project(name: str, start: Path, home: Path | None) -> tuple[Path | None, str]:
    """Return the project of a file that a command names, and its path in there; (None, name) for any other name."""
    path, line = re.fullmatch(r"(.*?)((?::\d+)?)", name, re.DOTALL).groups()  # type: ignore[union-attr]
    if not path.endswith((".md", ".py")):
        return None, name
    if home and not os.path.isabs(path) and ".." not in path.split("/") and _is_file(home / path):
        return home, name
    file = Path(os.path.abspath(start / path))
    if not _is_file(file):
        return None, name
    if path.endswith(".md"):
        folder = file.parent
        root = folder.parent if folder.name == SLIDES else folder
    elif home and file.is_relative_to(home):
        root = home
    else:
        return None, name
    return root, file.relative_to(root).as_posix() + line


def _is_file(file: Path) -> bool:
    try:
        return file.is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


def _lone_deck(root: Path) -> str:
    """Return the deck of a project that is one deck: talk.md, or the only other Markdown file; "" for none."""
    if (root / LONE).is_file():
        return LONE
    # README.md and its like are not decks, _part.md is included by decks.
    names = [file.name for file in root.glob("*.md") if not file.stem.isupper() and file.name[0] != "_"]
    return names[0] if len(names) == 1 else ""


class Sources:
    """A consistent view of a project's files: all stages see the content that was read first."""

    def __init__(self, root: Path, texts: Mapping[str, str] | None = None) -> None:
        self.root = root.resolve()
        self._texts: dict[str, str] = dict(texts or {})
        self._single = is_single(self.root) and not any(
            path.startswith((f"{SLIDES}/", f"{SNIPPETS}/")) for path in self._texts
        )
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
        if self._single and (name in self._texts or os.path.exists(self.locate(name, at))):
            path = name
        if path not in self._texts and not os.path.exists(self.locate(path, at)):
            place = "beside the deck" if self._single else "into snippets/"
            hint = did_you_mean(name, self.snippets()) or f"put the script {place}, or correct its name"
            raise DeckError(f"no snippet '{name}'", at, hint)
        return path, self.text(path, at)

    def snippets(self) -> list[str]:
        """Return the names of all scripts below snippets/, or beside a deck that is a project by itself; sorted."""
        folder = self.root / SNIPPETS
        if self._single:
            return sorted(file.name for file in self.root.glob("*.py"))
        return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.py"))

    def decks(self, names: tuple[str, ...] = ()) -> list[str]:
        """Return the paths of the named decks, or of all decks; raises UsageError for a missing deck.

        A deck outside of slides/ is named by its path.
        """
        known = self.all_decks()
        if not names:
            if not known:
                raise UsageError("no decks in slides/", None, f"create one: {command('new slides/my-talk.md')}")
            return known
        return [self._deck(name, known) for name in names]

    def find_deck(self, name: str) -> str | None:
        """Return the path of a deck from any of its names; None if there is no such deck."""
        try:
            return self._deck(name, self.all_decks())
        except UsageError:
            return None

    def all_decks(self) -> list[str]:
        """Return the paths of the project's decks: those in slides/, or the single one.

        A file whose name begins with `_` is a part that decks include.
        """
        if self._single:
            return list(filter(None, [_lone_deck(self.root)]))
        files = (self.root / SLIDES).glob("*.md")
        return sorted(deck_path(file.stem) for file in files if not file.name.startswith("_"))

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
        if name.endswith(".md") and self._is_inside(name):
            return PurePosixPath(name).as_posix()
        others = f"use one of {', '.join(known)}" if known else f"create it: {command(f'new {path}')}"
        raise UsageError(f"no deck '{name}'", None, did_you_mean(path, known) or others)

    def _is_inside(self, path: str) -> bool:
        try:
            return self.locate(path).is_file()
        except (DeckError, OSError):
            return False

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
