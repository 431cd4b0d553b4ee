"""Note what a snippet reads, refuse what it may not write: an audit hook that supervisor.py loads for child.py."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Callable
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {
    "os.remove": 1, "os.rename": 2, "os.mkdir": 1, "os.rmdir": 1, "os.truncate": 1, "os.chmod": 1, "os.chown": 1,
    "os.utime": 1, "os.link": 2, "os.symlink": 2, "shutil.rmtree": 1,
}  # fmt: skip
"""Audit event → how many of its first arguments are paths that it changes."""
STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty"}
"""Audit events of code that starts processes: what those read nobody sees."""


class Observer:
    """Audit hook: notes by content what is read below the project's root, and refuses to change anything there."""

    def __init__(self, root: str, exempt: list[str]) -> None:
        self.root, self.exempt = root + os.sep, tuple(path + os.sep for path in exempt)
        self.inputs: dict[str, str] = {}
        self.spawned = False

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        """Take one audit event (docs.python.org/3/library/audit_events.html)."""
        if event == "open":
            if (args[2] or 0) & WRITING:
                self.refuse(args[0])
            else:
                self.note(args[0])
        elif event in ("os.listdir", "os.scandir", "sqlite3.connect"):
            self.note(args[0] if args[0] is not None else ".")
        elif event in CHANGES:
            for path in args[: CHANGES[event]]:
                self.refuse(path)
        elif event in STARTS and not self.importing():
            self.spawned = True

    def own(self, path: str) -> bool:
        """Whether an absolute path is the project's root or lies below it, and is the project's own."""
        return (path + os.sep).startswith(self.root) and not (path + os.sep).startswith(self.exempt)

    def inside(self, path: Any, resolve: Callable[[str], str]) -> str:
        """Return the path relative to the root, or "" for one that lies elsewhere."""
        if isinstance(path, int):
            return ""
        full = resolve(os.fsdecode(path))
        return (full[len(self.root) :].replace(os.sep, "/") or ".") if self.own(full) else ""

    def refuse(self, path: Any) -> None:
        """Raise PermissionError for a path below the root, links followed."""
        if name := self.inside(path, os.path.realpath):
            message = f"a snippet may not write into the project ('{name}'): write to the current folder, it is scratch"
            raise PermissionError(message)

    def note(self, path: Any) -> None:
        """Remember a file or folder that is about to be read, with its digest; "" where there is none."""
        name = self.inside(path, os.path.abspath)
        if not name or name in self.inputs or f"{name}/" in self.inputs:
            return
        folder = os.path.isdir(self.root + name)
        if folder and self.importing():
            return
        key = f"{name}/" if folder else name
        self.inputs[key] = ""  # first: the reading below comes here again
        with contextlib.suppress(OSError):
            if folder:
                data = "\n".join(sorted(os.listdir(self.root + name))).encode(errors="surrogateescape")
            else:
                with open(self.root + name, "rb") as file:
                    data = file.read()
            self.inputs[key] = hashlib.sha256(data).hexdigest()

    def importing(self) -> bool:
        """Whether an import statement, not the project's own code, is what calls."""
        frame = sys._getframe(2)
        while frame:
            name = frame.f_code.co_filename
            if name.startswith("<frozen importlib"):
                return True
            if self.own(name):
                return False
            frame = frame.f_back  # type: ignore[assignment]
        return False
