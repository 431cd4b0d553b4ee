"""Runs and results: which are the same, which count as a success."""

import math

import pytest

from verideck.core.run_model import Failure, Result, RunId, Value, succeeded


def test_only_the_promised_exception_counts_as_success() -> None:
    failed = Result(error=Failure("ValueError", "no"))
    assert succeeded("", Result())
    assert succeeded("ValueError", failed)
    assert not succeeded("", failed)
    assert not succeeded("KeyError", failed)


@pytest.mark.parametrize(("one", "other"), [(1, 1.0), (1, True), (0.0, -0.0), ([1], [1.0])])
def test_values_of_another_type_are_other_runs(one: Value, other: Value) -> None:
    runs = [RunId("a.py", (("x", value),)) for value in (one, other)]
    assert runs[0] != runs[1]
    assert len(dict.fromkeys(runs, Result())) == 2


def test_a_run_with_nan_is_found_again() -> None:
    assert RunId("a.py", (("x", float("nan")),)) == RunId("a.py", (("x", math.inf - math.inf),))
