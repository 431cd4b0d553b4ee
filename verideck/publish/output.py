"""Writes files of the project, all or none, and lists those that a build made.

Only this module and the cache write below the project.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from verideck.core import files
from verideck.core.cache import Cache
from verideck.core.errors import UsageError
from verideck.core.folders import output_path
from verideck.core.hashing import digest, to_json
from verideck.core.journal import Transaction
from verideck.core.run_model import Write

_DIST = output_path("")


@dataclass(frozen=True, slots=True)
class Changes:
    """Paths of files that were written, removed, or unchanged."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]


NOTHING = Changes((), (), ())


def apply_writes(root: Path, writes: Iterable[Write], remove: Iterable[str] = ()) -> Changes:
    """Write files that differ, and remove `remove`; raises UsageError if that fails, and then changes no file."""
    planned: dict[str, bytes] = {}
    for write in writes:
        assert write.path not in planned, f"{write.path} is written twice"
        planned[write.path] = write.data
    written, removed = _changes(root, planned, remove)
    if written or removed:
        changes = {**{path: planned[path] for path in written}, **dict.fromkeys(removed)}
        with _refusals(next(iter(changes))), Transaction(root, changes) as change:
            for folder in {(root / step.path).parent for step in change.steps}:
                files.remove_leftovers(folder)  # before our own temporary files exist
            for step in change.steps:
                with _refusals(step.path):
                    change.prepare(step)
            for step in change.steps:
                with _refusals(step.path):
                    change.make(step)
    return Changes(tuple(written), tuple(removed), tuple(path for path in planned if path not in written))


def _changes(root: Path, planned: Mapping[str, bytes], remove: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the planned files that differ from those on disk, and those of `remove` that exist."""
    written = []
    for path, data in planned.items():
        with _refusals(path):
            file = root / path
            if not os.path.isfile(file) or files.read(file) != data:
                written.append(path)
    folded = {path.lower(): path for path in planned}
    removed = []
    for path in remove:
        file, twin = root / path, root / folded.get(path.lower(), path)
        # On macOS and Windows, a name that differs only in case is the file that is written.
        same = twin != file and os.path.exists(twin) and os.path.exists(file) and os.path.samefile(file, twin)
        if path not in planned and os.path.isfile(file) and not same:
            removed.append(path)
    return written, removed


@dataclass(frozen=True, slots=True)
class Made:
    """Content of a built file, and digests of what it was made from."""

    data: bytes
    key: str = ""
    """Digest of everything that it was made from."""
    page: str = ""
    """For a PDF, digest of its print page."""


def made(root: Path, path: str) -> Made | None:
    """Return a built file; None if it is missing, was changed, or was not built by us."""
    entry = _list(root).get(path.removeprefix(_DIST))
    with contextlib.suppress(OSError, ValueError, TypeError):
        sha256, key, page = json.loads(entry or b"")
        data = files.read(root / path)
        return Made(data, key, page) if digest(data) == sha256 else None
    return None


def listed(root: Path) -> tuple[str, ...]:
    """Return the listed files."""
    return tuple(sorted(_DIST + name for name, _ in _list(root).entries()))


def is_listed(root: Path, path: str) -> bool:
    """Tell whether a file is listed, even if it was changed or removed."""
    return _list(root).get(path.removeprefix(_DIST)) is not None


def remember(root: Path, made: Mapping[str, Made], forget: Iterable[str]) -> None:
    """Update the list of built files. A file that cannot be listed is made again by the next build."""
    listing = _list(root)
    for path in forget:
        listing.remove(path.removeprefix(_DIST))
    for path, file in made.items():
        name, entry = path.removeprefix(_DIST), to_json([digest(file.data), file.key, file.page])
        if listing.get(name) != entry:
            listing.put(name, entry)


def _list(root: Path) -> Cache:
    """Return the list of built files: name in dist/ → [digest, `Made.key`, `Made.page`]."""
    return Cache(root, "outputs")


@contextlib.contextmanager
def _refusals(path: str) -> Iterator[None]:
    """Convert OSError to UsageError with the file's path."""
    try:
        yield
    except OSError as error:
        long = error.errno == errno.ENAMETOOLONG
        hint = "give the deck a shorter name" if long else "free disk space, or change the permissions"
        raise UsageError(f"cannot write '{path}': {error.strerror}", None, hint) from None
