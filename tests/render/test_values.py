"""What a slide takes from results: which figures it shows, and what stands there as text."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from verideck.core.deck_model import EvalUse, FigureUse, OutputUse, TableUse
from verideck.core.errors import DeckError
from verideck.core.run_model import Figure, Location, Result, RunId, Value
from verideck.render import values
from verideck.render.values import Cell, Frame, Text

AT = Location("slides/a.md", 1, 1)
RUN = RunId("snippets/line.py")


def drawn(*labels: str) -> tuple[Figure, ...]:
    return tuple(Figure(label, f"<svg>{number}</svg>") for number, label in enumerate(labels, 1))


THREE = drawn("", "middle", "")


def study(**changes: object) -> FigureUse:
    """Return all figures of one run as frames."""
    fields: dict[str, object] = {
        **{"runs": (RUN,), "select": "*", "sweep": "", "values": (), "label": "", "start": None},
        **{"alt": (), "caption": (), "at": AT},
    }
    return FigureUse(**{**fields, **changes})  # type: ignore[arg-type]


def frames(names: Sequence[str], labels: Sequence[str] = ("", "middle", "")) -> list[Frame]:
    return [
        Frame(name, RUN, number, figure)
        for number, (name, figure) in enumerate(zip(names, drawn(*labels), strict=True), 1)
    ]


@pytest.mark.parametrize(
    ("labels", "select", "number"),
    [
        (["", ""], "", 1),
        (["", ""], "2", 2),
        (["", "fit"], "fit", 2),
        (["", "1"], "1", 2),
        (["2", ""], "2", 1),
        (["2", "2"], "2", 1),
        (["2", "1"], "", 1),
        (["fit", "fit"], "fit", 1),
        (["01"], "1", 1),
    ],
)
def test_a_label_wins_over_a_number(labels: list[str], select: str, number: int) -> None:
    (frame,) = values.frames({RUN: Result(figures=drawn(*labels))}, study(select=select))
    assert (frame.number, frame.figure.svg, frame.name) == (number, f"<svg>{number}</svg>", "")


@pytest.mark.parametrize(
    ("labels", "select", "hint"),
    [
        (["", "fit"], "3", "they are 1, fit"),
        ([""], "0", "they are 1"),
        ([""], "1" * 5000, "they are 1"),
        ([], "", "draw one and call plt.show()"),
        ([], "*", "call plt.show() once a frame"),
    ],
)
def test_a_figure_that_is_not_there_is_refused_with_those_that_are(labels: list[str], select: str, hint: str) -> None:
    with pytest.raises(DeckError) as refused:
        values.frames({RUN: Result(figures=drawn(*labels))}, study(select=select))
    assert (refused.value.at, refused.value.hint) == (AT, hint)


def test_frames_are_called_by_their_labels_else_their_numbers_and_those_of_a_sweep_by_its_values() -> None:
    shown = values.frames({RUN: Result(figures=THREE)}, study())
    assert [(frame.name, frame.number) for frame in shown] == [("1", 1), ("middle", 2), ("3", 3)]
    runs = tuple(RunId("snippets/line.py", (("slope", slope),)) for slope in (0, 2.50))
    results = {run: Result(figures=THREE) for run in runs}
    shown = values.frames(results, study(runs=runs, select="middle", sweep="slope", values=(0, 2.50)))
    assert [(frame.name, frame.run, frame.number) for frame in shown] == [("0", runs[0], 2), ("2.5", runs[1], 2)]


@pytest.mark.parametrize(
    ("start", "steps", "expected"),
    [
        (None, (), (0, ())),
        (2, (), (1, ())),
        ("middle", (), (1, ())),
        (None, ("1", "3"), (2, (0, 2))),
        (1, ("middle", "3"), (0, (1, 2))),
        (None, ("all",), (2, (0, 1, 2))),
    ],
)
def test_where_frames_start_and_which_are_stepped_through(
    start: Value, steps: tuple[str, ...], expected: tuple[int, tuple[int, ...]]
) -> None:
    assert values.order(study(start=start, steps=steps), frames(["1", "middle", "3"])) == expected


def test_a_label_wins_over_a_number_among_frames_too() -> None:
    assert values.order(study(start=1, steps=("1", "3")), frames(["1", "1", "3"], ["", "1", ""])) == (1, (1, 2))


def test_a_step_to_a_frame_that_is_not_there() -> None:
    with pytest.raises(DeckError, match="no frame '4'"):
        values.order(study(steps=("1", "4")), frames(["1", "middle", "3"]))


def test_the_frame_shown_first_is_the_one_named() -> None:
    swept: tuple[Value, ...] = (1, True, 1.0)
    runs = tuple(RunId("a.py", (("x", value),)) for value in swept)
    use = study(runs=runs, select="", sweep="x", values=swept, start=1.0)
    assert values.order(use, frames(["1", "True", "1"], ["", "", ""])) == (2, ())


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
    with pytest.raises(DeckError, match=r"no list of 3, one item a frame"):
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
    return TableUse(run, "rows", formats, (), AT, part)


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
        ([], (), "is no list of dicts"),
        ([{}], (), "is no list of dicts"),
        ([1], (), "is no list of dicts"),
        ({"n": 1}, (), "is no list of dicts"),
        ([{"n": 1}, {"m": 1}], (), "the rows of this table differ in their keys"),
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
        ({}, "nothing is recorded of line.py"),
        ({RUN: Result()}, "no value of 'x' is recorded"),
        ({RUN: Result(invalid={"x": "NameError: x"})}, "'x' has no value in line.py: NameError: x"),
    ],
)
def test_what_has_no_value_says_why(results: dict[RunId, Result], said: str) -> None:
    with pytest.raises(DeckError, match=said):
        values.texts(results, EvalUse(RUN, "x", "", AT))
