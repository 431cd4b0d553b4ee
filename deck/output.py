"""Write files all or nothing each: compared first, replaced atomically, removed only where our manifest lists them.

With `store` this is the only module that writes below the project.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deck.errors import UsageError
from deck.model import Write

MANIFEST = ".cache/outputs.json"
"""Built file → {"sha256": its digest, "from": the key of what it was made from}."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What `apply` did, as project paths."""

    written: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: tuple[str, ...]


NOTHING = Changes((), (), ())


def apply(root: Path, writes: Iterable[Write], remove: Iterable[str] = ()) -> Changes:
    """Write what differs and remove `remove`; raises UsageError where the disk refuses, the old file then whole."""
    planned: dict[str, bytes] = {}
    for write in writes:
        assert write.path not in planned, f"{write.path} is written twice"
        planned[write.path] = write.data
    written = [path for path, data in planned.items() if _replace(root / path, path, data)]
    removed = []
    for path in remove:
        if path not in planned and (root / path).is_file():
            with _refusals(path):
                (root / path).unlink()
            removed.append(path)
    return Changes(tuple(written), tuple(removed), tuple(path for path in planned if path not in written))


def made_from(root: Path, path: str) -> str:
    """Return the key of what a built file was made from; "" where it is missing, altered or not ours."""
    entry = _manifest(root).get(path, {})
    with contextlib.suppress(OSError):
        if digest((root / path).read_bytes()) == entry.get("sha256"):
            return str(entry.get("from", ""))
    return ""


def listed(root: Path) -> tuple[str, ...]:
    """Return the built files that the manifest lists."""
    return tuple(_manifest(root))


def remember(root: Path, made: Mapping[str, tuple[bytes, str]], forget: Iterable[str]) -> None:
    """Note path → (content, key) in the manifest, and forget what was removed."""
    gone = set(forget)
    entries = {path: entry for path, entry in _manifest(root).items() if path not in gone}
    entries.update({path: {"sha256": digest(data), "from": key} for path, (data, key) in made.items()})
    with contextlib.suppress(UsageError):  # without a manifest the next build makes everything again
        _replace(root / MANIFEST, MANIFEST, json.dumps(entries, indent=1, sort_keys=True).encode())


def digest(data: bytes) -> str:
    """Return the sha256 of some bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _manifest(root: Path) -> dict[str, dict[str, str]]:
    with contextlib.suppress(OSError, ValueError):
        entries = json.loads((root / MANIFEST).read_bytes())
        if isinstance(entries, dict) and all(isinstance(entry, dict) for entry in entries.values()):
            return {path: entry for path, entry in entries.items() if path.startswith("dist/") and ".." not in path}
    return {}


def _replace(file: Path, path: str, data: bytes) -> bool:
    """Write a file through a temporary neighbour and a rename; tell whether anything had to change."""
    with _refusals(path):
        if file.is_file() and file.read_bytes() == data:
            return False
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".tmp", dir=file.parent)
        try:
            with os.fdopen(handle, "wb") as temporary:
                temporary.write(data)
                temporary.flush()
                os.fsync(temporary.fileno())
            os.chmod(name, 0o644)
            os.replace(name, file)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
    return True


@contextlib.contextmanager
def _refusals(path: str) -> Iterator[None]:
    """Turn what the disk refuses into an error that names the file."""
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"cannot write '{path}': {error.strerror}", None, "make room, or allow writing there"
        ) from None
