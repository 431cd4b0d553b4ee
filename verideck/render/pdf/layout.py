"""The layout of slides on the print page: overflows, sizes and colours of text.

`boxes` reads these facts from the pages, `check.layout` judges them.
Lengths are in px on a slide of 1280 × 720; positions are relative to its top left corner.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from verideck.typeset.figure_facts import Paint

Out = Literal["slide", "footnotes", "byline", "column", "code", "output", "callout"]
"""What a block may overflow or overlap."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The part of a slide that something belongs to."""

    part: Literal["title", "body", "footnotes", "furniture"]
    """Part of the slide."""
    block: int = -1
    """Index of the block in `Slide.tokens`, or of the footnote; -1 for none."""
    line: int = 0
    """Line of a listing, from 1; 0 elsewhere."""


LEAST_SCALE = 1 / 3
"""Minimum scale of a figure; a smaller one is unreadable."""


@dataclass(frozen=True, slots=True)
class Overflow:
    """Content that leaves its bounds."""

    anchor: Anchor
    """The first block that overflows, or the widest line of a listing."""
    what: str
    """Kind of block: `text`, `list`, `code`, `output`, `figure`, `picture`, `table`, `formula`, `columns` …"""
    out_of: Out
    """What it overflows or overlaps."""
    side: Literal["down", "across", "below"]
    by: float
    """Amount in px."""
    text: str
    """First characters of its text; "" without text."""


@dataclass(frozen=True, slots=True)
class Text:
    """A style of text in a block; each style of a block occurs once."""

    anchor: Anchor
    size: float
    """Font size in px."""
    bold: bool
    colour: str
    """#rrggbb."""
    alpha: float
    """Opacity from 0 to 1."""
    ground: str
    """Background colour, #rrggbb."""
    text: str
    """First characters of the text."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure on a slide."""

    anchor: Anchor
    scale: float
    """Size on the slide relative to the drawn size."""
    height: float
    text: float
    """Size of its smallest text on the slide in px; 0 without text."""
    smallest: str
    """That text."""
    colours: tuple[Paint, ...]
    """Its colours, without duplicates."""
    ground: str
    """Background colour, #rrggbb."""
    frame: str = ""
    """Name of the slider frame; "" for the frame that the PDF shows."""


@dataclass(frozen=True, slots=True)
class SlideLayout:
    """The layout of one slide."""

    overflows: tuple[Overflow, ...]
    texts: tuple[Text, ...]
    drawings: tuple[Drawing, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The layouts of a deck's slides, in order."""

    slides: tuple[SlideLayout, ...]


def layout_to_json(layout: Layout) -> str:
    """Return a layout as JSON."""
    return json.dumps(asdict(layout), ensure_ascii=False, separators=(",", ":"))


def layout_from_json(text: str) -> Layout:
    """Return the layout that `layout_to_json` wrote; raises ValueError for other text."""
    try:
        return Layout(tuple(slide_from_json(one) for one in json.loads(text)["slides"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a layout: {error}") from None


def slide_from_json(data: Any) -> SlideLayout:
    """Return the layout of a slide of which `asdict` returned the value."""
    return SlideLayout(
        overflows=tuple(Overflow(**_placed(one)) for one in data["overflows"]),
        texts=tuple(Text(**_placed(one)) for one in data["texts"]),
        drawings=tuple(
            Drawing(**{**_placed(one), "colours": tuple(Paint(**paint) for paint in one["colours"])})
            for one in data["drawings"]
        ),
    )


def _placed(data: Any) -> Any:
    return {**data, "anchor": Anchor(**data["anchor"])}
