"""A scheduler and workers of Dask as separate processes, each worker with a folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path


class Machines:
    """A cluster: its address, and its processes."""

    def __init__(self, address: str, scheduler: subprocess.Popen[bytes]) -> None:
        self.address, self.scheduler = address, scheduler
        self.workers: list[subprocess.Popen[bytes]] = []


def _start(kind: str, folder: Path, *arguments: str, path: str = "") -> subprocess.Popen[bytes]:
    folder.mkdir()
    module = f"distributed.cli.dask_{kind}"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": path}
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", module, *arguments], cwd=folder, env=environment, stdout=log, stderr=log
        )


@contextmanager
def machines(folder: Path, count: int, *, path: str = "") -> Iterator[Machines]:
    """Start a scheduler and workers; `path`: PYTHONPATH of the workers."""
    with ExitStack() as stack:
        file = folder / "scheduler.json"
        options = ("--scheduler-file", str(file), "--no-dashboard", "--port", "0")
        scheduler = _start("scheduler", folder / "scheduler", *options, "--host", "127.0.0.1")
        stack.callback(_end, scheduler)
        wait(file.exists)
        found = Machines(json.loads(file.read_text())["address"], scheduler)
        stack.callback(_end_all, found.workers)
        for number in range(count):
            add(found, folder / f"worker{number}", path=path)
        wait(lambda: sum("Registered to" in (folder / f"worker{n}/log").read_text() for n in range(count)) == count)
        yield found


def add(found: Machines, folder: Path, *, path: str = "") -> None:
    """Start a worker of one thread."""
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(folder / "here"))
    found.workers.append(_start("worker", folder, found.address, *options, "--host", "127.0.0.1", path=path))


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def wait(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "a machine did not start"
        time.sleep(0.05)


def _end_all(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        _end(process)
