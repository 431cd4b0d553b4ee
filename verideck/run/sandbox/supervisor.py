"""Runs snippets, each in its own process. `local.py` starts this program; it imports nothing of the engine.

    python -P -c BOOTSTRAP supervisor.py FD SETTINGS

The *server* imports the modules of the deck's snippets once. It receives a socket over FD for each run, and forks a
*supervisor* for it: process 1 of a new PID namespace, if the kernel allows it. The supervisor forks the snippet's
process (child.py, audit.py), watches it, and ends all processes that it started. It reads the request from the socket
as one line of JSON, and writes the report as one line. If the engine closes the socket, the supervisor ends the run.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import os
import re
import select
import selectors
import shutil
import signal
import socket
import sys
import time
import types
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Ending = tuple[str, int]
"""(reason for the end of a run, exit status of a process that ended by itself)."""

OUTPUT_HALF = 512 << 10
"""Maximum number of bytes of output kept from the beginning, and from the end."""
REPORT_LIMIT = 256 << 20
"""Maximum size of figures and values of one run in bytes."""
PROCESS_LIMIT = 256
"""Maximum number of processes of one run at a time."""
TICK = 0.05
"""Seconds between two checks of time and processes."""

NO_REPORT = "ended without its results: it called os._exit(0), or closed files that it did not open (os.closerange)"
"""Message for exit status 0 without a report."""

DAMAGED_REPORT = {
    "kind": "broken",
    "message": "it wrote to files that it did not open, so that its results cannot be read",
    "line": 0,
    "traceback": "",
}
"""Failure of a run whose report cannot be read."""

BOOTSTRAPPING = "before the\n        current process has finished its bootstrapping phase"
"""What multiprocessing prints if a script starts processes that run the script again."""
UNGUARDED = "each process that it starts runs the script again; start them below a line `if __name__ == '__main__':`"
"""Message for that case."""

LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
CLONE_NEWPID, CLONE_NEWNS, CLONE_NEWIPC = 0x20000000, 0x20000, 0x8000000  # linux/sched.h
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
MS_PRIVATE, MS_BARE = 0x4000 | 0x40000, 2 | 4 | 8  # linux/mount.h: recursively; no suid, devices, programs


def serve(control: socket.socket, settings: Json) -> None:
    """Import the requested modules, then fork a supervisor for each run; return when the engine ended."""
    child, audit, pyplot = (load(name) for name in ("child", "audit", "pyplot"))
    child.display = load("display")
    child.display.draw = pyplot.draw
    sys.meta_path.insert(0, pyplot.PyplotFinder(settings["fonts"]))
    hide_own_imports()
    ahead = load("ahead")
    if again := ahead.import_all(settings):
        ahead.start_again(again)
    gc.freeze()
    home = os.open("/proc/self/ns/pid", os.O_RDONLY) if LIBC else -1
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps the supervisors
    while fds := socket.recv_fds(control, 1, 1)[1]:
        if fork_in_namespace(home) == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            control.close()
            try:
                supervise(socket.socket(fileno=fds[0]), settings, child, audit, pyplot)
            finally:
                os._exit(0)
        os.close(fds[0])
    with contextlib.suppress(ChildProcessError):
        os.waitpid(-1, 0)
    time.sleep(TICK)
    if os.getppid() != settings["engine"]:  # the engine was killed, and cannot clean up
        shutil.rmtree(settings["temporary"], ignore_errors=True)


def load(name: str) -> Any:
    """Return a sandbox program as a module that snippets cannot import, with this file's name in tracebacks."""
    module = types.ModuleType(f"verideck_{name}")
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), f"{name}.py"), "rb") as file:
        exec(compile(file.read(), load.__code__.co_filename, "exec"), vars(module))
    return module


def hide_own_imports() -> None:
    """Remove submodules that only we imported, so that snippets must import them themselves."""
    for package, part in (("importlib", "util"), ("importlib", "machinery"), ("urllib", "parse")):
        if sys.modules.pop(f"{package}.{part}", None):
            delattr(sys.modules[package], part)


def fork_in_namespace(home: int) -> int:
    """Fork; the child is process 1 of a new PID namespace, if the kernel allows it."""
    apart = LIBC is not None and LIBC.unshare(CLONE_NEWPID) == 0
    pid = os.fork()
    if pid and apart and LIBC:
        LIBC.setns(home, CLONE_NEWPID)  # so that the next run gets a new one
    return pid


def hide_others(libc: ctypes.CDLL) -> None:
    """Mount a /proc with the processes of our own PID namespace only, because environments of others have secrets.

    Mount a /dev/shm, too, so that shared memory ends with the run.
    """
    if os.getpid() == 1 and libc.unshare(CLONE_NEWNS) == 0:
        if make_private(libc, "/proc"):
            libc.mount(b"proc", b"/proc", b"proc", MS_BARE, None)
        if make_private(libc, "/dev/shm"):
            libc.mount(b"shm", b"/dev/shm", b"tmpfs", MS_BARE, b"mode=1777")
        libc.unshare(CLONE_NEWIPC)


def make_private(libc: ctypes.CDLL, path: str) -> bool:
    """Let what is mounted at a path stay in our namespace; return False if the kernel refuses.

    It depends on the nearest mount point at or above the path. In a chroot, `/` need not be one.
    """
    while libc.mount(None, path.encode(), None, MS_PRIVATE, None) != 0:
        if path == "/":
            return False
        path = os.path.dirname(path)
    return True


def supervise(conn: socket.socket, settings: Json, child: Any, audit: Any, pyplot: Any) -> None:
    """Run one snippet in a child process, send its report over `conn`, and clean up."""
    request = json.loads(conn.makefile("rb").readline() or "null")
    drawn = settings.get("drawn") and request and request["seeds"]
    if request is None or drawn or (settings["preload"] and child.shadowed(request["folder"])):  # then it is run cold
        return
    if LIBC:
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)  # orphans come to us, so that we can end them
        hide_others(LIBC)
    pipes = [os.pipe() for _ in range(4)]
    pid = os.fork()
    if pid == 0:
        conn.close()
        for reader, _ in pipes:
            os.close(reader)
        watcher = audit.Observer(settings["root"], [*settings["exempt"], *settings["fonts"], settings["temporary"]])
        child.perform(request, watcher, pyplot, *(writer for _, writer in pipes))
    for reader, writer in pipes:
        os.close(writer)
        os.set_blocking(reader, False)
    printed, report, dump, fds = Printed(), bytearray(), bytearray(), [reader for reader, _ in pipes]
    try:
        ending, status = watch(conn, pid, printed, report, fds, request["timeout"])
        if ending not in ("reported", "ended", "abandoned"):
            request_traceback(pid, lambda: bool(select.select(fds[3:], [], [], 0)[0]))
        end_tree(pid)
        drain(fds[0], printed.add_out)
        drain(fds[1], printed.add_err)
        drain(fds[3], dump.extend)
        code = os.waitstatus_to_exitcode(status)
        answer = (
            parse_report(report, request["mark"])
            if ending == "reported"
            else {"error": explain(ending, code, request, dump)}
        )
        conn.sendall(json.dumps(finished(answer, printed)).encode() + b"\n")
    finally:
        end_tree(pid)
        shutil.rmtree(request["scratch"], ignore_errors=True)


def watch(conn: socket.socket, pid: int, printed: Printed, report: bytearray, fds: list[int], timeout: float) -> Ending:
    """Read what the snippet's process writes until the run ends; return why it ended."""
    deadline = time.monotonic() + timeout
    with selectors.DefaultSelector() as selector:
        selector.register(conn, selectors.EVENT_READ)
        for fd, take in zip(fds, (printed.add_out, printed.add_err, report.extend), strict=False):
            selector.register(fd, selectors.EVENT_READ, take)
        while True:
            for key, _ in selector.select(TICK if fds[2] in selector.get_map() else 0.001):
                if key.data is None:
                    return "abandoned", 0
                if data := os.read(key.fd, 1 << 16):
                    key.data(data)
                else:
                    selector.unregister(key.fd)
            if report.endswith(b"\n"):
                return "reported", 0
            if (status := reap(pid)) is not None:
                drain(fds[2], report.extend)
                return ("reported" if report.endswith(b"\n") else "ended"), status
            if kind := exceeded_limit(len(report), deadline):
                return kind, 0


def request_traceback(pid: int, is_written: Callable[[], object]) -> None:
    """Let faulthandler write the traceback of a process, and wait for it, at most one second."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGUSR2)
    deadline = time.monotonic() + 1
    while not is_written() and time.monotonic() < deadline:
        time.sleep(TICK)
    time.sleep(TICK)


def parse_report(report: bytes | bytearray, mark: str) -> Json:
    """Return the data of a report. A report without the request's mark was written by the snippet, and is damaged."""
    with contextlib.suppress(ValueError, RecursionError):
        if report.startswith(mark.encode()) and isinstance(answer := json.loads(report[len(mark) :]), dict):
            return answer
    return {"error": DAMAGED_REPORT}


def finished(answer: Json, printed: Printed) -> Json:
    """Return a report with the output, and for some failures the cause that the output reveals."""
    texts = {"stdout": printed.out.text(), "stderr": printed.err.text(), "mixed": printed.both.text()}
    if answer.get("error") and BOOTSTRAPPING in texts["stderr"]:
        answer["error"]["message"] += f": {UNGUARDED}"
    return answer | texts


def exceeded_limit(reported: int, deadline: float) -> str:
    """Return the name of the exceeded limit, or ""; reported: size of the report in bytes."""
    if time.monotonic() > deadline:
        return "timeout"
    if reported > REPORT_LIMIT:
        return "too much"
    return "processes" if len(descendants()) > PROCESS_LIMIT else ""


def drain(fd: int, add: Callable[[bytes], None]) -> None:
    """Pass on the rest of a pipe whose writers ended."""
    with contextlib.suppress(BlockingIOError):
        while data := os.read(fd, 1 << 16):
            add(data)


class Printed:
    """A snippet's standard output, its standard error, and both in order of arrival."""

    def __init__(self) -> None:
        self.out, self.err, self.both = Output(), Output(), Output()

    def add_out(self, data: bytes) -> None:
        """Add standard output."""
        self.out.add(data)
        self.both.add(data)

    def add_err(self, data: bytes) -> None:
        """Add standard error."""
        self.err.add(data)
        self.both.add(data)


class Output:
    """Beginning and end of a snippet's output."""

    def __init__(self) -> None:
        self.head, self.tail, self.cut = bytearray(), bytearray(), 0

    def add(self, data: bytes) -> None:
        """Add bytes; drop the middle."""
        room = OUTPUT_HALF - len(self.head)
        self.head += data[: max(room, 0)]
        self.tail += data[max(room, 0) :]
        if len(self.tail) > 2 * OUTPUT_HALF:
            self.cut += len(self.tail) - OUTPUT_HALF
            del self.tail[:-OUTPUT_HALF]

    def text(self) -> str:
        """Return the output, with a line in the place of the dropped middle."""
        head, tail, cut = bytes(self.head), bytes(self.tail), self.cut + max(len(self.tail) - OUTPUT_HALF, 0)
        if not cut:
            return (head + tail).decode(errors="backslashreplace")
        kept, newline, rest = head.rpartition(b"\n")
        head, cut = (kept + newline, cut + len(rest)) if newline else (head + b"\n", cut)
        rest, newline, kept = tail[-OUTPUT_HALF:].partition(b"\n")
        tail, cut = (kept, cut + len(rest) + 1) if kept else (tail[-OUTPUT_HALF:], cut)
        return (head + f"[… {cut} bytes cut …]\n".encode() + tail).decode(errors="backslashreplace")


def reap(pid: int) -> int | None:
    """Collect ended processes; return the exit status of `pid` if it is among them.

    Raises ChildProcessError if there are no more processes.
    """
    for _ in range(PROCESS_LIMIT):  # limited, because orphans of a fork bomb end as fast as they are collected
        ended, status = os.waitpid(-1, os.WNOHANG)
        if ended == pid:
            return status
        if not ended:
            break
    return None


def descendants() -> list[int]:
    """Return the ids of descendant processes, nearest first, not many more than the limit (on Linux only)."""
    found: list[int] = []
    waiting = ["self"]
    while waiting and len(found) <= PROCESS_LIMIT:
        with contextlib.suppress(OSError):
            base = f"/proc/{waiting.pop(0)}/task"
            for task in os.listdir(base):
                with open(f"{base}/{task}/children") as file:
                    children = file.read().split()
                found += map(int, children)
                waiting += children
    return found


def end_tree(pid: int) -> None:
    """Kill every descendant process, even if it detached itself, and wait until all ended."""
    for _ in range(1000):
        for target in [-1] if os.getpid() == 1 else [-pid, *descendants()]:  # -1: all others in the namespace
            with contextlib.suppress(OSError):
                os.kill(target, signal.SIGKILL)
        try:
            reap(pid)
        except ChildProcessError:
            return
        time.sleep(0.001)


def explain(ending: str, code: int, request: Json, dump: bytes | bytearray) -> Json:
    """Return the failure of a run that wrote no report; faulthandler's `dump` contains its line."""
    name = request["path"].encode("ascii", "backslashreplace").decode()
    main = dump.decode(errors="replace").rpartition("hread 0x")[2]  # the main thread comes last
    place = re.search(rf'File "{re.escape(name)}", line (\d+)', main)
    messages = {
        "timeout": f"still running after {request['timeout']:g} s",
        "processes": f"more than {PROCESS_LIMIT} processes at a time",
        "too much": f"figures and values take more than {REPORT_LIMIT >> 20} MiB",
        "ended": f"it called os._exit({code}): the lines after that did not run" if code else NO_REPORT,
    }
    kind, message = "exit" if ending == "ended" else ending, messages.get(ending, "")
    if code < 0:
        kind = f"killed by {signal.Signals(-code).name}"
        out = code == -signal.SIGKILL
        message = "the system may be out of memory" if out else "it crashed, or sent itself a signal"
    elif code > 0xFF:
        kind, message = f"killed by 0x{code:08X}", "it crashed"  # an NTSTATUS of Windows
    return {"kind": kind, "message": message, "line": int(place[1]) if place else 0, "traceback": ""}


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), json.loads(sys.argv[2]))
