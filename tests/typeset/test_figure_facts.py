"""What a figure is drawn with: SVG in, its facts out."""

from __future__ import annotations

import pytest

from verideck.typeset import figure_facts
from verideck.typeset.figure_facts import Paint

PATCH = '<g id="patch_{}"><path d="M 0 100 L 100 100 L 100 0 L 0 0 L 0 100 z" fill="{}"/></g>'
BAR = '<path d="M 10 90 L 30 90 L 30 10 L 10 10 z" fill="#1D5FC4"/>'
TRIANGLE = '<path d="M 0 100 L 100 100 L 100 0 z" fill="#1d5fc4"/>'
PICTURE = '<g clip-path="url(#a)"><image href="data:image/png;base64,AAAA" x="0" y="0" width="9" height="9"/></g>'


SHAPES = '<g aria-label="a" style="font-size: 10px" transform="translate({} 50)"><g style="fill: #ffffff"/></g>'


def figure(shapes: str, patch: str = "none") -> str:
    axes = f'<g id="axes_1">{PATCH.format(2, "none")}{shapes}</g>'
    return f'<g id="figure_1">{PATCH.format(1, patch)}{axes}</g>'


def read(shapes: str) -> list[Paint]:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" >{shapes}</svg>'
    return list(figure_facts.read(svg).colours)


def text(x: float, y: float, more: str = "") -> str:
    return f'<text style="font-size: 10px; fill: #ffffff" x="{x}" y="{y}" {more}>a</text>'


@pytest.mark.parametrize(
    ("shapes", "grounds"),
    [
        (text(20, 50), [""]),
        (BAR + text(20, 50), ["#1d5fc4"]),
        (text(20, 50) + BAR, [""]),
        (BAR + text(60, 50), [""]),
        (TRIANGLE + text(20, 30), [""]),
        (TRIANGLE + text(70, 70), ["#1d5fc4"]),
        (BAR + text(29, 50), [""]),  # begins in the bar, and stands beside it
        (BAR + text(8, 50, 'transform="rotate(-90 8 50)"'), [""]),
        (BAR + text(14, 50, 'transform="rotate(-90 14 50)"'), ["#1d5fc4"]),
        (figure(PICTURE + text(50, 50)), []),
        (figure(PICTURE) + text(50, 150), [""]),
        (BAR + SHAPES.format(20), ["#1d5fc4"]),
        (BAR + SHAPES.format(60), [""]),
        (figure(text(50, 50), "#000000"), ["#000000"]),
    ],
)
def test_a_text_is_on_what_was_drawn_below_it(shapes: str, grounds: list[str]) -> None:
    assert [paint.ground for paint in read(shapes) if paint.kind == "text"] == grounds


def test_a_text_is_as_pale_as_it_is_transparent_and_by_default_black() -> None:
    assert read(text(0, 0).replace("fill:", "opacity: 0.5; fill:")) == [Paint("text", "#ffffff", alpha=0.5)]
    assert read("<text>a</text>") == [Paint("text", "#000000")]


def test_a_figure_with_a_ground_of_its_own_is_the_same_in_all_themes() -> None:
    ground = '<g id="f-ground_1"><path d="M 0 0 L 100 0 L 100 100 L 0 100 z" fill="#000000"/></g>'
    assert read(ground + text(50, 50)) == [Paint("text", "#ffffff", "#000000", fixed=True)]
    assert read(ground + '<text x="50" y="50">a</text>') == [Paint("text", "#000000", "#000000", fixed=True)]


def test_lines_of_a_grid_and_frames_of_its_colour_may_be_faint() -> None:
    line = '<path d="M 0 0 L 9 9" fill="none" stroke="{}"/>'
    tick = f'<g id="a-xtick_1"><g id="line2d_1">{line.format("#eeeeee")}</g>{text(0, 0)}</g>'
    assert [paint.kind for paint in read(tick)] == ["text"]
    drawn = read(tick + line.format("#eeeeee") + line.format("#1d5fc4"))
    assert [paint.colour for paint in drawn] == ["#ffffff", "#1d5fc4"]


def test_a_frame_in_pale_grey_is_decoration_and_a_line_in_it_is_not() -> None:
    line = '<path d="M 0 0 L 9 9" fill="none" stroke="#cccccc"/>'
    assert read(f'<g id="a-patch_3">{line}</g>') == []
    assert read(f'<g id="a-line2d_3">{line}</g>') == [Paint("line", "#cccccc")]
    assert read(f'<g id="a-patch_3">{line.replace("cccccc", "444444")}</g>') == [Paint("line", "#444444")]


def test_a_shape_is_seen_by_its_area_or_its_edge() -> None:
    drawn = '<rect style="fill: #1d5fc4; stroke: #ffffff"/><path fill="none" stroke="#1B2130"/>'
    assert read(drawn) == [Paint("area", "#1d5fc4", edge="#ffffff"), Paint("line", "#1b2130")]
    assert read('<rect style="fill: #1d5fc4; opacity: 0.2"/><rect fill="none"/>') == []
    assert read(figure('<path fill="none" stroke="#ffffff"/>', "#000000")) == [Paint("line", "#ffffff", "#000000")]
    assert read(figure(PICTURE + '<path fill="none" stroke="#ffffff"/>')) == []
