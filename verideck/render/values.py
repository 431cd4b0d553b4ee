"""What a slide takes from results: a value as it is shown, a figure's frames and what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from verideck.core.deck_model import EvalUse, FigureUse, TableUse
from verideck.core.errors import DeckError
from verideck.core.run_model import Figure, Location, Result, Results, RunId, Value


def result_of(results: Results, run: RunId, at: Location) -> Result:
    """Return a run's result; raises DeckError where there is none."""
    if run not in results:
        raise DeckError(f"nothing is recorded of {run}", at, "run `python build.py figures`")
    return results[run]


def value(results: Results, use: EvalUse | TableUse) -> Value:
    """Return what an expression gave; raises DeckError where it has no value."""
    found = result_of(results, use.run, use.at)
    if use.expression in found.values:
        return found.values[use.expression]
    reason = found.invalid.get(use.expression)
    if reason is None:
        raise DeckError(f"no value of '{use.expression}' is recorded", use.at, "run `python build.py figures`")
    hint = "it is evaluated at the end of the script, with all its names"
    raise DeckError(f"'{use.expression}' has no value in {use.run}: {reason}", use.at, hint)


def formatted(given: Value, spec: str, at: Location) -> str:
    """Return a value as a slide shows it, a list item by item; raises DeckError where the format does not fit it."""
    if isinstance(given, list) and spec:
        return ", ".join(formatted(item, spec, at) for item in given)
    try:
        return format(given, spec)
    except (TypeError, ValueError) as error:
        raise DeckError(f"the format '{spec}' does not fit {given!r:.60}: {error}", at, "as in :.2f, :d, :,") from None


def frames(results: Results, use: FigureUse) -> list[tuple[str, Figure]]:
    """Return (name, figure) of each frame, one without a name where there are none; raises DeckError."""
    if use.sweep:
        names = [f"{value:g}" if isinstance(value, float) else str(value) for value in use.values]
        return [(name, _pick(results, use, run)) for name, run in zip(names, use.runs, strict=True)]
    if use.select == "*":
        figures = result_of(results, use.runs[0], use.at).figures
        if not figures:
            raise DeckError(f"{use.runs[0]} drew no figure", use.at, "call plt.show() once a frame")
        return [(figure.label or str(index), figure) for index, figure in enumerate(figures, 1)]
    return [("", _pick(results, use, use.runs[0]))]


def _pick(results: Results, use: FigureUse, run: RunId) -> Figure:
    figures = result_of(results, run, use.at).figures
    for index, figure in enumerate(figures, 1):
        if use.select in ("", str(index), figure.label):
            return figure
    labels = ", ".join(figure.label or str(index) for index, figure in enumerate(figures, 1))
    what = f"'{use.select}' among the figures of {run}" if figures else f"figure: {run} drew none"
    raise DeckError(f"no {what}", use.at, f"they are {labels}" if labels else "draw one and call plt.show()")


def order(use: FigureUse, names: Sequence[str]) -> tuple[int, tuple[int, ...]]:
    """Return which frame stands for all where nothing moves, and those that are stepped through; raises DeckError."""
    steps = tuple(range(len(names))) if use.steps == ("all",) else tuple(_index(use, one, names) for one in use.steps)
    if use.start is None:
        return (steps or (0,))[-1], steps
    if use.sweep:
        return [repr(value) for value in use.values].index(repr(use.start)), steps  # 1 is not True
    return _index(use, str(use.start), names), steps


def _index(use: FigureUse, name: str, names: Sequence[str]) -> int:
    if name in names:
        return names.index(name)
    if not use.sweep and name.isdecimal() and 1 <= int(name) <= len(names):
        return int(name) - 1
    raise DeckError(f"no frame '{name}'", use.at, f"they are {', '.join(names)}")


def by_frame(results: Results, use: EvalUse, figure: FigureUse, count: int) -> list[str]:
    """Return a value of the figure around it as each of its `count` frames shows it; raises DeckError."""
    if figure.sweep:
        return [formatted(value(results, replace(use, run=run)), use.format, use.at) for run in figure.runs]
    given = value(results, use)
    if figure.select != "*":
        return [formatted(given, use.format, use.at)]
    if not isinstance(given, list) or len(given) != count:
        raise DeckError(f"'{use.expression}' is no list of {count}, one item a frame", use.at, "write FILE: before it")
    return [formatted(item, use.format, use.at) for item in given]
