"""Values as slides show them: frame by frame, in order, formatted."""

from __future__ import annotations

import pytest

from verideck.core.deck_model import EvalUse, FigureUse
from verideck.core.errors import DeckError
from verideck.core.run_model import Figure, Location, Result, RunId, Value
from verideck.render import values

AT = Location("slides/a.md", 1, 1)
RUN = RunId("snippets/line.py")
THREE = tuple(Figure(label, "<svg/>") for label in ("", "middle", ""))


def study(**changes: object) -> FigureUse:
    """Return all figures of one run as frames."""
    fields: dict[str, object] = {
        **{"runs": (RUN,), "select": "*", "sweep": "", "values": (), "label": "", "start": None},
        **{"alt": (), "caption": (), "at": AT},
    }
    return FigureUse(**{**fields, **changes})  # type: ignore[arg-type]


def errors(given: Value) -> tuple[dict[RunId, Result], EvalUse]:
    return {RUN: Result(figures=THREE, values={"errors": given})}, EvalUse(RUN, "errors", ".1f", AT, True)


def test_a_list_gives_each_frame_its_item() -> None:
    results, use = errors([1, 2.25, 3])
    assert values.by_frame(results, use, study(), 3) == ["1.0", "2.2", "3.0"]


@pytest.mark.parametrize("given", [[1, 2], 5])
def test_a_list_is_as_long_as_there_are_frames(given: Value) -> None:
    results, use = errors(given)
    with pytest.raises(DeckError, match="no list of 3, one item a frame"):
        values.by_frame(results, use, study(), 3)


def test_a_swept_run_gives_each_frame_its_own_value() -> None:
    runs = tuple(RunId("snippets/line.py", (("slope", slope),)) for slope in (0, 2))
    results = {run: Result(values={"end": 10.0 * index}) for index, run in enumerate(runs)}
    sweep = study(runs=runs, select="", sweep="slope", values=(0, 2))
    assert values.by_frame(results, EvalUse(runs[0], "end", ".0f", AT, True), sweep, 2) == ["0", "10"]


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
    assert values.order(study(start=start, steps=steps), ["1", "middle", "3"]) == expected


def test_a_step_to_a_frame_that_is_not_there() -> None:
    with pytest.raises(DeckError, match="no frame '4'"):
        values.order(study(steps=("1", "4")), ["1", "middle", "3"])


def test_the_frame_shown_first_is_the_one_named() -> None:
    given: tuple[Value, ...] = (1, True, 1.0)
    runs = tuple(RunId("a.py", (("x", value),)) for value in given)
    use = FigureUse(runs, "", "x", given, "x", 1.0, ("x",), (), AT)
    assert values.order(use, ["1", "True", "1"]) == (2, ())
