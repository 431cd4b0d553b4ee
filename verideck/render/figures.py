"""Selects the figures and frames that a use shows, for pages, PDF, provenance and checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from verideck.core.deck_model import FigureUse, ShowUse
from verideck.core.errors import DeckError
from verideck.core.run_model import Figure, Results, RunId
from verideck.render.values import result_of


class Frame(NamedTuple):
    """A figure that a use shows."""

    name: str
    """Text beside the slider; "" for a single figure."""
    run: RunId
    """The run that drew it."""
    number: int
    """Its number among the figures of that run, from 1."""
    figure: Figure


def frames(results: Results, use: FigureUse | ShowUse) -> list[Frame]:
    """Return the figures that a use shows: one, or with `:sweep:` or `@*` one per frame; raises DeckError without one.

    Of a cell all, and of a value those that are its picture; maybe none.

    Of a run's figures `FILE@NAME` is the first with the label NAME, else the one whose number from 1 is NAME: a label
    wins over a number. FILE alone is the first.
    """
    if isinstance(use, ShowUse):
        return _all(results, use.run, use.key, use) if use.expression else []
    if use.every:
        found = _all(results, use.runs[0], use.part, use)
        if not found and not use.optional:
            raise DeckError("no figure: this cell draws none", use.at, "draw one, or take `figure` out of `:show:`")
        return found
    if use.sweep:
        names = [_short(value) if isinstance(value, float) else str(value) for value in use.values]
        return [_chosen(results, use, run, name) for name, run in zip(names, use.runs, strict=True)]
    run = use.runs[0]
    if use.select == "*":
        own = _own(results, use, run)
        if not own:
            raise DeckError(f"{run} drew no figure", use.at, "call plt.show() once for each frame")
        figures = [figure for _, figure in own]
        return [Frame(_name(figures, place), run, number, figure) for place, (number, figure) in enumerate(own, 1)]
    return [_chosen(results, use, run, "")]


def _all(results: Results, run: RunId, part: str, use: FigureUse | ShowUse) -> list[Frame]:
    """Return the figures of a part of a run; raises DeckError if there are some without an alternative text."""
    numbered = enumerate(result_of(results, run, use.at).figures, 1)
    found = [Frame("", run, number, figure) for number, figure in numbered if figure.part == part]
    if found and not use.alt:
        raise without_alt(use)
    return found


def without_alt(use: FigureUse | ShowUse) -> DeckError:
    """Return the error for a picture of a cell or value that nobody describes."""
    what = "this value is a picture" if isinstance(use, ShowUse) else "this cell draws a figure"
    return DeckError(f"{what}, but has no `:alt:`", use.at, "describe it: :alt: Points and a falling line")


def _own(results: Results, use: FigureUse, run: RunId) -> list[tuple[int, Figure]]:
    """Return (number from 1, figure) of the figures of a script or cell, without pictures that are values."""
    numbered = enumerate(result_of(results, run, use.at).figures, 1)
    return [(number, figure) for number, figure in numbered if figure.part == use.part]


def _chosen(results: Results, use: FigureUse, run: RunId, name: str) -> Frame:
    own = _own(results, use, run)
    figures = [figure for _, figure in own]
    number = _number(figures, use.select) if use.select else min(1, len(figures))
    if number:
        return Frame(name, run, *own[number - 1])
    labels = ", ".join(_name(figures, number) for number in range(1, len(figures) + 1))
    what = f"'{use.select}' among the figures of {run}" if figures else f"figure: {run} drew none"
    raise DeckError(f"no {what}", use.at, f"use one of {labels}" if labels else "draw one and call plt.show()")


def _short(value: float) -> str:
    """Return a float without the zero of `1.0`, and with all its digits, so that no two values have the same name."""
    return short if float(short := f"{value:g}") == value else repr(value)


def _name(figures: Sequence[Figure], number: int) -> str:
    """Return the name of a figure: its label, or else its number."""
    return figures[number - 1].label or str(number)


def _number(figures: Sequence[Figure], name: str) -> int:
    """Return the number of the figure with this label, or else with this number; 0 if there is none."""
    by_label = (number for number, figure in enumerate(figures, 1) if figure.label == name)
    by_number = (number for number in range(1, len(figures) + 1) if str(number) == name)
    return next(by_label, 0) or next(by_number, 0)


def order(use: FigureUse, shown: Sequence[Frame]) -> tuple[int, tuple[int, ...]]:
    """Return (index of the frame shown first and in print, indexes of the frames of steps); raises DeckError."""
    steps = tuple(range(len(shown))) if use.steps == ("all",) else tuple(_index(use, one, shown) for one in use.steps)
    if use.start is None:
        return (steps or (0,))[-1], steps
    return _index(use, repr(use.start) if use.sweep else str(use.start), shown), steps


def _index(use: FigureUse, name: str, shown: Sequence[Frame]) -> int:
    """Return the index of a frame by its name; with `:sweep:`, by the literal of its value, as 1 is not True."""
    if use.sweep:
        return [repr(value) for value in use.values].index(name)
    number = _number([frame.figure for frame in shown], name)
    if not number:
        raise DeckError(f"no frame '{name}'", use.at, f"use one of {', '.join(frame.name for frame in shown)}")
    return number - 1
