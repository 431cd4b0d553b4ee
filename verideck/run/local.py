"""Drive the programs that run snippets: hand over runs, several at once, and return their results."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import site
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from verideck.core.errors import UsageError
from verideck.core.hashing import file_digest
from verideck.core.run_model import Failure, Result, Run
from verideck.run.protocol import make_request, make_result
from verideck.run.recipe import PROGRAMS, VARIABLES

GRACE = 60.0
"""Seconds beyond a run's own limit after which its supervisor itself is given up (it may still be importing)."""


class Runner:
    """Runs snippets, each in a process of its own; a context that no process and no scratch folder outlives.

    root: the project. style, fonts: what matplotlib is given. jobs: runs at a time. preload: modules that the snippets
    import. cold: each run in a fresh interpreter, as a reader would run it; else all are forked from one that has
    imported what is in `preload` (on Linux; elsewhere libraries do not survive a fork, and every run is cold).
    fork: whether supervisor.py runs them; else alone.py does, for systems that cannot fork, with the same results.
    hash_seed: PYTHONHASHSEED of all runs, on which the order of sets of texts depends.
    """

    def __init__(
        self,
        root: Path,
        *,
        style: Path | None = None,
        fonts: Sequence[Path] = (),
        jobs: int | None = None,
        cold: bool = False,
        preload: Iterable[str] = (),
        fork: bool = True,
        hash_seed: int = 0,
    ) -> None:
        self.root = root.resolve()
        self._fork = fork and hasattr(os, "fork")
        self._cold = cold or not self._fork or sys.platform != "linux"
        self._preload = sorted(name for name in preload if self._installed(name))
        self._temporary = make_temporary()
        self._settings = {
            "root": str(self.root),
            "temporary": str(self._temporary),
            "engine": os.getpid(),
            "exempt": [sys.prefix] if self.root in Path(sys.prefix).parents else [],
            "fonts": [str(font.resolve()) for font in fonts],
        }
        self._environment = self._make_environment(style, hash_seed)
        self._executor = ThreadPoolExecutor(jobs or os.cpu_count(), "run")
        self._lock = threading.Lock()
        self._server: Server | None = None
        self._live: set[Callable[[], None]] = set()
        self._stopped = False

    def __enter__(self) -> Self:
        """Start the interpreter that imports, so that it is warm when the first run comes."""
        if not self._cold:
            self._server = self._start(self._preload)
        elif "matplotlib" in {name.partition(".")[0] for name in self._preload} and not any(
            Path(self._environment["MPLCONFIGDIR"]).glob("fontlist*.json")
        ):
            with contextlib.suppress(subprocess.SubprocessError):  # else the first snippet's output tells of its wait
                self._popen("-c", "import matplotlib.font_manager").wait(GRACE)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Wait for the runs that were submitted; after an error (Ctrl-C) end them at once."""
        if kind:
            self.stop()
        self._executor.shutdown()
        if self._server:
            self._server.close()
        shutil.rmtree(self._temporary, ignore_errors=True)

    def submit(self, run: Run) -> Future[Result]:
        """Have `run` executed; its future never raises but CancelledError, after `stop`."""
        return self._executor.submit(self._execute, run)

    def stop(self) -> None:
        """End all runs, with every process that they started; their futures are cancelled."""
        with self._lock:
            self._stopped = True
            for hang_up in self._live:
                with contextlib.suppress(OSError):
                    hang_up()
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _execute(self, run: Run) -> Result:
        try:
            return self._execute_in_scratch(run)
        except OSError as error:
            return Result(error=Failure("no scratch folder", f"{error.strerror}: make room, or set TMPDIR"))

    def _execute_in_scratch(self, run: Run) -> Result:
        with tempfile.TemporaryDirectory(dir=self._temporary, ignore_cleanup_errors=True) as scratch:
            named = [f"{path.rstrip('/')}/**" if (self.root / path).is_dir() else path for path in run.snippet.inputs]
            declared = tuple((path, file_digest(self.root, path)) for path in named)
            request = make_request(run, self.root, scratch)
            report = None if self._cold else self._converse(request, self._warm())
            if not report and not self._stopped:  # cold: also where the warm one died of its imports
                report = self._converse(request, None) if self._fork else self._converse_alone(request)
            if self._stopped:
                raise CancelledError("the runs were stopped")
        if report is None:
            return Result(error=Failure("lost", "the process that watches it ended; the system may be out of memory"))
        try:
            return make_result(report, run, self.root, declared, scratch)
        except (ValueError, TypeError):  # only a snippet that changed json gives another shape
            return Result(error=Failure("broken", "it changed Python itself, so that its results cannot be had"))

    def _converse(self, request: dict[str, Any], server: Server | None) -> dict[str, Any] | None:
        """Hand a request to a server, or to a fresh one, and return its answer; None where it gave none."""
        own = None if server else self._start([])
        ours, theirs = socket.socketpair()
        try:
            with ours, theirs, self._watched(lambda: ours.shutdown(socket.SHUT_RDWR)):
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

    def _converse_alone(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """Hand a request to a process of its own, and return the answer; None where it gave none."""
        process = self._popen(str(PROGRAMS / "spawn.py"), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert process.stdin
        assert process.stdout
        late = threading.Timer(request["timeout"] + GRACE, process.kill)
        late.start()
        try:
            with process, self._watched(process.stdin.close):
                process.stdin.write(json.dumps({"request": request, "settings": self._settings}).encode() + b"\n")
                process.stdin.flush()
                report = json.loads(process.stdout.read())
            return report if isinstance(report, dict) else None
        except (OSError, ValueError):
            return None
        finally:
            late.cancel()

    @contextlib.contextmanager
    def _watched(self, hang_up: Callable[[], None]) -> Iterator[None]:
        """Let `stop` end a run by `hang_up`."""
        with self._lock:
            if self._stopped:
                raise CancelledError("the runs were stopped")
            self._live.add(hang_up)
        try:
            yield
        finally:
            with self._lock:
                self._live.discard(hang_up)

    def _warm(self) -> Server:
        with self._lock:
            if not self._server or not self._server.alive():
                if self._server:
                    self._server.close()
                self._server = self._start(self._preload)
            return self._server

    def _start(self, preload: list[str]) -> Server:
        control, theirs = socket.socketpair()
        with theirs:
            settings = json.dumps(self._settings | {"preload": preload})
            program = str(PROGRAMS / "supervisor.py")
            return Server(self._popen(program, str(theirs.fileno()), settings, pass_fds=[theirs.fileno()]), control)

    def _popen(self, *arguments: str, **streams: Any) -> subprocess.Popen[bytes]:
        """Start Python, away from the terminal's signals, without the streams that are not asked for."""
        null = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
        return subprocess.Popen(
            [sys.executable, "-P", *arguments], env=self._environment, cwd=self._temporary, start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0), **{**null, **streams},
        )  # fmt: skip

    def _installed(self, name: str) -> bool:
        """Whether a module can be imported ahead: the standard library may print, the project's own may change."""
        top = name.partition(".")[0]
        own = self.root / "snippets" / top
        return top not in sys.stdlib_module_names and not (own.is_dir() or own.with_suffix(".py").exists())

    def _make_environment(self, style: Path | None, hash_seed: int) -> dict[str, str]:
        """Return the environment of all runs: nothing of the caller's but PATH and what chooses BLAS kernels."""
        cache = self.root / ".cache" / "matplotlib"  # kept: it takes seconds to list the system's fonts
        try:
            cache.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=cache).close()
        except OSError:
            cache = self._temporary
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            **{name: os.environ[name] for name in VARIABLES if name in os.environ},
            **{f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")},
            **({"MATPLOTLIBRC": str(style.resolve())} if style else {}),
            **({"PYTHONUTF8": "1", "SYSTEMROOT": os.environ.get("SYSTEMROOT", "")} if os.name == "nt" else {}),
            "HOME": str(self._temporary),
            "LANG": "C.UTF-8",
            "MPLBACKEND": "Agg",
            "MPLCONFIGDIR": str(cache),
            "PYTHONHASHSEED": str(hash_seed),
            "PYTHONIOENCODING": "utf-8:strict",
            "PYTHONUNBUFFERED": "1",  # standard output and error come in the order in which they were written
            "PYTHONUSERBASE": site.getuserbase(),
            "TZ": "UTC",
        }


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
