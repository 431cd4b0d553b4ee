"""Notes, time and editions: what a speaker would miss on stage."""

from __future__ import annotations

import re

import pytest

from tests.check.faults import (
    CLEAN,
    Faces,
    Fault,
    found_alone,
)
from tests.decks import deck_of
from tests.harness import DeckTest
from verideck.check import rehearsal

pytestmark = pytest.mark.slow

WORDS = " ".join(["word"] * 100)

GERMAN = CLEAN.replace("lang: en", "lang: de")

FAULTS = [
    Fault("no notes", "error notes a.md:7: has no notes", edit=("::: notes\nSay this.\n:::\n", "")),
    Fault(
        "longer than the talk",
        "warning time a.md:7: planned for 2:40, but the talk for 2:00",
        edit=("seconds=60}\n\n`", "seconds=100}\n\n`"),
    ),
    Fault(
        "notes too long",
        "warning time a.md:22: notes take about 1:32, but the slide is planned for 1:00",
        edit=("Say that.", f"{WORDS} {WORDS}"),
    ),
    Fault(
        "notes longer than the talk",
        "warning time a.md:7: the notes take about 2:",
        edit=("::: notes\n", f"::: notes\n{WORDS} {WORDS[:250]}\n"),
    ),
    Fault(
        "an edition behind",
        "warning editions a.de.md:7: 1 slides here, but 2 in",
        more={"slides/a.de.md": GERMAN.partition("\n---\n\n# Second")[0].replace("#second", "#first")},
    ),
    Fault(
        "an edition without a value",
        "warning editions a.de.md:7: values here: none; at slides/a.md:7: b",
        edit=("`code`", "{eval}`a.py: b`"),
        more={"slides/a.de.md": GERMAN},
    ),
    Fault(
        "an edition that shows something else",
        "warning editions a.de.md:22: code a.py lines 1-2; at slides/a.md:22: code a.py lines 1-2, figure a.py",
        more={"slides/a.de.md": re.sub(r"```{figure}.*?```", "", GERMAN, flags=re.DOTALL)},
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_fault_is_found_named_and_placed(fault: Fault, deck: DeckTest, faces: Faces) -> None:
    found_alone(fault, deck, faces)


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (65.4, "1:05"), (3600, "60:00")])
def test_a_time_is_written_as_speakers_do(seconds: float, text: str) -> None:
    assert rehearsal.minutes(seconds) == text


def test_notes_take_as_long_as_their_language_takes_to_say() -> None:
    notes = "# One {seconds=90}\n\n::: notes\n" + "word " * rehearsal.WORDS + "\n:::\n\n---\n\n# Two {.appendix}\n"
    english, _ = deck_of(notes)
    japanese, _ = deck_of("---\nlang: ja\n---\n" + notes.replace("word ", "あ" * 5))
    assert rehearsal.spoken(english.slides[0], "en") == pytest.approx(60)
    assert rehearsal.spoken(japanese.slides[0], "ja") == pytest.approx(60 * 5 * rehearsal.WORDS / rehearsal.CHARACTERS)
    planned, said = rehearsal.times(english)
    assert (planned, round(said)) == (90, 60)
