"""Drawings compared: what a reader would see is told, the rest is not."""

from __future__ import annotations

import io
from base64 import b64encode

import numpy as np
import pytest
from PIL import Image

from tests.typeset.test_figure import FIGURE, changed
from verideck.typeset import figure_diff


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
    found = figure_diff.differences(FIGURE, changed(old, new), 1e-6)
    assert len(found) == 1
    assert found[0].startswith(words)


def test_other_words_of_shapes_are_told_once() -> None:
    one, two = (
        changed("<!-- drawn -->", f'<g aria-label="{words}"><g><path d="M 0 {number}"/></g></g>')
        for words, number in (("5 ≤ λ", 5), ("6 ≤ λ", 6))
    )
    assert figure_diff.differences(one, two, 1e-6) == ["text '5 ≤ λ' → '6 ≤ λ'"]


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
        ("<!DOCTYPE", '<?xml-stylesheet href="x.css"?><!DOCTYPE', "cannot be compared: it contains a processing"),
    ],
)
def test_what_no_slide_shows_of_a_drawing_is_compared_as_well(old: str, new: str, words: str) -> None:
    found = figure_diff.differences(changed(old, new), FIGURE, 1e-6) + figure_diff.differences(
        FIGURE, changed(old, new), 1e-6
    )
    assert any(one.startswith(words) for one in found), found


def test_what_follows_from_another_change_is_told_last() -> None:
    found = figure_diff.differences(FIGURE, changed('stroke-width: 2.5"/>', 'stroke-width: 2.5"/><g/>'), 1e-6)
    told = [one.endswith("leads to something else") for one in found]
    assert (told[0], told) == (False, sorted(told))
    assert any(told)


def test_swapped_figures_differ() -> None:
    other = FIGURE.replace("λ=0", "λ=9").replace("30.5 40.25", "1 2")
    assert figure_diff.differences(FIGURE, other, 1e-6)
    assert figure_diff.differences(other, FIGURE, 1e-6)


def test_pixels_are_compared_exactly() -> None:
    one, two = (
        changed("<!-- drawn -->", f'<image xlink:href="data:image/png;base64,{data}"/>') for data in ("A10", "A11")
    )
    assert figure_diff.differences(one, two, 0.5) == ["image (figure): its pixels changed"]


def png(*shades: int, compress: int = 6) -> str:
    buffer = io.BytesIO()
    Image.fromarray(np.array([shades], dtype=np.uint8)).save(buffer, "PNG", compress_level=compress)
    return changed(
        "<!-- drawn -->", f'<image xlink:href="data:image/png;base64,{b64encode(buffer.getvalue()).decode()}"/>'
    )


def test_pictures_are_compared_by_their_pixels() -> None:
    assert figure_diff.differences(png(1, 2, 3, compress=0), png(1, 2, 4, compress=9), 1e-6) == []
    assert figure_diff.differences(png(1, 2, 3), png(1, 2, 9), 1e-6) == ["image (figure): 1 of 3 pixels changed"]
    assert figure_diff.differences(png(1, 2), png(1, 2, 3), 1e-6) == ["image (figure): 2 × 1 → 3 × 1 pixels"]


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
    assert figure_diff.differences(FIGURE, changed(old, new), 1e-6) == []


def test_numbers_count_relative_to_the_tolerance() -> None:
    assert figure_diff.differences(FIGURE, changed("120 288", "120 288.2"), 1e-3) == []
    assert figure_diff.differences(FIGURE, changed("120 288", "120 288.2"), 1e-4) != []
