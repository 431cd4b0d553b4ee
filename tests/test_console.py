"""What commands did, as text for a terminal and as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.decks import deck_of
from verideck import console
from verideck.check.checklist import Checklist, Line
from verideck.check.registry import Waiver
from verideck.check.verdict import Page, Verdict
from verideck.commands import Report
from verideck.core.deck_model import OutputUse
from verideck.core.errors import DeckError, DeckErrors
from verideck.core.run_model import Difference, Finding, Location, Run, RunId, Snippet
from verideck.publish import Changes

RUN = RunId("snippets/a.py", (("k", 2),))
AT = Location("slides/a.md", 3, 1)
DIFFERS = Difference(RUN, "value w", "0.5", "0.75", "relative 3.3e-01")
PALE = Finding("error", "contrast", 1, AT, "too pale", "darken it")
SMALL = Finding("warning", "small-text", 1, AT, "too small", "enlarge it")


def report(**parts: object) -> Report:
    return Report(**{"decks": (deck_of("# One\n")[0],), "planned": 2, **parts})  # type: ignore[arg-type]


def verdict(differences: tuple[Difference, ...] = (), findings: tuple[Finding, ...] = (), **parts: object) -> Verdict:
    deck = deck_of("# One {#one}\n")[0]
    waived = (Waiver("overflow", "it is meant so", AT, (PALE, SMALL)),)
    slide = replace(deck.slides[0], uses=(OutputUse(RUN, AT),))
    page = Page(deck, slide, differences, findings, waived)
    run = Run(RUN, Snippet("snippets/a.py", "", (), ()))
    checklists = (Checklist(deck, (Line("fresh", "all of it"), Line("print", "3 pages for 1 slide", False))),)
    fields = {"versions": (("numpy", "2.3", ""),), "checklists": checklists, **parts}
    return Verdict((page,), (run,), {}, {}, differences, **fields)  # type: ignore[arg-type]


def test_a_build_tells_what_ran_what_was_written_and_what_differs() -> None:
    changes = Changes(("dist/a.html",), ("dist/b.html",), ("dist/a.json",))
    text = console.built(
        report(ran=(RUN,), changes=changes, differences=(DIFFERS,), notes=("take care",), findings=(PALE,))
    )
    for line in ("wrote dist/a.html", "removed dist/b.html", "note: take care", "note: 1 result differs from figures/"):
        assert line in text
    assert text.endswith("warning: slides/a.md:3:1: too pale (contrast)")


def test_a_build_that_had_nothing_to_do_says_so() -> None:
    text = console.built(report(changes=Changes((), (), ("dist/a.html",))))
    assert text.split("\n") == ["ran nothing; 2 stored results are valid", "dist/ is up to date"]


def test_a_record_that_is_as_it_was_is_not_written() -> None:
    assert console.accepted(report(ran=(RUN,))).endswith("figures/ already has these results")
    changed = console.accepted(report(ran=(RUN,), changes=Changes(("figures/results.json",), (), ())))
    assert changed.endswith("wrote figures/results.json")


def test_verify_tells_differences_by_slide_then_findings_then_how_it_went() -> None:
    lines = console.verified(verdict((DIFFERS,), (PALE, SMALL)), lambda path, line: None).split("\n")
    assert lines[0] == "ran 1 snippet run, each in a new interpreter"
    assert lines[1] == "slides/a.md:1: slide 1 One"
    assert lines[2] == "  a.py (k=2): value w: 0.5 → 0.75 (relative 3.3e-01)"
    assert "waived: slides/a.md:3:1: overflow (2): it is meant so" in lines
    assert "note: recorded with numpy 2.3, now with none" in lines
    assert lines[-3].startswith("1 result not as recorded")
    assert lines[-2:] == ["1 error, 1 warning", "side by side: dist/verify.html"]


def test_verify_that_found_nothing_is_one_line_and_the_checklist_where_it_is_asked_for() -> None:
    assert (
        console.verified(verdict(), lambda path, line: None).split("\n")[-1] == "fine: 1 result as recorded in figures/"
    )
    strict = console.verified(verdict(), lambda path, line: None, strict=True)
    assert "  ok  fresh     all of it" in strict
    assert "  !!  print     3 pages for 1 slide" in strict


def test_json_says_the_same_to_programs() -> None:
    told = json.loads(console.verified_json(verdict((DIFFERS,), (PALE,)), strict=False))
    assert (told["fine"], told["runs"]) == (False, 1)
    (difference,) = told["differences"]
    assert (difference["snippet"], difference["parameters"], difference["after"]) == ("snippets/a.py", {"k": 2}, "0.75")
    assert difference["slides"] == [{"deck": "slides/a.md", "number": "1", "title": "One", "at": "slides/a.md:1"}]
    (finding,) = told["findings"]
    assert (finding["rule"], finding["at"]["line"]) == ("contrast", 3)
    assert told["excused"][0]["findings"] == 2
    assert told["versions"] == [{"package": "numpy", "recorded": "2.3", "ran": ""}]


@pytest.mark.parametrize("error", [DeckError("wrong", AT, "mend it"), DeckErrors([DeckError("wrong", AT, "mend it")])])
def test_json_tells_why_nothing_could_be_verified(error: DeckError | DeckErrors) -> None:
    told = json.loads(console.failed_json(error))
    assert told["fine"] is False
    assert told["errors"] == [
        {"at": {"path": "slides/a.md", "line": 3, "column": 1}, "message": "wrong", "hint": "mend it", "detail": ""}
    ]


def test_why_tells_each_reason() -> None:
    other = RunId("snippets/b.py")
    text = console.reasons({RUN: ("data.csv changed", "numpy is new"), other: (), RunId("snippets/c.py"): None})
    for line in (
        "a.py (k=2): will run again",
        "data.csv changed",
        "b.py: the stored result is valid",
        "c.py: no result is stored",
    ):
        assert line in text
