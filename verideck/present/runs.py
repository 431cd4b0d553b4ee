"""The runs of a deck while it is presented: those that are running, and the last good result of each."""

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
    """Last good results, failures, and active runs. Not safe for several threads."""

    def __init__(self, root: Path, fonts: Fonts) -> None:
        self.good: Mapping[RunId, Result] = {}
        """Last good result of each run, or its recorded result."""
        self.waiting: set[RunId] = set()
        """Runs without a result yet."""
        self._root, self._fonts = root, fonts
        self._sources = Sources(root)
        self._planned: tuple[Run, ...] = ()
        self._scheduler: Scheduler | None = None
        self._setting: object = None
        """Environment and imports for which the interpreter was started."""

    @property
    def failures(self) -> Mapping[RunId, DeckError]:
        """The error of each failed run."""
        return self._scheduler.failures if self._scheduler else {}

    def plan(self, runs: tuple[Run, ...], sources: Sources) -> None:
        """Set the runs that the deck needs. Runs without a result get the recorded one."""
        self._planned, self._sources = runs, sources
        self.waiting = {run.id for run in runs}
        if not self.good.keys() >= self.waiting:
            self.good = {**self._recorded(), **self.good}

    def start(self) -> Started:
        """Take known results, and start the other runs; return those that were started."""
        scheduler = self._ready()
        scheduler.want(self._planned)
        self._settle(scheduler)
        return scheduler.start()

    def take(self, ticket: Ticket, result: Result) -> None:
        """Take the result of a run."""
        if self._scheduler:
            self._scheduler.take(ticket, result)
            self._settle(self._scheduler)

    def again(self, name: str) -> tuple[Run, Future[Result]] | None:
        """Execute a run again, by its id; return None if the deck has no such run."""
        run = next((run for run in self._planned if str(run.id) == name), None)
        return (run, self._scheduler.executor.submit(run)) if run and self._scheduler else None

    def recorded(self, run: Run) -> Result:
        """Return the recorded result of a run, else its last good result."""
        return self._recorded().get(run.id) or self.good.get(run.id) or Result()

    def close(self) -> None:
        """End all runs and the interpreter."""
        if self._scheduler:
            self._scheduler.executor.close()
            self._scheduler = None

    def _ready(self) -> Scheduler:
        """Return the scheduler with a warm interpreter, which is new if the environment or the imports changed."""
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
