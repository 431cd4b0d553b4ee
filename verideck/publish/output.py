"""Write files, all or none: compared first, replaced atomically, removed only where we made them.

With the cache this is the only module that writes below the project.
"""

from __future__ import annotations

import contextlib
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
    written = _replace_all(root, planned)
    removed = []
    folded = {path.lower(): path for path in planned}
    for path in remove:
        file, twin = root / path, root / folded.get(path.lower(), path)
        # A name that differs in case alone may be that of the file just written.
        if path not in planned and file.is_file() and (twin == file or not twin.samefile(file)):
            with _refusals(path):
                file.unlink()
            removed.append(path)
    return Changes(tuple(written), tuple(removed), tuple(path for path in planned if path not in written))


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
        data = (root / path).read_bytes()
        return Made(data, key, page) if digest(data) == sha256 else None
    return None


def listed(root: Path) -> tuple[str, ...]:
    """Return the built files that are known."""
    return tuple(sorted(_DIST + name for name, _ in _list(root).entries()))


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


def _replace_all(root: Path, planned: Mapping[str, bytes]) -> list[str]:
    """Write what differs to temporary neighbours, then give all of them their names; return what was written."""
    ready: dict[str, str] = {}
    try:
        for path, data in planned.items():
            file = root / path
            with _refusals(path):
                if not file.is_file() or file.read_bytes() != data:
                    files.remove_leftovers(file.parent)
                    ready[path] = files.neighbour(file, data)
        for path, temporary in ready.items():
            with _refusals(path):
                os.replace(temporary, root / path)
    finally:
        for temporary in ready.values():
            with contextlib.suppress(OSError):
                os.unlink(temporary)
    return list(ready)


@contextlib.contextmanager
def _refusals(path: str) -> Iterator[None]:
    """Turn what the disk refuses into an error that names the file."""
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"cannot write '{path}': {error.strerror}", None, "make room, or allow writing there"
        ) from None
