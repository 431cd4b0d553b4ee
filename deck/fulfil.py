"""Results for a plan: from the store where they still hold, else from the runner; all failures reported at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import as_completed
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from deck import inputs
from deck.errors import DeckErrors, SnippetError
from deck.fonts import Fonts
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


def stored_or_run(root: Path, runs: Iterable[Run], fonts: Fonts, progress: Progress) -> Fulfilled:
    """Return a result for each run; raises DeckErrors with every snippet that failed."""
    runs = tuple(runs)
    store = Store(root)
    environment = inputs.environment(_style(root), _figure_fonts(root, runs, fonts))
    recipes = {run.id: inputs.recipe(run, environment) for run in runs}
    digest_of = cache(lambda path: file_digest(root, path))
    results: dict[RunId, Result] = {}
    for run in runs:
        held = store.get(inputs.recipe_key(recipes[run.id]))
        if held and inputs.is_fresh(held, digest_of):
            results[run.id] = held
    missing = [run for run in runs if run.id not in results]

    def keep(run: Run, result: Result) -> None:
        store.put(inputs.recipe_key(recipes[run.id]), result, recipes[run.id])

    results.update(run_all(root, missing, fonts, progress, keep=keep))
    return Fulfilled(results, tuple(run.id for run in missing))


def run_all(
    root: Path,
    runs: Iterable[Run],
    fonts: Fonts,
    progress: Progress,
    *,
    cold: bool = False,
    keep: Callable[[Run, Result], None] = lambda run, result: None,
) -> dict[RunId, Result]:
    """Run everything, several at once; raises DeckErrors with all snippets that failed, the others being kept."""
    runs = tuple(runs)
    if not runs:
        return {}
    preload = set().union(*(inputs.modules_imported(run.snippet.source) for run in runs))
    failures, results = [], {}
    with Runner(root, style=_style(root), fonts=_figure_fonts(root, runs, fonts), cold=cold, preload=preload) as runner:
        progress("", 0, len(runs))
        pending = {runner.submit(run): run for run in runs}
        for done, future in enumerate(as_completed(pending), 1):
            run, result = pending[future], future.result()
            progress(str(run.id), done, len(runs))
            if inputs.succeeded(run.raises, result):
                results[run.id] = result
                keep(run, result)
            else:
                assert result.error
                failures.append(_failure(run, result.error))
    if failures:
        raise DeckErrors(failures)
    return {run.id: results[run.id] for run in runs}


def why(root: Path, run: Run, fonts: Fonts) -> tuple[str, ...] | None:
    """Return what changed since the stored result of a run; empty if it still holds, None if nothing is stored."""
    held = Store(root).latest(run.id.snippet, dict(run.id.parameters))
    if held is None:
        return None
    recipe = inputs.recipe(run, inputs.environment(_style(root), _figure_fonts(root, [run], fonts)))
    return inputs.why(held[0], recipe, held[1], lambda path: file_digest(root, path))


def _style(root: Path) -> Path | None:
    file = root / STYLE
    return file if file.is_file() else None


def _figure_fonts(root: Path, runs: Iterable[Run], fonts: Fonts) -> list[Path]:
    """Return the fonts that matplotlib is given; none for scripts that import nothing: cutting takes seconds."""
    if not any(inputs.modules_imported(run.snippet.source) for run in runs):
        return []
    scripts = "".join(file.read_text("utf-8", "ignore") for file in (root / "snippets").rglob("*.py"))
    scripts += "".join(run.snippet.source for run in runs)
    return [fonts.for_figures(weight, scripts) for weight in (400, 600)]


def _failure(run: Run, failure: Failure) -> SnippetError:
    """Return a failed run as an error at the line that failed, with the slide that shows it."""
    if failure.kind == "no exception":
        message = f"{run.id} was meant to raise {run.raises}, but ran to its end"
        return SnippetError(message, run.at, "take `:raises:` away, or mend the snippet")
    at = Location(run.snippet.path, failure.line)
    command = f"run it alone: python {run.snippet.path}; " if run.snippet.path.endswith(".py") else ""
    return SnippetError(
        f"{run.id} failed: {failure.kind}: {failure.message}", at, f"{command}shown at {run.at}", failure.traceback
    )
