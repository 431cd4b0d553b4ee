"""A deck read in spite of its errors: a slide that is wrong is left blank, with what is wrong about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verideck.core.deck_model import Deck
from verideck.core.errors import DeckError, DeckErrors
from verideck.core.project import Sources
from verideck.read import parser

BLANK = "…"
"""Title of a slide whose heading is wrong."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A deck of which the wrong slides have a heading alone."""

    deck: Deck
    errors: Mapping[int, tuple[DeckError, ...]]
    """Index of a slide → what is wrong with it."""


def read(path: str, sources: Sources) -> Mended:
    """Return the deck at `path`; raises DeckErrors where they belong to no slide (front matter, an unreadable file)."""
    try:
        text = sources.text(path)
    except DeckError as error:
        raise DeckErrors([error]) from None
    lines = text.split("\n")
    pieces = _pieces(lines)
    wrong: dict[range, list[DeckError]] = {}
    while True:
        try:
            deck = parser.parse(path, sources.replacing(path, "\n".join(lines)))
        except DeckErrors as several:
            found = [(one, set(_belongs(one, path, text, pieces)) - wrong.keys()) for one in several.errors]
            if not all(places for _, places in found):
                raise
            new: dict[range, list[DeckError]] = {}
            for one, places in found:
                for piece in places:
                    new.setdefault(piece, []).append(one)
            for piece, errors in new.items():
                _blank(lines, piece, {one.at.line for one in errors if one.at and one.at.path == path})
            wrong |= new
        else:
            break
    index = {i: piece for i, slide in enumerate(deck.slides) for piece in wrong if slide.at.line - 1 in piece}
    return Mended(deck, {i: tuple(wrong[piece]) for i, piece in index.items()})


def _pieces(lines: list[str]) -> list[range]:
    """Return the lines (from 0) of each slide with its leading `---`.

    Cut at lines, not at tokens: a fence that is never closed swallows the slides after it, and they are not wrong.
    """
    rules = [number for number, line in enumerate(lines) if line.rstrip() == "---"]
    start = 0
    if rules and rules[0] == 0:
        start = rules[1] + 1 if len(rules) > 1 else len(lines)
    starts = [start, *(number for number in rules if number >= start)]
    return [range(a, b) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True) if b > a]


def _belongs(error: DeckError, path: str, text: str, pieces: list[range]) -> Iterator[range]:
    """Yield the slides that an error belongs to: for one in a script, those that name it."""
    if not error.at:
        return
    if error.at.path == path:
        yield from (piece for piece in pieces if error.at.line - 1 in piece)
        return
    lines = text.split("\n")
    script = re.compile(rf"(?<![\w./-]){re.escape(error.at.path.removeprefix('snippets/'))}")
    yield from (piece for piece in pieces if script.search("\n".join(lines[piece.start : piece.stop])))


def _blank(lines: list[str], piece: range, wrong: set[int]) -> None:
    """Leave of a slide its heading, if that is not wrong itself; other slides keep their lines."""
    first = piece.start + (lines[piece.start].rstrip() == "---")
    heading = next((n for n in piece if lines[n].startswith("# ") and n + 1 not in wrong), None)
    for number in range(first, piece.stop):
        if number != heading:
            lines[number] = ""
    if heading is None and first < piece.stop:
        lines[first] = f"# {BLANK}"
    elif heading is None:  # an empty slide has no line for one
        lines[piece.start] = f"---\n# {BLANK}"
