"""What a slide takes from results: which figures it shows, and what stands there as text."""

from __future__ import annotations

import pytest

from tests.render.test_figures import AT, RUN, THREE, study
from verideck.core.deck_model import EvalUse, OutputUse, TableOptions, TableUse
from verideck.core.errors import DeckError
from verideck.core.run_model import Failure, Result, RunId, Value
from verideck.render import values
from verideck.render.tables import Cell, formatted
from verideck.render.values import Text


def errors(given: Value) -> tuple[dict[RunId, Result], EvalUse]:
    use = EvalUse(RUN, "errors", ".1f", AT, follows=True, by_item=True)
    return {RUN: Result(figures=THREE, values={"errors": given})}, use


def test_a_list_gives_each_frame_its_item() -> None:
    results, use = errors([1, 2.25, 3])
    assert values.frame_texts(results, use, study(), 3) == ["1.0", "2.2", "3.0"]
    assert values.value_text(results, use) == "1.0, 2.2, 3.0"


@pytest.mark.parametrize("given", [[1, 2], 5])
def test_a_list_is_as_long_as_there_are_frames(given: Value) -> None:
    results, use = errors(given)
    with pytest.raises(DeckError, match=r"not a list of 3 items, one per frame"):
        values.frame_texts(results, use, study(), 3)


def test_a_swept_run_gives_each_frame_its_own_value() -> None:
    runs = tuple(RunId("snippets/line.py", (("slope", slope),)) for slope in (0, 2))
    results = {run: Result(values={"end": 10.0 * index}) for index, run in enumerate(runs)}
    sweep = study(runs=runs, select="", sweep="slope", values=(0, 2))
    assert values.frame_texts(results, EvalUse(runs[0], "end", ".0f", AT, True), sweep, 2) == ["0", "10"]


@pytest.mark.parametrize(
    ("given", "spec", "by_item", "text"),
    [
        (0.835, ".2f", False, "0.83"),
        ([1, 2.25], ".1f", False, "1.0, 2.2"),
        (["a", 1], "", False, "['a', 1]"),
        (["a", 1], "", True, "a, 1"),
        (None, "", False, "None"),
    ],
)
def test_a_value_as_text(given: Value, spec: str, by_item: bool, text: str) -> None:
    use = EvalUse(RUN, "x", spec, AT, by_item, by_item)
    assert values.value_text({RUN: Result(values={"x": given})}, use) == text
    assert values.texts({RUN: Result(values={"x": given})}, use) == (Text("x", text),)


ROWS: Value = [{"n": 1, "name": "a"}, {"n": 2.5, "name": True}]


def tabular(run: RunId = RUN, formats: tuple[tuple[str, str], ...] = (("n", ".1f"),), part: bool = False) -> TableUse:
    return TableUse(run, "rows", TableOptions(formats), (), AT, part)


def test_a_table_is_its_header_and_its_cells_as_they_are_shown() -> None:
    results = {RUN: Result(values={"rows": ROWS})}
    shown = values.table(results, tabular())
    assert shown.columns == ("n", "name")
    assert shown.rows == ((Cell("1.0", True), Cell("a", False)), (Cell("2.5", True), Cell("True", False)))
    assert values.texts(results, tabular())[0] == Text("rows, header", "n")
    assert values.texts(results, tabular())[-2:] == (Text("rows, row 2, n", "2.5"), Text("rows, row 2, name", "True"))


@pytest.mark.parametrize(
    ("rows", "formats", "said"),
    [
        ([], (), "is not a data frame or a list of dicts"),
        ([{}], (), "is not a data frame or a list of dicts"),
        ([1], (), "is not a data frame or a list of dicts"),
        ({"n": 1}, (), "is not a data frame or a list of dicts"),
        ([{"n": 1}, {"m": 1}], (), "the rows of this table have different keys"),
        ([{"n": 1}], (("m", ".1f"),), "this table has no column 'm'"),
        ([{"n": "a"}], (("n", ".1f"),), "the format '.1f' does not fit 'a'"),
    ],
)
def test_what_is_no_table_is_refused_at_its_place(rows: Value, formats: tuple[tuple[str, str], ...], said: str) -> None:
    with pytest.raises(DeckError, match=said) as refused:
        values.table({RUN: Result(values={"rows": rows})}, tabular(formats=formats))
    assert refused.value.at == AT


def test_the_data_of_a_sweep_has_its_values_as_the_first_column_which_may_have_a_format() -> None:
    runs = tuple(RunId("snippets/line.py", (("slope", slope),)) for slope in (0, 2))
    results = {run: Result(values={"rows": [{"n": index}]}) for index, run in enumerate(runs)}
    parts = tuple(tabular(run=run, formats=(("λ", ".1f"), ("n", "d")), part=True) for run in runs)
    shown = values.data_table(results, study(runs=runs, select="", sweep="slope", values=(0, 2), label="λ", data=parts))
    assert shown.columns == ("λ", "n")
    assert [[cell.text for cell in row] for row in shown.rows] == [["0.0", "0"], ["2.0", "1"]]
    assert values.texts(results, parts[1])[-1] == Text("rows, row 1, n", "1")
    wrong = study(runs=runs, select="", data=(tabular(run=runs[0], formats=(("m", "d"),), part=True),))
    with pytest.raises(DeckError, match="no column 'm'"):
        values.data_table(results, wrong)


def test_an_output_is_shown_without_the_blanks_at_its_end() -> None:
    results = {RUN: Result("a\n\nb \n\n")}
    use = OutputUse(RUN, AT)
    assert values.output_text(results, use) == "a\n\nb"
    assert [one.name for one in values.texts(results, use)] == [f"line {number} of the output" for number in (1, 2, 3)]


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ({}, "line.py has no recorded result"),
        ({RUN: Result()}, "'x' has no recorded value"),
        ({RUN: Result(invalid={"x": "NameError: x"})}, "'x' has no value in line.py: NameError: x"),
    ],
)
def test_what_has_no_value_says_why(results: dict[RunId, Result], said: str) -> None:
    with pytest.raises(DeckError, match=said):
        values.texts(results, EvalUse(RUN, "x", "", AT))


@pytest.mark.parametrize("given", [1, 2.5, "text", [1, 2]])
@pytest.mark.parametrize("spec", ["99999999", "0>99999999", ".99999999f", "1001", ".1001f", "9" * 5000])
def test_a_format_that_asks_for_text_without_end_is_refused(given: Value, spec: str) -> None:
    with pytest.raises(DeckError, match="asks for more than 1000 characters"):
        formatted(given, spec, AT)


def test_wide_formats_are_kept_and_numbers_too_large_for_one_are_refused_at_their_place() -> None:
    assert formatted(1, "1000", AT) == "1".rjust(1000)
    assert formatted(10**400, "", AT) == str(10**400)
    with pytest.raises(DeckError, match="too large to convert") as caught:
        formatted(10**400, ".2f", AT)
    assert caught.value.at == AT


@pytest.mark.parametrize(
    ("stdout", "traceback", "shown"),
    [
        (
            "a\n",
            'Traceback (most recent call last):\n  File "a.py", line 1\n    f()\nValueError: no\n',
            "a\nValueError: no",
        ),
        ("", "", "Exception: no"),
        ("", "Traceback:\n  File\nValueError: no\nand more\n", "ValueError: no"),
    ],
)
def test_an_output_ends_with_the_error_that_is_expected(stdout: str, traceback: str, shown: str) -> None:
    result = Result(stdout, error=Failure("Exception", "no", 1, traceback))
    assert values.output_text({RUN: result}, OutputUse(RUN, AT)) == shown
