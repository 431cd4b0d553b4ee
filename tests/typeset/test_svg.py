"""A drawing as it was written: what is safe to show is read, the rest is refused."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from tests.typeset.test_figure import FIGURE, TOKENS, changed
from verideck.typeset import figure, svg


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        "<foreignObject><p/></foreignObject>",
        '<a xlink:href="https://example.org"><path/></a>',
        '<path onclick="alert(1)"/>',
        '<image href="https://example.org/x.png"/>',
        '<image xlink:href="data:image/svg+xml;base64,AAAA"/>',
        '<use href="other.svg#x"/>',
        '<path style="fill: url(https://example.org/x)"/>',
        '<path style="fill: u\\72l(//x)"/>',
        '<animate attributeName="href"/>',
        "<path",
    ],
)
def test_an_unsafe_drawing_is_refused(bad: str) -> None:
    with pytest.raises(svg.UnsafeDrawing):
        figure.screen(changed("<!-- drawn -->", bad), "a", TOKENS, "")


def test_entities_are_refused() -> None:
    with pytest.raises(svg.UnsafeDrawing, match="entities"):
        figure.screen('<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg viewBox="0 0 1 1">&a;</svg>', "a", TOKENS, "")


def test_a_picture_inside_a_figure_is_kept() -> None:
    picture = '<image xlink:href="data:image/png;base64,\nAAAA"/>'
    assert "data:image/png;base64, AAAA" in figure.screen(changed("<!-- drawn -->", picture), "a", TOKENS, "")


def test_a_drawing_is_parsed_once_and_stays_as_it_was() -> None:
    drawing = svg.parse_svg(FIGURE)
    before = ET.tostring(drawing.root)
    figure.screen(FIGURE, "s1-f1", TOKENS, "a")
    figure.print_(FIGURE, "s1-f1", TOKENS, "a")
    assert svg.parse_svg(FIGURE) is drawing
    assert ET.tostring(drawing.root) == before


def test_a_drawing_tells_its_size_its_letters_and_what_is_beside_it() -> None:
    shapes = "<title>t</title><text>a<tspan>&lt;</tspan>b</text>"
    drawing = svg.parse_svg(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 36">{shapes}</svg>')
    assert drawing.size == (100, 50)
    assert drawing.letters == "a<b"
    (beside,) = drawing.beside
    assert ">t</" in beside
    assert svg.parse_svg("<svg/>").size is None


def test_what_shapes_say_may_be_any_words() -> None:
    svg.parse_svg(changed("<!-- drawn -->", '<g aria-label="expression \\\\times url(x)"/>'))


def test_notes_say_how_a_figure_was_drawn() -> None:
    told = (
        '<description xmlns="http://purl.org/dc/elements/1.1/">3,000 marks are drawn as pixels; a shading</description>'
    )
    assert svg.parse_svg(changed("</metadata>", f"{told}</metadata>")).notes == (
        "3,000 marks are drawn as pixels",
        "a shading",
    )
    assert svg.parse_svg(changed("", "")).notes == ()
