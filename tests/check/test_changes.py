"""What a slide said and says now: sentences, tables and lines side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.check.sums import DECK, SUMS
from verideck.check import changes
from verideck.core.project import Sources
from verideck.core.run_model import Result, Results, RunId
from verideck.read import parser


def test_sentences_hold_the_values_before_and_after() -> None:
    sources = Sources(Path("nowhere"), {"slides/talk.md": DECK, "snippets/sums.py": SUMS})
    slide = parser.parse("slides/talk.md", sources).valid().slides[0]
    before, after = ({RunId("snippets/sums.py"): Result(values={"total": value})} for value in (2.51, 2.54))
    found = [(one.where, [(part.before, part.after) for part in one.parts if part.differs])
             for one in changes.sentences(slide, before, after)]  # fmt: skip
    assert found == [("notes", [("2.51", "2.54")])]  # in the body both are 2.5
    nothing: Results = {}
    assert [one.where for one in changes.sentences(slide, nothing, after)] == ["body", "notes"]


@pytest.mark.parametrize(
    ("before", "after", "rows"),
    [
        ("a\nb\n", "a\nb\n", [("a", "a", False), ("b", "b", False)]),
        ("a\nb\n", "a\nc\n", [("a", "a", False), ("b", "c", True)]),
        ("a\nb\n", "b\n", [("a", None, True), ("b", "b", False)]),
        ("a\n", "a\nb\n", [("a", "a", False), (None, "b", True)]),
    ],
)
def test_outputs_stand_line_by_line(before: str, after: str, rows: list[tuple[str | None, str | None, bool]]) -> None:
    assert list(changes.lines(before, after)) == rows
