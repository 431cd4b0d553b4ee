"""Figures of Plotly: what can be shown, in which colours, and that a still is no part of what is compared."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from verideck.core.run_model import Result, RunId
from verideck.core.theme import BASE
from verideck.run import plotly
from verideck.run.compare import compare_result
from verideck.run.plotly import Refused, finish, with_style

RUN = RunId("snippets/a.py")


def figure(kind: str = "scatter", **layout: Any) -> dict[str, Any]:
    return {"data": [{"type": kind, "x": [1, 2], "marker": {"color": "#636efa"}}], "layout": layout}


@pytest.fixture(autouse=True)
def no_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plotly, "_can_draw", lambda: False)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("scattergl", "render_mode='svg'"),
        ("splom", "a splom trace compiles code"),
        ("parcoords", "a parcoords trace compiles code"),
        ("surface", "needs WebGL"),
        ("choropleth", "loads a map from the network"),
    ],
)
def test_what_a_slide_cannot_draw_is_refused_by_name(kind: str, said: str) -> None:
    with pytest.raises(Refused, match=said.replace("(", r"\(")):
        finish(figure(kind))


@pytest.mark.parametrize("kind", ["scatter", "bar", "heatmap", "contour", "pie", "violin", "box", "histogram"])
def test_other_kinds_are_shown(kind: str) -> None:
    assert finish(figure(kind)) == {"kind": "plotly", "figure": figure(kind)}


def test_a_still_is_drawn_once_where_a_browser_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(plotly, "_can_draw", lambda: True)
    drawn: list[int] = []

    def draw(figure: dict[str, Any]) -> str:
        drawn.append(figure["layout"]["width"])
        return "AAAA"

    monkeypatch.setattr(plotly, "_still", draw)
    assert finish(figure(width=321), tmp_path)["still"] == "AAAA"
    assert finish(figure(width=321), tmp_path)["still"] == "AAAA"
    assert drawn == [321]


def test_colours_are_the_decks_where_the_figure_has_none_of_its_own() -> None:
    styled = with_style(figure(), BASE)
    assert styled["data"][0]["marker"]["color"] == BASE["accent-1"]
    assert styled["layout"]["template"]["layout"]["font"]["color"] == BASE["ink"]
    own = with_style(figure(template={"layout": {}}, width=300), BASE)
    assert own["data"][0]["marker"]["color"] == "#636efa"
    assert (own["layout"]["width"], own["layout"]["template"]) == (300, {"layout": {}})


def test_numbers_are_compared_and_stills_are_not() -> None:
    one: dict[str, Any] = {"kind": "plotly", "figure": figure(), "still": "a"}
    assert not compare_result(Result(displays={"x": one}), Result(displays={"x": {**one, "still": "b"}}), RUN, 1e-6)
    other = {**one, "figure": {**figure(), "data": [{"type": "scatter", "x": [1, 3], "marker": {"color": "#636efa"}}]}}
    (found,) = compare_result(Result(displays={"x": one}), Result(displays={"x": other}), RUN, 1e-6)
    assert (found.before, found.after, found.detail) == ("2", "3", "['figure']['data'][0]['x'][1]: 2 → 3")
