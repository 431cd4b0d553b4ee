"""Atomic writes: a temporary file in the same folder is flushed to disk, then renamed."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path

LEFT = 60
"""Age in seconds after which a temporary file counts as abandoned."""


def replace(file: Path, data: bytes) -> None:
    """Write a file, and create its folder; raises OSError, and then leaves the old file unchanged."""
    temporary = neighbour(file, data)
    try:
        os.replace(temporary, file)
    except BaseException:
        os.unlink(temporary)
        raise


def neighbour(file: Path, data: bytes) -> str:
    """Return the path of a temporary file with `data`, flushed to disk, beside `file`; raises OSError."""
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
    """Remove temporary files of killed builds; younger files may belong to a build that still runs."""
    for file in folder.glob(".*.tmp"):
        with contextlib.suppress(OSError):
            if file.stat().st_mtime < time.time() - LEFT:
                file.unlink()
