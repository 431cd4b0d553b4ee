"""Which figures of a run a use shows, and as which frames."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from verideck.core.deck_model import FigureUse
from verideck.core.errors import DeckError
from verideck.core.run_model import Figure, Location, Result, RunId, Value
from verideck.render import figures
from verideck.render.figures import Frame

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
    (frame,) = figures.frames({RUN: Result(figures=drawn(*labels))}, study(select=select))
    assert (frame.number, frame.figure.svg, frame.name) == (number, f"<svg>{number}</svg>", "")


@pytest.mark.parametrize(
    ("labels", "select", "hint"),
    [
        (["", "fit"], "3", "use one of 1, fit"),
        ([""], "0", "use one of 1"),
        ([""], "1" * 5000, "use one of 1"),
        ([], "", "draw one and call plt.show()"),
        ([], "*", "call plt.show() once for each frame"),
    ],
)
def test_a_figure_that_is_not_there_is_refused_with_those_that_are(labels: list[str], select: str, hint: str) -> None:
    with pytest.raises(DeckError) as refused:
        figures.frames({RUN: Result(figures=drawn(*labels))}, study(select=select))
    assert (refused.value.at, refused.value.hint) == (AT, hint)


def test_frames_are_called_by_their_labels_else_their_numbers_and_those_of_a_sweep_by_its_values() -> None:
    shown = figures.frames({RUN: Result(figures=THREE)}, study())
    assert [(frame.name, frame.number) for frame in shown] == [("1", 1), ("middle", 2), ("3", 3)]
    runs = tuple(RunId("snippets/line.py", (("slope", slope),)) for slope in (0, 2.50))
    results = {run: Result(figures=THREE) for run in runs}
    shown = figures.frames(results, study(runs=runs, select="middle", sweep="slope", values=(0, 2.50)))
    assert [(frame.name, frame.run, frame.number) for frame in shown] == [("0", runs[0], 2), ("2.5", runs[1], 2)]


def test_no_two_numbers_of_a_sweep_have_the_same_name() -> None:
    values: tuple[Value, ...] = (0.12345671, 0.12345672, 1e-7)
    runs = tuple(RunId("snippets/line.py", (("slope", value),)) for value in values)
    use = study(runs=runs, select="", sweep="slope", values=values, steps=("0.12345672", "1e-07"))
    shown = figures.frames({run: Result(figures=THREE) for run in runs}, use)
    assert [frame.name for frame in shown] == ["0.12345671", "0.12345672", "1e-07"]
    assert figures.order(use, shown) == (2, (1, 2))


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
    assert figures.order(study(start=start, steps=steps), frames(["1", "middle", "3"])) == expected


def test_a_label_wins_over_a_number_among_frames_too() -> None:
    assert figures.order(study(start=1, steps=("1", "3")), frames(["1", "1", "3"], ["", "1", ""])) == (1, (1, 2))


def test_a_step_to_a_frame_that_is_not_there() -> None:
    with pytest.raises(DeckError, match="no frame '4'"):
        figures.order(study(steps=("1", "4")), frames(["1", "middle", "3"]))


def test_the_frame_shown_first_is_the_one_named() -> None:
    swept: tuple[Value, ...] = (1, True, 1.0)
    runs = tuple(RunId("a.py", (("x", value),)) for value in swept)
    use = study(runs=runs, select="", sweep="x", values=swept, start=1.0)
    assert figures.order(use, frames(["1", "True", "1"], ["", "", ""])) == (2, ())
