"""Executes runs on this machine, in the sandbox programs, several at a time."""

from __future__ import annotations

import contextlib
import functools
import importlib.util
import json
import os
import shutil
import site
import socket
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from verideck.core.errors import UsageError
from verideck.core.folders import CACHE, STYLE, engine_file, scripts_folder
from verideck.core.hashing import file_digest
from verideck.core.interpreter import interpreter
from verideck.core.run_model import Failure, Result, Run
from verideck.read import snippets
from verideck.run.protocol import FRAME, make_request, make_result
from verideck.run.recipe import PROGRAMS, VARIABLES, Environment
from verideck.run.recipe import environment as make_environment
from verideck.typeset.fonts import SANS, Fonts

GRACE = 60.0
"""Seconds after a run's own time limit when its supervisor counts as lost (it may still be importing)."""


BOOTSTRAP = f"""\
import sys
del sys.argv[0]
with open(sys.argv[0], "rb") as file:
    code = compile(file.read(), "{FRAME}", "exec")
exec(code, {{"__name__": "__main__", "__file__": sys.argv[0]}})
"""
"""Starts a sandbox program, so that its frames in a traceback have the file name FRAME."""


class RunFuture(Future[Result]):
    """The future result of a run; cancelling it ends the run, even after it began."""

    def __init__(self) -> None:
        super().__init__()
        self.abandoned = False
        self._hang_up: Callable[[], None] | None = None
        self._guard = threading.Lock()

    def cancel(self) -> bool:
        """End the run; return whether it had not begun. If it had, the future raises CancelledError a moment later."""
        with self._guard:
            self.abandoned = True
            if self._hang_up:
                with contextlib.suppress(OSError):
                    self._hang_up()
        return super().cancel()

    @contextlib.contextmanager
    def watched(self, hang_up: Callable[[], None]) -> Iterator[None]:
        """Let `cancel` end the run by `hang_up`; raises CancelledError if it was called before."""
        with self._guard:
            if self.abandoned:
                raise CancelledError("the run was ended")
            self._hang_up = hang_up
        try:
            yield
        finally:
            with self._guard:
                self._hang_up = None


class LocalExecutor:
    """Executes runs on this machine, each in its own process. `close` ends all processes and removes scratch folders.

    root: the project. style, fonts: files for matplotlib. jobs: number of runs at a time.
    cold: execute each run in a new interpreter, as a reader would; else fork all runs from one interpreter that has
    imported the modules given to `warm` (on Linux; on other systems libraries do not survive a fork, so that every run
    is cold). fork: use supervisor.py; else spawn.py, for systems that cannot fork, with the same results.
    hash_seed: PYTHONHASHSEED of all runs; the order of sets of texts depends on it.

    The first call of `warm` or `submit` starts the processes.
    """

    notes: Sequence[str] = ()

    def __init__(
        self,
        root: Path,
        *,
        style: Path | None = None,
        fonts: Sequence[Path] = (),
        jobs: int | None = None,
        cold: bool = False,
        fork: bool = True,
        hash_seed: int = 0,
    ) -> None:
        self.root = root.resolve()
        self._python = interpreter(self.root)
        self._style, self.fonts, self._hash_seed = style, fonts, hash_seed
        self._fork = fork and hasattr(os, "fork")
        self._cold = cold or not self._fork or sys.platform != "linux"
        self._pool = ThreadPoolExecutor(jobs or os.cpu_count(), "run")
        self._lock = threading.Lock()
        self._environment: Environment | None = None
        self._begun = self._closed = False
        self._preload: list[str] = []
        self._server: Server | None = None
        self._futures: weakref.WeakSet[RunFuture] = weakref.WeakSet()

    def submit(self, run: Run) -> Future[Result]:
        """Execute a run in the background; see `Executor`."""
        self.warm()
        future = RunFuture()
        self._futures.add(future)
        self._pool.submit(self._work, run, future)
        return future

    def settings(self) -> dict[str, Any]:
        """Return how runs are executed, for an executor on another machine; paths are those in the project."""
        style = self._style and self._style.resolve()
        named = style and (style.relative_to(self.root).as_posix() if style.is_relative_to(self.root) else "")
        names = [font.name for font in self.fonts]
        return {"style": named, "fonts": names, "cold": self._cold, "fork": self._fork, "hash_seed": self._hash_seed}

    def environment(self) -> Environment:
        """Return versions or digests of Python, packages, sandbox programs, style and fonts."""
        if self._environment is None:
            self._environment = make_environment(self._style, self.fonts, self._python)
        return self._environment

    def warm(self, preload: Iterable[str] = ()) -> None:
        """Make the scratch folder, and start an interpreter that imports the modules `preload`.

        Only the first call has an effect. Raises UsageError if the folder cannot be made.
        """
        with self._lock:
            if self._begun:
                return
            self._preload = sorted(name for name in preload if self._installed(name))
            self._temporary = make_temporary()
            self._settings = {
                "root": str(self.root),
                "temporary": str(self._temporary),
                "engine": os.getpid(),
                "exempt": [self._python.prefix] if self.root in Path(self._python.prefix).parents else [],
                "fonts": [str(font.resolve()) for font in self.fonts],
            }
            self._variables = self._make_variables()
            self._begun = True
            if not self._cold:
                self._server = self._start(self._preload)
            elif "matplotlib" in {name.partition(".")[0] for name in self._preload} and not any(
                Path(self._variables["MPLCONFIGDIR"]).glob("fontlist*.json")
            ):
                with contextlib.suppress(
                    subprocess.SubprocessError
                ):  # else matplotlib reports it in a snippet's output
                    self._popen("-c", "import matplotlib.font_manager").wait(GRACE)

    def close(self) -> None:
        """End all runs and every process that they started; cancel their futures."""
        with self._lock:
            self._closed = True
        for future in [*self._futures]:
            future.cancel()
        if self._server:
            self._server.close()
        self._pool.shutdown()
        if self._begun:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def _work(self, run: Run, future: RunFuture) -> None:
        """Execute a run in a thread of the pool."""
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(self._execute(run, future))
            except BaseException as error:
                future.set_exception(error)

    def _execute(self, run: Run, future: RunFuture) -> Result:
        try:
            return self._execute_in_scratch(run, future)
        except OSError as error:
            return Result(error=Failure("no scratch folder", f"{error.strerror}: free disk space, or set TMPDIR"))

    def _execute_in_scratch(self, run: Run, future: RunFuture) -> Result:
        with tempfile.TemporaryDirectory(dir=self._temporary, ignore_cleanup_errors=True) as scratch:
            named = [f"{path.rstrip('/')}/**" if (self.root / path).is_dir() else path for path in run.snippet.inputs]
            declared = tuple((path, file_digest(self.root, path)) for path in named)
            request = make_request(run, self.root, scratch)
            report = None if self._cold else self._converse(request, future, self._server_alive())
            if not report and not future.abandoned:  # cold, or the warm interpreter died during its imports
                converse = self._converse if self._fork else self._converse_alone
                report = converse(request, future)
            Path(f"{scratch}.main.py").unlink(missing_ok=True)  # what its workers ran
            if future.abandoned:
                raise CancelledError("the run was ended")
        if report is None:
            return Result(error=Failure("lost", "its supervisor process ended; the system may be out of memory"))
        try:
            return make_result(
                report, run, self.root, declared, scratch, self._style and self._style.resolve(), self.fonts
            )
        except (ValueError, TypeError):  # the snippet changed the module json
            return Result(error=Failure("broken", "it changed Python itself, so that its results cannot be read"))

    def _converse(
        self, request: dict[str, Any], future: RunFuture, server: Server | None = None
    ) -> dict[str, Any] | None:
        """Send a request to a server, by default to a new one, and return its report; None without a report."""
        own = None if server else self._start([])
        ours, theirs = socket.socketpair()
        try:
            with ours, theirs, future.watched(lambda: ours.shutdown(socket.SHUT_WR)):
                (own or server).send(theirs)  # type: ignore[union-attr]
                theirs.close()
                ours.settimeout(request["timeout"] + GRACE)
                ours.sendall(json.dumps(request).encode() + b"\n")
                with ours.makefile("rb") as answer:
                    report = json.loads(answer.read())  # the stream ends after the supervisor cleaned up
            return report if isinstance(report, dict) else None
        except (OSError, ValueError):
            return None
        finally:
            if own:
                own.close()

    def _converse_alone(self, request: dict[str, Any], future: RunFuture) -> dict[str, Any] | None:
        """Send a request to a new spawn.py, and return its report; None without a report."""
        process = self._popen(
            "-c", BOOTSTRAP, str(PROGRAMS / "spawn.py"), stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert process.stdin
        assert process.stdout
        order = {"request": request, "settings": self._settings, "bootstrap": BOOTSTRAP}
        late = threading.Timer(request["timeout"] + GRACE, process.kill)
        late.start()
        try:
            with process, future.watched(lambda: _tell(process)):
                process.stdin.write(json.dumps(order).encode() + b"\n")
                process.stdin.flush()
                report = json.loads(process.stdout.read())
            return report if isinstance(report, dict) else None
        except (OSError, ValueError):
            return None
        finally:
            late.cancel()

    def _server_alive(self) -> Server:
        """Return the interpreter with the imported modules; start it again if it ended."""
        with self._lock:
            if self._closed:
                raise CancelledError("the runs were ended")
            if not self._server or not self._server.alive():
                if self._server:
                    self._server.close()
                self._server = self._start(self._preload)
            return self._server

    def _start(self, preload: list[str]) -> Server:
        control, theirs = socket.socketpair()
        with theirs:
            more = {"preload": preload, "variables": self._variables, "careful": False, "attempts": 0}
            settings = json.dumps(self._settings | more)
            program = ("-c", BOOTSTRAP, str(PROGRAMS / "supervisor.py"))
            return Server(self._popen(*program, str(theirs.fileno()), settings, pass_fds=[theirs.fileno()]), control)

    def _popen(self, *arguments: str, **streams: Any) -> subprocess.Popen[bytes]:
        """Start Python without the terminal's signals; standard streams that are not given are closed."""
        null = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        return subprocess.Popen(
            [self._python.path, "-P", *arguments], env=self._variables, cwd=self._temporary, start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0), **{**null, **streams},
        )  # fmt: skip

    @property
    def can_fork(self) -> bool:
        """Whether interpreters that have imported modules can be forked."""
        return self._fork and sys.platform == "linux"

    def preloadable(self, names: Iterable[str]) -> frozenset[str]:
        """Return those names that are modules to preload, not names in modules."""
        return frozenset(name for name in names if self._installed(name) and _is_module(name))

    def _installed(self, name: str) -> bool:
        """Tell whether to preload a module: not the standard library's (may print) or the project's (may change)."""
        top = name.partition(".")[0]
        own = scripts_folder(self.root) / top
        return top not in sys.stdlib_module_names and not (own.is_dir() or own.with_suffix(".py").exists())

    def _make_variables(self) -> dict[str, str]:
        """Return the runs' environment variables; from the caller only PATH and those that choose BLAS kernels."""
        cache = self.root / CACHE / "matplotlib"  # keeps the list of the system's fonts, which takes seconds to make
        try:
            cache.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=cache).close()
        except OSError:
            cache = self._temporary
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            **{name: os.environ[name] for name in VARIABLES if name in os.environ},
            **{f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")},
            **({"MATPLOTLIBRC": str(self._style.resolve())} if self._style else {}),
            **({"PYTHONUTF8": "1", "SYSTEMROOT": os.environ.get("SYSTEMROOT", "")} if os.name == "nt" else {}),
            "HOME": str(self._temporary),
            "LANG": "C.UTF-8",
            "MPLBACKEND": "Agg",
            "MPLCONFIGDIR": str(cache),
            "PYTHONHASHSEED": str(self._hash_seed),
            "PYTHONIOENCODING": "utf-8:strict",
            "PYTHONUNBUFFERED": "1",  # keeps standard output and error in order
            "PYTHONUSERBASE": site.getuserbase(),
            "TZ": "UTC",
        }


def local_executor(
    root: Path, runs: Sequence[Run], fonts: Fonts, *, cold: bool, fork: bool = True, hash_seed: int = 0
) -> LocalExecutor:
    """Return an executor for `runs`, with the project's style and the fonts of their figures."""
    style = root / STYLE if os.path.isfile(root / STYLE) else engine_file(STYLE)
    # Scripts that import nothing need no fonts, which take seconds to make.
    files = [fonts.static(SANS, weight) for weight in (400, 600)] if imports(runs) else []
    return LocalExecutor(root, style=style, fonts=files, cold=cold, fork=fork, hash_seed=hash_seed)


def imports(runs: Iterable[Run]) -> frozenset[str]:
    """Return the modules that the runs' scripts import."""
    return frozenset().union(*(_imports(run.snippet.source) for run in runs))


@functools.lru_cache(maxsize=512)
def _is_module(name: str) -> bool:
    """Tell whether there is a module of this name, without importing its package."""
    top, *rest = name.split(".")
    spec = importlib.util.find_spec(top)
    if not rest or not spec:
        return spec is not None
    places = [Path(folder, *rest) for folder in spec.submodule_search_locations or ()]
    return any(place.is_dir() or any(place.parent.glob(f"{place.name}.*")) for place in places)


@functools.lru_cache(maxsize=512)
def _imports(source: str) -> frozenset[str]:
    return frozenset(snippets.modules_imported(source))


def _tell(process: subprocess.Popen[bytes]) -> None:
    """Tell spawn.py to end its run: send a second line."""
    assert process.stdin
    process.stdin.write(b"\n")
    process.stdin.flush()


def make_temporary() -> Path:
    """Return a new temporary folder; raises UsageError if it cannot be made."""
    _sweep()
    try:
        return Path(tempfile.mkdtemp(prefix=f"verideck-{os.getpid()}-"))
    except OSError as error:
        folder = tempfile.gettempdir()
        hint = "free disk space, or set TMPDIR"
        raise UsageError(f"cannot write to '{folder}': {error.strerror}", None, hint) from None


class Server:
    """A process of supervisor.py. It imports modules, and forks for each socket that it receives over `control`."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self._process, self._control = process, control

    def send(self, conn: socket.socket) -> None:
        """Send the other end of a run's socket; raises OSError if the process ended."""
        socket.send_fds(self._control, [b"\0"], [conn.fileno()])

    def alive(self) -> bool:
        """Tell whether the process still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process. Its runs end when their sockets close."""
        self._control.close()
        self._process.kill()
        self._process.wait()


def _sweep() -> None:
    """Remove empty folders of builds that were killed."""
    for folder in Path(tempfile.gettempdir()).glob("verideck-*-*") if os.name == "posix" else ():
        with contextlib.suppress(OSError, ValueError, OverflowError):
            try:
                os.kill(int(folder.name.split("-")[1]), 0)
            except ProcessLookupError:
                folder.rmdir()
