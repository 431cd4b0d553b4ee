"""Tokens, figures made fit for a page, figures compared."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from deck import drawing

TABLE = (Path(__file__).parent.parent / "templates" / "tokens.toml").read_text(encoding="utf-8")
TOKENS = drawing.load_tokens(TABLE)
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


def test_tokens_of_the_project_are_complete() -> None:
    assert TOKENS.light["w"] == "#1D5FC4"
    assert TOKENS.light.keys() == TOKENS.dark.keys()
    assert TOKENS.size["code"] == 20.5


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [("w = ", "ww = ", "w, ww"), ('"#EDEAE3"', '"white"', "ink"), ("[dark]", "[night]", "code")],
)
def test_a_wrong_token_is_named(old: str, new: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        drawing.load_tokens(TABLE.replace(old, new))


def test_custom_properties_hold_both_themes_and_sizes() -> None:
    css = drawing.custom_properties(TOKENS)
    assert css.startswith(":root{color-scheme:light;--paper:#FBFAF6;")
    assert css.count("--w:#83B4FF") == 2
    assert "--size-code:20.5px" in css


def test_screen_figure_follows_the_theme_and_says_its_name() -> None:
    page = drawing.screen(FIGURE, "s7-1", TOKENS, "a < b")
    root = ET.fromstring(page)
    assert page.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("640", "400", "0 0 460.8 288")
    assert root[0].tag == "{http://www.w3.org/2000/svg}title"
    assert (root[0].text, root[0].get("id")) == ("a < b", root.get("aria-labelledby"))
    assert "stroke: var(--w)" in page
    assert "stroke: var(--lam)" in page
    assert "fill: var(--soft)" in page
    assert "fill: #123456" in page


def test_ids_and_references_are_scoped_together() -> None:
    page = drawing.screen(FIGURE, "s7-1", TOKENS, "")
    ids = set(re.findall(r' id="([^"]*)"', page))
    assert all(name.startswith("s7-1-") for name in ids)
    assert {*re.findall(r'href="#([^"]*)"', page), *re.findall(r"url\(#([^)]*)\)", page)} == {"s7-1-m1", "s7-1-p1"}
    assert {"s7-1-m1", "s7-1-p1"} <= ids


def test_nothing_of_the_file_but_shapes_and_text_remains() -> None:
    page = drawing.print_(FIGURE, "a", TOKENS, "")
    for rest in ("<?xml", "DOCTYPE", "metadata", "<style", "<!--", "\n", "xlink"):
        assert rest not in page
    assert "λ=0 <tspan>w</tspan> end</text>" in page
    assert 'stroke-linejoin="round"' in page


def test_coordinates_are_short_and_whole_numbers_untouched() -> None:
    page = drawing.print_(FIGURE, "a", TOKENS, "")
    assert 'd="M 10.12 20 L 30.5 40.25 L 120 288"' in page
    assert 'x="12.35"' in page


def test_print_figure_has_its_colours_baked() -> None:
    page = drawing.print_(FIGURE, "a", TOKENS, "")
    assert "var(" not in page
    assert "style=" not in page
    assert 'fill="none" stroke="#1d5fc4" stroke-width="2.5"' in page
    assert 'fill="#1B2130"' in page
    assert page.startswith('<svg xmlns="http://www.w3.org/2000/svg"')


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
    with pytest.raises(drawing.UnsafeDrawing):
        drawing.screen(changed("<!-- drawn -->", bad), "a", TOKENS, "")


def test_entities_are_refused() -> None:
    with pytest.raises(drawing.UnsafeDrawing, match="entities"):
        drawing.screen('<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg viewBox="0 0 1 1">&a;</svg>', "a", TOKENS, "")


def test_a_picture_inside_a_figure_is_kept() -> None:
    picture = '<image xlink:href="data:image/png;base64,\nAAAA"/>'
    assert "data:image/png;base64, AAAA" in drawing.screen(changed("<!-- drawn -->", picture), "a", TOKENS, "")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("L 30.5 40.25", "L 30.5 41.25", "path (line2d_5): point 2 moved by 1"),
        ("L 120 288", "L 120 289", "path (line2d_5): point 3 moved by 1"),
        ("λ=0", "λ=1", "text 'λ=0' → 'λ=1'"),
        (" end<", " END<", "text 'end' → 'END'"),
        ("#1d5fc4", "#c2410c", "path (line2d_5): colour #1d5fc4 → #c2410c"),
        ("stroke-width: 2.5", "stroke-width: 2", "path (line2d_5): style 2.5 → 2"),
        ("fill: none; stroke", "stroke", "path (line2d_5): style 'fill: none; stroke: #1d5fc4; stroke-widt…'"),
        ('<rect x="0" y="0" width="9" height="9"/>', "", "figure: 1 <rect> → nothing"),
        ('xlink:href="#m1"', 'xlink:href="#p1"', "use (PathCollection_1): its href leads to something else"),
        ('<path id="m1"', '<path id="m9"', "use (PathCollection_1): its href leads to something else"),
        ('x="12.345678"', "", "use (PathCollection_1): x '12.345678' → ''"),
        ("L 3 0", "C 3 0", "path (PathCollection_1): d 'M 0 3 L 3 0' → 'M 0 3 C 3 0'"),
        ("<tspan>w</tspan>", "<path/>", "text_1: <tspan> → <path>"),
    ],
)
def test_a_difference_is_found_and_told(old: str, new: str, words: str) -> None:
    found = drawing.differences(FIGURE, changed(old, new), 1e-6)
    assert len(found) == 1
    assert found[0].startswith(words)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('id="p1"', 'id="m1"', "elements have the same id: 'm1'"),
        ("<style type", "<style>text{display: none}</style><style type", "beside shapes and text: <style"),
        ("linejoin: round", "linejoin: bevel", "beside shapes and text: <style"),
        (
            '<g id="figure_1">',
            '<g id="figure_1"><title>best of all</title>',
            "beside shapes and text: nothing → <title>best",
        ),
        ("</metadata>", "0.84</metadata>", "beside shapes and text: <metadata"),
        ("<!-- drawn -->", "<!-- by hand -->", "beside shapes and text: <!-- drawn --> → <!-- by hand -->"),
        ("</svg>", "</svg><!-- 0.84 -->", "beside shapes and text: <metadata"),
        ("svg11.dtd", "svg12.dtd", "beside shapes and text: <!DOCTYPE"),
        ("<!DOCTYPE", '<?xml-stylesheet href="x.css"?><!DOCTYPE', "cannot be compared: it holds a processing"),
    ],
)
def test_what_no_slide_shows_of_a_drawing_is_compared_as_well(old: str, new: str, words: str) -> None:
    found = drawing.differences(changed(old, new), FIGURE, 1e-6) + drawing.differences(FIGURE, changed(old, new), 1e-6)
    assert any(one.startswith(words) for one in found), found


def test_what_follows_from_another_change_is_told_last() -> None:
    found = drawing.differences(FIGURE, changed('stroke-width: 2.5"/>', 'stroke-width: 2.5"/><g/>'), 1e-6)
    told = [one.endswith("leads to something else") for one in found]
    assert (told[0], told) == (False, sorted(told))
    assert any(told)


def test_swapped_figures_differ() -> None:
    other = FIGURE.replace("λ=0", "λ=9").replace("30.5 40.25", "1 2")
    assert drawing.differences(FIGURE, other, 1e-6)
    assert drawing.differences(other, FIGURE, 1e-6)


def test_pixels_are_compared_exactly() -> None:
    one, two = (
        changed("<!-- drawn -->", f'<image xlink:href="data:image/png;base64,{data}"/>') for data in ("A10", "A11")
    )
    assert drawing.differences(one, two, 0.5) == ["image (figure): its pixels changed"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("10.123456", "10.123457"),
        ("m1", "m2"),
        ("p1", "q7"),
        ("drawn by Matplotlib v3.11.2", "drawn by Matplotlib v4.0"),
    ],
)
def test_other_ids_and_the_last_digits_are_no_difference(old: str, new: str) -> None:
    assert drawing.differences(FIGURE, changed(old, new), 1e-6) == []


def test_numbers_count_relative_to_the_tolerance() -> None:
    assert drawing.differences(FIGURE, changed("120 288", "120 288.2"), 1e-3) == []
    assert drawing.differences(FIGURE, changed("120 288", "120 288.2"), 1e-4) != []
