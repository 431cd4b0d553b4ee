"""Every run that the project's decks show is as figures/ records it; `make verify` runs each in a fresh interpreter."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.harness import ROOT
from tests.talk.test_snippets import DECKS, RUNS, SOURCES
from verideck.core.run_model import Results, Run
from verideck.run import Scheduler, compare_results, imports, local_executor, read_record
from verideck.typeset.fonts import Fonts


@pytest.fixture(scope="module")
def scheduler(fonts: object) -> Iterator[Scheduler]:
    """Return what runs scripts, each in a process of its own, with all that they import imported once."""
    with closing(local_executor(ROOT, RUNS, Fonts(ROOT), cold=False)) as executor:
        executor.warm(imports(RUNS))
        yield Scheduler(ROOT, executor, keep=False)


@pytest.fixture(scope="module")
def record() -> Results:
    return read_record(SOURCES, RUNS)


@pytest.mark.slow
@pytest.mark.parametrize("run", RUNS, ids=lambda run: str(run.id))
def test_a_run_is_as_recorded(scheduler: Scheduler, record: Results, run: Run) -> None:
    scheduler.want([run])
    scheduler.start()
    result = scheduler.wait(run.id)
    assert result.invalid == {}
    assert compare_results([run], record, {run.id: result}, min(deck.meta.tolerance for deck in DECKS)) == ()
