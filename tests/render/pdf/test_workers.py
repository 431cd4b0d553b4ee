"""Work in processes of their own: its results in order, its errors, its end."""

from __future__ import annotations

import os
import signal

import pytest

from verideck.render.pdf import workers


@pytest.fixture(autouse=True)
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    if not hasattr(os, "sched_getaffinity"):
        pytest.skip("here no process is forked")
    monkeypatch.setattr(workers, "count", lambda: 2)


def test_results_come_in_order_from_processes_of_their_own() -> None:
    found = workers.each(lambda number: (number, os.getpid()), [3, 1, 2])
    assert [number for number, _ in found] == [3, 1, 2]
    assert len({process for _, process in found} - {os.getpid()}) == 3


def test_a_single_piece_of_work_needs_no_process() -> None:
    assert workers.each(lambda _: os.getpid(), [1]) == [os.getpid()]


def test_an_error_is_raised_here() -> None:
    with pytest.raises(ZeroDivisionError):
        workers.each(lambda number: 1 / number, [1, 0, 2])


def test_a_killed_process_is_told() -> None:
    with pytest.raises(MemoryError, match="too little memory"):
        workers.each(lambda number: os.kill(os.getpid(), signal.SIGKILL), [1, 2])


def test_one_process_works_in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor() as threads:
        assert threads.submit(workers.count).result() == 1
