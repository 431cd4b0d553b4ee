"""Run one snippet where the system cannot fork: a program that `run` starts for each, instead of supervisor.py.

    python -P -c BOOTSTRAP spawn.py          watches: the request on standard input, the answer on standard output
    python -P -c BOOTSTRAP spawn.py TRACE    is the snippet's process: the request on standard input, child.py's report
                                             on standard output, what the snippet prints on standard error, the place
                                             of a crash in file TRACE

Requests and answers are lines of JSON. While somebody waits for the answer, standard input stays open; a second line
there ends the run, and so does its end, after which nobody is left to tidy up. Windows ends no process
whose parent is gone, and has no limits of memory and processes here.
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
"""Seconds that a snippet's process may take to begin; from then on it ends itself when its time is up."""


def supervise(order: Json, supervisor: Any) -> None:
    """Run one snippet in a process below this one, write the answer, and leave nothing behind."""
    request = order["request"]
    trace = request["scratch"] + ".trace"
    open(trace, "wb").close()
    if supervisor.LIBC:
        supervisor.LIBC.prctl(supervisor.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # orphans come to us
    command = [sys.executable, "-P", "-c", order["bootstrap"], __file__, trace]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
    )
    try:
        answer = watch(process, order, trace, supervisor)
        if answer is None:  # nobody waits, so the engine may be gone, and cannot tidy up
            shutil.rmtree(order["settings"]["temporary"], ignore_errors=True)
        else:
            sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
    finally:
        end(process, supervisor)
        shutil.rmtree(request["scratch"], ignore_errors=True)
        os.unlink(trace)


def watch(process: Any, order: Json, trace: str, supervisor: Any) -> Json | None:
    """Read what the snippet's process writes until something ends it; return the answer, None if nobody is there."""
    finished: Callable[..., Json] = supervisor.finished
    request, output, report, told = order["request"], supervisor.Output(), bytearray(), bytearray()
    streams = Streams({"output": output.add, "report": report.extend, "engine": told.extend})
    streams.follow("engine", os.fdopen(os.dup(0), "rb", buffering=0))
    streams.follow("report", process.stdout)
    streams.follow("output", process.stderr)
    deadline = time.monotonic() + request["timeout"] + START
    with contextlib.suppress(OSError), process.stdin:
        process.stdin.write(json.dumps(order).encode())
    ending, seen = "", 0.0
    while not ending:
        streams.take(supervisor.TICK)
        if told:
            return {}
        if "engine" not in streams.open:
            return None
        if report.endswith(b"\n"):
            ending = "reported"
        elif ended(process, supervisor):
            seen = seen or time.monotonic()
            late = time.monotonic() > seen + 1  # what it forked may hold the pipe open
            ending = "ended" if late or "report" not in streams.open else ""
        else:
            ending = supervisor.excess(report, deadline)
    if ending not in ("reported", "ended") and hasattr(signal, "SIGUSR2"):
        supervisor.ask_where(process.pid, lambda: os.path.getsize(trace))
    end(process, supervisor)
    while "output" in streams.open and streams.take(1):
        pass
    if ending == "reported":
        return finished(supervisor.heard(report, request["mark"]), output)
    with open(trace, "rb") as file:
        dump = file.read()
    if dump.startswith(b"Timeout ("):
        ending = "timeout"
    code = process.returncode if ending == "ended" else 0
    return finished({"error": supervisor.explain(ending, code, request, dump)}, output)


class Streams:
    """Several streams read at once, by threads: pipes cannot be waited for on Windows."""

    def __init__(self, takers: dict[str, Callable[[bytes], Any]]) -> None:
        self.takers, self.open = takers, set(takers)
        self.events: queue.Queue[tuple[str, bytes]] = queue.Queue(64)

    def follow(self, name: str, stream: BinaryIO) -> None:
        """Have a stream read to its end."""

        def read() -> None:
            data = b"-"
            while data:
                data = stream.read(1 << 16)
                self.events.put((name, data))

        threading.Thread(target=read, daemon=True).start()

    def take(self, timeout: float) -> bool:
        """Hand over what comes next; tell whether anything came in some seconds."""
        try:
            name, data = self.events.get(timeout=timeout)
        except queue.Empty:
            return False
        self.takers[name](data)
        if not data:
            self.open.discard(name)
        return True


def ended(process: Any, supervisor: Any) -> bool:
    """Whether the snippet's process is gone; collects others that came to us, too."""
    if sys.platform == "win32":
        return process.poll() is not None
    if process.returncode is None and (status := supervisor.reap(process.pid)) is not None:
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode is not None


def end(process: Any, supervisor: Any) -> None:
    """Kill the snippet's process and all below it, and wait until they are gone."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
        process.wait()
    else:
        supervisor.end_tree(process.pid)


def become(order: Json, trace: str, supervisor: Any) -> None:
    """Make this process the snippet's, and run it."""
    request, settings = order["request"], order["settings"]
    child, audit, pyplot = (supervisor.load(name) for name in ("child", "audit", "pyplot"))
    report, output, null = os.dup(1), os.dup(2), os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(null, 1)
    sys.meta_path.insert(0, pyplot.PyplotFinder(settings["fonts"]))
    supervisor.forget()
    place = os.open(trace, os.O_WRONLY)
    faulthandler.dump_traceback_later(request["timeout"], exit=True, file=place)
    watcher = audit.Observer(settings["root"], [*settings["exempt"], request["scratch"]])
    child.perform(request, watcher, pyplot, output, report, place)


def main() -> None:
    """Take the first line of standard input, and do what this process is for."""
    supervisor: Any = types.ModuleType("verideck_supervisor")
    supervisor.__file__ = os.path.join(os.path.dirname(os.path.abspath(__file__)), "supervisor.py")
    with open(supervisor.__file__, "rb") as file:
        exec(compile(file.read(), main.__code__.co_filename, "exec"), vars(supervisor))
    with open(0, "rb", buffering=0, closefd=False) as stream:
        order = json.loads(stream.readline())
    if len(sys.argv) > 1:
        become(order, sys.argv[1], supervisor)
    else:
        supervise(order, supervisor)
        sys.stdout.flush()
    os._exit(0)  # a thread still reads


if __name__ == "__main__":
    main()
