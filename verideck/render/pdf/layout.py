"""What became of a deck's slides on the print page: each block's box, what does not fit, sizes and colours of text.

Facts alone: `boxes` reads them from the pages, `check.layout` judges them.
Lengths are px on a slide of 1280 × 720, places are from its top left.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from verideck.typeset.figure_facts import Paint

Out = Literal["slide", "footnotes", "byline", "column", "code", "output", "callout"]
"""What a block may leave, or run into."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Which part of a slide something belongs to."""

    part: Literal["title", "body", "footnotes", "furniture"]
    """Where on the slide."""
    block: int = -1
    """Index in `Slide.tokens` of the body's block, or of the footnote; -1 for none."""
    line: int = 0
    """Line of a listing, from 1; 0 elsewhere."""


@dataclass(frozen=True, slots=True)
class Box:
    """A block of a slide: its border box."""

    anchor: Anchor
    what: str
    """`text`, `list`, `code`, `output`, `figure`, `picture`, `table`, `formula`, `columns` …"""
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Overflow:
    """Content that leaves the room it has."""

    anchor: Anchor
    """The first block that does; the widest line of a listing."""
    what: str
    """What kind of block, as in `Box`."""
    out_of: Out
    """What it leaves, or runs into."""
    side: Literal["down", "across", "below"]
    by: float
    """px by which it does."""
    text: str
    """How it begins, "" where there is no text."""


@dataclass(frozen=True, slots=True)
class Text:
    """A way in which text of a block is set; each block tells each way once."""

    anchor: Anchor
    size: float
    """px."""
    bold: bool
    colour: str
    """#rrggbb."""
    alpha: float
    """How opaque it is, 1 for wholly."""
    ground: str
    """#rrggbb of what lies behind it."""
    text: str
    """The beginning of it."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure as it is shown."""

    anchor: Anchor
    scale: float
    """Its size, in parts of that in which it was drawn."""
    height: float
    text: float
    """Size of its smallest text as shown, px; 0 without text."""
    smallest: str
    """That text."""
    colours: tuple[Paint, ...]
    """In which it is drawn, each once."""
    ground: str
    """#rrggbb of what lies behind it."""
    frame: str = ""
    """Which frame of a slider it is; "" for the one that the PDF shows."""


@dataclass(frozen=True, slots=True)
class SlideLayout:
    """What became of one slide."""

    pages: int
    """How many pages it takes: one, where it fits."""
    boxes: tuple[Box, ...]
    overflows: tuple[Overflow, ...]
    texts: tuple[Text, ...]
    drawings: tuple[Drawing, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """What became of a deck's slides, in order."""

    slides: tuple[SlideLayout, ...]


def layout_to_json(layout: Layout) -> str:
    """Return the facts as JSON."""
    return json.dumps(asdict(layout), ensure_ascii=False, separators=(",", ":"))


def layout_from_json(text: str) -> Layout:
    """Return the facts that `layout_to_json` wrote; raises ValueError for anything else."""
    try:
        return Layout(tuple(_slide(one) for one in json.loads(text)["slides"]))
    except (KeyError, TypeError) as error:
        raise ValueError(f"no layout: {error}") from None


def _slide(data: Any) -> SlideLayout:
    return SlideLayout(
        pages=data["pages"],
        boxes=tuple(Box(**_placed(one)) for one in data["boxes"]),
        overflows=tuple(Overflow(**_placed(one)) for one in data["overflows"]),
        texts=tuple(Text(**_placed(one)) for one in data["texts"]),
        drawings=tuple(
            Drawing(**{**_placed(one), "colours": tuple(Paint(**paint) for paint in one["colours"])})
            for one in data["drawings"]
        ),
    )


def _placed(data: Any) -> Any:
    return {**data, "anchor": Anchor(**data["anchor"])}
