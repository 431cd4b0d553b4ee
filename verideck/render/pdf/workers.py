"""Work shared among processes, each with its own memory: the memory of a piece of work goes with its process."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar, cast

Work = TypeVar("Work")
Done = TypeVar("Done")


def count() -> int:
    """Return how many processes may work at the same time: the processors that are ours; 1 where none can be forked."""
    if not hasattr(os, "sched_getaffinity") or threading.current_thread() is not threading.main_thread():
        return 1
    return len(os.sched_getaffinity(0))


def each(function: Callable[[Work], Done], several: Sequence[Work]) -> list[Done]:
    """Return what a function returns for each piece of work, in order; what it raises, this raises.

    Each piece has a process of its own, forked from this one; a single piece, or one processor, needs none.
    """
    if len(several) < 2 or count() < 2:
        return [function(one) for one in several]
    found: dict[int, Done] = {}
    running: dict[Any, tuple[int, Any]] = {}
    waiting = list(enumerate(several))[::-1]
    try:
        while waiting or running:
            while waiting and len(running) < count():
                place, work = waiting.pop()
                connection, process = _start(function, work)
                running[connection] = place, process
            for connection in cast(list[Connection], wait(list(running))):
                place, process = running.pop(connection)
                found[place] = _answer(connection)
                process.join()
    finally:
        for _, process in running.values():
            process.kill()
            process.join()
    return [found[place] for place in range(len(several))]


def _start(function: Callable[[Work], Done], work: Work) -> tuple[Connection, Any]:
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_run, args=(function, work, theirs), daemon=True)
    with warnings.catch_warnings():  # a progress bar has a thread: it only draws
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    theirs.close()
    return ours, process


def _run(function: Callable[[Work], Done], work: Work, answers: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C reaches the whole group: its parent speaks
    try:
        answer: Any = (function(work), None)
    except Exception as error:
        answer = (None, error)
    answers.send(answer)


def _answer(connection: Connection) -> Any:
    try:
        answer, error = connection.recv()
    except EOFError:
        raise MemoryError("a process that lays slides out was killed: too little memory") from None
    finally:
        connection.close()
    if error:
        raise error
    return answer
