"""An audit hook that records which files a snippet reads, and forbids it to change those of the project.

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
from os import fsdecode, getcwd, getppid, listdir, scandir
from os.path import abspath, basename, commonpath, dirname, isabs, join, realpath, relpath, split
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
VOLATILE = tuple(path + os.sep for path in ("/proc", "/sys", "/dev", "/run", "/usr/share/zoneinfo"))
"""Folders whose files are not counted: they tell about the computer, or define time zones."""
SYSTEM = tuple(
    path + os.sep for path in ("/usr", "/etc", "/lib", "/lib64", "/bin", "/sbin", "/System", "/Library", "C:\\Windows")
)
"""Folders of the operating system: counted are fonts, and what the project's own code opens itself."""
FONTS = (".ttf", ".otf", ".ttc")
STANDARD = dirname(os.__file__) + os.sep
PACKAGES = ("site-packages", "dist-packages")
DOORS = tuple(
    STANDARD + name
    for name in (
        *("pathlib", "os.py", "io.py", "codecs.py", "genericpath.py", "posixpath.py", "ntpath.py"),
        *("fnmatch.py", "glob.py", "fileinput.py", "shutil.py", "gzip.py", "bz2.py", "lzma.py"),
        *("_compression.py", "zipfile", "tarfile.py", "csv.py", "json", "tomllib", "configparser.py"),
        *("pickle.py", "shelve.py", "wave.py", "tokenize.py", "contextlib.py"),
    )
)
"""Modules of Python through which a script opens a file itself."""
ATTACH = 24  # SQLITE_ATTACH, sqlite.org/c3ref/c_alter_table.html
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {
    "os.truncate": ((0, None),), "os.chmod": ((0, 2),), "os.chown": ((0, 3),), "os.utime": ((0, 3),),
    "os.remove": ((0, 1),), "os.rename": ((0, 2), (1, 3)), "os.mkdir": ((0, 2),), "os.rmdir": ((0, 1),),
    "os.link": ((0, 2), (1, 3)), "os.symlink": ((1, 2),), "shutil.rmtree": ((0, 1),),
    "os.setxattr": ((0, None),), "os.removexattr": ((0, None),), "os.chflags": ((0, None),),
}  # fmt: skip
"""Audit event → (position of a changed path, position of its `dir_fd`) among the arguments."""
FOLLOWING = ("os.truncate", "os.chmod", "os.chown", "os.utime", "os.setxattr", "os.removexattr", "os.chflags")
"""Events that change the target of a link; the others change the link itself."""
FOLLOWS = ("realpath", "_joinrealpath")
"""Functions that stat each part of a path to follow links; reading the file raises another event."""
STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty"}
"""Audit events of code that starts processes, whose reads cannot be observed."""
STARTERS = (".popen_spawn_posix", ".popen_forkserver", ".popen_loky_posix")
"""Modules that start processes without an audit event."""


class Observer:
    """Audit hook: records digests of files that a snippet reads, and forbids changes below the project's root.

    Files outside the project are recorded, too, but not those of Python, its packages and the operating system.
    It is also a finder of modules. It finds none, but records where the project's own code looks for them.
    """

    def __init__(self, root: str, exempt: list[str]) -> None:
        cache = join(root, ".cache")
        self.root = root + os.sep
        prefixes = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, dirname(STANDARD)}
        libraries = {path for path in sys.path if basename(path) in PACKAGES} | prefixes - {os.sep}
        self.libraries = tuple({path + os.sep for each in libraries for path in (each, realpath(each))})
        self.unseen = tuple(path + os.sep for each in (*exempt, cache) for path in {each, realpath(each)})
        self.writable = tuple(path + os.sep for path in (*exempt, join(cache, "matplotlib")))
        self.known = (self.root, *self.unseen, *self.libraries, *VOLATILE)
        self.authored: dict[str, bool] = {}
        """File of code → whether it is the author's; asked for every frame of a stack."""
        self.inputs: dict[str, str] = {}
        self.spawned = False
        self.folders: dict[str, str] = {}
        """Folder → the same folder with links resolved."""
        self.refusal = ""
        """Why SQLite was denied a file: its own message does not tell."""

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
        for name in ("mkfifo", "mknod"):
            if hasattr(os, name):
                setattr(os, name, self.refusing(getattr(os, name)))
        os.open = self.opening(os.open)
        os.scandir = self.scanning(os.scandir)
        sys.meta_path.insert(0, self)
        sys.addaudithook(self)

    def refusing(self, make: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function of `os` that makes a file, which raises no event, so that it makes none in the project."""

        @functools.wraps(make)
        def making(path: Any, *rest: Any, **named: Any) -> Any:
            self.refuse(path, named.get("dir_fd"))
            return make(path, *rest, **named)

        os.supports_dir_fd.add(making)
        return making

    def opening(self, function: Callable[..., int]) -> Callable[..., int]:
        """Return `os.open` with an observer of its own: its event lacks `dir_fd`."""

        @functools.wraps(function)
        def opening(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
            (self.refuse if flags & WRITING else self.note)(path, dir_fd)
            return function(path, flags, mode, dir_fd=dir_fd)

        os.supports_dir_fd.add(opening)
        return opening

    def scanning(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return `os.scandir` whose entries tell when they are asked for size or times, which raises no event."""

        @functools.wraps(function)
        def scanning(path: Any = ".") -> Any:
            entries = function(path)
            return Entries(entries, self.note, path if isinstance(path, int) else None)

        os.supports_fd.add(scanning)
        return scanning

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
        elif event in ("os.kill", "os.killpg", "socket.bind"):
            self.reach(event, args)
        elif event == "ctypes.dlopen" or (event == "import" and args[1]):  # compiled code
            self.note(args[event == "import"] or "")
        else:
            started = event in STARTS and not self.importing()
            self.spawned |= started or (event == "import" and args[0].endswith(STARTERS))

    def reach(self, event: str, args: tuple[Any, ...]) -> None:
        """Raise PermissionError for signals to processes of others, and for a socket that is a file of the project."""
        if event != "socket.bind":
            if args[0] in (-1, getppid()):
                raise PermissionError("a snippet may not signal processes that it did not start")
        elif isinstance(args[1], str | bytes) and args[1][:1] not in ("", "\0", b"", b"\0"):
            self.refuse(args[1])

    def open(self, path: Any, mode: str | None, flags: int | None) -> None:
        """Record a file that is opened for reading; raise PermissionError for writing in the project."""
        act = self.refuse if (flags or 0) & WRITING else self.note
        code = sys._getframe(2).f_code
        if (code.co_filename, code.co_name) == (FRAME, "opening"):
            return  # known, with its `dir_fd`
        act(source(path) if act == self.note else path)
        if (
            mode is None and not isinstance(path, int) and not isabs(path)
        ):  # by posix.open: it may start from any folder
            for folder in self.held():
                act(path, folder)

    def own(self, path: str) -> bool:
        """Tell whether an absolute path is the project's root or below it, and is not exempt."""
        return (path + os.sep).startswith(self.root) and not (path + os.sep).startswith(self.unseen)

    def foreign(self, path: str) -> bool:
        """Tell whether an absolute path is outside the project, and not a part of Python, a package or the system."""
        outside = isabs(path) and not (path + os.sep).startswith(self.known)
        return outside and (path.endswith(FONTS) or not path.startswith(SYSTEM))

    def counts(self, path: str, asked: bool) -> bool:
        """Tell whether a file that is read belongs to what the result depends on."""
        if self.own(path):
            return not self.by_library()
        if self.foreign(path):
            return (not asked or self.directly()) and not self.by_library()
        system = path.startswith(SYSTEM) and not (path + os.sep).startswith(self.known)
        return system and not asked and self.directly()

    def written_here(self, file: str) -> bool:
        """Tell whether a file of code is the author's: the project's own, or outside of it but not installed."""
        if file not in self.authored:
            self.authored[file] = self.own(file) or self.foreign(file)
        return self.authored[file]

    def directly(self) -> bool:
        """Tell whether the author's code is what reads, not a library that it uses."""
        return self.called_by_author("<frozen ", *DOORS)

    def called_by_author(self, *between: str) -> bool:
        """Tell whether the author's code is the caller, beside the import system and files that begin as `between`."""
        frame: Any = sys._getframe(1)
        while frame and frame.f_code.co_filename.startswith((FRAME, *IMPORTLIB, *between)):
            frame = frame.f_back
        return bool(frame) and self.written_here(frame.f_code.co_filename)

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

    def watch_databases(self, module: Any) -> None:
        """Observe which databases a connection attaches, of sqlite3.dbapi2: no event tells."""
        connect = module.connect

        @functools.wraps(connect)
        def connecting(*args: Any, **named: Any) -> Any:
            connection = connect(*args, **named)
            connection.set_authorizer(self.authorize)
            return connection

        for each in (module, sys.modules.get("sqlite3")):
            if getattr(each, "connect", None) is connect:
                each.connect = connecting  # type: ignore[union-attr]

    def authorize(self, action: int, path: str | None, *_: Any) -> int:
        """Allow or deny an action of SQLite: to attach a database, which raises no event."""
        if action == ATTACH:
            if path is None:  # a parameter of the statement
                self.spawned = True
                return 0
            try:
                self.connect(path)
            except PermissionError as error:
                self.refusal = str(error)
                return 1
        return 0

    def name(self, full: str) -> str:
        """Return an absolute path relative to the root, unless they have no folder in common but the file system's."""
        if full.startswith(self.root) or full == self.root[:-1]:
            return full[len(self.root) :].replace(os.sep, "/") or "."
        with contextlib.suppress(ValueError):  # another drive
            if dirname(common := commonpath([full, self.root])) != common:
                return relpath(full, self.root).replace(os.sep, "/")
        return full.replace(os.sep, "/")

    def note(self, path: Any, folder: int | None = None, asked: bool = False) -> None:
        """Record the digest of a file or folder that is about to be read, "" if it is missing.

        asked: whether only its existence and type are read, so that the content of a folder does not matter.
        """
        full = place(path, folder)
        for each in {abspath(full), self.without_links(full)}:
            if self.counts(each, asked):
                self.remember(each, asked)

    def without_links(self, path: str) -> str:
        """Return an absolute path with links resolved."""
        above, name = split(path)
        if above not in self.folders and not above.startswith("/proc/"):
            self.folders[above] = realpath(above)
        found = join(self.folders.get(above, above), name)
        return realpath(found) if above not in self.folders or name in ("", ".", "..") or is_link(found) else found

    def remember(self, full: str, asked: bool) -> None:
        """Add a file or folder to the inputs."""
        folder, name = is_kind(full, stat.S_IFDIR), self.name(full)
        key = f"{name}/" if folder and not asked else name
        if key in self.inputs or (folder and not asked and self.importing()):
            return
        self.inputs[key] = "folder" if folder and asked else ""  # first, because the reading below raises events, too
        if folder and asked:
            return
        with contextlib.suppress(OSError):
            if folder:
                with scandir(full) as entries:
                    names = sorted(entry.name + "/" * entry.is_dir() for entry in entries)
                data = "\n".join(names).encode(errors="surrogateescape")
            elif is_kind(full, stat.S_IFREG):  # to read a pipe might never end
                with read_file(full, "rb") as file:
                    data = file.read()
            else:
                return
            self.inputs[key] = hashlib.sha256(data).hexdigest()

    def held(self) -> Iterator[int]:
        """Yield the open folders."""
        with contextlib.suppress(OSError):
            for number in map(int, listdir(OPENED)):
                if is_kind(realpath(opened(number)), stat.S_IFDIR):
                    yield number

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        """Record the files of the project that the import system tries for a module. Always returns None."""
        if not self.imports():
            return
        named = (folder for folder in (sys.path if path is None else path) if isinstance(folder, str))
        for folder in filter(self.written_here, map(abspath, named)):
            module = join(folder, name.rpartition(".")[2])
            for file in (join(module, "__init__.py"), f"{module}.py"):
                self.note(file)
                if is_kind(file, stat.S_IFREG):
                    return

    def imports(self) -> bool:
        """Tell whether the import statement is in the project's own code, not in a library."""
        return self.called_by_author()

    def importing(self) -> bool:
        """Tell whether the caller is the import system, not the project's own code."""
        frame = sys._getframe(2)
        while frame:
            name = frame.f_code.co_filename
            if name.startswith(LOOK_UPS):
                return True
            if self.written_here(name):
                return False
            frame = frame.f_back  # type: ignore[assignment]
        return False

    def by_library(self) -> bool:
        """Tell whether the reader is a library during its import: preloaded libraries read before the snippet began."""
        frame: Any = sys._getframe(2)
        while frame and frame.f_code.co_filename == FRAME:
            frame = frame.f_back
        nearest = frame
        while frame and not self.written_here(frame.f_code.co_filename):
            if frame.f_code.co_filename.startswith(IMPORTLIB[0]):
                return frame is not nearest
            frame = frame.f_back
        return False


class Entries:
    """What `os.scandir` returns, with entries that call `note` when they are asked for size or times."""

    def __init__(self, entries: Any, note: Callable[..., None], folder: int | None) -> None:
        self.entries, self.note, self.folder = entries, note, folder

    def __iter__(self) -> Entries:
        return self

    def __next__(self) -> Any:
        return Entry(next(self.entries), self.note, self.folder)

    def __enter__(self) -> Entries:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the folder."""
        self.entries.close()


class Entry(os.PathLike):  # type: ignore[type-arg]
    """An `os.DirEntry` that calls `note` when it is asked for size or times."""

    __class__ = os.DirEntry  # type: ignore[assignment]  # for isinstance

    def __init__(self, entry: Any, note: Callable[..., None], folder: int | None) -> None:
        self._entry, self._note, self._folder = entry, note, folder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._entry, name)

    def __fspath__(self) -> Any:
        return self._entry.path

    def __repr__(self) -> str:
        return repr(self._entry)

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        """Return size, times and more."""
        self._note(self._entry.path, self._folder, asked=True)
        return self._entry.stat(follow_symlinks=follow_symlinks)  # type: ignore[no-any-return]


def source(path: Any) -> Any:
    """Return the source of a compiled module, other paths as they are: it is the source that counts."""
    name = os.fsdecode(path) if isinstance(path, str | bytes) else ""
    above, file = split(name)
    if file.endswith(".pyc") and basename(above) == "__pycache__":
        return join(dirname(above), file.partition(".")[0] + ".py")
    return path


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
