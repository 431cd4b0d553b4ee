"""Numbers that somebody typed and a snippet computes: found where they stand, with what to write."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from verideck.check.results import (
    typed_numbers,
)
from verideck.check.typed_numbers import Computed, Number, numbers, same
from verideck.core.deck_model import Slide
from verideck.core.project import Sources
from verideck.core.run_model import Finding, Location, Result, Results, RunId, Value
from verideck.read import parser

RUN = RunId("snippets/a.py")
VALUES: Mapping[str, Value] = {"w": 0.8352, "more": [{"n": 150}, -2.5, True], "share": 0.873, "big": 12345, "small": 12}
PRINTED = "E = 7.25\nn = 4321, 9.7.60, 2031-05-06 20:31:2031, a2031\n"


def read(text: str, heading: str = "# One") -> tuple[Slide, Sources]:
    texts = {"slides/a.md": f"{heading}\n\n{{eval}}`a.py: w`\n\n{text}\n", "snippets/a.py": "w = 1\n"}
    sources = Sources(Path("nowhere"), texts)
    return parser.parse("slides/a.md", sources).valid().slides[0], sources


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
        ("x.84, ..84", []),
        ("0,84 and 0,8352", ["5:1 {eval}`a.py: w:.2f`", "5:10 {eval}`a.py: w:.4f`"]),
        ("0,85, (0,84), [0,84], 0,8, 1,84", []),
        (
            "12\u2009345, 12\u202f345, 12\u00a0345, 12'345, 12’345",
            ["5:1 {eval}`a.py: big`", *["{eval}`a.py: big`"] * 4],
        ),
        ("1'2345, 12'34, don't 12 345", []),
        ("0.**84** and **0**.84", ["5:1 {eval}`a.py: w:.2f`", "5:16 {eval}`a.py: w:.2f`"]),
        ("0.~~8~~4", ["5:1 {eval}`a.py: w:.2f`"]),
        ("0.8*3*52 and [0]{.w}.84", ["5:1 {eval}`a.py: w:.4f`", "{eval}`a.py: w:.2f`"]),
        (
            "1.2万, １.２３万, 1万2345, 12億",
            ["5:1 {eval}`a.py: big / 10000:.1f`万", "{eval}`a.py: big / 10000:.2f`万", "{eval}`a.py: big`"],
        ),
        ("1万, 3万人, 2万5000", []),
        ("```text\nw = 0.84\n```", ["6:5 {eval}`a.py: w:.2f`"]),
        ("```\nE 7.25\n```", ["6:3 {eval}`a.py: NAME`"]),
        (
            "87 percent, 87.3\u202f%, 87％",
            ["5:1 {eval}`a.py: share:.0%`", "{eval}`a.py: share:.1%`", "{eval}`a.py: share:.0%`"],
        ),
        (
            "$87\\%$, $12\\,345$, $0{,}8352$",
            ["5:2 {eval}`a.py: share:.0%`", "{eval}`a.py: big:,`", "{eval}`a.py: w:.4f`"],
        ),
        ("1e" + "9" * 5000, []),
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


@pytest.mark.parametrize("lang", ["de", "fr-CH", "es", "en", "ja"])
def test_decimals_may_have_a_comma(lang: str) -> None:
    slide, sources = read("um 0,84 und 1,2,3")
    found = typed_numbers(slide, {}, gave(VALUES), sources.line, lang)
    assert [str(finding.at).partition(":")[2] for finding in found] == ["5:4"]


def test_a_number_that_was_true_once_is_told_apart() -> None:
    (finding,) = typed("it is 0.84", gave({"w": 1.7}))
    assert "when it was recorded, not now" in finding.message
    (finding,) = typed("it is 0.85")
    assert "0.85 is typed, but a.py computes 0.8352, nearly the same" in finding.message


def test_numbers_of_another_slides_snippets_are_no_concern() -> None:
    slide, sources = read("0.84")
    other = {RunId("snippets/b.py"): Result(values={"w": 0.84})}
    assert list(typed_numbers(slide, other, other, sources.line)) == []


def test_numbers_are_read_as_they_were_typed() -> None:
    slide, sources = read("it is 1,234 and 84 %, 1.2e-3, not 12 or v1.5.2")
    found = [(one.written, one.size, one.digits, one.power, one.percent) for one in numbers(slide, sources.line)]
    assert found == [("1,234", 1234, 0, "", False), ("84", 84, 0, "", True), ("1.2e-3", 0.0012, 4, "1e", False)]


def test_a_number_repeats_what_is_computed_now_before_what_was_recorded() -> None:
    typed_number = Number("0.84", 0.84, 2, "", False, Location("slides/a.md", 5, 1))
    now, before = (Computed(RUN, "w", 0.8352, recorded) for recorded in (False, True))
    match = same(typed_number, [before, now])
    assert match
    assert match.message == "0.84 is typed, but a.py computes it"
    assert same(typed_number, [Computed(RUN, "w", [0.5, {"a": True}], False)]) is None


@pytest.mark.parametrize(
    "text",
    [
        "in 2031 at 12:35, version 0.8.3, on 2031-05-06",
        "chapters 1,2,3 and (0,84), f(x)[0]",
        "12 345 67 and 1'23, don't, '84",
        "1万 years, 2万5000 people, 3億",
        "10.5281/zenodo.12345x, ISBN 978-3-16",
        "a 12-core machine, 3 of 4, 50 %, half",
        "```python\nw = 0.84\n```",
        "```yaml\nw: 0.84\n```",
        "[0.8.4](https://example.org/12345)",
        "π ≈ 3.14, e ≈ 2.72, 1,5 liters",
        "IPv4 10.0.0.150, port 8080",
        "0,1 und 0,9",
        "v150, no150, 150_",
        "$x_{12}$, $10^{6}$, $1/2$",
        "0.2 to 0.6",
        "20 percent of 30 percent",
        "1e9 rows, 1e-9",
        "150年に、2031年",
        "{eval}`a.py: w:.2f` and `f(0.84)`",
        "2,5 GHz; 1,25 m",
    ],
)
def test_what_no_script_computes_raises_no_alarm(text: str) -> None:
    assert typed(text) == []
