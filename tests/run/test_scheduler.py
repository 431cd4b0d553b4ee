"""Which runs are made, which are not, and what is kept; by an executor that is told what runs give."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest

from tests.run.project import make_run
from verideck.core.errors import DeckErrors, SnippetError
from verideck.core.progress import silent
from verideck.core.run_model import Failure, Location, Result, Run
from verideck.run.recipe import Environment
from verideck.run.scheduler import Scheduler, schedule
from verideck.run.why import why_stale
from verideck.typeset.fonts import Fonts

FAILED = Result(error=Failure("ValueError", "no", 1))


class Told:
    """An executor that gives what it is told at once, or nothing until its futures are set."""

    def __init__(self, give: Callable[[Run], Result] | None = None) -> None:
        self.give = give
        self.submitted: list[str] = []
        self.futures: list[Future[Result]] = []
        self.closed = False

    def submit(self, run: Run) -> Future[Result]:
        future: Future[Result] = Future()
        self.submitted.append(str(run.id))
        self.futures.append(future)
        if self.give:
            future.set_result(self.give(run))
        return future

    def environment(self) -> Environment:
        return {"Python": "3"}

    def close(self) -> None:
        self.closed = True


def script(name: str, source: str = "x = 1") -> Run:
    return make_run(source, path=f"snippets/{name}.py")


def finished(root: Path, executor: Told, *runs: Run, keep: bool = True) -> Scheduler:
    scheduler = Scheduler(root, executor, keep=keep)
    scheduler.want(runs)
    scheduler.finish(silent)
    return scheduler


def test_what_is_stored_and_holds_is_not_run_again(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("1")
    held = Result("held", inputs=(("none", ""),))
    first = Told(lambda run: replace(held, inputs=(("data", "else"),)) if run.id.snippet.endswith("b.py") else held)
    finished(tmp_path, first, script("a"), script("b"))
    again = Told(lambda run: Result("again"))
    scheduler = Scheduler(tmp_path, again, keep=True)
    scheduler.want([script("a"), script("b"), script("c")])
    report = scheduler.finish(silent)
    assert again.submitted == ["b.py", "c.py"]
    assert [result.stdout for result in report.results.values()] == ["held", "again", "again"]
    assert [str(run) for run in report.ran] == ["b.py", "c.py"]


def test_without_a_store_all_is_run_and_nothing_kept(tmp_path: Path) -> None:
    for _ in range(2):
        executor = Told(lambda run: Result())
        finished(tmp_path, executor, script("a"), keep=False)
        assert executor.submitted == ["a.py"]
    assert not (tmp_path / ".cache").exists()


def test_all_failures_are_reported_at_once_and_the_others_kept(tmp_path: Path) -> None:
    executor = Told(lambda run: Result() if run.id.snippet.endswith("c.py") else FAILED)
    report = finished(tmp_path, executor, script("a"), script("b"), script("c"))
    assert {str(error.at) for error in report.failures.values()} == {"snippets/a.py:1", "snippets/b.py:1"}
    assert list(report.results) == [script("c").id]
    again = Scheduler(tmp_path, executor, keep=True)
    assert [str(run.id) for run in again.want([script("a"), script("b"), script("c")])] == ["a.py", "b.py"]


def test_a_run_that_nobody_wants_any_more_is_ended_and_what_it_gave_forgotten(tmp_path: Path) -> None:
    executor = Told()
    scheduler = Scheduler(tmp_path, executor, keep=True)
    scheduler.want([script("a"), script("b")])
    old, kept = scheduler.start()
    scheduler.want([script("a", "x = 2"), script("b")])
    (new,) = scheduler.start()
    assert executor.submitted == ["a.py", "b.py", "a.py"]  # what runs already is not started twice
    assert [future.cancelled() for future in executor.futures] == [True, False, False]
    scheduler.take(old, Result("old"))
    assert scheduler.results == {}
    scheduler.take(new, Result("new"))
    scheduler.take(kept, FAILED)
    assert [result.stdout for result in scheduler.results.values()] == ["new"]
    assert [str(run) for run in scheduler.failures] == ["b.py"]
    assert not scheduler.waiting


def test_a_failure_is_known_until_something_changes(tmp_path: Path) -> None:
    scheduler = Scheduler(tmp_path, Told(lambda run: FAILED), keep=True)
    for source, missing in (("x = 1", 1), ("x = 1", 0), ("x = 2", 1), ("x = 1", 0)):
        assert len(scheduler.want([script("a", source)])) == missing
        for ticket, future in scheduler.start().items():
            scheduler.take(ticket, future.result())
        assert len(scheduler.failures) == 1


def test_the_same_code_in_two_places_of_a_deck_has_a_result_in_each(tmp_path: Path) -> None:
    runs = [make_run("print(1)", path="slides/a.md") for _ in range(2)]
    runs = [
        replace(run, id=replace(run.id, snippet=f"slides/a.md:{line}")) for run, line in zip(runs, (3, 9), strict=True)
    ]
    for expected in (["slides/a.md:3", "slides/a.md:9"], []):
        executor = Told(lambda run: Result())
        scheduler = finished(tmp_path, executor, *runs)
        assert sorted(map(str, scheduler.results)) == ["slides/a.md:3", "slides/a.md:9"]
        assert executor.submitted == expected


def test_another_executor_makes_what_the_former_did_not_finish(tmp_path: Path) -> None:
    former, now = Told(), Told(lambda run: Result())
    scheduler = Scheduler(tmp_path, former, keep=True)
    scheduler.want([script("a")])
    scheduler.start()
    scheduler.move(now)
    scheduler.want([script("a")])
    assert len(scheduler.start()) == 1
    assert (former.closed, now.closed) == (True, False)


def test_a_run_is_waited_for(tmp_path: Path) -> None:
    scheduler = Scheduler(tmp_path, Told(lambda run: FAILED if "b" in run.id.snippet else Result("a")), keep=False)
    a, b = script("a"), script("b")
    scheduler.want([a, b])
    scheduler.start()
    assert scheduler.wait(a.id) == scheduler.wait(a.id) == Result("a")
    with pytest.raises(SnippetError, match="ValueError: no"):
        scheduler.wait(b.id)
    assert a.id in scheduler
    assert script("c").id not in scheduler


def test_a_file_that_changes_meanwhile_takes_the_results_back(tmp_path: Path) -> None:
    def write(run: Run) -> Result:
        (tmp_path / "data/a.csv").write_text("1")
        return Result()

    (tmp_path / "data").mkdir()
    with pytest.raises(DeckErrors, match=r"'data/a\.csv' changed while a\.py ran"):
        finished(tmp_path, Told(write), script("a"))
    assert len(Scheduler(tmp_path, Told(), keep=True).want([script("a")])) == 1


@pytest.mark.slow
def test_why_agrees_with_what_a_build_stores(tmp_path: Path, fonts: Path) -> None:
    """A script that imports nothing has the environment of the others."""
    (tmp_path / "snippets").mkdir()
    runs = (script("plain"), script("imports", "import csv"))
    schedule(tmp_path, runs, Fonts(fonts), silent)
    changed = replace(runs[0], snippet=replace(runs[0].snippet, source="x = 2"), at=Location("slides/a.md", 3))
    found = why_stale(tmp_path, [changed, runs[1]], [changed, runs[1]], Fonts(fonts))
    assert list(found.values()) == [("snippets/plain.py changed, first in line 1",), ()]
