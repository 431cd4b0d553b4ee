"""Results for a plan: from the store where they still hold, else from the runner; all failures reported at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from deck import inputs, snapshot
from deck.errors import DeckErrors, SnippetError
from deck.fonts import SANS, Fonts
from deck.inputs import STARTED_PROCESSES
from deck.model import Failure, Location, Result, Results, Run, RunId
from deck.run import Runner
from deck.store import Store, file_digest

Progress = Callable[[str, int, int], None]
"""Called with what is being done, and how many of how many are done."""

STYLE = "matplotlibrc"


def silent(what: str, done: int, total: int) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True)
class Fulfilled:
    """Results by run, and which of them were made now."""

    results: Results
    ran: tuple[RunId, ...]


def stored_or_run(root: Path, runs: Iterable[Run], fonts: Fonts, progress: Progress, *, fork: bool = True) -> Fulfilled:
    """Return a result for each run; raises DeckErrors with every snippet that failed."""
    runs = tuple(runs)
    store = Store(root)
    environment = inputs.environment(_style(root), _figure_fonts(runs, fonts))
    recipes = {run.id: inputs.recipe(run, environment) for run in runs}
    digest_of = cache(lambda path: file_digest(root, path))
    results: dict[RunId, Result] = {}
    for run in runs:
        held = store.get(inputs.recipe_key(recipes[run.id]))
        if held and inputs.is_fresh(held, digest_of):
            results[run.id] = held
    missing = [run for run in runs if run.id not in results]

    def keep(run: Run, result: Result | None) -> None:
        key = inputs.recipe_key(recipes[run.id])
        store.put(key, result, recipes[run.id]) if result else store.remove(key)

    results.update(run_all(root, missing, fonts, progress, keep=keep, fork=fork))
    return Fulfilled(results, tuple(run.id for run in missing))


def environment(root: Path, runs: Iterable[Run], fonts: Fonts) -> dict[str, str]:
    """Return what each of these runs depends on beside itself: packages, style, fonts."""
    return inputs.environment(_style(root), _figure_fonts(runs, fonts))


def runner(
    root: Path, runs: Sequence[Run], fonts: Fonts, *, cold: bool, fork: bool = True, hash_seed: int = 0
) -> Runner:
    """Return a runner for `runs`, with the project's style and the fonts that their figures need."""
    preload = set().union(*(inputs.modules_imported(run.snippet.source) for run in runs))
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
    failures, results, before = [], {}, snapshot.take(root)
    with runner(root, runs, fonts, cold=cold, fork=fork, hash_seed=hash_seed) as running:
        progress("", 0, len(runs))
        pending = {running.submit(run): run for run in runs}
        for done, future in enumerate(as_completed(pending), 1):
            run, result = pending[future], future.result()
            progress(str(run.id), done, len(runs))
            if inputs.succeeded(run.raises, result):
                results[run.id] = result
                keep(run, result)
            else:
                assert result.error
                failures.append(failure(run, result.error))
    starters = [run for run in runs if run.id in results and STARTED_PROCESSES in dict(results[run.id].inputs)]
    if touched := snapshot.changed(before, snapshot.take(root), edited=bool(starters)):
        for run in runs:
            keep(run, None)
        failures.append(_intrusion(starters or runs, touched))
    if failures:
        raise DeckErrors(failures)
    return {run.id: results[run.id] for run in runs}


def why(root: Path, run: Run, fonts: Fonts) -> tuple[str, ...] | None:
    """Return what changed since the stored result of a run; empty if it still holds, None if nothing is stored."""
    recipe = inputs.recipe(run, inputs.environment(_style(root), _figure_fonts([run], fonts)))
    held = Store(root).latest(recipe)
    if held is None:
        return None
    return inputs.why(held[0], recipe, held[1], lambda path: file_digest(root, path))


def _style(root: Path) -> Path | None:
    file = root / STYLE
    return file if file.is_file() else None


def _figure_fonts(runs: Iterable[Run], fonts: Fonts) -> list[Path]:
    """Return the fonts that matplotlib is given; none for scripts that import nothing."""
    if not any(inputs.modules_imported(run.snippet.source) for run in runs):
        return []
    return [fonts.static(SANS, weight) for weight in (400, 600)]


def failure(run: Run, cause: Failure) -> SnippetError:
    """Return a failed run as an error at the line that failed, with the slide that shows it."""
    if cause.kind == "no exception":
        message = f"{run.id} was meant to raise {run.raises}, but ran to its end"
        return SnippetError(message, run.at, "take `:raises:` away, or mend the snippet")
    at = Location(run.snippet.path, cause.line)
    command = f"run it alone: python {run.snippet.path}; " if run.snippet.path.endswith(".py") else ""
    return SnippetError(
        f"{run.id} failed: {cause.kind}: {cause.message}", at, f"{command}shown at {run.at}", cause.traceback
    )


def _intrusion(suspects: Sequence[Run], touched: Sequence[str]) -> SnippetError:
    """Return files that changed while snippets ran as an error at the first that may have changed them."""
    names = ", ".join(f"'{path}'" for path in touched[:5]) + (f" and {len(touched) - 5} more" if touched[5:] else "")
    message = f"{names} changed while {', '.join(str(run.id) for run in suspects)} ran"
    hint = "neither a snippet nor what it starts may write into the project: write to the current folder, it is scratch"
    places = f"shown at {', '.join(str(run.at) for run in suspects)}"
    again = "if you changed it yourself, run the command again"
    return SnippetError(message, Location(suspects[0].snippet.path), f"{hint}; {again}; {places}")
