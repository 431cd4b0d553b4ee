"""Which rows and columns of a table a slide shows, and how its numbers are written."""

from __future__ import annotations

from typing import Any

import pytest

from verideck.core.deck_model import TableOptions
from verideck.core.errors import DeckError
from verideck.core.run_model import Location
from verideck.render.tables import Table, frame_table, positions, records_table

AT = Location("slides/a.md", 3)


def frame(
    rows: list[list[Any]], columns: str = "ab", index: dict[str, Any] | None = None, count: int = 0
) -> dict[str, Any]:
    shape = [count or len(rows), len(columns)]
    data = {"kind": "table", "columns": [[name] for name in columns], "rows": rows, "shape": shape}
    return data | ({"index": index} if index else {})


def texts(table: Table) -> list[str]:
    return [" ".join(cell.text for cell in row) for row in (*table.head, *table.rows)]


@pytest.mark.parametrize(
    ("column", "shown"),
    [
        ([1, 20], ["1", "20"]),
        ([1.0, 20.0], ["1.0", "20.0"]),
        ([0.25, 1.5], ["0.25", "1.50"]),
        ([1 / 3, 2 / 3], ["0.3333", "0.6667"]),
        ([1234.5678, 0.1], ["1234.6", "0.1"]),
        ([1e-7, 2e-9], ["1.000e-07", "2.000e-09"]),
        ([1.5, float("nan"), None], ["1.5", "NaN", "None"]),
        (["x", 1.25], ["x", "1.25"]),
        ([True, 2], ["True", "2"]),
    ],
)
def test_decimal_numbers_have_as_many_digits_as_their_column_needs(column: list[Any], shown: list[str]) -> None:
    table = frame_table(frame([[value] for value in column], "a"), TableOptions(), AT)
    assert [row[0].text for row in table.rows] == shown


def test_numbers_are_marked_with_their_header() -> None:
    table = frame_table(frame([[1, "x"], [2.5, "y"]]), TableOptions(), AT)
    assert [cell.number for cell in (*table.head[0], *table.rows[0])] == [True, False, True, False]


def test_options_choose_columns_rows_and_formats() -> None:
    data = frame([[n, n / 8] for n in range(6)])
    table = frame_table(data, TableOptions((("b", ".1f"),), ("b", "a"), ((1, 2), (-1, -1))), AT)
    assert texts(table) == ["b a", "0.0 0", "0.1 1", "", "0.6 5"]
    assert frame_table(data, TableOptions((("", ".0f"),)), AT).rows[5][0].text == "5"


def test_a_long_frame_is_cut_and_says_how_large_it_is() -> None:
    table = frame_table(frame([[n, n] for n in range(200)], count=5000), TableOptions(), AT)
    assert texts(table)[1::5] == ["0 0", "", "199 199"]
    assert len(table.rows) == 11
    assert table.shape == (5000, 2)
    assert frame_table(frame([[1, 1]] * 10), TableOptions(), AT).shape is None


def test_an_index_is_shown_where_it_says_something() -> None:
    counts = frame([[1, 2], [3, 4]], index={"names": [""], "rows": [[0], [1]], "counts": True})
    named = frame([[1, 2], [3, 4]], index={"names": ["town"], "rows": [["Rome"], ["Oslo"]], "counts": False})
    assert texts(frame_table(counts, TableOptions(), AT)) == ["a b", "1 2", "3 4"]
    assert texts(frame_table(counts, TableOptions(index=True), AT)) == [" a b", "0 1 2", "1 3 4"]
    assert texts(frame_table(named, TableOptions(), AT)) == ["town a b", "Rome 1 2", "Oslo 3 4"]
    assert texts(frame_table(named, TableOptions(index=False), AT)) == ["a b", "1 2", "3 4"]


def test_labels_in_levels_span_rows_and_columns() -> None:
    data = frame([[1, 2, 3]] * 3, "abc", {"names": ["x", "y"], "rows": [["r", 1], ["r", 2], ["s", 1]], "counts": False})
    data["columns"] = [["sum", "a"], ["sum", "b"], ["mean", "a"]]
    table = frame_table(data, TableOptions(), AT)
    assert [[(cell.text, cell.span) for cell in row] for row in table.head] == [
        [("", 1), ("", 1), ("sum", 2), ("mean", 1)],
        [("x", 1), ("y", 1), ("a", 1), ("b", 1), ("a", 1)],
    ]
    assert [(row[0].text, row[0].span) for row in table.rows] == [("r", 2), ("", 0), ("s", 1)]
    assert table.columns == ("x", "y", "sum / a", "sum / b", "mean / a")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (TableOptions(columns=("c",)), "no column 'c'"),
        (TableOptions((("c", ".2f"),)), "no column 'c'"),
        (TableOptions(rows=((1, 400),)), "no row 400: there are 300 rows"),
        (TableOptions(rows=((150, 150),)), "row 150 of this table is not recorded"),
        (TableOptions((("a", "d"),)), "the format 'd' does not fit"),
    ],
)
def test_what_a_table_does_not_have_is_told(options: TableOptions, said: str) -> None:
    with pytest.raises(DeckError, match=said):
        frame_table(frame([[n / 2, n] for n in range(200)], count=300), options, AT)


def test_a_list_of_dicts_has_columns_by_key() -> None:
    rows = [{"n": 1, "w": 0.5}, {"n": 2, "w": 0.25}]
    assert texts(records_table(rows, TableOptions(columns=("w",)), AT)) == ["w", "0.5", "0.25"]


@pytest.mark.parametrize(
    ("pieces", "found"),
    [(((1, 2),), [0, 1]), (((-2, -1),), [3, 4]), (((2, -1),), [1, 2, 3, 4]), (((1, 1), (5, 5), (1, 2)), [0, 1, 4])],
)
def test_lines_are_counted_from_one_and_from_the_end(pieces: tuple[tuple[int, int], ...], found: list[int]) -> None:
    assert positions(pieces, 5, AT, "line") == found
