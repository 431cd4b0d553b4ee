"""Note what a snippet reads, refuse what it may not write: an audit hook that supervisor.py loads for child.py."""

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

read_file, ask, ask_link = open, os.stat, os.lstat  # what a snippet may replace, and we do
FRAME = (lambda: None).__code__.co_filename
"""What our files are called in a stack."""
IMPORTLIB = ("<frozen importlib", importlib.__file__)
LOOK_UPS = (IMPORTLIB[0], join(dirname(importlib.__file__), "metadata"))
"""Where folders are listed to look for a name: a look-up depends on the names looked for."""
OPENED = "/dev/fd" if sys.platform == "darwin" else "/proc/self/fd"
"""Where the system lists what a process has open."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {
    "os.truncate": ((0, None),), "os.chmod": ((0, 2),), "os.chown": ((0, 3),), "os.utime": ((0, 3),),
    "os.remove": ((0, 1),), "os.rename": ((0, 2), (1, 3)), "os.mkdir": ((0, 2),), "os.rmdir": ((0, 1),),
    "os.link": ((0, 2), (1, 3)), "os.symlink": ((1, 2),), "shutil.rmtree": ((0, 1),),
}  # fmt: skip
"""Audit event → which of its arguments are paths that it changes, and which the open folders that these start from."""
FOLLOWING = ("os.truncate", "os.chmod", "os.chown", "os.utime")
"""Those that change what a link leads to; the others change the link itself."""
FOLLOWS = ("realpath", "_joinrealpath")
"""Functions that ask about the parts of a path, to follow links: what is read there has its own event."""
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

    def watch(self, script: str) -> None:
        """Begin: with audit events, imports, and questions whether a file is there, of which no event tells.

        What `script` asks about itself is no input: its text is known.
        """

        def noted(function: Callable[..., Any]) -> Callable[..., Any]:
            @functools.wraps(function)
            def asking(path: Any, *rest: Any, **named: Any) -> Any:
                follows = sys._getframe(1).f_code.co_name in FOLLOWS  # to say where a path leads, it looks at each part
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
        """Take one audit event (docs.python.org/3/library/audit_events.html)."""
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
        elif event == "ctypes.dlopen" or (event == "import" and args[1]):  # compiled code, maybe of the project
            self.note(args[event == "import"] or "")
        else:
            started = event in STARTS and not self.importing()
            self.spawned |= started or (event == "import" and args[0].endswith(STARTERS))

    def open(self, path: Any, mode: str | None, flags: int | None) -> None:
        """Note or refuse what is opened."""
        act = self.refuse if (flags or 0) & WRITING else self.note
        act(path)
        if self.holds and mode is None:  # by os.open, of which no event tells where its path starts
            for folder in self.held():
                act(path, folder)

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
        for file in (path, f"{path}-wal"):  # what was written last may stand there alone
            self.note(file)
        full = realpath(path)
        if self.forbids(full) and not reads:
            message = f"a snippet may not open '{self.name(full)}' for writing"
            raise PermissionError(f"{message}: sqlite3.connect(f'file:{{path}}?mode=ro', uri=True), or work on a copy")

    def name(self, full: str) -> str:
        """Return an absolute path relative to the root."""
        return full[len(self.root) :].replace(os.sep, "/") or "."

    def note(self, path: Any, folder: int | None = None, asked: bool = False) -> None:
        """Remember a file or folder that is about to be read, with its digest; "" where there is none.

        asked: it is no more than asked about; of a folder that tells that it is one, not what it holds.
        """
        full = place(path, folder)
        for each in {abspath(full), self.without_links(full)}:
            if self.own(each) and not self.by_library():
                self.remember(self.name(each), asked)

    def without_links(self, path: str) -> str:
        """Return where an absolute path leads."""
        above, name = split(path)
        if above not in self.folders and not above.startswith("/proc/"):
            self.folders[above] = realpath(above)
        found = join(self.folders.get(above, above), name)
        return realpath(found) if above not in self.folders or name in ("", ".", "..") or is_link(found) else found

    def remember(self, name: str, asked: bool) -> None:
        """Put a file or folder of the project among the inputs."""
        folder = is_kind(self.root + name, stat.S_IFDIR)
        self.holds |= folder and not asked
        key = f"{name}/" if folder and not asked else name
        if key in self.inputs or (folder and not asked and self.importing()):
            return
        self.inputs[key] = "folder" if folder and asked else ""  # first: the reading below comes here again
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
        """Note the files of the project that are, or would be, the module; those that are imported are opened, too."""
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
        """Whether the project's own code is what imports, not a library that it uses."""
        frame = sys._getframe(2)
        while frame and frame.f_code.co_filename.startswith((FRAME, *IMPORTLIB)):
            frame = frame.f_back  # type: ignore[assignment]
        return bool(frame) and self.own(frame.f_code.co_filename)

    def importing(self) -> bool:
        """Whether an import statement, not the project's own code, is what calls."""
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
        """Whether a library that is being imported is what reads: it may have been imported ahead, and read it then."""
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
    """Whether a path leads to a file (S_IFREG) or a folder (S_IFDIR)."""
    with contextlib.suppress(OSError, ValueError):
        return stat.S_IFMT(ask(path).st_mode) == kind
    return False


def is_link(path: str) -> bool:
    """Whether a path is a link."""
    with contextlib.suppress(OSError, ValueError):
        return stat.S_ISLNK(ask_link(path).st_mode)
    return False


def place(path: Any, folder: int | None) -> str:
    """Return a path as an absolute one, links in it as they are; of an open file or folder its place."""
    if isinstance(path, int):
        return opened(path)
    name = fsdecode(path)
    if isabs(name):
        return name
    return join(getcwd() if folder is None or folder < 0 else opened(folder), name)


def opened(number: int) -> str:
    """Return a path that leads to an open file or folder (nowhere on Windows)."""
    if sys.platform == "darwin":
        with contextlib.suppress(OSError):  # a pipe has none
            return fsdecode(fcntl.fcntl(number, fcntl.F_GETPATH, bytes(1024)).rstrip(b"\0"))
    return f"{OPENED}/{number}"
