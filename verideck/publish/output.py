"""Write files, all or none: compared first, replaced atomically, removed only where our manifest lists them.

With `store` this is the only module that writes below the project.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from verideck.core import files
from verideck.core.errors import UsageError
from verideck.core.hashing import digest
from verideck.core.run_model import Write

MANIFEST = ".cache/outputs.json"
"""Built file → {"sha256": its digest, "from": the key of what it was made from, "page": that of its page}."""


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
    entry = _manifest(root).get(path, {})
    with contextlib.suppress(OSError):
        data = (root / path).read_bytes()
        if digest(data) == entry.get("sha256"):
            return Made(data, str(entry.get("from", "")), str(entry.get("page", "")))
    return None


def listed(root: Path) -> tuple[str, ...]:
    """Return the built files that the manifest lists."""
    return tuple(_manifest(root))


def remember(root: Path, files: Mapping[str, Made], forget: Iterable[str]) -> None:
    """Note what was made in the manifest, and forget what was removed."""
    gone = set(forget)
    entries = {path: entry for path, entry in _manifest(root).items() if path not in gone}
    for path, file in files.items():
        page = {"page": file.page} if file.page else {}
        entries[path] = {"sha256": digest(file.data), "from": file.key, **page}
    with contextlib.suppress(UsageError):  # without a manifest the next build makes everything again
        _replace_all(root, {MANIFEST: json.dumps(entries, indent=1, sort_keys=True).encode()})


def _manifest(root: Path) -> dict[str, dict[str, str]]:
    with contextlib.suppress(OSError, ValueError):
        entries = json.loads((root / MANIFEST).read_bytes())
        if isinstance(entries, dict) and all(isinstance(entry, dict) for entry in entries.values()):
            return {path: entry for path, entry in entries.items() if path.startswith("dist/") and ".." not in path}
    return {}


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
