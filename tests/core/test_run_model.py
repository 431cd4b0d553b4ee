"""Runs and results: which are the same, which count as a success."""

import math

import pytest

from verideck.core.run_model import (
    STARTED_PROCESSES,
    Difference,
    Failure,
    Location,
    Region,
    Result,
    RunId,
    Snippet,
    Value,
    succeeded,
    used,
)


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


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Location("a.md"), "a.md"),
        (Location("a.md", 3), "a.md:3"),
        (Location("a.md", 3, 7), "a.md:3:7"),
    ],
)
def test_a_place_reads_as_editors_open_it(place: Location, text: str) -> None:
    assert str(place) == text


def test_a_run_is_called_as_a_deck_calls_it() -> None:
    assert str(RunId("snippets/more/a.py", (("k", 1), ("name", "x")))) == "more/a.py (k=1, name='x')"
    assert str(RunId("slides/talk.md:12")) == "slides/talk.md:12"


def test_what_a_run_used_is_what_it_read() -> None:
    inputs = (("read.csv", "a1"), ("missing.py", ""), ("asked", "folder"), (STARTED_PROCESSES, "unknown"))
    assert used(Result(inputs=inputs)) == {"read.csv"}


def test_the_lines_of_parameters_are_those_of_their_region() -> None:
    regions = (Region("fit", ((1, 1),)), Region("parameters", ((2, 3), (6, 6))))
    assert Snippet("snippets/a.py", "", (), (), regions).parameter_lines == (2, 3, 6)
    assert Snippet("snippets/a.py", "", (), ()).parameter_lines == ()


@pytest.mark.parametrize(
    ("before", "after", "detail", "text"),
    [
        ("1", "2", "", "value x: 1 → 2"),
        ("", "2", "not recorded", "value x: nothing → 2 (not recorded)"),
        ("a", "b", "a → b", "value x: a → b"),
    ],
)
def test_a_difference_reads_as_one_line(before: str, after: str, detail: str, text: str) -> None:
    assert str(Difference(RunId("snippets/a.py"), "value x", before, after, detail)) == text
