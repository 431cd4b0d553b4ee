"""What every executor does, whatever machine it runs on: the local one, in each way that it has, and the cluster."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from tests.run.machines import wait
from tests.run.project import make_run, running
from verideck.run.cluster import ClusterExecutor
from verideck.run.executor import Executor
from verideck.run.local import LocalExecutor

pytestmark = pytest.mark.slow


@pytest.fixture(params=["fork", "spawn", "cluster"])
def executor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Executor]:
    (tmp_path / "snippets").mkdir()
    (tmp_path / "data.txt").write_text("told")
    made: Executor = LocalExecutor(tmp_path, fork=request.param != "spawn")
    if request.param == "cluster":
        address = request.getfixturevalue("two_workers").address
        made = ClusterExecutor(LocalExecutor(tmp_path), address)
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


def test_a_script_that_takes_too_long_is_ended(executor: Executor) -> None:
    error = executor.submit(make_run("while True: pass", timeout=0.5)).result(30).error
    assert error
    assert error.kind == "timeout"


def test_an_expected_error_is_a_result_with_its_traceback(executor: Executor) -> None:
    result = executor.submit(make_run("print(1)\nint('a')", raises="ValueError")).result(30)
    assert result.stdout == "1\n"
    assert result.error
    assert 'File "snippets/a.py", line 2' in result.error.traceback


def test_a_run_of_a_sweep_has_its_parameters(executor: Executor) -> None:
    source = "# region parameters\na = 1\n# endregion"
    runs = [make_run(source, region=(2, 2), parameters=(("a", value),), expressions=("a * 2",)) for value in (3, 4)]
    assert [executor.submit(run).result(30).values["a * 2"] for run in runs] == [6, 8]


def test_the_files_that_a_run_used_are_seen(executor: Executor) -> None:
    source = "print(open(__file__[:-len('snippets/a.py')] + 'data.txt').read())"
    result = executor.submit(make_run(source)).result(30)
    assert result.stdout == "told\n"
    assert dict(result.inputs)["data.txt"] == hashlib.sha256(b"told").hexdigest()


def test_ctrl_c_ends_all_runs_within_two_seconds(executor: Executor) -> None:
    seconds = f"{60 + secrets.randbelow(10**6) / 10**6:f}"
    source = f"import subprocess; subprocess.run(['sleep', '{seconds}'])"
    futures = [executor.submit(make_run(source, timeout=90.0)) for _ in range(3)]
    wait(lambda: bool(running(f"sleep {seconds}")))
    started = time.monotonic()
    executor.close()
    assert time.monotonic() - started < 2
    for future in futures:
        with pytest.raises(CancelledError):
            future.result(0)
    wait(lambda: not running(f"sleep {seconds}"))
