"""Reads of regular files only; atomic writes: a temporary file beside, flushed to disk, then renamed."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import time
from pathlib import Path

LEFT = 60
"""Age in seconds after which a temporary file counts as abandoned."""


def read(file: Path) -> bytes:
    """Return the bytes of a file; raises OSError, also for a pipe, a socket or a device: those may never end."""
    # Without O_NONBLOCK, to open a pipe waits for its writer.
    handle = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as stream:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, _KINDS.get(stat.S_IFMT(mode), "not a file"))
        return stream.read()


_KINDS = {
    stat.S_IFIFO: "a pipe, not a file",
    stat.S_IFSOCK: "a socket, not a file",
    stat.S_IFCHR: "a device, not a file",
    stat.S_IFBLK: "a device, not a file",
}


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
    name = str(file.with_name(f".{file.name[:50]}.{secrets.token_hex(4)}.tmp"))
    write(Path(name), data)
    return name


def write(file: Path, data: bytes) -> None:
    """Write a new file and have it on disk; raises OSError, also where the file is there, and leaves none."""
    with open(file, "xb") as stream:
        try:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
            os.chmod(file, 0o644)
        except BaseException:
            os.unlink(file)
            raise


def remove_leftovers(folder: Path) -> None:
    """Remove temporary files of killed builds; younger files may belong to a build that still runs."""
    for file in folder.glob(".*.tmp"):
        with contextlib.suppress(OSError):
            if file.stat().st_mtime < time.time() - LEFT:
                file.unlink()
