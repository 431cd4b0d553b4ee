"""Write files, all or none: compared first, replaced atomically, removed only where we made them.

With the cache this is the only module that writes below the project.
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
    """What `apply` did, as project paths."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]


NOTHING = Changes((), (), ())


def apply_writes(root: Path, writes: Iterable[Write], remove: Iterable[str] = ()) -> Changes:
    """Write what differs and remove `remove`; raises UsageError where the disk refuses, all old files then whole."""
    planned: dict[str, bytes] = {}
    for write in writes:
        assert write.path not in planned, f"{write.path} is written twice"
        planned[write.path] = write.data
    written, removed = _changes(root, planned, remove)
    if written or removed:
        changes = {**{path: planned[path] for path in written}, **dict.fromkeys(removed)}
        with _refusals(next(iter(changes))), Transaction(root, changes) as change:
            for folder in {(root / step.path).parent for step in change.steps}:
                files.remove_leftovers(folder)  # once, first: our own are not to grow old meanwhile
            for step in change.steps:
                with _refusals(step.path):
                    change.prepare(step)
            for step in change.steps:
                with _refusals(step.path):
                    change.make(step)
    return Changes(tuple(written), tuple(removed), tuple(path for path in planned if path not in written))


def _changes(root: Path, planned: Mapping[str, bytes], remove: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return which of the planned files differ from what is there, and which of `remove` are there."""
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
        # A name that differs in case alone may be that of the file that is written.
        same = twin != file and os.path.exists(twin) and os.path.exists(file) and os.path.samefile(file, twin)
        if path not in planned and os.path.isfile(file) and not same:
            removed.append(path)
    return written, removed


@dataclass(frozen=True, slots=True)
class Made:
    """A built file's content and what it was made from."""

    data: bytes
    key: str = ""
    """Digest of everything that it was made from."""
    page: str = ""
    """Digest of the page that it was made from, where that takes long."""


def made(root: Path, path: str) -> Made | None:
    """Return a built file and what it was made from; None where it is missing, altered or not ours."""
    entry = _list(root).get(path.removeprefix(_DIST))
    with contextlib.suppress(OSError, ValueError, TypeError):
        sha256, key, page = json.loads(entry or b"")
        data = files.read(root / path)
        return Made(data, key, page) if digest(data) == sha256 else None
    return None


def listed(root: Path) -> tuple[str, ...]:
    """Return the built files that are known."""
    return tuple(sorted(_DIST + name for name, _ in _list(root).entries()))


def is_listed(root: Path, path: str) -> bool:
    """Return whether a built file is known, unchanged or not."""
    return _list(root).get(path.removeprefix(_DIST)) is not None


def remember(root: Path, made: Mapping[str, Made], forget: Iterable[str]) -> None:
    """Note what was made, and forget what was removed; what cannot be noted, the next build makes again."""
    noted = _list(root)
    for path in forget:
        noted.remove(path.removeprefix(_DIST))
    for path, file in made.items():
        name, entry = path.removeprefix(_DIST), to_json([digest(file.data), file.key, file.page])
        if noted.get(name) != entry:
            noted.put(name, entry)


def _list(root: Path) -> Cache:
    """Return the list of built files: by name in dist/, [digest, `Made.key`, `Made.page`]."""
    return Cache(root, "outputs")


@contextlib.contextmanager
def _refusals(path: str) -> Iterator[None]:
    """Turn what the disk refuses into an error that names the file."""
    try:
        yield
    except OSError as error:
        long = error.errno == errno.ENAMETOOLONG
        hint = "give the deck a shorter name" if long else "make room, or allow writing there"
        raise UsageError(f"cannot write '{path}': {error.strerror}", None, hint) from None
