"""Runs one snippet on a system that cannot fork. `run.local` starts one process for each run, instead of supervisor.py.

    python -P -c BOOTSTRAP spawn.py          supervisor: request on standard input, report on standard output
    python -P -c BOOTSTRAP spawn.py TRACE    snippet's process: request on standard input, the snippet's output on
                                             standard output and error, child.py's report in file TRACE.report,
                                             traceback of a crash in file TRACE

Requests and reports are lines of JSON. Standard input stays open while the engine waits for the report. A second line
ends the run. The end of standard input means that the engine ended; then this program cleans up.
On Windows, processes survive the end of their parent, and memory and number of processes are not limited.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
import types
from collections.abc import Callable
from typing import Any, BinaryIO

Json = dict[str, Any]

START = 10
"""Seconds that a snippet's process may take to start; after the start it enforces its time limit itself."""


def supervise(order: Json, supervisor: Any) -> None:
    """Run one snippet in a child process, write its report, and clean up."""
    request = order["request"]
    trace = request["scratch"] + ".trace"
    for file in (trace, f"{trace}.report"):
        open(file, "wb").close()
    if supervisor.LIBC:
        supervisor.LIBC.prctl(supervisor.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # orphans become our children
    command = [sys.executable, "-P", "-c", order["bootstrap"], __file__, trace]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    )
    try:
        answer = watch(process, order, trace, supervisor)
        if answer is None:  # the engine ended, and cannot clean up
            shutil.rmtree(order["settings"]["temporary"], ignore_errors=True)
        else:
            sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    finally:
        end(process, supervisor)
        shutil.rmtree(request["scratch"], ignore_errors=True)
        os.unlink(trace)
        os.unlink(f"{trace}.report")


def watch(process: Any, order: Json, trace: str, supervisor: Any) -> Json | None:
    """Read what the snippet's process writes until it ends; return its report, None if the engine ended."""
    finished: Callable[..., Json] = supervisor.finished
    report = f"{trace}.report"
    request, printed, told = order["request"], supervisor.Printed(), bytearray()
    streams = Streams({"out": printed.add_out, "err": printed.add_err, "engine": told.extend})
    streams.follow("engine", os.fdopen(os.dup(0), "rb", buffering=0))
    streams.follow("out", process.stdout)
    streams.follow("err", process.stderr)
    deadline = time.monotonic() + request["timeout"] + START
    with contextlib.suppress(OSError), process.stdin:
        process.stdin.write(json.dumps(order).encode())
    ending = ""
    while not ending:
        streams.take(supervisor.TICK)
        if told:
            return {}
        if "engine" not in streams.open:
            return None
        ending = "ended" if ended(process, supervisor) else supervisor.exceeded_limit(os.path.getsize(report), deadline)
    if ending != "ended" and hasattr(signal, "SIGUSR2"):
        supervisor.request_traceback(process.pid, lambda: os.path.getsize(trace))
    end(process, supervisor)
    while streams.open - {"engine"} and streams.take(1):
        pass
    heard, dump = read(report), read(trace)
    if heard.endswith(b"\n"):
        return finished(supervisor.parse_report(heard, request["mark"]), printed)
    if dump.startswith(b"Timeout ("):
        ending = "timeout"
    code = process.returncode if ending == "ended" else 0
    return finished({"error": supervisor.explain(ending, code, request, dump)}, printed)


def read(path: str) -> bytes:
    """Return the content of a file."""
    with open(path, "rb") as file:
        return file.read()


class Streams:
    """Reads several streams at a time, in threads, because Windows has no `select` for pipes."""

    def __init__(self, takers: dict[str, Callable[[bytes], Any]]) -> None:
        self.takers, self.open = takers, set(takers)
        self.events: queue.Queue[tuple[str, bytes]] = queue.Queue(64)

    def follow(self, name: str, stream: BinaryIO) -> None:
        """Read a stream to its end in a thread."""

        def read() -> None:
            data = b"-"
            while data:
                data = stream.read(1 << 16)
                self.events.put((name, data))

        threading.Thread(target=read, daemon=True).start()

    def take(self, timeout: float) -> bool:
        """Pass on the next data; return False if none came within `timeout` seconds."""
        try:
            name, data = self.events.get(timeout=timeout)
        except queue.Empty:
            return False
        self.takers[name](data)
        if not data:
            self.open.discard(name)
        return True


def ended(process: Any, supervisor: Any) -> bool:
    """Tell whether the snippet's process ended; collect ended orphans, too."""
    if sys.platform == "win32":
        return process.poll() is not None
    if process.returncode is None and (status := supervisor.reap(process.pid)) is not None:
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode is not None


def end(process: Any, supervisor: Any) -> None:
    """Kill the snippet's process and all its descendants, and wait until they ended."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
        process.wait()
    else:
        supervisor.end_tree(process.pid)


def run_snippet(order: Json, trace: str, supervisor: Any) -> None:
    """Run the snippet in this process."""
    request, settings = order["request"], order["settings"]
    child, audit, pyplot = (supervisor.load(name) for name in ("child", "audit", "pyplot"))
    child.display = supervisor.load("display")
    child.display.draw = pyplot.draw
    out, err, null = os.dup(1), os.dup(2), os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    sys.meta_path.insert(0, pyplot.PyplotFinder(settings["fonts"]))
    supervisor.hide_own_imports()
    place, report = (os.open(path, os.O_WRONLY | getattr(os, "O_BINARY", 0)) for path in (trace, f"{trace}.report"))
    faulthandler.dump_traceback_later(request["timeout"], exit=True, file=place)
    watcher = audit.Observer(settings["root"], [*settings["exempt"], *settings["fonts"], settings["temporary"]])
    child.perform(request, watcher, pyplot, out, err, report, place)


def main() -> None:
    """Read the request, and supervise its snippet or, with an argument, run it."""
    supervisor: Any = types.ModuleType("verideck_supervisor")
    supervisor.__file__ = os.path.join(os.path.dirname(os.path.abspath(__file__)), "supervisor.py")
    with open(supervisor.__file__, "rb") as file:
        exec(compile(file.read(), main.__code__.co_filename, "exec"), vars(supervisor))
    with open(0, "rb", buffering=0, closefd=False) as stream:
        order = json.loads(stream.readline())
    if len(sys.argv) > 1:
        run_snippet(order, sys.argv[1], supervisor)
    else:
        supervise(order, supervisor)
        sys.stdout.flush()
    os._exit(0)  # does not wait for the reading thread


if __name__ == "__main__":
    main()
