"""Pages that were laid out, read into facts: boxes, overflow, texts, frames that no page shows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decks import deck_of
from verideck.core.errors import DeckError
from verideck.core.run_model import Figure, Result, RunId
from verideck.render.pdf import boxes
from verideck.render.pdf.layout import Anchor, Drawing, Layout, SlideLayout

SHEET = "@page { size: 400px 200px; margin: 0 } body { margin: 0; font: 20px sans-serif; color: #112233 }"
SHEET += ".slide { break-after: page; height: 200px } .slide:last-child { break-after: auto }"


def pages(*slides: str, size: str = "400px 200px") -> list[Any]:
    """Return the pages of slides whose bodies are these."""
    from weasyprint import HTML

    sections = "".join(f'<section class="slide"><div class="body">{body}</div></section>' for body in slides)
    sheet = SHEET.replace("400px 200px", size)
    text = f'<html lang="en"><title>t</title><style>{sheet}</style><body><main>{sections}</main>'
    return [page for page in HTML(string=text).render().pages]


@pytest.mark.slow
def test_each_slide_has_the_texts_of_its_blocks_in_order() -> None:
    layout = boxes.read(
        pages('<p data-block="0">one</p><ul data-block="3"><li>two</li></ul>', '<p data-block="0">x</p>')
    )
    assert len(layout.slides) == 2
    assert [text.anchor.block for text in layout.slides[0].texts] == [0, 3]
    (text,) = layout.slides[1].texts
    assert (text.size, text.colour, text.ground) == (20, "#112233", "#ffffff")


@pytest.mark.slow
def test_a_page_is_cut_to_the_height_of_its_slide() -> None:
    tall = pages("".join(f'<p data-block="{n}" style="margin: 0">a</p>' for n in range(20)), "b", size="400px 9999px")
    boxes.cut(tall)
    assert [page.height for page in tall] == [200, 200]
    assert boxes.read(tall).slides[0].overflows[0].by > 100


@pytest.mark.slow
def test_what_runs_out_to_the_side_is_told_by_how_much() -> None:
    wide = '<p data-block="0" style="white-space: nowrap">' + "word " * 40 + "</p>"
    (overflow,) = boxes.read(pages(wide)).slides[0].overflows
    assert (overflow.anchor, overflow.side) == (Anchor("body", 0), "across")
    assert overflow.by > 100
    assert overflow.text.startswith("word word")


def test_frames_that_no_page_shows_are_judged_with_the_one_that_it_shows() -> None:
    line = '<path style="fill: none; stroke: {}" d="M0 0L9 9"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 72">{line}</svg>'
    deck, _ = deck_of("# One\n\n```{figure} a.py@*\n:alt: x\n```\n")
    figures = tuple(Figure("", svg.format(colour)) for colour in ("#1d5fc4", "#eeeeee"))
    results = {RunId("snippets/a.py"): Result(figures=figures)}
    shown = Drawing(Anchor("body", 0), 1.0, 72.0, 0.0, "", (), "#fbfaf6")
    layout = Layout((SlideLayout((), (), (shown,)),))
    whole = boxes.with_all_frames(layout, deck, results)
    assert {paint.colour for drawing in whole.slides[0].drawings for paint in drawing.colours} == {"#1d5fc4", "#eeeeee"}
    assert boxes.with_all_frames(whole, deck, results) == whole
    plain, _ = deck_of("# One\n")
    nothing = Layout((SlideLayout((), (), ()),))
    assert boxes.with_all_frames(nothing, plain, {}) == nothing


def test_slides_that_a_template_lost_are_an_error_of_the_theme() -> None:
    deck, _ = deck_of("# One\n")
    with pytest.raises(DeckError, match=r"templates/print\.html\.jinja: the print page has 0 of 1 slides"):
        boxes.with_all_frames(Layout(()), deck, {})
