"""Runs as in new interpreters with fewer imports: when forks are trusted, and when not."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import CancelledError, Future
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.run.project import make_run
from verideck.core.run_model import Result, Run
from verideck.run.checked import CheckedExecutor
from verideck.run.local import LocalExecutor, imports


class Told:
    """An executor that gives what it is told, at once or when it is asked to."""

    def __init__(self, text: str = "same", *, waits: bool = False) -> None:
        self.text, self.waits = text, waits
        self.runs: list[str] = []
        self.waiting: list[Future[Result]] = []
        self.closed = False
        self.warmed: list[str] = []

    def preloadable(self, names: Iterable[str]) -> frozenset[str]:
        return frozenset(name for name in names if name in ("numpy", "yaml"))

    def warm(self, preload: Iterable[str] = ()) -> None:
        self.warmed += preload

    def environment(self) -> dict[str, str]:
        return {"Python": "3"}

    def submit(self, run: Run) -> Future[Result]:
        self.runs.append(run.snippet.source)
        future: Future[Result] = Future()
        self.waiting.append(future)
        if not self.waits:
            future.set_result(Result(self.text))
        return future

    def close(self) -> None:
        self.closed = True


def runs(*sources: str) -> list[Run]:
    return [make_run(source) for source in sources]


THREE = runs("import numpy", "import numpy; 1", "import numpy; 2")


def checked(cold: Any, forking: Any, several: Iterable[Run]) -> CheckedExecutor:
    return CheckedExecutor(cold, lambda: forking, several)


def test_the_first_run_of_a_group_is_executed_both_ways_the_others_are_forked() -> None:
    cold, forking = Told(), Told()
    executor = checked(cold, forking, THREE)
    assert [executor.submit(run).result(1).stdout for run in THREE] == ["same"] * 3
    assert cold.runs == ["import numpy"]
    assert forking.runs == [run.snippet.source for run in THREE]
    assert forking.warmed == ["numpy"]


def test_where_a_fork_gives_something_else_all_have_new_interpreters() -> None:
    cold, forking = Told("one"), Told("two")
    executor = checked(cold, forking, THREE)
    assert [executor.submit(run).result(1).stdout for run in THREE] == ["one"] * 3
    assert len(cold.runs) == 3
    assert len(forking.runs) == 1


@pytest.mark.parametrize(
    "sources", [("import numpy", "import numpy; 1"), ("1", "2", "3"), ("import numpy", "import yaml", "1")]
)
def test_small_groups_and_runs_without_imports_have_new_interpreters(sources: tuple[str, ...]) -> None:
    cold, forking = Told(), Told()
    executor = checked(cold, forking, runs(*sources))
    for run in runs(*sources):
        executor.submit(run).result(1)
    assert len(cold.runs) == len(sources)
    assert forking.runs == []


def test_the_others_wait_for_the_check_and_can_be_ended_before() -> None:
    cold, forking = Told(waits=True), Told(waits=True)
    executor = checked(cold, forking, THREE)
    _, second, third = map(executor.submit, THREE)
    assert len(forking.runs) == 1
    second.cancel()
    for one in (*cold.waiting, *forking.waiting):
        one.set_result(Result("a"))
    with pytest.raises(CancelledError):
        second.result(1)
    assert forking.runs == ["import numpy", "import numpy; 2"]
    forking.waiting[-1].set_result(Result("b"))
    assert third.result(1).stdout == "b"


def test_it_closes_all_and_has_the_environment() -> None:
    cold, forking = Told(), Told()
    executor = checked(cold, forking, THREE)
    executor.warm()
    executor.submit(THREE[0])
    executor.close()
    assert cold.closed
    assert forking.closed
    assert executor.environment() == {"Python": "3"}


@pytest.mark.slow
def test_a_script_that_forgets_an_import_fails_beside_others_that_have_it(tmp_path: Path) -> None:
    (tmp_path / "snippets").mkdir()
    several = runs(
        "import PIL", "import PIL; 1", "import PIL\nPIL.Image", "import PIL.Image", "import yaml; import PIL.Image"
    )
    made = CheckedExecutor(LocalExecutor(tmp_path, cold=True), lambda: LocalExecutor(tmp_path), several)
    with closing(made):
        errors = [made.submit(run).result(60).error for run in several]
    assert [error and error.kind for error in errors] == [None, None, "AttributeError", None, None]
    assert len(made._forking) == 1


def test_names_in_modules_do_not_tell_groups_apart(tmp_path: Path) -> None:
    local = LocalExecutor(tmp_path)
    named = imports(
        runs("from matplotlib.figure import Figure\nimport json, PIL.Image, no_such\nfrom yaml import load")
    )
    assert local.preloadable(named) == {"matplotlib.figure", "PIL.Image", "yaml"}
    local.close()
