"""Selects the figures and frames that a use shows, for pages, PDF, provenance and checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from verideck.core.deck_model import FigureUse
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


def frames(results: Results, use: FigureUse) -> list[Frame]:
    """Return the figures that a use shows: one, or with `:sweep:` or `@*` one per frame; raises DeckError without one.

    Of a run's figures `FILE@NAME` is the first with the label NAME, else the one whose number from 1 is NAME: a label
    wins over a number. FILE alone is the first.
    """
    if use.sweep:
        names = [_short(value) if isinstance(value, float) else str(value) for value in use.values]
        return [_chosen(results, use, run, name) for name, run in zip(names, use.runs, strict=True)]
    run = use.runs[0]
    if use.select == "*":
        figures = result_of(results, run, use.at).figures
        if not figures:
            raise DeckError(f"{run} drew no figure", use.at, "call plt.show() once for each frame")
        return [Frame(_name(figures, number), run, number, figure) for number, figure in enumerate(figures, 1)]
    return [_chosen(results, use, run, "")]


def _chosen(results: Results, use: FigureUse, run: RunId, name: str) -> Frame:
    figures = result_of(results, run, use.at).figures
    number = _number(figures, use.select) if use.select else min(1, len(figures))
    if number:
        return Frame(name, run, number, figures[number - 1])
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
