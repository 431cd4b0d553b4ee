"""A summary of each deck for the room: is everything fresh, offline, readable, printed, rehearsed.

One page: a line a question.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verideck.check import rehearsal
from verideck.core.deck_model import Deck
from verideck.core.messages import command
from verideck.render import Layout


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the summary."""

    name: str
    """What it is about: `fresh`, `offline`, `readable`, `print`, `fonts`, `notes`, `time`, `files`."""
    text: str
    fine: bool = True


@dataclass(frozen=True, slots=True)
class Checklist:
    """The summary of one deck."""

    deck: Deck
    lines: tuple[Line, ...]


def make_checklist(
    deck: Deck, runs: int, changed: int, found: Mapping[str, int], layout: Layout, sizes: Mapping[str, int]
) -> Checklist:
    """Return the summary of a deck that was judged.

    runs: how many results it shows, `changed` of them not as recorded. found: rule → how often its slides break it.
    sizes: bytes of its files in dist/, by their endings.
    """
    fresh = f"results made anew and as recorded: {runs}" if runs else "nothing on it is computed"
    told = f"results that are not as recorded: {changed} of {runs}" if changed else fresh
    lines = (Line("fresh", told, not changed), *_rules(found), _print(deck, layout), _notes(deck), _time(deck))
    return Checklist(deck, (*lines, _files(deck, sizes)))


def _rules(found: Mapping[str, int]) -> list[Line]:
    def line(name: str, fine: str, *rules: str) -> Line:
        wrong = ", ".join(f"{found[rule]} × {rule}" for rule in rules if found.get(rule))
        return Line(name, wrong or fine, not wrong)

    return [
        line("offline", "nothing is loaded from anywhere", "outside"),
        line("readable", "all fits, none of it too small or too pale", "overflow", "small-text", "contrast"),
        line("fonts", "every character is embedded", "glyph"),
        line("links", "all lead somewhere", "broken-link", "empty-link", "duplicate-id"),
    ]


def _print(deck: Deck, layout: Layout) -> Line:
    pages, slides = sum(slide.pages for slide in layout.slides), len(deck.slides)
    return Line("print", f"{pages} pages for {slides} slides", pages == slides)


def _notes(deck: Deck) -> Line:
    needed = [slide for slide in deck.slides if slide.kind == "plain"]
    there = sum(bool(slide.notes) for slide in needed)
    return Line("notes", f"on {there} of {len(needed)} slides", there in (0, len(needed)))


def _time(deck: Deck) -> Line:
    planned, said = rehearsal.times(deck)
    parts = [f"planned {rehearsal.minutes(planned)}"] if planned else []
    parts += [f"the notes take about {rehearsal.minutes(said)}"] if said else []
    parts += [f"the talk {rehearsal.minutes(deck.meta.duration)}"] if deck.meta.duration else []
    return Line("time", ", ".join(parts) or "nothing is said of time", not list(rehearsal.out_of_time(deck)))


def _files(deck: Deck, sizes: Mapping[str, int]) -> Line:
    told = [f"{deck.name}.{kind} {size / 1000:,.0f} kB" for kind, size in sizes.items()]
    return Line("files", ", ".join(told) or f"dist/ holds none of this deck as it is: run `{command()}`", bool(told))
