"""The runs of a deck while it is presented: which are under way, what each gave when it last went well."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future
from pathlib import Path

from verideck.core.errors import DeckError
from verideck.core.project import Sources
from verideck.core.run_model import Result, Run, RunId
from verideck.run import Scheduler, Ticket, imports, local_executor, read_record
from verideck.typeset.fonts import Fonts

Started = dict[Ticket, Future[Result]]


class DeckRuns:
    """Last good results, failures, and runs under way. For one thread at a time."""

    def __init__(self, root: Path, fonts: Fonts) -> None:
        self.good: Mapping[RunId, Result] = {}
        """What each run gave when it last went well, or what is recorded of it."""
        self.waiting: set[RunId] = set()
        """Runs whose result is not known yet."""
        self._root, self._fonts = root, fonts
        self._sources = Sources(root)
        self._planned: tuple[Run, ...] = ()
        self._scheduler: Scheduler | None = None
        self._setting: object = None
        """What the interpreter that imports was started for."""

    @property
    def failures(self) -> Mapping[RunId, DeckError]:
        """Runs that failed, and why."""
        return self._scheduler.failures if self._scheduler else {}

    def plan(self, runs: tuple[Run, ...], sources: Sources) -> None:
        """Take the runs that the deck now needs; where nothing is known of one, what is recorded is shown."""
        self._planned, self._sources = runs, sources
        self.waiting = {run.id for run in runs}
        if not self.good.keys() >= self.waiting:
            self.good = {**self._recorded(), **self.good}

    def start(self) -> Started:
        """Tell runs whose result is known from those to be made; return those that are started now."""
        scheduler = self._ready()
        scheduler.want(self._planned)
        self._settle(scheduler)
        return scheduler.start()

    def take(self, ticket: Ticket, result: Result) -> None:
        """Keep what a run gave."""
        if self._scheduler:
            self._scheduler.take(ticket, result)
            self._settle(self._scheduler)

    def again(self, name: str) -> tuple[Run, Future[Result]] | None:
        """Run a snippet of the deck once more, by its id; None where the deck has no such run."""
        run = next((run for run in self._planned if str(run.id) == name), None)
        return (run, self._scheduler.executor.submit(run)) if run and self._scheduler else None

    def recorded(self, run: Run) -> Result:
        """Return what figures/ holds of a run, else what its slide shows."""
        return self._recorded().get(run.id) or self.good.get(run.id) or Result()

    def close(self) -> None:
        """End all runs and the interpreter that imports."""
        if self._scheduler:
            self._scheduler.executor.close()
            self._scheduler = None

    def _ready(self) -> Scheduler:
        """Return the scheduler, its interpreter warm; a new one where the environment or the imports changed."""
        executor = local_executor(self._root, self._planned, self._fonts, cold=False)
        modules = imports(self._planned)
        setting = (executor.environment(), modules)
        if self._scheduler is None:
            self._scheduler = Scheduler(self._root, executor, keep=True)
        elif setting != self._setting:
            self._scheduler.move(executor)
        else:
            return self._scheduler
        executor.warm(modules)
        self._setting = setting
        return self._scheduler

    def _settle(self, scheduler: Scheduler) -> None:
        self.good = {**self.good, **scheduler.results}
        self.waiting = set(scheduler.waiting)

    def _recorded(self) -> Mapping[RunId, Result]:
        try:
            return read_record(self._sources, self._planned)
        except DeckError:
            return {}
