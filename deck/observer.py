"""Note what a snippet reads, refuse what it may not write: an audit hook that supervisor.py loads for child.py."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import os
import sys
from collections.abc import Iterator
from os import fsdecode, getcwd, listdir
from os.path import abspath, dirname, isabs, isdir, isfile, islink, join, realpath, split
from typing import Any

read_file = open  # what a snippet may replace
OURS = dirname(abspath(__file__)) + os.sep
IMPORTLIB = ("<frozen importlib", dirname(importlib.__file__) + os.sep)
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {
    "os.truncate": ((0, None),), "os.chmod": ((0, 2),), "os.chown": ((0, 3),), "os.utime": ((0, 3),),
    "os.remove": ((0, 1),), "os.rename": ((0, 2), (1, 3)), "os.mkdir": ((0, 2),), "os.rmdir": ((0, 1),),
    "os.link": ((0, 2), (1, 3)), "os.symlink": ((1, 2),), "shutil.rmtree": ((0, 1),),
}  # fmt: skip
"""Audit event → which of its arguments are paths that it changes, and which the open folders that these start from."""
FOLLOWING = ("os.truncate", "os.chmod", "os.chown", "os.utime")
"""Those that change what a link leads to; the others change the link itself."""
STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty"}
"""Audit events of code that starts processes: what those read nobody sees."""
STARTERS = (".popen_spawn_posix", ".popen_forkserver", ".popen_loky_posix")
"""Modules that are imported to start processes of which no event tells."""


class Observer:
    """Audit hook: notes by content what is read below the project's root, and refuses to change anything there.

    As a finder of modules it finds none, but notes where the project's own code looks for them.
    """

    def __init__(self, root: str, exempt: list[str]) -> None:
        cache = join(root, ".cache")
        self.root = root + os.sep
        self.unseen = tuple(path + os.sep for path in (*exempt, cache))
        self.writable = tuple(path + os.sep for path in (*exempt, join(cache, "matplotlib")))
        self.inputs: dict[str, str] = {}
        self.spawned = False
        self.folders: dict[str, str] = {}
        """Folder as it was named → without links."""
        self.holds = False
        """Whether a folder of the project was opened, from which paths may start."""

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        """Take one audit event (docs.python.org/3/library/audit_events.html)."""
        if event == "open":
            path, mode, flags = args
            act = self.refuse if (flags or 0) & WRITING else self.note
            act(path)
            if self.holds and mode is None:  # by os.open, of which no event tells where its path starts
                for folder in self.held():
                    act(path, folder)
        elif event in ("os.listdir", "os.scandir"):
            self.note(args[0] if args[0] is not None else ".")
        elif event == "sqlite3.connect":
            self.connect(fsdecode(args[0]))
        elif event in CHANGES:
            for path, start in CHANGES[event]:
                self.refuse(args[path], args[start] if start else None, event in FOLLOWING)
        elif (event in STARTS and not self.importing()) or (event == "import" and args[0].endswith(STARTERS)):
            self.spawned = True

    def own(self, path: str) -> bool:
        """Whether an absolute path is the project's root or lies below it, and is the project's own."""
        return (path + os.sep).startswith(self.root) and not (path + os.sep).startswith(self.unseen)

    def forbids(self, path: str) -> bool:
        """Whether an absolute path without links may not be written."""
        return (path + os.sep).startswith(self.root) and not (path + os.sep).startswith(self.writable)

    def refuse(self, path: Any, folder: int | None = None, follow: bool = True) -> None:
        """Raise PermissionError for a path below the root, links followed."""
        full = place(path, folder)
        if not follow:
            above, name = split(full.rstrip(os.sep))
        full = realpath(full) if follow else join(realpath(above), name)
        if self.forbids(full):
            message = f"a snippet may not write into the project ('{self.name(full)}')"
            raise PermissionError(f"{message}: write to the current folder, it is scratch")

    def connect(self, database: str) -> None:
        """Note a database of SQLite; raise PermissionError for one below the root that is not opened to be read."""
        if database in ("", ":memory:"):
            return
        path, reads = database, False
        if database.startswith("file:"):  # sqlite.org/uri.html
            from urllib.parse import unquote, urlsplit  # not before the snippet needs it: it would see it there

            address = urlsplit(database)
            path, reads = unquote(address.path), not {"mode=ro", "immutable=1"}.isdisjoint(address.query.split("&"))
        self.note(path)
        full = realpath(path)
        if self.forbids(full) and not reads:
            message = f"a snippet may not open '{self.name(full)}' for writing"
            raise PermissionError(f"{message}: sqlite3.connect(f'file:{{path}}?mode=ro', uri=True), or work on a copy")

    def name(self, full: str) -> str:
        """Return an absolute path relative to the root."""
        return full[len(self.root) :].replace(os.sep, "/") or "."

    def note(self, path: Any, folder: int | None = None) -> None:
        """Remember a file or folder that is about to be read, with its digest; "" where there is none."""
        full = place(path, folder)
        for each in {abspath(full), self.without_links(full)}:
            if self.own(each):
                self.remember(self.name(each))

    def without_links(self, path: str) -> str:
        """Return where an absolute path leads."""
        above, name = split(path)
        if above not in self.folders and not above.startswith("/proc/"):
            self.folders[above] = realpath(above)
        found = join(self.folders.get(above, above), name)
        return realpath(found) if above not in self.folders or name in ("", ".", "..") or islink(found) else found

    def remember(self, name: str) -> None:
        """Put a file or folder of the project among the inputs."""
        if name in self.inputs or f"{name}/" in self.inputs:
            return
        folder = isdir(self.root + name)
        self.holds |= folder
        if folder and self.importing():
            return
        key = f"{name}/" if folder else name
        self.inputs[key] = ""  # first: the reading below comes here again
        with contextlib.suppress(OSError):
            if folder:
                data = "\n".join(sorted(listdir(self.root + name))).encode(errors="surrogateescape")
            else:
                with read_file(self.root + name, "rb") as file:
                    data = file.read()
            self.inputs[key] = hashlib.sha256(data).hexdigest()

    def held(self) -> Iterator[int]:
        """Yield the open folders of the project (Linux alone)."""
        with contextlib.suppress(OSError):
            for number in listdir("/proc/self/fd"):
                target = realpath(f"/proc/self/fd/{number}")
                if self.own(target) and isdir(target):
                    yield int(number)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """Note the files of the project that are, or would be, the module; those that are imported are opened, too."""
        if not self.imports():
            return
        for folder in filter(self.own, map(abspath, sys.path if path is None else path)):
            module = join(folder, name.rpartition(".")[2])
            for file in (join(module, "__init__.py"), f"{module}.py"):
                self.note(file)
                if isfile(file):
                    return

    def imports(self) -> bool:
        """Whether the project's own code is what imports, not a library that it uses."""
        frame = sys._getframe(2)
        while frame and frame.f_code.co_filename.startswith((OURS, *IMPORTLIB)):
            frame = frame.f_back  # type: ignore[assignment]
        return bool(frame) and self.own(frame.f_code.co_filename)

    def importing(self) -> bool:
        """Whether an import statement, not the project's own code, is what calls."""
        frame = sys._getframe(2)
        while frame:
            name = frame.f_code.co_filename
            if name.startswith(IMPORTLIB[0]):
                return True
            if self.own(name) and not name.startswith(OURS):
                return False
            frame = frame.f_back  # type: ignore[assignment]
        return False


def place(path: Any, folder: int | None) -> str:
    """Return a path as an absolute one, links in it as they are; of an open file or folder its place (Linux alone)."""
    if isinstance(path, int):
        return f"/proc/self/fd/{path}"
    name = fsdecode(path)
    if isabs(name):
        return name
    return join(getcwd() if folder is None or folder < 0 else f"/proc/self/fd/{folder}", name)
