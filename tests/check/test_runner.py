"""All checks of a deck together: what is right is not found, and what no page can be made of is refused before."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.check.faults import (
    BAR,
    FIGURE,
    LINE,
    TEXT,
    Faces,
    Fault,
    see,
    svg,
)
from tests.decks import deck_of, theme
from tests.harness import DeckTest
from verideck.check import runner
from verideck.core.errors import DeckErrors
from verideck.publish import DeckBuild
from verideck.render.pdf.layout import layout_from_json, layout_to_json
from verideck.typeset.fonts import Fonts

pytestmark = pytest.mark.slow

REFUSED = [
    Fault("a picture that is not there", "a.md:8:1: no file 'slides/q.png'", "![a](q.png)"),
    Fault("a picture on the web", "a.md:8:1: 'https://x.org/a.png' is not in the project", "![a](https://x.org/a.png)"),
    Fault("two slides with one id", "a.md:22: two slides have the id 'first'", edit=("#second e", "#first e")),
    Fault(
        "a request in a figure",
        "a.md:8:13: refers to 'https://x.org/a.png'",
        FIGURE,
        figure=svg('<image href="https://x.org/a.png"/>'),
    ),
]
"""What is refused before any page is made."""


def test_the_clean_deck_has_no_finding(deck: DeckTest, faces: Faces) -> None:
    seen = see(Fault("clean", ""), deck, faces)
    assert seen.findings == ()
    (layout,) = seen.layouts.values()
    assert layout_from_json(layout_to_json(layout)) == layout
    assert layout.slides[0].texts


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("10\u2009000\u202fkm, a\u0308, \u304b\u3099; ![a 😀](p.svg){width=40}", svg(TEXT)),
        (
            "See [this](#/one), [that](a.html#one), [a page](b.pdf#page=2).",
            svg(BAR, TEXT.replace("#1b2130", "#fbfaf6")),
        ),
        (
            "T.\n\n---\n\n# S {.section}\n\n::: note\nN[^1]\n:::\n\n"
            "```python\na = 1  # c\n```\n\n[^1]: F\n\n---\n\n# F",
            svg(TEXT),
        ),
        (
            'A <svg role="none"></svg><svg><title>b</title></svg>, <a href="#one"><img alt="c" src="data:,"></a>.',
            svg(*(LINE.replace("1d5fc4", f"{10 * green:02x}ff00") for green in range(9))),
        ),
    ],
)
def test_what_is_right_is_not_found(text: str, figure: str, deck: DeckTest, faces: Faces) -> None:
    fault = Fault("", "", f"{text}\n\n{FIGURE}", html=True, figure=figure, files={"dist/b.pdf": ""})
    assert see(fault, deck, faces).findings == ()


@pytest.mark.parametrize("fault", REFUSED, ids=lambda fault: fault.name)
def test_a_fault_is_refused(fault: Fault, deck: DeckTest, faces: Faces) -> None:
    where, what = re.fullmatch(r"(\S+): (.*)", fault.says).groups()  # type: ignore[union-attr]
    with pytest.raises(DeckErrors) as raised:
        see(fault, deck, faces)
    (error,) = raised.value.errors
    assert str(error.at) == f"slides/{where}"
    assert what in error.message


def test_rules_of_the_layout_are_not_checked_where_nobody_asked_for_it(fonts: Path) -> None:
    deck, sources = deck_of("# One\n\n[a](#gone)\n")
    one = DeckBuild(deck, {}, sources, theme(), Fonts(fonts.parent.parent))
    report = runner.check([one], {}, complete=False)
    assert [finding.rule for finding in report.of(deck.slides[0])] == ["broken-link"]
    assert report.others == ()
    assert ("broken-link" in report.checked, "overflow" in report.checked) == (True, False)
