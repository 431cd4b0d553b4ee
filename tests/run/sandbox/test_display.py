"""What values show: frames as tables, other values as texts without addresses."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from verideck.run.sandbox.display import describe, drawn_with, formula, framed, text

pandas = pytest.importorskip("pandas")
polars = pytest.importorskip("polars")


def test_a_frame_of_pandas_keeps_numbers_days_and_its_index() -> None:
    days = pandas.to_datetime(["2024-01-01", "2024-02-01"])
    frame = pandas.DataFrame({"n": [1, 2], "x": [0.5, 2.0], "day": days, "name": ["a", "b"]}, index=["p", "q"])
    assert describe(frame) == {
        "kind": "table",
        "columns": [["n"], ["x"], ["day"], ["name"]],
        "rows": [[1, 0.5, "2024-01-01", "a"], [2, 2.0, "2024-02-01", "b"]],
        "shape": [2, 4],
        "index": {"names": [""], "rows": [["p"], ["q"]], "counts": False},
    }


def test_a_series_is_a_table_of_one_column() -> None:
    found = describe(pandas.Series([3, 4], name="n"))
    assert found
    assert (found["columns"], found["rows"], found["index"]["counts"]) == ([["n"]], [[3], [4]], True)


@pytest.mark.parametrize(
    "make",
    [
        lambda: polars.DataFrame({"n": [1, 2], "x": [0.5, None]}),
        lambda: pandas.DataFrame({"n": [1, 2], "x": [0.5, None]}, dtype=object),
    ],
)
def test_frames_of_every_library_are_alike(make: Callable[[], Any]) -> None:
    found = describe(make())
    assert found
    assert (found["columns"], found["rows"], found["shape"]) == ([["n"], ["x"]], [[1, 0.5], [2, None]], [2, 2])


def test_a_table_of_pyarrow_is_like_a_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    class Table:
        """As much of pyarrow's as is used: the library takes 150 MB."""

        column_names = ("n", "x")

        def column(self, number: int) -> SimpleNamespace:
            return SimpleNamespace(to_pylist=lambda: [[1, 2], [0.5, None]][number])

    monkeypatch.setitem(sys.modules, "pyarrow", SimpleNamespace(Table=Table))
    found = describe(Table())
    assert found
    assert (found["columns"], found["rows"], found["shape"]) == ([["n"], ["x"]], [[1, 0.5], [2, None]], [2, 2])


def test_of_a_long_frame_the_ends_are_kept() -> None:
    for frame in (pandas.DataFrame({"n": range(1000)}), polars.DataFrame({"n": range(1000)})):
        found = describe(frame)
        assert found
        assert [row[0] for row in found["rows"]] == [*range(100), *range(900, 1000)]
        assert found["shape"] == [1000, 1]


def test_labels_have_levels() -> None:
    frame = pandas.DataFrame({("a", "x"): [1], ("a", "y"): [2]})
    frame.index = pandas.MultiIndex.from_tuples([("p", 1)], names=["one", None])
    found = describe(frame)
    assert found
    assert found["columns"] == [["a", "x"], ["a", "y"]]
    assert found["index"] == {"names": ["one", ""], "rows": [["p", 1]], "counts": False}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (np.arange(3), {"kind": "text", "text": "array([0, 1, 2])", "line": "[0 1 2]"}),
        (datetime.date(2024, 1, 2), {"kind": "text", "text": "datetime.date(2024, 1, 2)", "line": "2024-01-02"}),
        ({1, 2}, {"kind": "text", "text": "{1, 2}"}),
    ],
)
def test_other_values_have_a_text(value: Any, shown: dict[str, Any]) -> None:
    assert describe(value) is None
    assert text(value) == shown


def test_addresses_are_left_out() -> None:
    assert "0x…" in text(object())["text"]


def test_what_drawing_returns_is_not_shown() -> None:
    from matplotlib.figure import Figure

    axes = Figure().subplots(2)
    assert drawn_with(axes)
    assert drawn_with(axes[0].plot([1]))
    assert drawn_with(axes[0].hist([1]))
    assert not drawn_with(axes[0].figure)
    assert not drawn_with([1, SimpleNamespace()])


class Represented:
    """A value that says something of itself to notebooks."""

    def __init__(self, **said: Any) -> None:
        self.said = said

    def _repr_html_(self) -> Any:
        return self.said.get("html")

    def _repr_latex_(self) -> Any:
        return self.said.get("latex")

    def _repr_svg_(self) -> Any:
        return self.said.get("svg")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        return dict(self.said.get("bundle", {}))


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"html": "<b>x</b>"}, {"kind": "html", "html": "<b>x</b>"}),
        ({"html": "<b>x</b>", "latex": "$x$"}, {"kind": "latex", "tex": "x"}),
        ({"svg": "<svg/>", "html": "x"}, {"kind": "svg", "svg": "<svg/>"}),
        ({"bundle": {"image/svg+xml": "<svg/>"}}, {"kind": "svg", "svg": "<svg/>"}),
        ({"bundle": {"text/latex": "$$x$$"}}, {"kind": "latex", "tex": "x"}),
        ({}, None),
    ],
)
def test_what_a_value_says_of_itself(said: dict[str, Any], shown: dict[str, Any] | None) -> None:
    assert describe(Represented(**said)) == shown


@pytest.mark.parametrize(
    "tex", ["$x^2$", "$$x^2$$", r"$\displaystyle x^2$", r"\[x^2\]", r"\begin{equation*}x^2\end{equation*}"]
)
def test_a_formula_is_taken_out_of_its_marks(tex: str) -> None:
    assert formula(tex) == "x^2"


def test_a_formula_of_sympy() -> None:
    sympy = pytest.importorskip("sympy")
    assert describe(sympy.Symbol("x") ** 2 / 3) == {"kind": "latex", "tex": r"\frac{x^{2}}{3}"}


def test_a_picture_is_an_svg_around_its_pixels() -> None:
    image = pytest.importorskip("PIL.Image").new("RGB", (100, 50), "red")
    found = describe(image)
    assert found
    assert found["kind"] == "svg"
    assert found["svg"].startswith(framed(b"", 100, 50)[:120])


def test_an_estimator_has_its_unusual_parameters_and_its_parts() -> None:
    compose, linear, pipeline, preprocessing = (
        pytest.importorskip(f"sklearn.{name}") for name in ("compose", "linear_model", "pipeline", "preprocessing")
    )
    columns = compose.ColumnTransformer([("n", preprocessing.StandardScaler(with_mean=False), ["a"])])
    found = describe(pipeline.make_pipeline(columns, linear.LogisticRegression(C=10)))
    assert found
    assert (found["name"], found["parameters"], found["beside"]) == ("Pipeline", {}, False)
    (_, first), (name, second) = found["parts"]
    assert (first["beside"], first["parts"][0][0]) == (True, "n: ['a']")
    assert first["parts"][0][1]["parameters"] == {"with_mean": "False"}
    assert (name, second["parameters"]) == ("logisticregression", {"C": "10"})


def test_a_chart_is_its_specification() -> None:
    altair = pytest.importorskip("altair")
    found = describe(altair.Chart(pandas.DataFrame({"x": [1]})).mark_point().encode(x="x:Q"))
    assert found
    assert found["kind"] == "vega"
    assert found["spec"]["mark"]["type"] == "point"


def test_tables_that_are_styled_are_html() -> None:
    tables = pytest.importorskip("great_tables")
    frame = pandas.DataFrame({"x": [1]})
    for value in (frame.style, tables.GT(frame)):
        found = describe(value)
        assert found
        assert (found["kind"], "<table" in found["html"]) == ("html", True)


def test_a_figure_of_plotly_has_its_numbers_as_lists() -> None:
    express = pytest.importorskip("plotly.express")
    found = describe(express.imshow(np.array([[1.5, 2.0], [3.0, np.nan]])))
    assert found
    assert found["figure"]["data"][0]["z"] == [[1.5, 2.0], [3.0, None]]
    assert "template" not in found["figure"]["layout"]
    assert "template" in describe(express.scatter(x=[1], y=[1], template="plotly_dark"))["figure"]["layout"]  # type: ignore[index]
