"""Transactions: several files change together or not at all, even if the command is killed.

Each old file is kept beside the new one until all files have changed. A journal in .cache/ lists them, and the next
command restores the old files of a killed command. Without a writable .cache/, errors are still rolled back.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from verideck.core import files
from verideck.core.folders import CACHE

if os.name == "posix":
    import fcntl

PATIENCE = 30.0
"""Seconds to wait for another command that writes to the same project."""


@dataclass(frozen=True, slots=True)
class Step:
    """The change of one file."""

    path: str
    """Path relative to the project's root."""
    new: str
    """Name of the new file in the same folder; "" to remove the file."""
    old: str
    """Name under which the old file is kept in the same folder; "" if there is none."""


class Transaction:
    """Changes of files: path → content, or None to remove the file. `prepare` each step, then `make` each step.

    An exception restores all files. Entering raises OSError if another command does not stop writing to the project.
    """

    def __init__(self, root: Path, changes: Mapping[str, bytes | None]) -> None:
        self._root, self._changes = root, changes
        self._undo, self._done = _journals(root)
        self.steps = [self._step(path, several=len(changes) > 1) for path in changes]
        self._lock: int | None = None

    def _step(self, path: str, *, several: bool) -> Step:
        file, token = self._root / path, secrets.token_hex(4)
        beside = f".{file.name[:50]}.{token}"
        kept = several and os.path.lexists(file)
        return Step(path, f"{beside}.tmp" if self._changes[path] is not None else "", f"{beside}.old" if kept else "")

    def __enter__(self) -> Self:
        """Wait for other commands, restore the files of a killed command, and write the journal."""
        with contextlib.suppress(OSError):
            self._undo.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(self._undo.parent / "lock")
        try:
            _settle(self._root)
            if len(self.steps) > 1:
                with contextlib.suppress(OSError):
                    files.replace(self._undo, json.dumps([astuple(step) for step in self.steps]).encode())
        except BaseException:
            self._unlock()
            raise
        return self

    def prepare(self, step: Step) -> None:
        """Write the new file and keep the old one, both beside the file; raises OSError."""
        file, data = self._root / step.path, self._changes[step.path]
        if data is not None:
            file.parent.mkdir(parents=True, exist_ok=True)
            files.write(file.with_name(step.new), data)
        if step.old:
            _keep(file, file.with_name(step.old))

    def make(self, step: Step) -> None:
        """Change one file; raises OSError."""
        file = self._root / step.path
        if step.new:
            os.replace(file.with_name(step.new), file)
        else:
            file.unlink()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Commit the changes, or restore all files after an exception; raises OSError if this fails."""
        try:
            try:
                if kind is None and os.path.lexists(self._undo):
                    os.replace(self._undo, self._done)
            except OSError:
                _put_back(self._root, self.steps)
                raise
            if kind is not None and len(self.steps) > 1:
                _put_back(self._root, self.steps)
            _clear(self._root, self.steps)
            for journal in (self._undo, self._done):
                with contextlib.suppress(OSError):
                    journal.unlink()
        finally:
            self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)


def recover(root: Path) -> None:
    """Restore the files of a killed command; raises OSError if this fails."""
    if any(map(os.path.lexists, _journals(root))):
        with Transaction(root, {}):
            pass


def _journals(root: Path) -> tuple[Path, Path]:
    """Return the path of the journal, and the path to which it is renamed after the last change."""
    folder = root / CACHE / "journal"
    return folder / "undo", folder / "done"


def _settle(root: Path) -> None:
    undo, done = _journals(root)
    for journal in (undo, done):
        steps = [*_read(journal)]
        if journal == undo:
            _put_back(root, steps)
        _clear(root, steps)
        with contextlib.suppress(OSError):
            journal.unlink()


def _read(journal: Path) -> Iterator[Step]:
    """Yield the steps of a journal, as far as it is valid and has only names that commands write."""
    with contextlib.suppress(OSError, ValueError, TypeError, AttributeError, RecursionError):
        for path, new, old in json.loads(files.read(journal)):
            beside = all(re.fullmatch(r"(\.[^/\\]+\.(tmp|old))?", name) for name in (new, old))
            if beside and not {"..", ""}.intersection(path.split("/")):
                yield Step(path, new, old)


def _put_back(root: Path, steps: Iterable[Step]) -> None:
    """Restore the old files."""
    for step in steps:
        file = root / step.path
        if os.path.lexists(file.with_name(step.new) if step.new else file):
            continue  # not changed yet
        if not step.old:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                file.unlink()
        elif os.path.lexists(file.with_name(step.old)):
            os.replace(file.with_name(step.old), file)


def _clear(root: Path, steps: Iterable[Step]) -> None:
    """Remove the new and old files beside the files."""
    for step in steps:
        for name in filter(None, (step.new, step.old)):
            with contextlib.suppress(OSError):
                (root / step.path).with_name(name).unlink()


def _keep(file: Path, kept: Path) -> None:
    """Keep a file or link under another name; raises OSError."""
    if file.is_symlink():
        kept.symlink_to(os.readlink(file))
        return
    try:
        os.link(file, kept)
    except OSError:  # this file system has no hard links
        files.write(kept, files.read(file))


def _locked(file: Path) -> int | None:
    """Return the handle of the locked file; None if files cannot be locked. Raises OSError after PATIENCE."""
    if os.name != "posix":
        return None
    try:
        handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError:
        return None
    end = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return handle
        except BlockingIOError as error:
            if time.monotonic() > end:
                os.close(handle)
                raise OSError(error.errno, "another command is writing into this project") from None
            time.sleep(0.05)
        except OSError:
            return handle
