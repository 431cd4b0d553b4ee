"""Tokens, figures made fit for a page."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from tests.harness import ROOT
from verideck.core.theme import load_palette
from verideck.typeset import figure

TABLE = (ROOT / "templates/theme.toml").read_text(encoding="utf-8")
TOKENS = load_palette(TABLE)
FIGURE = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="460.8pt" height="288pt" viewBox="0 0 460.8 288"
 xmlns="http://www.w3.org/2000/svg" version="1.1">
 <metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata>
 <defs><style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style></defs>
 <!-- drawn -->
 <!-- drawn by Matplotlib v3.11.2, https://matplotlib.org/ -->
 <g id="figure_1">
  <g id="line2d_5">
   <path d="M 10.123456 20
L 30.5 40.25
L 120 288
" clip-path="url(#p1)" style="fill: none; stroke: #1d5fc4; stroke-width: 2.5"/>
  </g>
  <g id="PathCollection_1">
   <defs><path id="m1" d="M 0 3 L 3 0" style="stroke: #C2410C"/></defs>
   <use xlink:href="#m1" x="12.345678" y="1" style="fill: #123456"/>
  </g>
  <g id="text_1"><text style="font-size: 14px; font-family: 'Noto Sans JP'; fill: #5b6475"
   x="1">λ=0 <tspan>w</tspan> end</text></g>
 </g>
 <defs><clipPath id="p1"><rect x="0" y="0" width="9" height="9"/></clipPath></defs>
</svg>
"""


def changed(old: str, new: str) -> str:
    assert old in FIGURE
    return FIGURE.replace(old, new)


def test_screen_figure_follows_the_theme_and_says_its_name() -> None:
    page = figure.screen(FIGURE, "s7-1", TOKENS, "a < b")
    root = ET.fromstring(page)
    assert page.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("640", "400", "0 0 460.8 288")
    assert root[0].tag == "{http://www.w3.org/2000/svg}title"
    assert (root[0].text, root[0].get("id")) == ("a < b", root.get("aria-labelledby"))
    assert "stroke: var(--accent-1)" in page
    assert "stroke: var(--accent-2)" in page
    assert "fill: var(--soft)" in page
    assert "fill: #123456" in page


def test_ids_and_references_are_scoped_together() -> None:
    page = figure.screen(FIGURE, "s7-1", TOKENS, "")
    ids = set(re.findall(r' id="([^"]*)"', page))
    assert all(name.startswith("s7-1-") for name in ids)
    assert {*re.findall(r'href="#([^"]*)"', page), *re.findall(r"url\(#([^)]*)\)", page)} == {"s7-1-m1", "s7-1-p1"}
    assert {"s7-1-m1", "s7-1-p1"} <= ids


def test_nothing_of_the_file_but_shapes_and_text_remains() -> None:
    page = figure.print_(FIGURE, "a", TOKENS, "")
    for rest in ("<?xml", "DOCTYPE", "metadata", "<style", "<!--", "\n", "xlink"):
        assert rest not in page
    assert "λ=0 <tspan>w</tspan> end</text>" in page
    assert 'stroke-linejoin="round"' in page


SHAPES = '<g aria-label="x &lt; y" {}style="font-size: 9px" transform="translate(9 9)"><g style="fill: #1d5fc4"/></g>'


def test_shapes_of_letters_hold_their_words_unseen() -> None:
    svg = changed("<!-- drawn -->", SHAPES.format('data-width="20.5" '))
    fit = 'textLength="20.5" lengthAdjust="spacingAndGlyphs"'
    assert f'<text style="fill: none" {fit}>x &lt; y</text></g>' in figure.screen(svg, "a", TOKENS, "")
    page = figure.print_(svg, "a", TOKENS, "")
    assert f'<text {fit} fill="none">x &lt; y</text></g>' in page
    assert '<g fill="#1d5fc4"' in page


def test_words_with_a_letter_that_our_fonts_lack_bring_no_other_font_into_print() -> None:
    svg = changed("<!-- drawn -->", SHAPES.format(""))
    assert '<text style="fill: none">x &lt; y</text>' in figure.screen(svg, "a", TOKENS, "")
    assert '<text fill="none"' not in figure.print_(svg, "a", TOKENS, "")


def test_a_figure_with_a_ground_keeps_its_colours_in_all_themes() -> None:
    svg = changed("<!-- drawn -->", '<g id="ground_1"><path d="M 0 0 L 9 9" style="fill: #1d5fc4"/></g>')
    page = figure.screen(svg, "a", TOKENS, "")
    assert "var(" not in page
    assert 'fill="#FBFAF6"' in page
    for drawn in (page, figure.print_(svg, "a", TOKENS, "")):
        assert ET.fromstring(drawn).get("style", ET.fromstring(drawn).get("fill", "")).count("#000000") == 1


def test_coordinates_are_short_and_whole_numbers_untouched() -> None:
    page = figure.print_(FIGURE, "a", TOKENS, "")
    assert 'd="M 10.12 20 L 30.5 40.25 L 120 288"' in page
    assert 'x="12.35"' in page


def test_print_figure_has_its_colours_baked() -> None:
    page = figure.print_(FIGURE, "a", TOKENS, "")
    assert "var(" not in page
    assert "style=" not in page
    assert 'fill="none" stroke="#1d5fc4" stroke-width="2.5"' in page
    assert 'fill="#1b2130"' in page
    assert page.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
