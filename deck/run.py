"""Drive supervisor.py: hand over runs, several at once, and turn what comes back into results."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import site
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from deck.errors import UsageError
from deck.inputs import STARTED_PROCESSES, VARIABLES, modules_imported, versions
from deck.model import Failure, Result, Run
from deck.store import file_digest, result_from_json

GRACE = 60.0
"""Seconds beyond a run's own limit after which its supervisor itself is given up (it may still be importing)."""


class Runner:
    """Runs snippets, each in a process of its own; a context that no process and no scratch folder outlives.

    root: the project. style, fonts: what matplotlib is given. jobs: runs at a time. preload: modules that the snippets
    import. cold: each run in a fresh interpreter, as a reader would run it; else all are forked from one that has
    imported what is in `preload` (on Linux; elsewhere libraries do not survive a fork, and every run is cold).
    Raises UsageError where the system cannot fork at all.
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
    ) -> None:
        if not hasattr(os, "fork"):
            raise UsageError("this system cannot run snippets", None, "use Linux, macOS or WSL, or build --recorded")
        self.root = root.resolve()
        self._cold = cold or sys.platform != "linux"
        self._preload = sorted(name for name in preload if self._installed(name))
        self._temporary = Path(tempfile.mkdtemp(prefix="deck-"))
        self._settings = {
            "root": str(self.root),
            "temporary": str(self._temporary),
            "exempt": [str(path) for path in (self.root / ".cache", Path(sys.prefix)) if self.root in path.parents],
            "fonts": [str(font.resolve()) for font in fonts],
        }
        self._environment = self._make_environment(style)
        self._executor = ThreadPoolExecutor(jobs or os.cpu_count(), "run")
        self._lock = threading.Lock()
        self._server: Server | None = None
        self._live: set[socket.socket] = set()
        self._stopped = False

    def __enter__(self) -> Self:
        """Start the interpreter that imports, so that it is warm when the first run comes."""
        if not self._cold:
            self._server = self._start(self._preload)
        elif "matplotlib" in {name.partition(".")[0] for name in self._preload} and not any(
            Path(self._environment["MPLCONFIGDIR"]).glob("fontlist*.json")
        ):
            self._start(["matplotlib.font_manager"]).finish()  # else it may tell the first snippet's output of its wait
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
            for conn in self._live:
                with contextlib.suppress(OSError):
                    conn.shutdown(socket.SHUT_RDWR)
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _execute(self, run: Run) -> Result:
        with tempfile.TemporaryDirectory(dir=self._temporary, ignore_cleanup_errors=True) as scratch:
            declared = tuple((path, file_digest(self.root, path)) for path in run.snippet.inputs)
            request = make_request(run, self.root, scratch)
            report = None if self._cold else self._converse(request, self._warm())
            if not report and not self._stopped:  # cold: also where the warm one died of its imports
                report = self._converse(request, None)
            if self._stopped:
                raise CancelledError("the runs were stopped")
        if report is None:
            return Result(error=Failure("lost", "the process that watches it ended; the system may be out of memory"))
        return make_result(report, run, self.root, declared, scratch)

    def _converse(self, request: dict[str, Any], server: Server | None) -> dict[str, Any] | None:
        """Hand a request to a server, or to a fresh one, and return its answer; None where it gave none."""
        own = None if server else self._start([])
        ours, theirs = socket.socketpair()
        try:
            with ours, theirs, self._watched(ours):
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

    @contextlib.contextmanager
    def _watched(self, conn: socket.socket) -> Any:
        """Let `stop` end the run behind `conn`."""
        with self._lock:
            if self._stopped:
                raise CancelledError("the runs were stopped")
            self._live.add(conn)
        try:
            yield
        finally:
            with self._lock:
                self._live.discard(conn)

    def _warm(self) -> Server:
        with self._lock:
            if not self._server or not self._server.alive():
                if self._server:
                    self._server.close()
                self._server = self._start(self._preload)
            return self._server

    def _start(self, preload: list[str]) -> Server:
        return Server(self._settings | {"preload": preload}, self._environment, self._temporary)

    def _installed(self, name: str) -> bool:
        """Whether a module can be imported ahead: the standard library may print, the project's own may change."""
        top = name.partition(".")[0]
        own = self.root / "snippets" / top
        return top not in sys.stdlib_module_names and not (own.is_dir() or own.with_suffix(".py").exists())

    def _make_environment(self, style: Path | None) -> dict[str, str]:
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
            "HOME": str(self._temporary),
            "LANG": "C.UTF-8",
            "MPLBACKEND": "Agg",
            "MPLCONFIGDIR": str(cache),
            "PYTHONHASHSEED": "0",
            "PYTHONIOENCODING": "utf-8:strict",
            "PYTHONUNBUFFERED": "1",  # standard output and error come in the order in which they were written
            "PYTHONUSERBASE": site.getuserbase(),
            "TZ": "UTC",
        }


class Server:
    """One supervisor.py: a process that imports, and forks for each socket that it is sent."""

    def __init__(self, settings: dict[str, Any], environment: dict[str, str], folder: Path) -> None:
        self._control, theirs = socket.socketpair()
        program = Path(__file__).with_name("supervisor.py")
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(program), str(theirs.fileno()), json.dumps(settings)],
                env=environment, cwd=folder, pass_fds=[theirs.fileno()], start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip

    def send(self, conn: socket.socket) -> None:
        """Hand over the other end of a run's socket; raises OSError if the process is gone."""
        socket.send_fds(self._control, [b"\0"], [conn.fileno()])

    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def finish(self) -> None:
        """Wait until it has imported what it was told, and ended."""
        self._control.close()
        self._process.wait()

    def close(self) -> None:
        """End it; runs that are under way end by themselves when their sockets close."""
        self._control.close()
        self._process.kill()
        self._process.wait()


def make_request(run: Run, root: Path, scratch: str) -> dict[str, Any]:
    """Return a run as supervisor.py reads it."""
    snippet, file = run.snippet, root / run.snippet.path
    ranges = [pair for region in snippet.regions if region.name == "parameters" for pair in region.ranges]
    return {
        "path": str(file),
        "folder": str(file.parent if snippet.path.endswith(".py") else root / "snippets"),
        "source": snippet.source,
        "parameters": dict(run.id.parameters),
        "parameter_lines": [snippet.lines[number - 1] for first, last in ranges for number in range(first, last + 1)],
        "expressions": list(run.expressions),
        "raises": run.raises,
        "timeout": run.timeout,
        "memory": run.memory,
        "scratch": scratch,
    }


def make_result(
    report: dict[str, Any], run: Run, root: Path, declared: tuple[tuple[str, str], ...], scratch: str
) -> Result:
    """Return a result from a report: text as a terminal shows it, no paths of this machine, all inputs and versions."""
    folders = {str(root), scratch, *(sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib"))}

    def shorten(text: str) -> str:
        for folder in sorted(folders, key=len, reverse=True):
            text = text.replace(f"{folder}/", "")
        return text

    seen = dict(report.pop("inputs", ())) | dict(declared)
    if report.pop("spawned", False) and not declared:
        seen[STARTED_PROCESSES] = "unknown"
    result = result_from_json(report)
    modules = [path for path in seen if path.endswith(".py") and path.startswith("snippets/")]
    sources = [run.snippet.source, *((root / path).read_text("utf-8", "replace") for path in modules if seen[path])]
    tops = {name.partition(".")[0] for source in sources for name in modules_imported(source)}
    for name in tops:  # a module of this name would be found before the one that was
        for path in (f"snippets/{name}.py", f"snippets/{name}/__init__.py"):
            if path not in seen and not (root / path).exists():
                seen[path] = ""
    error = result.error and replace(
        result.error, message=shorten(result.error.message), traceback=shorten(result.error.traceback)
    )
    return replace(
        result,
        stdout=terminal_text(shorten(result.stdout)),
        invalid={expression: shorten(reason) for expression, reason in result.invalid.items()},
        error=error,
        inputs=tuple(sorted(seen.items())),
        versions=versions(tops),
    )


_TOKEN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])|.")
"""A control sequence (ECMA-48) or one character."""
_VISIBLE = {code: 0x2400 + code for code in range(32) if code != ord("\t")} | {0x7F: 0x2421}


def terminal_text(text: str) -> str:
    """Return output as a terminal would leave it: colours dropped, progress bars at their last state, NUL as ␀."""
    return "\n".join(line if line.isprintable() else _line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    """Return a line after its carriage returns, backspaces and control sequences."""
    cells: list[str] = []
    at = 0
    for token in _TOKEN.findall(line.removesuffix("\r")):
        if token == "\r":
            at = 0
        elif token == "\b":
            at = max(at - 1, 0)
        elif token[0] != "\x1b":
            cells[at : at + 1] = [token.translate(_VISIBLE)]
            at += 1
        elif token[-1] == "K":  # erase to the end of the line
            del cells[at:]
    return "".join(cells)
