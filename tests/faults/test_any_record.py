"""Whatever stands in figures/, it is read or refused as damaged, at its place; what a script gave is read as it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verideck.core.errors import DeckError
from verideck.core.project import Sources
from verideck.core.run_model import Figure, Float, Result, Results, RunId, Tuple, Value
from verideck.run.record import RECORD_PATH, read_record, record_writes

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>'
RUN = RunId("snippets/a.py", (("k", 1),))
VALUES: dict[str, Value] = {"x": float("nan"), "y": [Tuple([1]), Float(0.1, "0.10")], "z": {"tuple": 1}, "t": "…"}
(DRAWN, RECORD) = record_writes({RUN: Result("out\n", (Figure("", SVG),), VALUES)}, (), {}, Sources(Path("nowhere")))
TEXT = RECORD.data.decode()
KINDS: Any = st.sampled_from([None, True, 0, 1.5, "", "text", [], [1], {}, {"float": "nan"}, {"tuple": 1}])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project with a record; what it holds is told by hand."""
    root = tmp_path_factory.mktemp("project")
    (root / "figures").mkdir()
    (root / RECORD_PATH).touch()
    return root


def read(text: str, root: Path) -> Results | None:
    """Return what is recorded, or None once the refusal is known to say where and what to do."""
    try:
        return read_record(Sources(root, {RECORD_PATH: text, DRAWN.path: SVG}))
    except DeckError as error:
        refused = error
    assert refused.at
    assert refused.at.path == RECORD_PATH
    assert refused.hint
    return None


@settings(max_examples=150, deadline=None)
@given(start=st.integers(0, len(TEXT)), length=st.integers(0, 40), new=st.text(max_size=8))
def test_a_record_with_other_letters_is_read_or_refused(root: Path, start: int, length: int, new: str) -> None:
    read(TEXT[:start] + new + TEXT[start + length :], root)


def places(data: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of each part of JSON data."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path, *(place for key, part in inner for place in places(part, (*path, key)))]


@settings(max_examples=150, deadline=None)
@given(place=st.sampled_from(places(json.loads(TEXT))[1:]), new=KINDS)
def test_a_record_with_parts_of_another_kind_is_read_or_refused(root: Path, place: tuple[Any, ...], new: Any) -> None:
    data = json.loads(TEXT)
    *above, last = place
    part = data
    for key in above:
        part = part[key]
    part[last] = new
    read(json.dumps(data), root)


VALUE: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(Tuple)
        | st.dictionaries(st.sampled_from(["tuple", "float", "text", "dict", "other"]), inner, max_size=2)
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(value=VALUE)
def test_any_value_is_read_as_it_was_recorded(root: Path, value: Value) -> None:
    run = RunId("snippets/a.py")
    (record,) = record_writes({run: Result(values={"x": value})}, (), {}, Sources(Path("nowhere")))
    found = read(record.data.decode(), root)
    assert found
    assert repr(found[run].values["x"]) == repr(value)
