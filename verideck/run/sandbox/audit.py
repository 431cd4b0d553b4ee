"""An audit hook that records which files of the project a snippet reads, and forbids it to change them.

supervisor.py loads this file for child.py.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib
import os
import stat
import sys
from collections.abc import Callable, Iterator
from os import fsdecode, getcwd, getppid, listdir
from os.path import abspath, dirname, isabs, join, realpath, split
from typing import Any

if sys.platform == "darwin":
    import fcntl

read_file, ask, ask_link = open, os.stat, os.lstat  # the originals, which the snippet and `watch` may replace
FRAME = (lambda: None).__code__.co_filename
"""File name of the sandbox programs in tracebacks."""
IMPORTLIB = ("<frozen importlib", importlib.__file__)
LOOK_UPS = (IMPORTLIB[0], join(dirname(importlib.__file__), "metadata"))
"""Code that lists folders to look for one name; its result does not depend on other names."""
OPENED = "/dev/fd" if sys.platform == "darwin" else "/proc/self/fd"
"""Folder in which the system lists the open files of a process."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {
    "os.truncate": ((0, None),), "os.chmod": ((0, 2),), "os.chown": ((0, 3),), "os.utime": ((0, 3),),
    "os.remove": ((0, 1),), "os.rename": ((0, 2), (1, 3)), "os.mkdir": ((0, 2),), "os.rmdir": ((0, 1),),
    "os.link": ((0, 2), (1, 3)), "os.symlink": ((1, 2),), "shutil.rmtree": ((0, 1),),
}  # fmt: skip
"""Audit event → (position of a changed path, position of its `dir_fd`) among the arguments."""
FOLLOWING = ("os.truncate", "os.chmod", "os.chown", "os.utime")
"""Events that change the target of a link; the others change the link itself."""
FOLLOWS = ("realpath", "_joinrealpath")
"""Functions that stat each part of a path to follow links; reading the file raises another event."""
STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty"}
"""Audit events of code that starts processes, whose reads cannot be observed."""
STARTERS = (".popen_spawn_posix", ".popen_forkserver", ".popen_loky_posix")
"""Modules that start processes without an audit event."""


class Observer:
    """Audit hook: records digests of files read below the project's root, and forbids changes there.

    It is also a finder of modules. It finds none, but records where the project's own code looks for them.
    """

    def __init__(self, root: str, exempt: list[str]) -> None:
        cache = join(root, ".cache")
        self.root = root + os.sep
        self.unseen = tuple(path + os.sep for path in (*exempt, cache))
        self.writable = tuple(path + os.sep for path in (*exempt, join(cache, "matplotlib")))
        self.inputs: dict[str, str] = {}
        self.spawned = False
        self.folders: dict[str, str] = {}
        """Folder → the same folder with links resolved."""
        self.holds = False
        """Whether a folder of the project was opened, so that paths may be relative to it."""

    def watch(self, script: str) -> None:
        """Start to observe audit events, imports, and the functions of `os` that look for a file without an event.

        Access to `script` itself is not recorded, because its text is part of the recipe.
        """

        def noted(function: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(function)
            def asking(path: Any, *rest: Any, **named: Any) -> Any:
                follows = sys._getframe(1).f_code.co_name in FOLLOWS
                if not (isinstance(path, int) or follows) and place(path, named.get("dir_fd")) != script:
                    self.note(path, named.get("dir_fd"), asked=True)
                return function(path, *rest, **named)

            for able in (os.supports_dir_fd, os.supports_effective_ids, os.supports_fd, os.supports_follow_symlinks):
                if function in able:
                    able.add(asking)
            return asking

        for name in ("stat", "lstat", "access", "readlink"):
            setattr(os, name, noted(getattr(os, name)))
        sys.meta_path.insert(0, self)
        sys.addaudithook(self)

    def __call__(self, event: str, args: tuple[Any, ...]) -> None:
        """Handle one audit event (docs.python.org/3/library/audit_events.html)."""
        if event == "open":
            self.open(*args)
        elif event in ("os.listdir", "os.scandir"):
            self.note(args[0] if args[0] is not None else ".")
        elif event == "sqlite3.connect":
            self.connect(fsdecode(args[0]))
        elif event in CHANGES:
            for path, start in CHANGES[event]:
                self.refuse(args[path], args[start] if start else None, event in FOLLOWING)
        elif event in ("os.kill", "os.killpg") and args[0] in (-1, getppid()):
            raise PermissionError("a snippet may not signal processes that it did not start")
        elif event == "ctypes.dlopen" or (event == "import" and args[1]):  # compiled code
            self.note(args[event == "import"] or "")
        else:
            started = event in STARTS and not self.importing()
            self.spawned |= started or (event == "import" and args[0].endswith(STARTERS))

    def open(self, path: Any, mode: str | None, flags: int | None) -> None:
        """Record a file that is opened for reading; raise PermissionError for writing in the project."""
        act = self.refuse if (flags or 0) & WRITING else self.note
        act(path)
        if self.holds and mode is None:  # by os.open, whose event lacks `dir_fd`
            for folder in self.held():
                act(path, folder)

    def own(self, path: str) -> bool:
        """Tell whether an absolute path is the project's root or below it, and is not exempt."""
        return (path + os.sep).startswith(self.root) and not (path + os.sep).startswith(self.unseen)

    def forbids(self, path: str) -> bool:
        """Tell whether writing to an absolute path without links is forbidden."""
        return (path + os.sep).startswith(self.root) and not (path + os.sep).startswith(self.writable)

    def refuse(self, path: Any, folder: int | None = None, follow: bool = True) -> None:
        """Raise PermissionError if a change of this path changes the project."""
        full = place(path, folder)
        if not follow:
            above, name = split(full.rstrip(os.sep))
        full = realpath(full) if follow else join(realpath(above), name)
        if self.forbids(full):
            message = f"a snippet may not write into the project ('{self.name(full)}')"
            raise PermissionError(f"{message}: write to the current folder")

    def connect(self, database: str) -> None:
        """Record an SQLite database; raise PermissionError for one in the project that is not opened read-only."""
        if database in ("", ":memory:"):
            return
        path, reads = database, False
        if database.startswith("file:"):  # sqlite.org/uri.html
            from urllib.parse import unquote, urlsplit  # at the top, the snippet would have it without an import

            address = urlsplit(database)
            path, reads = unquote(address.path), not {"mode=ro", "immutable=1"}.isdisjoint(address.query.split("&"))
        for file in (path, f"{path}-wal"):  # the write-ahead log has the latest changes
            self.note(file)
        full = realpath(path)
        if self.forbids(full) and not reads:
            message = f"a snippet may not open '{self.name(full)}' for writing"
            raise PermissionError(f"{message}: use sqlite3.connect(f'file:{{path}}?mode=ro', uri=True), or a copy")

    def name(self, full: str) -> str:
        """Return an absolute path relative to the root."""
        return full[len(self.root) :].replace(os.sep, "/") or "."

    def note(self, path: Any, folder: int | None = None, asked: bool = False) -> None:
        """Record the digest of a file or folder that is about to be read, "" if it is missing.

        asked: whether only its existence and type are read, so that the content of a folder does not matter.
        """
        full = place(path, folder)
        for each in {abspath(full), self.without_links(full)}:
            if self.own(each) and not self.by_library():
                self.remember(self.name(each), asked)

    def without_links(self, path: str) -> str:
        """Return an absolute path with links resolved."""
        above, name = split(path)
        if above not in self.folders and not above.startswith("/proc/"):
            self.folders[above] = realpath(above)
        found = join(self.folders.get(above, above), name)
        return realpath(found) if above not in self.folders or name in ("", ".", "..") or is_link(found) else found

    def remember(self, name: str, asked: bool) -> None:
        """Add a file or folder of the project to the inputs."""
        folder = is_kind(self.root + name, stat.S_IFDIR)
        self.holds |= folder and not asked
        key = f"{name}/" if folder and not asked else name
        if key in self.inputs or (folder and not asked and self.importing()):
            return
        self.inputs[key] = "folder" if folder and asked else ""  # first, because the reading below raises events, too
        if folder and asked:
            return
        with contextlib.suppress(OSError):
            if folder:
                data = "\n".join(sorted(listdir(self.root + name))).encode(errors="surrogateescape")
            else:
                with read_file(self.root + name, "rb") as file:
                    data = file.read()
            self.inputs[key] = hashlib.sha256(data).hexdigest()

    def held(self) -> Iterator[int]:
        """Yield the open folders of the project."""
        with contextlib.suppress(OSError):
            for number in map(int, listdir(OPENED)):
                target = realpath(opened(number))
                if self.own(target) and is_kind(target, stat.S_IFDIR):
                    yield number

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """Record the files of the project that the import system tries for a module. Always returns None."""
        if not self.imports():
            return
        named = (folder for folder in (sys.path if path is None else path) if isinstance(folder, str))
        for folder in filter(self.own, map(abspath, named)):
            module = join(folder, name.rpartition(".")[2])
            for file in (join(module, "__init__.py"), f"{module}.py"):
                self.note(file)
                if is_kind(file, stat.S_IFREG):
                    return

    def imports(self) -> bool:
        """Tell whether the import statement is in the project's own code, not in a library."""
        frame = sys._getframe(2)
        while frame and frame.f_code.co_filename.startswith((FRAME, *IMPORTLIB)):
            frame = frame.f_back  # type: ignore[assignment]
        return bool(frame) and self.own(frame.f_code.co_filename)

    def importing(self) -> bool:
        """Tell whether the caller is the import system, not the project's own code."""
        frame = sys._getframe(2)
        while frame:
            name = frame.f_code.co_filename
            if name.startswith(LOOK_UPS):
                return True
            if self.own(name):
                return False
            frame = frame.f_back  # type: ignore[assignment]
        return False

    def by_library(self) -> bool:
        """Tell whether the reader is a library during its import: preloaded libraries read before the snippet began."""
        frame: Any = sys._getframe(2)
        while frame and frame.f_code.co_filename == FRAME:
            frame = frame.f_back
        nearest = frame
        while frame and not self.own(frame.f_code.co_filename):
            if frame.f_code.co_filename.startswith(IMPORTLIB[0]):
                return frame is not nearest
            frame = frame.f_back
        return False


def is_kind(path: str, kind: int) -> bool:
    """Tell whether a path is a file (S_IFREG) or a folder (S_IFDIR)."""
    with contextlib.suppress(OSError, ValueError):
        return stat.S_IFMT(ask(path).st_mode) == kind
    return False


def is_link(path: str) -> bool:
    """Tell whether a path is a link."""
    with contextlib.suppress(OSError, ValueError):
        return stat.S_ISLNK(ask_link(path).st_mode)
    return False


def place(path: Any, folder: int | None) -> str:
    """Return an absolute path without resolving links; for a file descriptor, the path of its file."""
    if isinstance(path, int):
        return opened(path)
    name = fsdecode(path)
    if isabs(name):
        return name
    return join(getcwd() if folder is None or folder < 0 else opened(folder), name)


def opened(number: int) -> str:
    """Return a path of a file descriptor (on Windows there is none)."""
    if sys.platform == "darwin":
        with contextlib.suppress(OSError):  # a pipe has no path
            return fsdecode(fcntl.fcntl(number, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0"))
    return f"{OPENED}/{number}"
