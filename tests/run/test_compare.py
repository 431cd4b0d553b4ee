"""Fresh against recorded: what counts as the same."""

import math
from typing import Any

import pytest

from verideck.core.run_model import Failure, Figure, Result, RunId
from verideck.run import compare as module
from verideck.run.compare import compare_result, unequal, version_changes

RUN = RunId("snippets/a.py")


def differ(before: Any, after: Any, tolerance: float = 1e-6) -> list[tuple[str, str, str, str]]:
    return [
        (found.what, found.before, found.after, found.detail) for found in compare_result(before, after, RUN, tolerance)
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a = 0.1234567891\n", "a = 0.1234567892\n"),
        ("[0.30000001, -2.5e-03]", "[0.30000002, -2.500000001e-03]"),
        ("same 12 v1.2.3", "same 12 v1.2.3"),
        ("", ""),
    ],
)
def test_printed_fractions_may_differ_within_the_tolerance(before: Any, after: Any) -> None:
    assert differ(Result(stdout=before), Result(stdout=after)) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("0.123", "0.124"),
        ("10000000 trials", "10000001 trials"),
        ("1.0", "1.00"),
        ("version 1.2.3", "version 1.2.4"),
        ("v5.0000000", "v5.0000001"),
        ("a", "a\n"),
        ("a 0.5", "b 0.5"),
        ("0.5", "-0.5"),
    ],
)
def test_other_differences_in_text_count(before: Any, after: Any) -> None:
    assert len(differ(Result(stdout=before), Result(stdout=after))) == 1


def test_the_first_line_that_differs_is_shown() -> None:
    found = differ(Result(stdout="a\nb\nc\n"), Result(stdout="a\nx\ny\n"))
    assert found == [("stdout", "b", "x", "line 2 of the output")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (1.0, 1.0 + 1e-9),
        ([1.0, {"a": 2.0}], [1.0, {"a": 2.0 + 1e-9}]),
        (math.nan, math.nan),
        (math.inf, math.inf),
        (0.0, -0.0),
        ("a", "a"),
    ],
)
def test_values_within_the_tolerance_are_the_same(before: Any, after: Any) -> None:
    assert unequal(before, after, 1e-6) == ""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (1.0, 1.0 + 1e-5),
        (1, 1.0),
        (1, True),
        (10_000_000, 10_000_001),
        ([1.0], [1.0, 2.0]),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (math.nan, 1.0),
        (math.inf, -math.inf),
        ("a", "b"),
        (None, 0),
    ],
)
def test_other_values_are_not(before: Any, after: Any) -> None:
    assert unequal(before, after, 1e-6)


def test_a_differing_value_is_located_and_measured() -> None:
    before: Any
    after: Any
    before, after = ({"rows": [{"w": 0.5}, {"w": w}]} for w in (0.5, 0.75))
    found = differ(Result(values={"x": before}), Result(values={"x": after}))
    assert found[0][0] == "value x"
    assert found[0][3].startswith("['rows'][1]['w']: 0.5 → 0.75 (relative 3.3e-01, ")
    assert found[0][3].endswith("allowed 1e-06)")


def test_values_that_came_or_went() -> None:
    found = differ(Result(values={"a": 1, "b": 2}), Result(values={"c": 3}, invalid={"b": "NameError: b"}))
    assert found == [
        ("value a", "1", "", "no longer computed"),
        ("value b", "2", "", "NameError: b"),
        ("value c", "", "3", "not recorded"),
    ]


def test_another_exception_is_a_difference() -> None:
    before, after = Result(error=Failure("ValueError", "a")), Result(error=Failure("ValueError", "b"))
    assert differ(before, after) == [("error", "ValueError: a", "ValueError: b", "")]
    assert differ(before, before) == []


def test_figures_differ_by_number_label_and_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "differences", lambda a, b, tolerance: [] if a == b else ["path 1 moved"] * 5)
    one, other = Figure("fit", "<svg>1</svg>"), Figure("fit", "<svg>2</svg>")
    assert differ(Result(figures=(one,)), Result(figures=(one,))) == []
    assert differ(Result(figures=(one,)), Result(figures=(one, one)))[0][:3] == ("figure 2", "", "drawn")
    assert differ(Result(figures=(one,)), Result(figures=(Figure("", one.svg),)))[0][3] == "label"
    assert differ(Result(figures=(one,)), Result(figures=(other,)))[0][3].endswith("; path 1 moved (and 2 more)")


def test_versions_are_information_not_differences() -> None:
    before, after = Result(versions=(("a", "1"), ("b", "1"))), Result(versions=(("a", "2"), ("c", "1")))
    assert differ(before, after) == []
    assert version_changes(before, after) == (("a", "1", "2"), ("b", "1", ""), ("c", "", "1"))


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("2026-11-28 10:20:30,123 best 3", "2026-11-29 11:21:31,456 best 3", True),
        ("<A object at 0x7f00>", "<A object at 0x7f10>", True),
        ("study 0f8fad5b-d9cb-469f-a165-70867728950e", "study 7c9e6679-7425-40de-944b-e07fc1f90ae7", True),
        ("10:20 best 3", "10:21 best 4", False),
        ("a", "b", False),
    ],
)
def test_a_line_with_a_time_or_a_random_name_has_its_remedy(before: str, after: str, told: bool) -> None:
    (found,) = compare_result(Result(stdout=before), Result(stdout=after), RunId("a.py"), 1e-6)
    assert ("format='%(message)s'" in found.detail) is told


@pytest.mark.parametrize(("streams", "found"), [
    ((), []), (("out",), []), (("err",), [("stderr", "9:41", "9:42")]), (("both",), [("output", "9:41", "9:42")]),
])  # fmt: skip
def test_only_what_is_shown_of_what_is_printed_is_compared(streams: Any, found: list[tuple[str, str, str]]) -> None:
    before, after = (Result("a\n", stderr=f"{time}\n", mixed=f"a\n{time}\n") for time in ("9:41", "9:42"))
    said = compare_result(before, after, RUN, 1e-6, streams)
    assert [(one.what, one.before, one.after) for one in said] == found
