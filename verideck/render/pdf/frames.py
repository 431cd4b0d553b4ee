"""The frames of sliders that the PDF does not show, as they are on the screen: facts for `layout`."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace

from verideck.core.deck_model import Deck, FigureUse, Slide
from verideck.core.run_model import Results
from verideck.core.theme import Palette
from verideck.core.tokens import use_of
from verideck.render import values
from verideck.render.pdf.layout import Drawing, Layout
from verideck.typeset import figure_facts


def with_all_frames(layout: Layout, deck: Deck, results: Results, palette: Palette) -> Layout:
    """Return the layout with these frames among its drawings, as large as the one that is shown; none of before."""
    slides = (
        replace(facts, drawings=tuple(_all(facts.drawings, slide, results, palette)))
        for facts, slide in zip(layout.slides, deck.slides, strict=True)
    )
    return Layout(tuple(slides))


def _all(drawings: tuple[Drawing, ...], slide: Slide, results: Results, palette: Palette) -> Iterator[Drawing]:
    for shown in (one for one in drawings if not one.frame):
        yield shown
        use = use_of(slide.tokens[shown.anchor.block]) if shown.anchor.block >= 0 else None
        several = values.frames(results, use) if isinstance(use, FigureUse) else []
        for frame in several if len(several) > 1 else ():
            tree = ET.fromstring(frame.figure.svg)
            tree.set("fill", palette.light["ink"])  # as figures are put into pages
            drawn = figure_facts.read(tree)
            size = round(drawn.size * min(shown.scale, shown.height / drawn.height), 2)
            yield replace(shown, text=size, smallest=drawn.smallest, colours=drawn.colours, frame=frame.name)
