"""Converts WeasyPrint's page layout into a `Layout`. Only this module knows WeasyPrint's boxes.

Each slide's boxes are visited with their context: the block of the deck, the horizontal bounds, the background.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count, pairwise
from typing import Any

from verideck.core.deck_model import Deck, FigureUse, Slide
from verideck.core.errors import DeckError
from verideck.core.folders import template_path
from verideck.core.markdown_tokens import use_of
from verideck.core.run_model import Location, Results
from verideck.render import figures
from verideck.render.classes import (
    BACKDROP,
    BLOCK,
    BODY,
    BYLINE,
    CALLOUTS,
    CODE,
    COLUMN,
    COLUMNS,
    DRAWING,
    DRAWN,
    EQUATION,
    FOOTNOTES,
    LINE,
    LISTING,
    MARK,
    MATH,
    OUTPUT,
    SLIDE,
)  # fmt: skip
from verideck.render.pdf.layout import Anchor, Drawing, Layout, Out, Overflow, SlideLayout, Text
from verideck.typeset import figure_facts

_SLACK = 0.5
"""Tolerance for rounding errors in px."""
_LEADING = 6.0
"""Blank space in px above and below the letters of a callout."""
_BLOCKS = ("BlockBox", "BlockReplacedBox", "FlexBox", "GridBox", "InlineReplacedBox", "LineBox", "TableBox")
_HOLDERS = {BODY, COLUMNS, COLUMN}
"""Classes of containers that are as large as their own container."""
_BOLD = 600
_KINDS = {"blockquote": "quotation", "img": "picture", "ol": "list", "ul": "list", "table": "table"}
_KINDS |= dict.fromkeys(("p", "li", "h2", "h3", "h4"), "text")

_RGB = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class _Around:
    """Context of a box."""

    anchor: Anchor
    what: str
    room: tuple[Out, float, float] | None
    """Horizontal bounds of the box; None in a block that is measured as a whole."""
    ground: _RGB
    opacity: float = 1.0
    element: Any = None
    measured: bool = True


def read(pages: Sequence[Any]) -> Layout:
    """Return the layout of pages with a slide each."""
    sections = {id(section.element): section for page in reversed(pages) for section in _sections(page)}
    return Layout(tuple(_Slide(section).facts() for section in reversed(sections.values())))


def cut(pages: Sequence[Any]) -> None:
    """Make each page as high as its slide; the page that it was laid out on is higher than any content."""
    for page in pages:
        for section in _sections(page):
            page.height = section.position_y + section.margin_height()


def pages_by_slide(pages: Sequence[Any]) -> list[list[Any]]:
    """Return the pages of each slide; an empty list if a page has no slide, or more than one."""
    found: dict[int, list[Any]] = {}
    for page in pages:
        sections = list(_sections(page))
        if len(sections) != 1:
            return []
        found.setdefault(id(sections[0].element), []).append(page)
    return list(found.values())


def _sections(page: Any) -> Iterator[Any]:
    main = next((box for box in page._page_box.descendants() if box.element_tag == "main"), None)
    return (box for box in (main.children if main else ()) if SLIDE in _classes(box))


def with_all_frames(layout: Layout, deck: Deck, results: Results) -> Layout:
    """Return a layout that also has the drawings of all slider frames, in the size of the frame that the PDF shows.

    The colours of drawings become those in which they were drawn. Frames that the layout already has are replaced.
    Raises DeckError if a template lost slides.
    """
    if len(layout.slides) != len(deck.slides):
        what = f"the print page has {len(layout.slides)} of {len(deck.slides)} slides of {deck.path}"
        hint = "show each slide in <main>, and hide none in deck.css or print.css"
        raise DeckError(what, Location(template_path("print.html.jinja")), hint)
    slides = (
        replace(facts, drawings=tuple(_frames(facts.drawings, slide, results)))
        for facts, slide in zip(layout.slides, deck.slides, strict=True)
    )
    return Layout(tuple(slides))


def _frames(drawings: Sequence[Drawing], slide: Slide, results: Results) -> Iterator[Drawing]:
    for shown in (one for one in drawings if not one.frame):
        use = use_of(slide.tokens[shown.anchor.block]) if shown.anchor.block >= 0 else None
        if not isinstance(use, FigureUse):
            yield shown
            continue
        several = figures.frames(results, use)
        first = several[figures.order(use, several)[0]]
        yield replace(shown, colours=figure_facts.read(first.figure.svg).colours)
        for frame in several if len(several) > 1 else ():
            drawn = figure_facts.read(frame.figure.svg)
            size = round(drawn.size * min(shown.scale, shown.height / drawn.height), 2)
            yield replace(shown, text=size, smallest=drawn.smallest, colours=drawn.colours, frame=frame.name)


class _Slide:
    """Visits the boxes of one slide."""

    def __init__(self, section: Any) -> None:
        self.section = section
        self.overflows: dict[object, Overflow] = {}
        self.texts: dict[object, Text] = {}
        self.drawings: list[Drawing] = []
        self.notes = count()
        self.line = 0
        foot = section.position_y + section.padding_top + section.height
        self.floors: list[tuple[Out, float, float, float]] = [("slide", -math.inf, math.inf, foot)]
        for child in section.children:
            if child.element_tag == "ol":
                self.floors.append(("footnotes", *_sides(child), child.position_y))
            elif BYLINE in _classes(child):
                self.floors.append(("byline", *_sides(child), child.position_y))

    def facts(self) -> SlideLayout:
        """Return the layout of the slide."""
        left = self.section.position_x + self.section.padding_left
        room: tuple[Out, float, float] = ("slide", left, left + self.section.width)
        self.visit(self.section, _Around(Anchor("furniture"), "text", room, (1.0, 1.0, 1.0)))
        overflows, texts = tuple(self.overflows.values()), tuple(self.texts.values())
        return SlideLayout(overflows, texts, tuple(self.drawings))

    def visit(self, box: Any, outer: _Around) -> None:
        """Record the facts of a box and its descendants."""
        if box.style["visibility"] != "visible":
            return
        around = self._around(box, outer)
        if hasattr(box, "text"):
            self._text(box, around)
            return
        if around.measured and around.anchor.part != "furniture" and type(box).__name__ in _BLOCKS:
            self._measure(box, around)
        if hasattr(box, "replacement"):
            self._drawing(box, around)
            return
        if CALLOUTS in _classes(box):
            self._callouts(box, around)
        inside = replace(around, room=_room(box, around)) if box.element is not outer.element else around
        for child in box.children:
            self.visit(child, inside)

    def _around(self, box: Any, outer: _Around) -> _Around:
        """Return the context of the content of a box, except its bounds."""
        colour = box.style["background_color"]
        colour = box.style["color"] if colour == "currentcolor" else colour
        ground = _mixed(_rgb(colour), outer.ground, colour.alpha)
        opacity = outer.opacity * box.style["opacity"]
        if box.element is outer.element or box.element is None:
            return replace(outer, ground=ground, opacity=opacity)
        classes = _classes(box)
        measured = outer.measured and not classes & {MARK, BACKDROP}
        anchor, what = self._anchor(box, outer, classes)
        return replace(
            outer, anchor=anchor, what=what, ground=ground, opacity=opacity, element=box.element, measured=measured
        )

    def _anchor(self, box: Any, outer: _Around, classes: set[str]) -> tuple[Anchor, str]:
        """Return the part of the slide that an element belongs to, and its kind of block."""
        if number := box.element.get(BLOCK):
            return Anchor("body", int(number)), _kind(box.element_tag, classes)
        if outer.element is self.section.element:
            if box.element_tag == "header":
                return Anchor("title"), "text"
            return Anchor("body" if BODY in classes else "footnotes" if FOOTNOTES in classes else "furniture"), "text"
        if outer.anchor.part == "footnotes" and box.element_tag == "li":
            return Anchor("footnotes", next(self.notes)), "text"
        for name, what in ((MATH, "formula"), (CALLOUTS, "callout")):
            if name in classes:
                return outer.anchor, what
        if LISTING in classes:
            self.line = 0
        elif LINE in classes:
            self.line += 1
            return replace(outer.anchor, line=self.line), outer.what
        return outer.anchor, outer.what

    def _measure(self, box: Any, around: _Around) -> None:
        """Record a box that leaves its bounds."""
        left, top, width, height = _border_box(box)
        if _classes(box) & _HOLDERS:
            return
        leaf = type(box).__name__ == "LineBox" or hasattr(box, "replacement")
        for name, start, end, floor in self.floors[: 1 if around.anchor.part == "footnotes" else None]:
            if name == "slide" or (leaf and left < end and left + width > start):
                self._overflow("down", around, name, top + height - floor, box)
        if around.room and (leaf or around.what not in ("code", "output")):
            name, start, end = around.room
            self._overflow("across", around, name, max(start - left, left + width - end), box)

    def _callouts(self, box: Any, around: _Around) -> None:
        """Record callouts that overlap the next one."""
        for above, below in pairwise(sorted(box.children, key=lambda child: child.position_y)):
            by = above.border_box_y() + above.border_height() - below.border_box_y()
            if by > _LEADING:
                self._overflow("below", around, "callout", by, above)

    def _overflow(self, side: str, around: _Around, out_of: Out, by: float, box: Any) -> None:
        """Record an overflow by some px: for "down" the first, for other sides the largest of each block."""
        if by <= _SLACK:
            return
        key = side if side == "down" else (side, around.anchor.part, around.anchor.block)
        known = self.overflows.get(key)
        if known and known.by >= by:
            return
        if known and side == "down":
            self.overflows[key] = replace(known, by=round(by, 2))
        else:
            text = _begins(box)[:40].strip()
            self.overflows[key] = Overflow(around.anchor, around.what, out_of, side, round(by, 2), text)  # type: ignore[arg-type]

    def _text(self, box: Any, around: _Around) -> None:
        """Record the size, weight and colours of a text."""
        words = box.text.replace("\u200b", "").strip()
        if not words:
            return
        style = box.style
        anchor, colour = replace(around.anchor, line=0), style["color"]
        alpha = round(colour.alpha * around.opacity, 3)
        bold = style["font_weight"] >= _BOLD
        how = (round(style["font_size"], 2), bold, _hex(_rgb(colour)), alpha, _hex(around.ground))
        self.texts.setdefault((anchor, how), Text(anchor, *how, words[:40]))

    def _drawing(self, box: Any, around: _Around) -> None:
        if around.what == "figure" and DRAWN in _classes(box):
            shown = figure_facts.read(base64.b64decode(box.element.get("src").partition(",")[2]).decode())
            scale = min(box.width / shown.width, box.height / shown.height)
            size = round(shown.size * scale, 2)
            place = (around.anchor, round(scale, 3), round(box.height, 2))
            self.drawings.append(Drawing(*place, size, shown.smallest, shown.colours, _hex(around.ground)))


def _room(box: Any, around: _Around) -> tuple[Out, float, float] | None:
    """Return the horizontal bounds of the content of a box."""
    classes = _classes(box)
    for name, out in ((LISTING, "code"), (OUTPUT, "output"), (COLUMN, "column")):
        if name in classes:
            left, _, width, _ = _border_box(box)
            # WeasyPrint lets a flex box grow with its content, browsers do not.
            return out, left, min(left + width, around.room[2] if around.room else math.inf)  # type: ignore[return-value]
    return None if box.element_tag == "table" else around.room


def _kind(tag: str, classes: set[str]) -> str:
    for name, kind in ((CODE, "code"), (DRAWING, "figure"), (OUTPUT, "output"), (EQUATION, "formula")):
        if name in classes:
            return kind
    return _KINDS.get(tag, "block")


def _border_box(box: Any) -> tuple[float, float, float, float]:
    """Return (x, y, width, height) in px."""
    if type(box).__name__ == "LineBox":
        return box.position_x, box.position_y, box.width, box.height
    return box.border_box_x(), box.border_box_y(), box.border_width(), box.border_height()


def _sides(box: Any) -> tuple[float, float]:
    return box.position_x, box.position_x + box.margin_width()


def _classes(box: Any) -> set[str]:
    return set((box.element.get("class") or "").split()) if box.element is not None else set()


def _begins(box: Any) -> str:
    """Return the first line of a box's text."""
    if type(box).__name__ == "LineBox":
        return "".join(_words(box))
    return next(filter(str.strip, map(_begins, getattr(box, "children", ()))), "")


def _words(box: Any) -> Iterator[str]:
    """Yield the texts of a box."""
    if hasattr(box, "text"):
        yield box.text.replace("\u200b", "")
    for child in getattr(box, "children", ()):
        yield from _words(child)


def colour(box: Any) -> str:
    """Return the colour of a box's text, #rrggbb."""
    return _hex(_rgb(box.style["color"]))


def _rgb(colour: Any) -> _RGB:
    red, green, blue = colour.to("srgb").coordinates
    return red, green, blue


def _mixed(colour: _RGB, ground: _RGB, alpha: float) -> _RGB:
    red, green, blue = (alpha * one + (1 - alpha) * other for one, other in zip(colour, ground, strict=True))
    return red, green, blue


def _hex(colour: _RGB) -> str:
    return "#" + "".join(f"{round(255 * min(max(part, 0.0), 1.0)):02x}" for part in colour)
