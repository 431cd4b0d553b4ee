"""What a slide takes from runs, as HTML. Whole slides: cases/html.md."""

from __future__ import annotations

from typing import Any

import pytest

from tests.decks import deck_of, theme
from verideck.core.run_model import Figure, Result, RunId
from verideck.render.html import HtmlRenderer

RUN = RunId("snippets/a.py")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 72 36"><path d="M0 0L9 9"/></svg>'
SCRIPT = "# region fit\nw = 0.5\n# endregion\nprint('w is', w)\n"
PALETTE = theme().palette


def shown(
    directive: str, result: Result | None = None, medium: Any = "screen", done: int | None = None
) -> tuple[str, HtmlRenderer]:
    """Return the HTML of the first use of a slide, and what made it."""
    deck, _ = deck_of(f"# One\n\n{directive}\n", {"a.py": SCRIPT})
    renderer = HtmlRenderer("s1", {RUN: result} if result else {}, PALETTE, medium, "en", done)
    return renderer.use(deck.slides[0].uses[0]), renderer


def test_a_value_is_shown_in_its_format_and_as_text() -> None:
    html, renderer = shown("{eval}`a.py: w:.2f`", Result(values={"w": 0.5}))
    assert html == '<span class="value">0.50</span>'
    assert renderer.errors == []


def test_what_has_no_value_is_left_out_and_told() -> None:
    html, renderer = shown("{eval}`a.py: w`", Result())
    assert html == ""
    assert [str(error.at) for error in renderer.errors] == ["slides/a.md:3:1"]


@pytest.mark.parametrize(("stdout", "inside"), [("a <b>\n\n", "<samp>a &lt;b&gt;</samp>"), ("\n", "")])
def test_output_is_escaped_and_none_is_none(stdout: str, inside: str) -> None:
    html, _ = shown("```{output} a.py\n```", Result(stdout))
    assert (inside in html, bool(html)) == (True, bool(inside))


def test_code_has_a_line_each_and_its_steps_for_the_page() -> None:
    html, renderer = shown("```{snippet} a.py\n:steps: fit | 1-2\nfit: the value\n```")
    assert html.count('<span class="line">') == 2
    assert 'data-steps="1-1|1-2"' in html
    assert '<ul class="callouts"><li data-in="1 2"' in html
    assert renderer.steps.count == 2


@pytest.mark.parametrize(("done", "dim"), [(0, 0), (1, 1), (2, 0)])
def test_in_a_picture_of_a_step_the_other_lines_are_muted(done: int, dim: int) -> None:
    html, _ = shown("```{snippet} a.py\n:steps: fit | 1-2\n```", medium="print", done=done)
    assert html.count(' dim"') == dim


def test_hidden_code_is_run_and_not_shown() -> None:
    assert shown("```{snippet} a.py\n:hide:\n```")[0] == ""


def test_a_figure_is_drawn_inline_on_screen_and_as_a_picture_in_print() -> None:
    result = Result(figures=(Figure("", SVG),))
    screen, _ = shown("```{figure} a.py\n:alt: a & b\n```", result)
    paper, _ = shown("```{figure} a.py\n:alt: a & b\n```", result, "print")
    assert "<title" in screen
    assert ">a &amp; b</title>" in screen
    assert 'alt="a &amp; b"' in paper
    assert "data:image/svg+xml;base64," in paper
    assert "slider" not in screen + paper


def test_frames_have_a_slider_on_screen_and_one_of_them_stands_in_print() -> None:
    frames = Result(figures=(Figure("", SVG), Figure("last", SVG)))
    screen, _ = shown("```{figure} a.py@*\n:alt: x\n:at: last\n:label: n\n```", frames)
    paper, _ = shown("```{figure} a.py@*\n:alt: x\n:at: last\n:label: n\n```", frames, "print")
    assert screen.count('<div class="frame"') == 2
    assert '<input type="range" min="0" max="1" step="1" value="1"' in screen
    assert (paper.count("<img"), "n last" in paper) == (1, True)


def test_a_drawing_that_is_not_safe_is_told_at_its_figure() -> None:
    _, renderer = shown("```{figure} a.py\n:alt: x\n```", Result(figures=(Figure("", "<svg><script/></svg>"),)))
    (error,) = renderer.errors
    assert str(error).startswith("slides/a.md:3:13: this figure cannot be shown")


def test_a_table_has_a_header_and_formats_by_column() -> None:
    rows = Result(values={"rows": [{"n": 1, "w & v": 0.5}, {"n": 2, "w & v": 0.25}]})
    html, _ = shown("```{table} a.py: rows\n:format: {w & v: .2f}\n:caption: all\n```", rows)
    assert '<th scope="col" class="number">w &amp; v</th>' in html
    assert html.count("<tr>") == 3
    assert "0.50" in html
    assert "<caption>all</caption>" in html


def test_unseen_characters_are_seen_in_outputs_values_and_code() -> None:
    mark = '<span class="unseen" data-char="&#8238;">⟦U+202E⟧</span>'
    assert f"<samp>a{mark}b</samp>" in shown("```{output} a.py\n```", Result("a\u202eb"))[0]
    assert f">a{mark}b<" in shown("{eval}`a.py: w`", Result(values={"w": "a\u202eb"}))[0]
    assert f"<td>a{mark}b</td>" in shown("```{table} a.py: w\n```", Result(values={"w": [{"x": "a\u202eb"}]}))[0]


def shown_value(display: dict[str, Any]) -> str:
    html, renderer = shown("```{show} a.py: x\n:alt: A picture\n```", Result(displays={"x": display}))
    assert not renderer.errors
    return html


def test_values_are_shown_by_their_kind() -> None:
    frame = {"kind": "table", "columns": [["n"]], "rows": [[1]], "shape": [1, 1]}
    assert '<table class="frame-table"><thead><tr><th scope="col" class="number">n</th>' in shown_value(frame)
    assert "<math" in shown_value({"kind": "latex", "tex": "x^2"})
    assert "<samp>Fraction(1, 2)</samp>" in shown_value({"kind": "text", "text": "Fraction(1, 2)"})
    part = {"kind": "estimator", "name": "Scaler", "parameters": {"mean": "<0>"}, "beside": False, "parts": []}
    boxes = shown_value({**part, "name": "Pipeline", "parts": [["scale", part]]})
    assert boxes.count('class="estimator"') == 2
    assert "<code>mean=&lt;0&gt;</code>" in boxes


def test_html_of_a_record_is_cleaned_again() -> None:
    pytest.importorskip("nh3")
    assert "<b>x</b>" in shown_value({"kind": "html", "html": "<b onclick='y'>x</b><script>z</script>"})
    assert "script" not in shown_value({"kind": "html", "html": "x<script>z</script>"})


def test_a_formula_stands_in_a_line() -> None:
    html, renderer = shown("A {eval}`a.py: x` b", Result(displays={"x": {"kind": "latex", "tex": "x^2"}}))
    assert not renderer.errors
    assert "<math" in html


def test_a_picture_needs_an_alternative_text() -> None:
    drawn = Result(figures=(Figure("", SVG, "x"),))
    html, renderer = shown("```{show} a.py: x\n:alt: A circle\n```", drawn)
    assert not renderer.errors
    assert "A circle" in html
    _, renderer = shown("```{show} a.py: x\n```", drawn)
    assert "this value is a picture, but has no `:alt:`" in str(renderer.errors[0])


def test_a_figure_of_plotly_is_data_on_screen_and_a_still_in_print() -> None:
    data: dict[str, Any] = {
        "kind": "plotly",
        "figure": {"data": [{"name": "</script>"}], "layout": {}},
        "still": "AAAA",
    }
    result = Result(displays={"x": data})
    screen = shown_value(data)
    assert '<div class="plotly-figure" role="img" aria-label="A picture" style="width:1000px;height:460px">' in screen
    assert screen.count("</script>") == 1
    assert "var(--ink)" in screen
    print_, _ = shown("```{show} a.py: x\n:alt: A picture\n```", result, "print")
    assert '<img class="still" alt="A picture" src="data:image/png;base64,AAAA">' in print_
    _, renderer = shown("```{show} a.py: x\n:alt: A\n```", Result(displays={"x": {**data, "still": ""}}), "print")
    assert "has no still for print" in str(renderer.errors[0])
    _, renderer = shown("```{show} a.py: x\n```", result)
    assert "has no `:alt:`" in str(renderer.errors[0])


def test_a_value_of_a_cell_that_cannot_be_shown_is_told() -> None:
    deck, _ = deck_of("# One\n\n```{python}\n1\n```\n")
    cell = deck.slides[0].uses[0].run  # type: ignore[union-attr]
    result = Result(outputs={"#1": ""}, invalid={"#1": "a scattergl trace compiles code"})
    renderer = HtmlRenderer("s1", {cell: result}, PALETTE, "screen", "en", None)
    for use in deck.slides[0].uses:
        renderer.use(use)
    assert "a scattergl trace compiles code" in str(renderer.errors[0])
