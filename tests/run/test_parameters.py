"""Values of parameters: those that are alike but not the same make runs of their own."""

from __future__ import annotations

import math

import pytest

from verideck.core.deck_model import FigureUse
from verideck.core.run_model import Location, Result, RunId, Value
from verideck.render.values import order


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (1, True), (0.0, -0.0), ([1], [1.0])])
def test_values_of_another_type_are_other_runs(one: Value, other: Value) -> None:
    runs = [RunId("a.py", (("x", value),)) for value in (one, other)]
    assert runs[0] != runs[1]
    assert len(dict.fromkeys(runs, Result())) == 2


def test_a_run_with_nan_is_found_again() -> None:
    assert RunId("a.py", (("x", float("nan")),)) == RunId("a.py", (("x", math.inf - math.inf),))


def test_the_frame_shown_first_is_the_one_named() -> None:
    values: tuple[Value, ...] = (1, True, 1.0)
    runs = tuple(RunId("a.py", (("x", value),)) for value in values)
    use = FigureUse(runs, "", "x", values, "x", 1.0, ("x",), (), Location("slides/a.md", 3))
    assert order(use, ["1", "True", "1"]) == (2, ())
