"""The checklist of a deck before a talk: whether it is fresh, offline, readable, printed, rehearsed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verideck.check import rehearsal
from verideck.core.deck_model import Deck
from verideck.core.messages import command


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist."""

    name: str
    """`fresh`, `offline`, `readable`, `fonts`, `links`, `notes`, `time` or `files`."""
    text: str
    fine: bool = True


@dataclass(frozen=True, slots=True)
class Checklist:
    """The checklist of one deck."""

    deck: Deck
    lines: tuple[Line, ...]


def make_checklist(
    deck: Deck, runs: int, changed: int, found: Mapping[str, int], sizes: Mapping[str, int]
) -> Checklist:
    """Return the checklist of a deck.

    runs: number of results that it shows; `changed` of them are not as recorded. found: rule → number of findings.
    sizes: ending of a file in dist/ → size in bytes.
    """
    fresh = f"results run again and as recorded: {runs}" if runs else "no results"
    told = f"results not as recorded: {changed} of {runs}" if changed else fresh
    lines = (Line("fresh", told, not changed), *_rules(found), _notes(deck), _time(deck))
    return Checklist(deck, (*lines, _files(deck, sizes)))


def _rules(found: Mapping[str, int]) -> list[Line]:
    def line(name: str, fine: str, *rules: str) -> Line:
        wrong = ", ".join(f"{found[rule]} × {rule}" for rule in rules if found.get(rule))
        return Line(name, wrong or fine, not wrong)

    return [
        line("offline", "loads nothing from outside", "outside"),
        line("readable", "everything fits, is large enough and has contrast", "overflow", "small-text", "contrast"),
        line("fonts", "every character is in an embedded font", "glyph"),
        line("links", "every link has a target", "broken-link", "empty-link", "duplicate-id"),
    ]


def _notes(deck: Deck) -> Line:
    needed = [slide for slide in deck.slides if slide.kind == "plain"]
    there = sum(bool(slide.notes) for slide in needed)
    return Line("notes", f"on {there} of {len(needed)} slides", there in (0, len(needed)))


def _time(deck: Deck) -> Line:
    planned, said = rehearsal.times(deck)
    parts = [f"planned {rehearsal.minutes(planned)}"] if planned else []
    parts += [f"notes about {rehearsal.minutes(said)}"] if said else []
    parts += [f"talk {rehearsal.minutes(deck.meta.duration)}"] if deck.meta.duration else []
    return Line("time", ", ".join(parts) or "no times given", not list(rehearsal.out_of_time(deck)))


def _files(deck: Deck, sizes: Mapping[str, int]) -> Line:
    told = [f"{deck.name}.{kind} {size / 1000:,.0f} kB" for kind, size in sizes.items()]
    return Line("files", ", ".join(told) or f"dist/ has no current file of this deck: run `{command()}`", bool(told))
