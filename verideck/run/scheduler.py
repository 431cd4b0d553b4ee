"""Results for a plan: from the store where they still hold, else from the runner; all failures reported at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from verideck.core import run_model
from verideck.core.errors import DeckErrors
from verideck.core.hashing import file_digest
from verideck.core.progress import Progress
from verideck.core.run_model import STARTED_PROCESSES, Result, Results, Run, RunId
from verideck.read import snippets
from verideck.run import recipe as recipes
from verideck.run import write_guard
from verideck.run.failures import _intrusion, snippet_error
from verideck.run.local import Runner
from verideck.run.store import Store
from verideck.typeset.fonts import SANS, Fonts

STYLE = "matplotlibrc"


@dataclass(frozen=True, slots=True)
class RunReport:
    """Results by run, and which of them were made now."""

    results: Results
    ran: tuple[RunId, ...]


def stored_or_run(root: Path, runs: Iterable[Run], fonts: Fonts, progress: Progress, *, fork: bool = True) -> RunReport:
    """Return a result for each run; raises DeckErrors with every snippet that failed."""
    runs = tuple(runs)
    store = Store(root)
    environment = recipes.environment(_style(root), _figure_fonts(runs, fonts))
    asked = {run.id: recipes.make_recipe(run, environment) for run in runs}
    digest_of = cache(lambda path: file_digest(root, path))
    results: dict[RunId, Result] = {}
    for run in runs:
        held = store.get(recipes.recipe_key(asked[run.id]))
        if held and recipes.is_fresh(held, digest_of):
            results[run.id] = held
    missing = [run for run in runs if run.id not in results]

    def keep(run: Run, result: Result | None) -> None:
        key = recipes.recipe_key(asked[run.id])
        store.put(key, result, asked[run.id]) if result else store.remove(key)

    results.update(run_all(root, missing, fonts, progress, keep=keep, fork=fork))
    return RunReport(results, tuple(run.id for run in missing))


def run_environment(root: Path, runs: Iterable[Run], fonts: Fonts) -> dict[str, str]:
    """Return what each of these runs depends on beside itself: packages, style, fonts."""
    return recipes.environment(_style(root), _figure_fonts(runs, fonts))


def make_runner(
    root: Path, runs: Sequence[Run], fonts: Fonts, *, cold: bool, fork: bool = True, hash_seed: int = 0
) -> Runner:
    """Return a runner for `runs`, with the project's style and the fonts that their figures need."""
    preload = set().union(*(snippets.modules_imported(run.snippet.source) for run in runs))
    files = _figure_fonts(runs, fonts)
    return Runner(root, style=_style(root), fonts=files, cold=cold, preload=preload, fork=fork, hash_seed=hash_seed)


def run_all(
    root: Path,
    runs: Iterable[Run],
    fonts: Fonts,
    progress: Progress,
    *,
    cold: bool = False,
    fork: bool = True,
    hash_seed: int = 0,
    keep: Callable[[Run, Result | None], None] = lambda run, result: None,
) -> dict[RunId, Result]:
    """Run everything, several at once; raises DeckErrors with all snippets that failed, the others being kept.

    `keep(run, None)` takes a result back: it cannot be trusted after all.
    """
    runs = tuple(runs)
    if not runs:
        return {}
    failures, results, before = [], {}, write_guard.take(root)
    with make_runner(root, runs, fonts, cold=cold, fork=fork, hash_seed=hash_seed) as running:
        progress("", 0, len(runs))
        pending = {running.submit(run): run for run in runs}
        for done, future in enumerate(as_completed(pending), 1):
            run, result = pending[future], future.result()
            progress(str(run.id), done, len(runs))
            if run_model.succeeded(run.raises, result):
                results[run.id] = result
                keep(run, result)
            else:
                assert result.error
                failures.append(snippet_error(run, result.error))
    starters = [run for run in runs if run.id in results and STARTED_PROCESSES in dict(results[run.id].inputs)]
    if touched := write_guard.changed(before, write_guard.take(root), edited=bool(starters)):
        for run in runs:
            keep(run, None)
        failures.append(_intrusion(starters or runs, touched))
    if failures:
        raise DeckErrors(failures)
    return {run.id: results[run.id] for run in runs}


def why_stale(root: Path, run: Run, fonts: Fonts) -> tuple[str, ...] | None:
    """Return what changed since the stored result of a run; empty if it still holds, None if nothing is stored."""
    recipe = recipes.make_recipe(run, recipes.environment(_style(root), _figure_fonts([run], fonts)))
    held = Store(root).latest(recipe)
    if held is None:
        return None
    return recipes.reasons(held[0], recipe, held[1], lambda path: file_digest(root, path))


def _style(root: Path) -> Path | None:
    file = root / STYLE
    return file if file.is_file() else None


def _figure_fonts(runs: Iterable[Run], fonts: Fonts) -> list[Path]:
    """Return the fonts that matplotlib is given; none for scripts that import nothing."""
    if not any(snippets.modules_imported(run.snippet.source) for run in runs):
        return []
    return [fonts.static(SANS, weight) for weight in (400, 600)]
