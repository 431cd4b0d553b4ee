"""Drive the programs that run snippets: hand over runs, several at once, and return their results."""

from __future__ import annotations

import contextlib
import functools
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
from types import TracebackType
from typing import Any, Self

from verideck.core.errors import UsageError
from verideck.core.folders import CACHE, SNIPPETS
from verideck.core.hashing import file_digest
from verideck.core.run_model import Failure, Result, Run
from verideck.read import snippets
from verideck.run.protocol import FRAME, make_request, make_result
from verideck.run.recipe import PROGRAMS, VARIABLES, Environment
from verideck.run.recipe import environment as make_environment
from verideck.typeset.fonts import SANS, Fonts

GRACE = 60.0
"""Seconds beyond a run's own limit after which its supervisor itself is given up (it may still be importing)."""


BOOTSTRAP = f"""\
import sys
del sys.argv[0]
with open(sys.argv[0], "rb") as file:
    code = compile(file.read(), "{FRAME}", "exec")
exec(code, {{"__name__": "__main__", "__file__": sys.argv[0]}})
"""
"""Starts a program of ours; in a snippet's stack its frames name no file."""


class RunFuture(Future[Result]):
    """What a run gives; cancelling it ends the run, also one that has begun."""

    def __init__(self) -> None:
        super().__init__()
        self.abandoned = False
        self._hang_up: Callable[[], None] | None = None
        self._guard = threading.Lock()

    def cancel(self) -> bool:
        """End the run; return whether it had not begun: else its future ends with CancelledError a moment later."""
        with self._guard:
            self.abandoned = True
            if self._hang_up:
                with contextlib.suppress(OSError):
                    self._hang_up()
        return super().cancel()

    @contextlib.contextmanager
    def watched(self, hang_up: Callable[[], None]) -> Iterator[None]:
        """Let `cancel` end the run by `hang_up`; raises CancelledError where it was called before."""
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
    """Executes runs on this machine, each in a process of its own; no process and no scratch folder outlives it.

    root: the project. style, fonts: what matplotlib is given. jobs: runs at a time. cold: each run in a fresh
    interpreter, as a reader would run it; else all are forked from one that has imported what `warm` names (on Linux;
    elsewhere libraries do not survive a fork, and every run is cold). fork: whether supervisor.py runs them; else
    spawn.py does, for systems that cannot fork, with the same results. hash_seed: PYTHONHASHSEED of all runs, on which
    the order of sets of texts depends.

    Nothing is started before `warm`, the first `submit`, or a `with` statement.
    """

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
        self._style, self._fonts, self._hash_seed = style, fonts, hash_seed
        self._fork = fork and hasattr(os, "fork")
        self._cold = cold or not self._fork or sys.platform != "linux"
        self._pool = ThreadPoolExecutor(jobs or os.cpu_count(), "run")
        self._lock = threading.Lock()
        self._environment: Environment | None = None
        self._begun = self._closed = False
        self._preload: list[str] = []
        self._server: Server | None = None
        self._futures: weakref.WeakSet[RunFuture] = weakref.WeakSet()

    def __enter__(self) -> Self:
        """Begin."""
        self.warm()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End."""
        self.close()

    def submit(self, run: Run) -> Future[Result]:
        """Have `run` executed, as `Executor` says."""
        self.warm()
        future = RunFuture()
        self._futures.add(future)
        self._pool.submit(self._work, run, future)
        return future

    def environment(self) -> Environment:
        """Return Python, packages, our programs, style and fonts, by version or content."""
        if self._environment is None:
            self._environment = make_environment(self._style, self._fonts)
        return self._environment

    def warm(self, preload: Iterable[str] = ()) -> None:
        """Begin: make room for scratch, and start an interpreter that imports `preload`, modules that snippets import.

        Raises UsageError where the disk has no room. Only the first call counts.
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
                "exempt": [sys.prefix] if self.root in Path(sys.prefix).parents else [],
                "fonts": [str(font.resolve()) for font in self._fonts],
            }
            self._variables = self._make_variables()
            self._begun = True
            if not self._cold:
                self._server = self._start(self._preload)
            elif "matplotlib" in {name.partition(".")[0] for name in self._preload} and not any(
                Path(self._variables["MPLCONFIGDIR"]).glob("fontlist*.json")
            ):
                with contextlib.suppress(subprocess.SubprocessError):  # else the first snippet's output tells of it
                    self._popen("-c", "import matplotlib.font_manager").wait(GRACE)

    def close(self) -> None:
        """End all runs, with every process that they started; their futures are cancelled."""
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
        """Execute a run in a thread of ours."""
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(self._execute(run, future))
            except BaseException as error:
                future.set_exception(error)

    def _execute(self, run: Run, future: RunFuture) -> Result:
        try:
            return self._execute_in_scratch(run, future)
        except OSError as error:
            return Result(error=Failure("no scratch folder", f"{error.strerror}: make room, or set TMPDIR"))

    def _execute_in_scratch(self, run: Run, future: RunFuture) -> Result:
        with tempfile.TemporaryDirectory(dir=self._temporary, ignore_cleanup_errors=True) as scratch:
            named = [f"{path.rstrip('/')}/**" if (self.root / path).is_dir() else path for path in run.snippet.inputs]
            declared = tuple((path, file_digest(self.root, path)) for path in named)
            request = make_request(run, self.root, scratch)
            report = None if self._cold else self._converse(request, future, self._server_alive())
            if not report and not future.abandoned:  # cold: also where the warm one died of its imports
                converse = self._converse if self._fork else self._converse_alone
                report = converse(request, future)
            Path(f"{scratch}.main.py").unlink(missing_ok=True)  # what its workers ran
            if future.abandoned:
                raise CancelledError("the run was ended")
        if report is None:
            return Result(error=Failure("lost", "the process that watches it ended; the system may be out of memory"))
        try:
            return make_result(report, run, self.root, declared, scratch, self._style and self._style.resolve())
        except (ValueError, TypeError):  # only a snippet that changed json gives another shape
            return Result(error=Failure("broken", "it changed Python itself, so that its results cannot be had"))

    def _converse(
        self, request: dict[str, Any], future: RunFuture, server: Server | None = None
    ) -> dict[str, Any] | None:
        """Hand a request to a server, or to a fresh one, and return its answer; None where it gave none."""
        own = None if server else self._start([])
        ours, theirs = socket.socketpair()
        try:
            with ours, theirs, future.watched(lambda: ours.shutdown(socket.SHUT_WR)):
                (own or server).send(theirs)  # type: ignore[union-attr]
                theirs.close()
                ours.settimeout(request["timeout"] + GRACE)
                ours.sendall(json.dumps(request).encode() + b"\n")
                with ours.makefile("rb") as answer:
                    report = json.loads(answer.read())  # to the end: the supervisor has cleaned up then
            return report if isinstance(report, dict) else None
        except (OSError, ValueError):
            return None
        finally:
            if own:
                own.close()

    def _converse_alone(self, request: dict[str, Any], future: RunFuture) -> dict[str, Any] | None:
        """Hand a request to a process of its own, and return the answer; None where it gave none."""
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
        """Return the interpreter that has imported; a new one where it is gone."""
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
        """Start Python, away from the terminal's signals, without the streams that are not asked for."""
        null = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        return subprocess.Popen(
            [sys.executable, "-P", *arguments], env=self._variables, cwd=self._temporary, start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0), **{**null, **streams},
        )  # fmt: skip

    def _installed(self, name: str) -> bool:
        """Whether a module can be imported ahead: the standard library may print, the project's own may change."""
        top = name.partition(".")[0]
        own = self.root / SNIPPETS / top
        return top not in sys.stdlib_module_names and not (own.is_dir() or own.with_suffix(".py").exists())

    def _make_variables(self) -> dict[str, str]:
        """Return all runs' environment variables: nothing of the caller's but PATH and what chooses BLAS kernels."""
        cache = self.root / CACHE / "matplotlib"  # kept: it takes seconds to list the system's fonts
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
            "PYTHONUNBUFFERED": "1",  # standard output and error come in the order in which they were written
            "PYTHONUSERBASE": site.getuserbase(),
            "TZ": "UTC",
        }


def local_executor(
    root: Path, runs: Sequence[Run], fonts: Fonts, *, cold: bool, fork: bool = True, hash_seed: int = 0
) -> LocalExecutor:
    """Return an executor for `runs`, with the project's style and the fonts that their figures need."""
    style = root / "matplotlibrc"
    # Cutting fonts takes seconds: none for scripts that import nothing.
    files = [fonts.static(SANS, weight) for weight in (400, 600)] if imports(runs) else []
    return LocalExecutor(
        root, style=style if os.path.isfile(style) else None, fonts=files, cold=cold, fork=fork, hash_seed=hash_seed
    )


def imports(runs: Iterable[Run]) -> frozenset[str]:
    """Return the modules that the runs' scripts import."""
    return frozenset().union(*(_imports(run.snippet.source) for run in runs))


@functools.lru_cache(maxsize=512)
def _imports(source: str) -> frozenset[str]:
    return frozenset(snippets.modules_imported(source))


def _tell(process: subprocess.Popen[bytes]) -> None:
    """Tell spawn.py to end its run: a line after its request."""
    assert process.stdin
    process.stdin.write(b"\n")
    process.stdin.flush()


def make_temporary() -> Path:
    """Return a new folder for scratch; raises UsageError where the disk has none to give."""
    _sweep()
    try:
        return Path(tempfile.mkdtemp(prefix=f"verideck-{os.getpid()}-"))
    except OSError as error:
        folder = tempfile.gettempdir()
        raise UsageError(f"cannot write to '{folder}': {error.strerror}", None, "make room, or set TMPDIR") from None


class Server:
    """One supervisor.py: a process that imports, and forks for each socket that it is sent over `control`."""

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self._process, self._control = process, control

    def send(self, conn: socket.socket) -> None:
        """Hand over the other end of a run's socket; raises OSError if the process is gone."""
        socket.send_fds(self._control, [b"\0"], [conn.fileno()])

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it; runs that are under way end by themselves when their sockets close."""
        self._control.close()
        self._process.kill()
        self._process.wait()


def _sweep() -> None:
    """Remove the empty folders of builds that were killed before anybody watched over them."""
    for folder in Path(tempfile.gettempdir()).glob("verideck-*-*") if os.name == "posix" else ():
        with contextlib.suppress(OSError, ValueError, OverflowError):
            try:
                os.kill(int(folder.name.split("-")[1]), 0)
            except ProcessLookupError:
                folder.rmdir()
