"""Digests of data, files and the engine, and compact JSON."""

from __future__ import annotations

import functools
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from verideck.core import files

ENGINE = Path(__file__).parents[1]
"""Folder of the package."""
ROOMS = ("core", "typeset", "read", "run", "render", "publish", "check", "present")
"""Folders in the package; each imports only from the ones before it."""


def digest(data: bytes) -> str:
    """Return the SHA-256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def to_json(value: Any) -> bytes:
    """Return `value` as compact JSON. Keys keep their order (columns of a table); inf and nan are as in Python."""
    return json.dumps(value, separators=(",", ":")).encode()


def file_digest(root: Path, path: str) -> str:
    """Return the SHA-256 of a file's content; "" if the path does not exist.

    `data/` is the list of names in a folder, `data/**` the content of all files below it. A file outside the project
    has a path that begins with `../`, or an absolute one.
    The digest is "folder" if `path` names a file, but there is a folder.
    """
    file = root / path
    try:
        if path.endswith("/**"):
            found = sorted(each for each in file.parent.rglob("*") if each.is_file())
            digests = [(each.relative_to(file.parent).as_posix(), digest(files.read(each))) for each in found]
            return digest(to_json(digests)) if file.parent.is_dir() else ""
        if path.endswith("/"):
            with os.scandir(file) as entries:
                names = sorted(entry.name + "/" * entry.is_dir() for entry in entries)
            return digest("\n".join(names).encode(errors="surrogateescape"))
        return "folder" if file.is_dir() else digest(files.read(file))
    except (OSError, ValueError):
        return ""


@functools.cache
def engine_digest(room: str = "") -> str:
    """Return the digest of the code in a room and in all rooms that it may import, or of the whole engine.

    It changes with any byte and with the path of any of these files.
    """
    folders = [ENGINE / name for name in ROOMS[: ROOMS.index(room) + 1]] if room else [ENGINE]
    code = [file for folder in folders for file in sorted(folder.rglob("*.py"))]
    return digest(to_json([(file.relative_to(ENGINE).as_posix(), digest(file.read_bytes())) for file in code]))
