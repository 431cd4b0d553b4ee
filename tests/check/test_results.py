"""Rounding edges, unseeded draws, empty outputs, waivers: deck and results in, findings out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.check.test_typed_numbers import RUN, VALUES, gave, kind, read
from verideck.check.registry import waive
from verideck.check.results import (
    drawing_notes,
    empty_outputs,
    outside_inputs,
    rounding_edges,
    stills,
    typed_numbers,
    unseeded_draws,
    unshown,
    unstable,
)
from verideck.core.deck_model import SnippetUse
from verideck.core.run_model import Figure, Result
from verideck.typeset.figure_facts import ANIMATED


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


def test_a_file_outside_the_project_is_told_unless_the_script_declares_it() -> None:
    slide, _ = read("")
    inputs = (("../data/a.csv", "00"), ("../data/b.csv", ""), ("/data/", "00"), ("snippets/b.py", "00"))
    fresh = {run: replace(result, inputs=inputs) for run, result in gave({}).items()}
    (run,) = fresh
    found = list(outside_inputs(slide, fresh, {}))
    assert [finding.message.partition(",")[0] for finding in found] == [
        "a.py reads '../data/a.csv'", "a.py reads '/data'",
    ]  # fmt: skip
    assert found[0].hint == "move it into the project, or write `# inputs: ../data/a.csv` in the script"
    assert (str(found[0].at), kind(found[0])) == ("snippets/a.py", "warning outside-input")
    assert list(outside_inputs(slide, fresh, {run: ("../data/", "/data")})) == []


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
    once, twice = gave({"w": 1}, "a\n"), gave({"w": 1}, "b\n")
    assert list(unstable(read("")[0], once, twice, 1e-6)) == []
    slide, _ = read("```{output} a.py\n```")
    (finding,) = unstable(slide, once, twice, 1e-6)
    assert (str(finding.at), kind(finding)) == ("slides/a.md:3:1", "error unstable")
    assert "a.py: stdout changes from run to run: a → b" in finding.message


def test_what_changes_within_the_tolerance_is_unstable_where_it_is_shown_otherwise() -> None:
    slide, _ = read("```{output} a.py\n```")
    once, twice = gave({"w": 1.0}, "1795830202.490127\n"), gave({"w": 1.0}, "1795830204.468763\n")
    (finding,) = unstable(slide, once, twice, 1e-6)
    assert (str(finding.at), kind(finding)) == ("slides/a.md:5:13", "error unstable")
    assert "a.py: line 1 of the output changes from run to run: 1795830202.490127 → 1795830204" in finding.message


def test_an_output_without_what_went_to_the_other_stream_says_how_to_show_that() -> None:
    slide, results = read("```{output} a.py\n```")[0], gave({}, "")
    logged = {run: replace(result, stderr="slow\n") for run, result in results.items()}
    (finding,) = empty_outputs(slide, logged)
    assert finding.message.endswith("a.py prints nothing to its standard output")
    assert finding.hint == "write `:stream: err`"


@pytest.mark.parametrize(("stdout", "found"), [(" \n", ["slides/a.md:5:13"]), ("a\n", [])])
def test_an_output_that_holds_nothing_is_told(stdout: str, found: list[str]) -> None:
    slide, _ = read("```{output} a.py\n```")
    said = list(empty_outputs(slide, gave({}, stdout)))
    assert [str(finding.at) for finding in said] == found
    assert {kind(finding) for finding in said} <= {"warning empty-output"}


@pytest.mark.parametrize(("select", "told"), [("", True), ("@*", False), ("@1", False)])
def test_a_figure_that_shows_one_frame_of_an_animation_says_so(select: str, told: bool) -> None:
    slide, _ = read(f"```{{figure}} a.py{select}\n:alt: a\n```")
    remark = f"<metadata><description>{ANIMATED}</description></metadata>"
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{remark}</svg>'
    frames = {run: replace(result, figures=(Figure("", svg),) * 3) for run, result in gave({}).items()}
    found = list(stills(slide, frames))
    assert [one.message for one in found] == [
        "of the 3 frames of an animation that a.py draws, this shows the first alone"
    ] * told
    assert {kind(one) for one in found} <= {"warning still"}
    assert list(drawing_notes(frames)) == []


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
        ("typed-numbers: a: b; unseeded: c", ["warning unused-allow allow waives 'unseeded'"], ["a: b", "c"]),
        ("typed-numbers", ["error typed-numbers 0.84", "error allow allow gives no reason"], []),
        ("typed-number: x", ["error typed-numbers 0.84", "error allow unknown rule 'typed-number' in allow"], []),
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
