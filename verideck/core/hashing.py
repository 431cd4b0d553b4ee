"""Digests, and JSON as it is digested."""

from __future__ import annotations

import functools
import hashlib
import json
import os
from pathlib import Path
from typing import Any

ENGINE = Path(__file__).parents[1]
"""The package."""
ROOMS = ("core", "typeset", "read", "run", "render", "publish", "check", "present")
"""Its folders: each imports only from those before it."""


def digest(data: bytes) -> str:
    """Return the sha256 of `data` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def to_json(value: Any) -> bytes:
    """Return `value` as JSON, keys in their order (that of a table's columns); inf and nan as Python writes them."""
    return json.dumps(value, separators=(",", ":")).encode()


def file_digest(root: Path, path: str) -> str:
    """Return the sha256 of a file's content, or of a folder's list of names (`data/`); "" for what is not there.

    `data/**` is a folder with the content of all files below it. A folder where a file was looked for is "folder".
    """
    file = root / path
    try:
        if path.endswith("/**"):
            files = sorted(each for each in file.parent.rglob("*") if each.is_file())
            told = [(each.relative_to(root).as_posix(), digest(each.read_bytes())) for each in files]
            return digest(to_json(told)) if file.parent.is_dir() else ""
        if path.endswith("/"):
            return digest("\n".join(sorted(os.listdir(file))).encode(errors="surrogateescape"))
        return "folder" if file.is_dir() else digest(file.read_bytes())
    except (OSError, ValueError):
        return ""


@functools.cache
def engine_digest(room: str = "") -> str:
    """Return the digest of the code of a room and of all rooms below it, which is all that it can depend on.

    Without `room`: of the whole engine. It changes with any byte of any of these files, and with their paths.
    """
    folders = [ENGINE / name for name in ROOMS[: ROOMS.index(room) + 1]] if room else [ENGINE]
    files = [file for folder in folders for file in sorted(folder.rglob("*.py"))]
    return digest(to_json([(file.relative_to(ENGINE).as_posix(), digest(file.read_bytes())) for file in files]))
