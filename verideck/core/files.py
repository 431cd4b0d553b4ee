"""Files written whole or not at all: a temporary neighbour, on disk before it takes the name."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path

LEFT = 60
"""Seconds after which a temporary file is nobody's any more."""


def replace(file: Path, data: bytes) -> None:
    """Write a file, its folder if need be; raises OSError, the old file then whole."""
    temporary = neighbour(file, data)
    try:
        os.replace(temporary, file)
    except BaseException:
        os.unlink(temporary)
        raise


def neighbour(file: Path, data: bytes) -> str:
    """Return a temporary file that holds `data`, on disk, in the folder of `file`; raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{file.name[:50]}.", suffix=".tmp", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, 0o644)
    except BaseException:
        os.unlink(name)
        raise
    return name


def remove_leftovers(folder: Path) -> None:
    """Remove what killed builds left half written; what is younger may be another build's that runs now."""
    for file in folder.glob(".*.tmp"):
        with contextlib.suppress(OSError):
            if file.stat().st_mtime < time.time() - LEFT:
                file.unlink()
