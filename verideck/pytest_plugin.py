"""A pytest plugin: each run that a slide shows is a test, `slides/talk.md::7-example::ridge_fits.py (alpha=10)`.

    python -m pytest --deck slides/

Every run is executed once, in a new interpreter, even if several slides show it. The test fails with the snippet's own
traceback, or with the differences from figures/.

pytest loads this module wherever Verideck is installed. It collects decks that `--deck` names, and those in slides/ of
a project with a verideck.toml; what they need is imported when the first is collected.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from verideck.core.errors import DeckError, DeckErrors, SnippetError, format_error
from verideck.core.folders import CONFIG, SLIDES
from verideck.core.messages import command

if TYPE_CHECKING:
    from verideck.core.deck_model import Deck, Slide
    from verideck.core.project import Sources
    from verideck.core.run_model import Difference, Result, Results, Run
    from verideck.run import Scheduler


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--deck`."""
    parser.addoption(
        "--deck", action="append", default=[], metavar="PATH", help="test the runs of a deck, or of a folder of decks"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Collect the decks of `--deck`, in addition to the paths of the command line."""
    decks = config.getoption("--deck")
    if decks:
        named = config.args if config.args_source == pytest.Config.ArgsSource.ARGS else []
        config.args = [*named, *decks]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a deck that was named, or that is in slides/ of a project with a verideck.toml."""
    if file_path.suffix != ".md":
        return None
    config = parent.config
    decks, named = _paths(config, config.getoption("--deck")), _paths(config, config.args)
    in_slides = file_path.parent.name == SLIDES
    project = in_slides and (file_path.parents[1] / CONFIG).is_file()
    if project or file_path in decks or (in_slides and {file_path, file_path.parent} & named):
        collector: pytest.Collector = DeckFile.from_parent(parent, path=file_path)
        return collector
    return None


class DeckFile(pytest.File):
    """A deck: one collector for each slide that shows runs."""

    def collect(self) -> Iterator[SlideCollector]:
        """Yield the slides; raises CollectError with all errors of the deck."""
        from verideck.core.project import Sources
        from verideck.read.parser import parse
        from verideck.run import other_decks, plan, read_record

        root, (path,) = _place(self.path)
        sources = Sources(root)
        try:
            deck = parse(path, sources).valid()
            runs = {run.id: run for run in plan([deck], sources, other_decks([deck], sources)).runs}
            recorded = read_record(sources, runs.values())
        except (DeckError, DeckErrors) as error:
            raise self.CollectError(_text(error, sources)) from None
        for slide in deck.slides:
            if slide.runs:
                name = f"{slide.shown_number}-{slide.id}"
                yield SlideCollector.from_parent(
                    self, name=name, deck=deck, slide=slide, runs=[runs[run] for run in slide.runs], recorded=recorded
                )


class SlideCollector(pytest.Collector):
    """A slide: one test for each run that it shows."""

    def __init__(self, *, deck: Deck, slide: Slide, runs: list[Run], recorded: Results, **more: Any) -> None:
        super().__init__(**more)
        self.deck, self.slide, self.runs, self.recorded = deck, slide, runs, recorded

    def collect(self) -> Iterator[RunItem]:
        """Yield the runs."""
        for run in self.runs:
            yield RunItem.from_parent(self, name=str(run.id), run=run)


class RunItem(pytest.Item):
    """A run as a test."""

    parent: SlideCollector

    def __init__(self, *, run: Run, **more: Any) -> None:
        super().__init__(**more)
        self.run = run

    def runtest(self) -> None:
        """Wait for the run, and compare its result with the record if there is one."""
        from verideck.run import compare_results

        result = self.session.stash[_RUNS].result(self)
        for expression, reason in result.invalid.items():
            raise SnippetError(f"'{expression}' has no value in {self.run.id}: {reason}", self.run.at)
        if self.parent.recorded:
            tolerance = self.parent.deck.meta.tolerance
            differences = compare_results([self.run], self.parent.recorded, {self.run.id: result}, tolerance)
            if differences:
                raise NotAsRecorded(differences)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the snippet's own error without pytest's traceback."""
        from verideck.core.project import Sources

        error = excinfo.value
        if isinstance(error, DeckError):
            return _text(error, Sources(_root(self)))
        return str(error) if isinstance(error, NotAsRecorded) else super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the slide's location and the test's name."""
        return self.path, self.parent.slide.at.line - 1, f"{self.parent.name}: {self.name}"


class NotAsRecorded(Exception):
    """The result of a run is not as recorded in figures/."""

    def __init__(self, differences: tuple[Difference, ...]) -> None:
        super().__init__("\n".join([*map(str, differences), f"accept with `{command('figures')}`"]))


class _Runs:
    """The runs of a session. The first test starts all selected runs.

    A worker of pytest-xdist knows all tests but executes only some; there each test starts its own run.
    """

    def __init__(self) -> None:
        self._schedulers: dict[Path, Scheduler] = {}

    def result(self, item: RunItem) -> Result:
        """Return the result of a run, which is executed once in each project; raises SnippetError if it failed."""
        from verideck.run import Scheduler, imports, local_executor
        from verideck.typeset.fonts import Fonts

        root = _root(item)
        if root not in self._schedulers:
            items = [one for one in item.session.items if isinstance(one, RunItem) and _root(one) == root]
            runs = list({one.run.id: one.run for one in items}.values())
            executor = local_executor(root, runs, Fonts(root), cold=True)
            executor.warm(imports(runs))
            self._schedulers[root] = Scheduler(root, executor, keep=False)
            if not hasattr(item.config, "workerinput"):
                self._schedulers[root].want(runs)
                self._schedulers[root].start()
        if item.run.id not in self._schedulers[root]:
            self._schedulers[root].want([item.run])
            self._schedulers[root].start()
        return self._schedulers[root].wait(item.run.id)

    def end(self) -> None:
        """End all runs."""
        for scheduler in self._schedulers.values():
            scheduler.executor.close()


_RUNS = pytest.StashKey[_Runs]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Create the session's runs."""
    session.stash[_RUNS] = _Runs()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """End the session's runs."""
    session.stash[_RUNS].end()


def _paths(config: pytest.Config, names: list[str]) -> set[Path]:
    return {(config.invocation_params.dir / name.partition("::")[0]).resolve() for name in names}


def _place(path: Path) -> tuple[Path, tuple[str, ...]]:
    """Return a deck's project, and its path in there."""
    from verideck.core.project import locate_project

    return locate_project([str(path)], path.parent)


def _root(item: RunItem) -> Path:
    return _place(item.path)[0]


def _text(error: DeckError | DeckErrors, sources: Sources) -> str:
    errors = error.errors if isinstance(error, DeckErrors) else (error,)
    return "\n".join(format_error(one, sources.line) for one in errors)
