"""Which files of the project changed while snippets ran: what child processes and compiled code write nobody sees."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

FileStates = dict[str, tuple[int, int, int]]
"""Path of a file → its size, its times of modification and of change in nanoseconds (the latter cannot be set)."""

_FOREIGN = re.compile(r"\..*|dist|__pycache__|node_modules|venv")
"""Folders that are built, or hold what is not the project's own."""
_FLEETING = re.compile(r"(.*/)?(\.[^/]*|[^/]*(~|\.sw.|\.tmp)|4913)|[^/]*(\.txt|log|out)", re.DOTALL)
"""What editors and `build.py > log` write while a deck builds."""
_EDITED = re.compile(r"[^/]*|(slides|templates|verideck|tests)/.*|.*\.(py|md)", re.DOTALL)
"""What people write while a deck builds: told only where a snippet started processes, which may have written it."""


def take(root: Path) -> FileStates:
    """Return size and times of all files below `root` that snippets must leave alone."""
    found: FileStates = {}
    folders = [""]
    while folders:
        folder = folders.pop()
        with contextlib.suppress(OSError), os.scandir(root / folder) as entries:
            for entry in entries:
                path = folder + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if not _FOREIGN.fullmatch(entry.name):
                        folders.append(f"{path}/")
                elif not _FLEETING.fullmatch(path):
                    with contextlib.suppress(OSError):
                        status = entry.stat(follow_symlinks=False)
                        found[path] = (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return found


def changed(before: FileStates, after: FileStates, *, edited: bool) -> tuple[str, ...]:
    """Return the files that are new, gone or written, sorted; `edited`: also those that people write meanwhile."""
    paths = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    return tuple(path for path in paths if edited or not _EDITED.fullmatch(path))
