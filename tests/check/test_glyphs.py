"""Characters that no embedded font has: found in all that a slide shows and says."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.check.faults import (
    FIGURE,
    TEXT,
    Faces,
    Fault,
    found_alone,
    svg,
)
from tests.decks import deck_of
from tests.harness import DeckTest
from verideck.check import glyphs
from verideck.core.run_model import Result, RunId
from verideck.typeset.fonts import Fonts

pytestmark = pytest.mark.slow

FAULTS = [
    Fault("words from right to left", "error right-to-left a.md:8:5: 'שלום' runs from right to left", "Say שלום."),
    Fault("a glyph in prose", "error glyph a.md:8:5: no embedded font has '😀' (U+1F600 GRINNING FACE)", "Ha! 😀"),
    Fault("a glyph in code", "error glyph a.md:9:5: 'ᚠ' (U+16A0", "```text\na = ᚠ\n```"),
    Fault("a sign that formulas have", "error glyph a.md:8:3: '≒' (U+2252", "1 ≒ 2, $1 ≒ 2$."),
    Fault("a glyph in a formula", "error glyph a.md:8:11: '😀' (U+1F600", r"So $\text{😀}$."),
    Fault("a glyph in a figure", "error glyph a.md:8:13: in this figure", FIGURE, figure=svg(TEXT.replace("E", "⛵"))),
    Fault("a glyph in the notes", "error glyph a.md:17:10: '😀'", edit=("Say this.", "Say this 😀.")),
    Fault(
        "a glyph beside a slider",
        "error glyph a.md:8:13: in this slider",
        f"{FIGURE[:-3]}:label: 😀\n```",
    ),
    Fault(
        "a glyph in a table's cell",
        "error glyph a.md:8:12: '\ue000' (U+E000",
        "```{table} a.py: rows\n```",
        values={"rows": [{"n": 1, "c": "\ue000"}]},
    ),
    Fault(
        "a glyph in a table's header",
        "error glyph a.md:8:12: '\ue000' (U+E000",
        "```{table} a.py: rows\n```",
        values={"rows": [{"\ue000": 1}]},
    ),
    Fault(
        "a glyph in the items of a list",
        "error glyph a.md:8:3: '\ue000' (U+E000",
        "A {eval}`a.py: names:>3`.",
        values={"names": ["a", "\ue000"]},
    ),
    Fault(
        "a glyph that a format fills with",
        "error glyph a.md:8:3: '\U0001f600'",
        "A {eval}`a.py: b:😀>3`.",
    ),
    Fault(
        "a glyph in a figure's data",
        "error glyph a.md:10:8: '\ue000' (U+E000",
        f"{FIGURE[:-3]}:data: rows\n```",
        values={"rows": [{"c": "\ue000"}]},
    ),
    Fault("a glyph in an eyebrow", "error glyph a.md:22:35: '😀'", edit=("Of $x$", "Of $x$ 😀")),
    Fault("a glyph in the front matter", "error glyph a.md:2:10: '😀'", edit=("title: A", "title: A 😀")),
    Fault("a glyph in a title", "error glyph a.md:7:9: '😀'", edit=("# First", "# First 😀")),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found_named_and_placed(fault: Fault, deck: DeckTest, faces: Faces) -> None:
    found_alone(fault, deck, faces)


class Latin(Fonts):
    """Fonts with ASCII alone."""

    def uncovered(self, text: Iterable[str], *families: str) -> set[str]:
        return {char for char in text if ord(char) > 0x7F}


def test_each_character_is_told_once_a_place_with_its_name() -> None:
    deck, sources = deck_of("# One\n\né and é, {eval}`a.py: w`\n\n::: notes\né\n:::\n")
    results = {RunId("snippets/a.py"): Result(values={"w": "ü"})}
    found = list(glyphs.missing(deck.slides[0], results, Latin(Path("nowhere")), sources.line))
    assert sorted((str(one.at), one.message.partition("'")[2][0]) for one in found) == [
        ("slides/a.md:3:1", "é"),
        ("slides/a.md:3:10", "ü"),
        ("slides/a.md:6:1", "é"),
    ]
    assert "(U+00E9 LATIN SMALL LETTER E WITH ACUTE)" in found[0].message


def test_the_front_matter_is_looked_at_line_by_line() -> None:
    deck, sources = deck_of("---\ntitle: A\nauthor: é\n---\n\n# One\n")
    (found,) = glyphs.missing_in_front_matter(deck, Latin(Path("nowhere")), sources.line)
    assert str(found.at) == "slides/a.md:3:9"
