"""Detects files of the project that changed while snippets ran.

The audit hook does not see what child processes and compiled code write.
"""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path

from verideck.core.folders import is_single

FileStates = dict[str, tuple[int, int, int]]
"""Path of a file → size in bytes, mtime and ctime in nanoseconds. A program cannot set ctime."""

FOREIGN = re.compile(r"\..*|dist|__pycache__|node_modules|venv")
"""Folders of built files and of other people's code."""
_FLEETING = re.compile(r"(.*/)?(\.[^/]*|[^/]*(~|\.sw.|\.tmp)|4913)|[^/]*(\.txt|log|out)", re.DOTALL)
"""Files that editors and `build.py > log` write during a build."""
_EDITED = re.compile(r"[^/]*|(slides|templates|verideck|tests)/.*|.*\.(py|md)", re.DOTALL)
"""Files that people edit during a build. They matter only if a snippet started processes, which may write them."""


def take(root: Path) -> FileStates:
    """Return the state of all files below `root` that snippets may not change.

    Around a single deck, only two levels: it may lie in a folder full of other things.
    """
    shallow = is_single(root)
    found: FileStates = {}
    folders = [""]
    while folders:
        folder = folders.pop()
        with contextlib.suppress(OSError), os.scandir(root / folder) as entries:
            for entry in entries:
                path = folder + entry.name
                if entry.is_dir(follow_symlinks=False):
                    if not (shallow and folder) and not FOREIGN.fullmatch(entry.name):
                        folders.append(f"{path}/")
                elif not _FLEETING.fullmatch(path):
                    with contextlib.suppress(OSError):
                        status = entry.stat(follow_symlinks=False)
                        found[path] = (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return found


def changed(before: FileStates, after: FileStates, *, edited: bool) -> tuple[str, ...]:
    """Return the new, removed and changed files, sorted. edited: include files that people edit during a build."""
    paths = sorted(path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    return tuple(path for path in paths if edited or not _EDITED.fullmatch(path))
