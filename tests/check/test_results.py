"""Typed numbers, rounding edges, unseeded draws, waivers: deck and results in, findings out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.harness import ROOT
from verideck.check.registry import waive
from verideck.check.results import (
    empty_outputs,
    rounding_edges,
    typed_numbers,
    unseeded_draws,
    unshown,
    unstable,
)
from verideck.core.deck_model import Slide, SnippetUse
from verideck.core.project import Sources
from verideck.core.run_model import Finding, Result, Results, RunId, Value
from verideck.read import parser
from verideck.run import record

RUN = RunId("snippets/a.py")
VALUES: Mapping[str, Value] = {"w": 0.8352, "more": [{"n": 150}, -2.5, True], "share": 0.873, "big": 12345, "small": 12}

PRINTED = "E = 7.25\nn = 4321, 9.7.60, 2031-05-06 20:31:2031, a2031\n"


def read(text: str, heading: str = "# One") -> tuple[Slide, Sources]:
    texts = {"slides/a.md": f"{heading}\n\n{{eval}}`a.py: w`\n\n{text}\n", "snippets/a.py": "w = 1\n"}
    sources = Sources(Path("nowhere"), texts)
    return parser.parse("slides/a.md", sources).slides[0], sources


def kind(finding: Finding) -> str:
    return f"{finding.level} {finding.rule}"


def gave(values: Mapping[str, Value], stdout: str = "") -> Results:
    return {RUN: Result(values=dict(values), stdout=stdout)}


def typed(text: str, now: Results | None = None) -> list[Finding]:
    slide, sources = read(text)
    return list(typed_numbers(slide, gave(VALUES), now or gave(VALUES, PRINTED), sources.line))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("it is 0.84", ["5:7 {eval}`a.py: w:.2f`"]),
        ("傾きは0.84です", ["5:4 {eval}`a.py: w:.2f`"]),
        ("傾きは０.８４です", ["5:4 {eval}`a.py: w:.2f`"]),
        ("one\ntwo **0.84**\n0.8", ["6:7 {eval}`a.py: w:.2f`", "7:1 {eval}`a.py: w:.1f`"]),
        ("0.84 and 0.84", ["5:1 {eval}`a.py: w:.2f`", "5:10 {eval}`a.py: w:.2f`"]),
        ("$w = 0.835$", ["5:6 {eval}`a.py: w:.3f`"]),
        ("$$\nw = 0.835\n$$", ["6:5 {eval}`a.py: w:.3f`"]),
        ("x[^n]\n\n[^n]: 0.84", ["7:7 {eval}`a.py: w:.2f`"]),
        ("| a |\n|---|\n| 0.8 |", ["7:3 {eval}`a.py: w:.1f`"]),
        ("::: notes\n0.84\n:::", ["6:1 {eval}`a.py: w:.2f`"]),
        ("```{figure} a.py\n:alt: up to 0.84\n```", ["6:13 {eval}`a.py: w:.2f`"]),
        ("```{figure} a.py\n:alt: x\nas 0.84\n```", ["7:4 {eval}`a.py: w:.2f`"]),
        ("```{snippet} a.py\n:caption: it is 0.84\n```", ["6:17 {eval}`a.py: w:.2f`"]),
        ("about 150 and −2.5", ["5:7 {eval}`a.py: more[0]['n']`", "5:16 {eval}`a.py: more[1]:.1f`"]),
        ("12,345 of them", ["5:1 {eval}`a.py: big:,`"]),
        ("87 % or 87.3%", ["5:1 {eval}`a.py: share:.0%`", "5:9 {eval}`a.py: share:.1%`"]),
        ("an error of 7.25", ["5:13 {eval}`a.py: NAME`"]),
        ("4321 or 4,321 of them; 2031, 7.60", ["5:1 {eval}`a.py: NAME`", "5:9 {eval}`a.py: NAME`"]),
        ("last digit off: 0.83, 0.85, 151", ["{eval}`a.py: w:.2f`"] * 2 + ["{eval}`a.py: more[0]['n']`"]),
        ("nearly: 0.8390", ["5:9 {eval}`a.py: w:.4f`"]),
        ("0.91, 0.7, 12, 1, 13, 0.80, 155", []),
        ("`0.84` and {eval}`a.py: w:.2f`", ["5:2 {eval}`a.py: w:.2f`"]),
        ("`w=0.84`, `f(0.84)`", []),
        ("just .84", ["5:6 {eval}`a.py: w:.2f`"]),
        (
            "8.4e-1, 8e-01 and 1.2e4",
            ["5:1 {eval}`a.py: w:.1e`", "5:9 {eval}`a.py: w:.0e`", "5:19 {eval}`a.py: big:.1e`"],
        ),
        ("0,84 and x.84, ..84", []),
        ("150年, 2024-150, 1/150, v150, 1.150.2, 2024-12-15", []),
        ("[text](https://example.org/0.84)", []),
        ("```python\nw = 0.84\n```", []),
    ],
)
def test_a_typed_number_is_found_where_it_stands_with_what_to_write(text: str, found: list[str]) -> None:
    said = typed(text)
    assert len(said) == len(found)
    for finding, expected in zip(said, found, strict=True):
        place, _, remedy = expected.rpartition(" {eval}")
        assert f"{finding.at}: {finding.hint}".startswith(f"slides/a.md:{place}" if place else "slides/a.md:5:")
        assert remedy.removeprefix("{eval}") in finding.hint
        assert kind(finding) == "error typed-numbers"


def test_of_equal_values_the_one_with_the_shortest_expression_is_named_and_none_is_too_large() -> None:
    values: Mapping[str, Value] = {"rows": [{"w": 0.8352}], "w": 0.8352, "z['w']": 0.8352, "a": 10**400}
    (finding,) = typed("it is 0.84", gave(values))
    assert "{eval}`a.py: w:.2f`" in finding.hint


@pytest.mark.parametrize("path", Sources(ROOT).decks())
def test_our_own_decks_type_no_computed_number(path: str) -> None:
    sources = Sources(ROOT)
    results = record.read_record(sources)
    slides = parser.parse(path, sources).slides
    found = [one for slide in slides for one in typed_numbers(slide, results, results, sources.line)]
    assert [f"{one.at}: {one.message}" for one in found] == []


@pytest.mark.parametrize(("lang", "places"), [("de", ["5:4"]), ("fr-CH", ["5:4"]), ("en", []), ("ja", [])])
def test_decimals_have_a_comma_in_some_languages(lang: str, places: list[str]) -> None:
    slide, sources = read("um 0,84 und 1,2,3")
    found = typed_numbers(slide, {}, gave(VALUES), sources.line, lang)
    assert [str(finding.at).partition(":")[2] for finding in found] == places


def test_a_number_that_was_true_once_is_told_apart() -> None:
    (finding,) = typed("it is 0.84", gave({"w": 1.7}))
    assert "when it was recorded, not now" in finding.message
    (finding,) = typed("it is 0.85")
    assert "0.85 is typed, and a.py computes 0.8352: nearly the same" in finding.message


def test_numbers_of_another_slides_snippets_are_no_concern() -> None:
    slide, sources = read("0.84")
    other = {RunId("snippets/b.py"): Result(values={"w": 0.84})}
    assert list(typed_numbers(slide, other, other, sources.line)) == []


@pytest.mark.parametrize(
    ("after", "edges"), [(0.8350001, ["0.8349999 → 0.8350001", "0.83 → 0.84"]), (0.8349999, []), (0.836, [])]
)
def test_a_rounding_edge_changes_the_text_and_not_the_number(after: float, edges: list[str]) -> None:
    slide, _ = read("{eval}`a.py: w:.2f`")
    found = list(rounding_edges(slide, gave({"w": 0.8349999}), gave({"w": after}), 1e-6))
    assert [finding.message.partition(",")[0] for finding in found] == [f"a.py: w is shown as {edge}" for edge in edges]
    assert {kind(finding) for finding in found} <= {"warning rounding-edge"}


def test_a_printed_digit_that_changes_within_the_tolerance_is_told() -> None:
    slide, _ = read("```{output} a.py\n```")
    before, after = gave(VALUES, "a\nw = 0.83500001\n"), gave(VALUES, "a\nw = 0.83500002\n")
    (finding,) = rounding_edges(slide, before, after, 1e-6)
    assert "a.py: line 2 of the output is shown as w = 0.83500001 → w = 0.83500002" in finding.message
    assert list(rounding_edges(slide, before, before, 1e-6)) == []
    assert list(rounding_edges(slide, before, gave(VALUES, "w = 1\n"), 1e-6)) == []  # a difference, told as such


def test_a_rounding_edge_in_a_table_is_named_by_its_cell() -> None:
    slide, _ = read("```{table} a.py: rows\n:format: {w: .1f}\n```")
    before, after = (gave({"rows": [{"n": 1, "w": value}]}) for value in (0.25, 0.2500001))
    (finding,) = rounding_edges(slide, before, after, 1e-6)
    assert "a.py: rows, row 1, w is shown as 0.2 → 0.3" in finding.message


def test_unseeded_draws_are_found_in_the_script_and_in_what_it_imports() -> None:
    slide, _ = read("")
    texts = {"snippets/a.py": "import helper\nimport random\nrandom.random()\n"}
    texts["snippets/helper.py"] = "import numpy as np\nx = np.random.default_rng()\n"
    results = {RUN: Result(inputs=(("snippets/helper.py", "00"), ("snippets/gone.py", ""), ("data.csv", "11")))}
    found = list(unseeded_draws(slide, results, texts.__getitem__))
    assert [str(finding.at) for finding in found] == ["snippets/a.py:3", "snippets/helper.py:2"]
    assert {kind(finding) for finding in found} == {"warning unseeded"}


def test_a_script_seeds_for_the_modules_that_it_imports() -> None:
    slide, _ = read("")
    texts = {"snippets/a.py": "import helper\nimport random\nrandom.seed(1)\nhelper.draw()\n"}
    texts["snippets/helper.py"] = "import random\ndef draw(): return random.random()\n"
    results = {RUN: Result(inputs=(("snippets/helper.py", "00"),))}
    assert list(unseeded_draws(slide, results, texts.__getitem__)) == []
    texts["snippets/a.py"] = "import helper\nhelper.draw()\n"
    found = list(unseeded_draws(slide, results, texts.__getitem__))
    assert [str(finding.at) for finding in found] == ["snippets/helper.py:2"]


def test_unseeded_draws_of_code_in_a_slide_are_found_in_its_line() -> None:
    slide, _ = read("```{python}\nimport random\nrandom.random()\n```")
    results = {use.run: Result() for use in slide.uses if isinstance(use, SnippetUse)}
    (finding,) = unseeded_draws(slide, results, str)
    assert str(finding.at) == "slides/a.md:7"


def test_what_changes_from_run_to_run_is_named_at_the_slide() -> None:
    slide, _ = read("")
    (finding,) = unstable(slide, gave({"w": 1}, "a\n"), gave({"w": 1}, "b\n"), 1e-6)
    assert (str(finding.at), kind(finding)) == ("slides/a.md:3:1", "error unstable")
    assert "a.py: stdout changes from run to run: a → b" in finding.message


def test_what_changes_within_the_tolerance_is_unstable_where_it_is_shown_otherwise() -> None:
    slide, _ = read("```{output} a.py\n```")
    once, twice = gave({"w": 1.0}, "1795830202.490127\n"), gave({"w": 1.0}, "1795830204.468763\n")
    (finding,) = unstable(slide, once, twice, 1e-6)
    assert (str(finding.at), kind(finding)) == ("slides/a.md:5:13", "error unstable")
    assert "a.py: line 1 of the output changes from run to run: 1795830202.490127 → 1795830204" in finding.message


@pytest.mark.parametrize(("stdout", "found"), [(" \n", ["slides/a.md:5:13"]), ("a\n", [])])
def test_an_output_that_holds_nothing_is_told(stdout: str, found: list[str]) -> None:
    slide, _ = read("```{output} a.py\n```")
    said = list(empty_outputs(slide, gave({}, stdout)))
    assert [str(finding.at) for finding in said] == found
    assert {kind(finding) for finding in said} <= {"warning empty-output"}


def test_what_nobody_shows_is_named() -> None:
    found = list(unshown(gave({}), [], "figures/results.json", ["figures/old.svg"]))
    assert [(str(finding.at), kind(finding)) for finding in found] == [
        ("figures/results.json", "warning unshown"),
        ("figures/old.svg", "warning unshown"),
    ]
    assert "a.py" in found[0].message
    assert list(unshown(gave({}), [RUN], "figures/results.json", [])) == []


@pytest.mark.parametrize(
    ("allow", "left", "waived"),
    [
        ("typed-numbers: from the paper", [], ["from the paper"]),
        ("typed-numbers: a: b; unseeded: c", ["warning unused-allow nothing on this slide"], ["a: b", "c"]),
        ("typed-numbers", ["error typed-numbers 0.84", "error allow allow gives no reason"], []),
        ("typed-number: x", ["error typed-numbers 0.84", "error allow allow names no check 'typed-number'"], []),
        ("", ["error typed-numbers 0.84"], []),
    ],
)
def test_a_slide_is_excused_with_a_reason_alone(allow: str, left: list[str], waived: list[str]) -> None:
    slide, sources = read("it is 0.84", f'# One {{allow="{allow}"}}' if allow else "# One")
    found = typed_numbers(slide, gave({}), gave(VALUES), sources.line)
    findings, waivers = waive(slide, found)
    assert [waiver.reason for waiver in waivers] == waived
    assert len(findings) == len(left)
    assert all(f"{kind(f)} {f.message}".startswith(text) for f, text in zip(findings, left, strict=True))
