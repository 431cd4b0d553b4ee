"""What values show, as it is recorded: charts drawn, HTML cleaned, and what cannot be shown named with its reason."""

from __future__ import annotations

import re

import pytest

from verideck.core.run_model import Result, Value
from verideck.run.displays import finish
from verideck.typeset.figure_diff import differences
from verideck.typeset.svg import parse_svg

DATA: list[Value] = [{"x": 1, "y": 3, "k": "a"}, {"x": 2, "y": 1, "k": "b"}]


def spec(**more: Value) -> dict[str, Value]:
    encoding: Value = {axis: {"field": axis, "type": "quantitative"} for axis in "xy"}
    return {"data": {"values": DATA}, "mark": "point", "encoding": encoding, **more}


def test_a_chart_becomes_a_figure_in_the_colours_of_the_deck() -> None:
    pytest.importorskip("vl_convert")
    chart: Value = {"kind": "vega", "spec": spec()}
    found = finish(Result(displays={"#1": chart}))
    (figure,) = found.figures
    assert (figure.part, found.displays, found.invalid) == ("#1", {}, {})
    assert parse_svg(figure.svg).size
    assert "#1D5FC4" in figure.svg
    assert "white" not in figure.svg
    again = finish(Result(displays={"#1": chart})).figures[0]
    assert differences(figure.svg, again.svg, 1e-6) == []


def test_a_chart_with_data_from_elsewhere_is_refused() -> None:
    pytest.importorskip("vl_convert")
    found = finish(Result(displays={"x": {"kind": "vega", "spec": spec(data={"url": "https://a.b/c.csv"})}}))
    assert re.search(r"loads its data from 'https://a.b/c.csv'", found.invalid["x"])
    assert not found.figures


def test_html_is_cleaned_and_other_kinds_stay() -> None:
    pytest.importorskip("nh3")
    tex: Value = {"kind": "latex", "tex": "x^2"}
    found = finish(Result(displays={"a": {"kind": "html", "html": "<b onclick='x'>y</b><script>z</script>"}, "b": tex}))
    assert found.displays == {"a": {"kind": "html", "html": "<b>y</b>"}, "b": tex}


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "nh3", None)
    found = finish(Result(displays={"a": {"kind": "html", "html": "<i>not seen before</i>"}}))
    assert found.invalid == {"a": "to show HTML, Verideck needs the package nh3: pip install 'verideck[values]'"}
