"""`verify` as a story: what it says, as text, as JSON and as a page; what fails it and what only warns."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from tests.check.sums import DECK, SUMS
from tests.decks import deck_of
from tests.harness import DeckTest
from verideck.check import verdict
from verideck.core.run_model import Result, Results, RunId
from verideck.run import plan

PAGE = "dist/verify.html"


@pytest.fixture
def talk(deck: DeckTest) -> DeckTest:
    """Return a project with a record."""
    deck.write("slides/talk.md", DECK).write("snippets/sums.py", SUMS)
    return deck.run("figures").fine()


class Page(HTMLParser):
    """The tags and the text of a page; a tag that is not closed is an error."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.words = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words += data


def page(project: DeckTest) -> Page:
    text = project.read(PAGE)
    assert "default-src 'none'" in text
    assert not re.search(r"https?://(?!www\.w3\.org/)|<script|src=", text)
    return Page(text)


@pytest.mark.slow
def test_a_true_record_gives_a_calm_page(talk: DeckTest) -> None:
    talk.run("verify", "--strict", "--twice").fine().says("fine: 1 result as recorded in figures/")
    calm = page(talk)
    assert "The slides show what their code produces." in calm.words
    assert "del" not in calm.tags
    assert calm.words.count("as recorded") == 3  # two slides, the summary
    first = talk.read(PAGE)
    assert talk.run("verify").read(PAGE) == first


@pytest.mark.slow
def test_differences_stand_side_by_side(talk: DeckTest) -> None:
    talk.edit("snippets/sums.py", "2.5", "3.75").edit("snippets/sums.py", "0.25", "0.75").run("verify")
    assert talk.code == 1
    talk.says("sums.py: value total: 2.5 → 3.75 (relative", "side by side: dist/verify.html")
    found = page(talk)
    assert "2 slides do not show what their snippets produce." in found.words
    text = talk.read(PAGE)
    assert "<blockquote>The sum is <del>2.5</del> <ins>3.8</ins>,</blockquote>" in text
    assert "<blockquote>Say <del>2.50</del> <ins>3.75</ins>.</blockquote>" in text
    assert "<del>0.25</del> <ins>0.75</ins>" in text
    assert re.search(r'class="differs"><td><samp>2\.5</samp></td><td><samp>3\.75</samp>', text)
    assert "<td><samp>same</samp></td><td><samp>same</samp></td>" in text
    assert "says" not in text  # a line in which nothing changed


@pytest.mark.slow
def test_drawings_are_laid_over_each_other(deck: DeckTest) -> None:
    draws = "import matplotlib.pyplot as plt\n\nplt.plot([0, 1])\nplt.show()\n"
    deck.write("slides/a.md", "# One\n\n```{figure} draws.py\n:alt: up\n```\n").write("snippets/draws.py", draws)
    deck.run("figures").fine().edit("snippets/draws.py", "[0, 1]", "[0, 2]").run("verify")
    found = page(deck)
    assert found.tags.count("use") == 2 + deck.read(PAGE).count('<use href="#s0-0-1-before-') + deck.read(PAGE).count(
        '<use href="#s0-0-1-after-'
    )
    identifiers = re.findall(r' id="([^"]+)"', deck.read(PAGE))
    assert len(identifiers) == len(set(identifiers))
    references = set(re.findall(r'(?:href="|url\()#([^")]+)', deck.read(PAGE)))
    assert references <= set(identifiers)


@pytest.mark.slow
def test_what_only_warns_fails_where_it_is_asked_to(talk: DeckTest) -> None:
    talk.edit("snippets/sums.py", "total = 2.5", "import random\nrng = random.Random()\ntotal = 2.5")
    talk.run("verify").fine().says("snippets/sums.py:2: random.Random() without a seed", "1 result as recorded")
    talk.run("verify", "--strict")
    assert talk.code == 1
    talk.edit("slides/talk.md", "{#first}", '{#first allow="unseeded: never drawn from"}').run("figures").fine()
    talk.run("verify", "--strict")
    assert talk.code == 1  # the second slide shows it, too
    talk.edit("slides/talk.md", "# Second", '# Second {allow="unseeded: never drawn from"}')
    talk.run("verify", "--strict").fine().says("waived: slides/talk.md:5: unseeded (1): never drawn from")
    assert "never drawn from" in page(talk).words


@pytest.mark.slow
def test_a_typed_number_fails(talk: DeckTest) -> None:
    talk.edit("slides/talk.md", "Say", "Say 2.50 or").run("verify")
    assert talk.code == 1
    talk.says("error: slides/talk.md:11:5: 2.50 is typed, but sums.py computes it", "{eval}`sums.py: total:.2f`")
    found = page(talk)
    assert "2.50 is typed" in found.words
    assert "1 slide has an error." in found.words


@pytest.mark.slow
def test_twice_names_what_changes_from_run_to_run(talk: DeckTest) -> None:
    sets = 'line = "".join({"a", "b", "c", "d", "e", "f", "g", "h"})'
    talk.edit("snippets/sums.py", 'line = "one"', sets).run("figures").fine().run("verify").fine()
    talk.run("verify", "--twice")
    assert talk.code == 1
    talk.says("error: slides/talk.md:8:14: sums.py: value line changes from run to run")


STAGE = """\
# One {#one%s}

A [link](#two) and a word.
%s

```{output} sums.py
```
"""
TALL = "\n\nMore." * 30


@pytest.mark.slow
def test_what_goes_wrong_on_stage_fails_verify_and_is_told_by_build(talk: DeckTest) -> None:
    talk.write("slides/talk.md", STAGE % ("", TALL)).run("build").fine()
    told = [line for line in talk.out.split("\n") if line.startswith("warning: ")]
    assert [line.rpartition(" ")[2] for line in told] == ["(broken-link)", "(overflow)"]
    assert told[0] == "warning: slides/talk.md:3: no slide has the id 'two' (broken-link)"
    assert [line for line in talk.run("build").out.split("\n") if line.startswith("warning: ")] == told
    talk.says("dist/ is up to date").run("figures").run("verify", "--strict")
    assert talk.code == 1
    talk.says("error: slides/talk.md:3: no slide has the id 'two' (broken-link)", "2 errors")
    talk.says("!!  readable  1 × overflow", "ok  offline   loads nothing")
    talk.says("ok  fresh     results run again and as recorded: 1")


@pytest.mark.slow
def test_a_slide_is_excused_from_what_is_meant_so(talk: DeckTest) -> None:
    allow = ' allow="overflow: the last lines are for readers; broken-link: to come"'
    talk.write("slides/talk.md", STAGE % (allow, TALL)).run("build").fine()
    assert "warning: " not in talk.out
    talk.run("figures").run("verify", "--strict").fine().says("waived: slides/talk.md:1: overflow (1): the last lines")
    talk.edit("slides/talk.md", TALL, "").run("build").run("verify").fine().says("allow waives 'o")


@pytest.mark.slow
def test_json_is_for_programs(talk: DeckTest) -> None:
    talk.edit("snippets/sums.py", "2.5", "3.5").write("figures/old.svg", "<svg/>").run("verify", "--json")
    assert talk.code == 1
    told = json.loads(talk.out)
    assert (told["format"], told["fine"], told["runs"], told["versions"], told["excused"]) == (1, False, 1, [], [])
    first = {"deck": "slides/talk.md", "number": "1", "title": "First", "at": "slides/talk.md:5"}
    value = next(one for one in told["differences"] if one["what"] == "value total")
    assert (value["snippet"], value["parameters"], value["before"], value["after"]) == (
        "snippets/sums.py", {}, "2.5", "3.5"
    )  # fmt: skip
    assert value["slides"][0] == first
    (stray,) = told["findings"]
    assert (stray["code"], stray["rule"], stray["level"], stray["slide"]) == ("V904", "unshown", "warning", None)
    assert stray["at"] == {"path": "figures/old.svg", "line": 0, "column": 0}


@pytest.mark.slow
def test_a_deck_called_verify_is_told_apart_from_the_page(talk: DeckTest) -> None:
    talk.write("slides/verify.md", "# One").run("verify").fails(2, "the deck 'verify'", "rename the deck")


def test_a_difference_fails_and_is_told_on_each_slide_that_shows_it() -> None:
    deck, sources = deck_of("# One\n\n{eval}`a.py: w`\n\n---\n\n# Two\n\n```{output} a.py\n```\n")
    run = RunId("snippets/a.py")
    before, after = ({run: Result("1\n", values={"w": w})} for w in (0.5, 0.75))
    planned = plan([deck], sources)

    def judged(recorded: Results, fresh: Results) -> verdict.Verdict:
        return verdict.verify([deck], planned, recorded, fresh, sources, complete=False)

    found = judged(before, after)
    assert [[one.what for one in page.differences] for page in found.pages] == [["value w"], ["value w"]]
    assert len(found.differences) == 1
    assert (found.fails(), judged(after, after).fails()) == (True, False)


@pytest.mark.slow
def test_a_frozen_result_that_was_edited_or_whose_script_changed_is_an_error(deck: DeckTest) -> None:
    deck.write("snippets/study.py", "import time\nx = time.time_ns()\n")
    deck.write("slides/a.md", "# One\n\n```{snippet} study.py\n:frozen:\n```\n\n{eval}`study.py: x`\n")
    record = deck.root / "figures/results.json"
    deck.run("figures").fine()
    first = record.read_text()
    value = str(json.loads(first)["results"][0]["values"]["x"])
    record.write_text(first.replace(value, "12"))
    for _ in range(2):  # to record the others again does not hide it
        assert "error frozen study.py is frozen, and its result in the record was edited" in found(deck)
        deck.run("figures").fine()
    record.write_text(first)
    deck.edit("snippets/study.py", "time_ns()", "time_ns() // 2")
    assert "error frozen study.py is frozen, and snippets/study.py was changed after it was recorded" in found(deck)


def found(project: DeckTest) -> list[str]:
    project.run("verify", "--json")
    findings = json.loads(project.out)["findings"]
    return [f"{one['level']} {one['rule']} {one['message']}" for one in findings]
