"""The runs of a deck while it is presented: what is recorded, under way, good and failed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.harness import DeckTest
from tests.run.project import make_run
from verideck.core.project import Sources
from verideck.core.run_model import Result, Run
from verideck.present.runs import DeckRuns
from verideck.typeset.fonts import Fonts


@pytest.fixture
def project(deck: DeckTest) -> DeckTest:
    return deck.write("snippets/a.py", "x = 1\nprint(x)\n")


def script(source: str = "x = 1\nprint(x)\n") -> Run:
    return make_run(source)


def planned(project: DeckTest, *runs: Run) -> DeckRuns:
    made = DeckRuns(project.root, Fonts(project.root))
    made.plan(runs, Sources(project.root))
    return made


def test_before_anything_ran_all_is_waited_for_and_nothing_failed(project: DeckTest) -> None:
    runs = planned(project, script())
    assert (runs.waiting, runs.good, dict(runs.failures)) == ({script().id}, {}, {})
    assert runs.recorded(script()) == Result()
    assert runs.again("a.py") is None
    runs.close()


@pytest.mark.slow
def test_a_run_gives_its_result_and_one_that_fails_leaves_the_last_good_one(project: DeckTest) -> None:
    runs = planned(project, script())
    for ticket, future in runs.start().items():
        runs.take(ticket, future.result())
    assert (runs.waiting, runs.good[script().id].stdout) == (set(), "1\n")
    broken = script("1 / 0\n")
    runs.plan((broken,), Sources(project.root))
    for ticket, future in runs.start().items():
        runs.take(ticket, future.result())
    assert list(runs.failures) == [broken.id]
    assert runs.good[broken.id].stdout == "1\n"
    again = runs.again("a.py")
    assert again
    assert again[1].result().error
    assert runs.again("b.py") is None
    runs.close()


@pytest.mark.slow
def test_what_is_stored_is_known_at_once(project: DeckTest, tmp_path: Path) -> None:
    for expected in (1, 0):
        runs = planned(project, script())
        started = runs.start()
        assert len(started) == expected
        for ticket, future in started.items():
            runs.take(ticket, future.result())
        assert runs.good[script().id].stdout == "1\n"
        runs.close()
