"""What every executor does, whatever machine it runs on: here the local one, in each way that it has."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from tests.run.project import make_run
from verideck.run.executor import Executor
from verideck.run.local import LocalExecutor

pytestmark = pytest.mark.slow


@pytest.fixture(params=["fork", "spawn"])
def executor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Executor]:
    made: Executor = LocalExecutor(tmp_path, fork=request.param == "fork")
    yield made
    made.close()


def test_runs_give_their_results_each_by_its_future(executor: Executor) -> None:
    futures = [executor.submit(make_run(f"print({number})")) for number in range(3)]
    assert [future.result().stdout for future in futures] == ["0\n", "1\n", "2\n"]


def test_a_failed_run_is_a_result_with_an_error(executor: Executor) -> None:
    error = executor.submit(make_run("1 / 0")).result().error
    assert error
    assert error.kind == "ZeroDivisionError"


def test_a_run_that_is_cancelled_raises_and_nothing_else(executor: Executor, tmp_path: Path) -> None:
    marker = tmp_path.parent / f"{tmp_path.name}.began"
    future = executor.submit(make_run(f"open({str(marker)!r}, 'w').close()\nimport time\ntime.sleep(60)"))
    deadline = time.monotonic() + 20
    while not marker.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    future.cancel()
    with pytest.raises(CancelledError):
        future.result(5)


def test_the_environment_stays_as_it_is(executor: Executor) -> None:
    assert executor.environment() == executor.environment()
    assert "Python" in executor.environment()
