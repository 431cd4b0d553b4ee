"""Which files of the project changed while snippets ran: what child processes and compiled code write nobody sees."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

Snapshot = dict[str, tuple[int, int]]
"""Path of a file → its size and its time of modification in nanoseconds."""

_FOREIGN = re.compile(r"\..*|dist|__pycache__|node_modules|venv")
"""Folders that are built, or hold what is not the project's own."""
_EDITED = re.compile(
    r"[^/]*|(slides|templates|deck|tests)/.*|.*\.(py|md)|(.*/)?(\.[^/]*|[^/]*(~|\.sw.|\.tmp)|4913)", re.DOTALL
)
"""What people, their editors and `build.py > log` write while a deck builds: a change there is no snippet's fault."""


def take(root: Path) -> Snapshot:
    """Return size and time of all files below `root` that snippets must leave alone and people rarely edit."""
    found: Snapshot = {}
    folders = [""]
    while folders:
        folder = folders.pop()
        with contextlib.suppress(OSError), os.scandir(root / folder) as entries:
            for entry in entries:
                path = folder + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if not _FOREIGN.fullmatch(entry.name):
                        folders.append(f"{path}/")
                elif not _EDITED.fullmatch(path):
                    with contextlib.suppress(OSError):
                        status = entry.stat(follow_symlinks=False)
                        found[path] = (status.st_size, status.st_mtime_ns)
    return found


def changed(before: Snapshot, after: Snapshot) -> tuple[str, ...]:
    """Return the files that are new, gone or written, sorted."""
    return tuple(sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path)))
