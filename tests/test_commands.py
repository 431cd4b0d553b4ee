"""The commands as stories: what runs, what is written, what is said."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.harness import DeckTest
from tests.projects import two_snippets
from verideck import commands
from verideck.core import progress

pytestmark = pytest.mark.slow

DRAWS = """\
import matplotlib.pyplot as plt
import numpy as np

plt.plot(np.arange(4))
plt.show()
plt.figure("named")
plt.plot([1, 0])
plt.show()
"""


BOTH = "# One\n\n```{figure} draws.py\n:alt: up\n```\n\n```{figure} draws.py@named\n:alt: down\n```\n"


@pytest.fixture
def talk(deck: DeckTest) -> DeckTest:
    """Return a project with a deck and two snippets."""
    return two_snippets(deck)


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory, fonts: Path) -> dict[str, DeckTest]:
    """Return the project as built, as recorded, and one with recorded drawings."""
    folder = tmp_path_factory.mktemp("once")
    built = two_snippets(DeckTest(folder / "built", fonts)).build().ran("sums.py", "words.py").wrote("dist/talk.html")
    recorded = two_snippets(DeckTest(folder / "recorded", fonts)).run("figures").fine()
    drawn = DeckTest(folder / "drawn", fonts).write("slides/a.md", BOTH).write("snippets/draws.py", DRAWS)
    drawn.run("figures").fine().ran("draws.py")
    drawn.wrote("figures/results.json", "figures/draws-1.svg", "figures/draws-named.svg")
    return {"built": built, "recorded": recorded, "drawn": drawn}


@pytest.fixture
def built(once: dict[str, DeckTest], tmp_path: Path) -> DeckTest:
    """Return the project of `talk` after `build`."""
    return once["built"].copy(tmp_path / "built")


@pytest.fixture
def recorded(once: dict[str, DeckTest], tmp_path: Path) -> DeckTest:
    """Return the project of `talk` after `figures`."""
    return once["recorded"].copy(tmp_path / "recorded")


@pytest.fixture
def drawn(once: dict[str, DeckTest], tmp_path: Path) -> DeckTest:
    """Return a project with two drawings after `figures`."""
    return once["drawn"].copy(tmp_path / "drawn")


def test_nothing_changed_runs_nothing_and_writes_nothing(talk: DeckTest) -> None:
    talk.build().ran("sums.py", "words.py").wrote("dist/talk.html")
    talk.build().ran().wrote().says("2 stored results are valid", "dist/ is up to date")


def test_prose_is_edited_without_running_anything(built: DeckTest) -> None:
    built.edit("slides/talk.md", "The sum", "What is added").build().ran().wrote("dist/talk.html")
    assert "What is added" in built.read("dist/talk.html")


def test_an_edited_snippet_runs_alone(built: DeckTest) -> None:
    built.edit("snippets/words.py", "words", "other").build().ran("words.py").wrote("dist/talk.html")
    assert "other" in built.read("dist/talk.html")


def test_an_edited_helper_runs_those_that_import_it(built: DeckTest) -> None:
    built.edit("snippets/helper.py", "2 *", "3 *").build().ran("sums.py")
    assert "3.5" in built.read("dist/talk.html")


def test_an_edit_taken_back_runs_nothing(built: DeckTest) -> None:
    built.edit("snippets/words.py", "words", "other").build()
    built.edit("snippets/words.py", "other", "words").build().ran().wrote("dist/talk.html")


def test_another_expression_runs_its_snippet(built: DeckTest) -> None:
    built.edit("slides/talk.md", "sums.py: total`", "sums.py: start`").build().ran("sums.py")


def test_one_script_with_other_parameters_is_another_run(talk: DeckTest) -> None:
    talk.edit("slides/talk.md", "```{snippet} sums.py\n", "```{snippet} sums.py\n:set: start=4\n")
    talk.build().ran("sums.py", "sums.py (start=4)", "words.py")


def test_why_says_what_changed(talk: DeckTest) -> None:
    talk.run("why", "sums.py").fine().says("sums.py: no result is stored, it will run")
    talk.build().run("why", "sums.py").fine().says("the stored result is valid")
    talk.edit("snippets/helper.py", "2 *", "3 *").run("why", "sums").fine().says("will run again", "helper.py")
    talk.run("why", "sum.py").fails(2, "no deck runs 'sum.py'", "did you mean 'sums.py'?")


def test_build_never_writes_the_record_and_says_where_it_differs(talk: DeckTest) -> None:
    talk.build().says("2 results differ from figures/", "python build.py figures")
    assert not (talk.root / "figures").exists()
    talk.run("figures").fine().build().wrote()
    assert "differ" not in talk.out


def test_figures_writes_the_record_and_it_is_the_same_twice(drawn: DeckTest) -> None:
    drawn.run("figures").fine().ran("draws.py").wrote().says("figures/ already has these results")
    drawn.run("verify").fine().says("fine: 1 result as recorded")


def test_figures_that_are_drawn_no_more_leave_the_record_and_others_stay(drawn: DeckTest) -> None:
    deck = drawn.write("slides/a.md", "# One\n\n```{figure} draws.py\n:alt: up\n```\n")
    deck.write("figures/mine.svg", "<svg/>")
    deck.edit("snippets/draws.py", 'plt.figure("named")\nplt.plot([1, 0])\nplt.show()\n', "").run("figures").fine()
    deck.says("removed figures/draws-1.svg", "removed figures/draws-named.svg")
    deck.wrote("figures/results.json", "figures/draws-1.svg", "figures/draws-named.svg", "figures/draws.svg")
    deck.write("slides/a.md", "# One").run("figures").fine().wrote("figures/results.json", "figures/draws.svg")
    assert "figures/mine.svg" in deck.outputs()


def test_figures_of_one_snippet_leaves_the_others_as_recorded(recorded: DeckTest) -> None:
    recorded.edit("snippets/words.py", "words", "other").edit("snippets/sums.py", "0.5", "1.5")
    recorded.run("figures", "words.py").fine().ran("words.py").wrote("figures/results.json")
    recorded.run("verify")
    assert recorded.code == 1
    recorded.says("sums.py: stdout: 2.5 → 3.5")
    assert "words.py" not in recorded.out


def test_a_record_is_one_line_of_text_a_value(recorded: DeckTest) -> None:
    record = recorded.read("figures/results.json")
    assert '"total": 2.5' in record
    assert str(recorded.root) not in record
    assert "snippets/helper/__init__.py" not in record


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("print(total)", 'print("all")', "sums.py: stdout: 2.5 → all"),
        ("+ 0.5", "+ 0.75", "sums.py: value total: 2.5 → 2.75"),
        ("print(total)", "print(total)\nprint(1)", "sums.py: stdout: nothing → 1"),
    ],
)
def test_verify_names_slide_snippet_before_and_after(recorded: DeckTest, before: str, after: str, said: str) -> None:
    recorded.run("verify").fine().wrote()
    recorded.edit("snippets/sums.py", before, after).run("verify").wrote()
    assert recorded.code == 1
    recorded.says("slides/talk.md:5: slide 1 First", "slides/talk.md:14: slide 2 Second", said)
    assert "words.py" not in recorded.out
    recorded.run("verify", "--update").fine().wrote("figures/results.json").run("verify").fine()


def test_verify_names_a_figure_that_differs(drawn: DeckTest) -> None:
    drawn.edit("snippets/draws.py", "[1, 0]", "[1, 2]").run("verify").wrote()
    assert drawn.code == 1
    drawn.says("slide 1 One", "draws.py: figure 2: named → named")


def test_verify_names_what_is_not_recorded(talk: DeckTest) -> None:
    talk.run("verify").wrote()
    assert talk.code == 1
    talk.says("words.py: record: nothing → not recorded yet", "2 results not as recorded")


def test_last_digits_are_no_difference_but_a_tolerance_is_kept(recorded: DeckTest) -> None:
    recorded.edit("snippets/sums.py", "print(total)", "").run("figures").fine()
    recorded.edit("snippets/sums.py", "+ 0.5", "+ 0.5000001").run("verify").fine()
    recorded.edit("slides/talk.md", "title: A talk", "title: A talk\ntolerance: 1e-9").run("verify")
    assert recorded.code == 1


def test_recorded_runs_nothing_and_names_what_is_stale(recorded: DeckTest) -> None:
    recorded.build("--recorded").ran().wrote("dist/talk.html")
    assert "stale" not in recorded.out
    assert not (recorded.root / ".cache/results").exists()
    recorded.edit("snippets/words.py", "words", "other").build("--recorded").ran().says(
        "words.py is stale: snippets/words.py was"
    )
    runs = json.loads(recorded.read("dist/talk.json"))["runs"]
    assert {name: run.get("stale") for name, run in runs.items()} == {"sums.py": None, "words.py": "snippets/words.py"}
    assert "words" in recorded.read("dist/talk.html")
    recorded.edit("snippets/helper.py", "2 *", "3 *").build("--recorded").says(
        "sums.py is stale: snippets/helper.py was"
    )


def test_a_page_is_the_same_from_the_record_and_from_runs(built: DeckTest) -> None:
    built.run("figures").fine().build("--recorded").wrote().says("dist/ is up to date")


def test_recorded_without_a_record_is_an_error_at_the_slide(talk: DeckTest) -> None:
    talk.run("build", "--html", "--recorded").fails(
        3, "slides/talk.md:7", "sums.py has no recorded result", "build.py figures"
    )


def test_a_deck_that_is_gone_takes_its_outputs_along_and_nothing_else(talk: DeckTest) -> None:
    talk.write("slides/other.md", "# Other").write("dist/notes.html", "mine").write("dist/other.txt", "mine")
    talk.build().wrote("dist/talk.html", "dist/other.html")
    (talk.root / "slides/other.md").unlink()
    talk.build().wrote("dist/other.html").says("removed dist/other.html")


def test_one_deck_is_built_by_name_and_the_others_stay(talk: DeckTest) -> None:
    talk.write("slides/other.md", "# Other").build()
    talk.edit("slides/talk.md", "First", "1st").write("slides/other.md", "# Another")
    talk.build("other").wrote("dist/other.html").build("slides/talk.md").wrote("dist/talk.html")


def test_the_same_inputs_give_the_same_bytes(talk: DeckTest) -> None:
    first = talk.build().outputs()
    (talk.root / "dist/talk.html").unlink()
    shutil.rmtree(talk.root / ".cache/outputs")
    assert talk.build().outputs() == first


def test_an_altered_output_is_made_again(built: DeckTest) -> None:
    built.write("dist/talk.html", "altered").build().ran().wrote("dist/talk.html")


def test_all_decks_and_all_their_errors_are_reported(built: DeckTest) -> None:
    built.write("slides/a.md", "# A\n\n{eval}`sum.py: x`\n\n::: colums\n:::").write("slides/b.md", "text")
    built.run("build", "a", "b").fails(
        3, "slides/a.md:3:1", "slides/a.md:5:1", "slides/b.md:1: this slide has no heading", "3 errors"
    )


def test_progress_is_plain_lines_where_there_is_no_terminal(built: DeckTest) -> None:
    assert "[2/2] ran " in built.err
    assert "making dist/talk.html" in built.err
    assert "\x1b" not in built.err + built.out


def test_decks_that_share_a_snippet_do_not_take_its_values_from_each_other(talk: DeckTest) -> None:
    talk.write("slides/other.md", "---\ntimeout: 90s\n---\n\n# Other\n\n{eval}`sums.py: start`\n")
    talk.run("figures").fine().run("verify", "talk").fine().run("verify", "talk", "--update").fine().wrote()
    talk.run("figures", "sums.py").fine().wrote()
    talk.write("slides/alone.md", "# Alone\n\n{eval}`alone.py: x`\n").write("snippets/alone.py", "x = 1\n")
    talk.run("figures").fine().edit("snippets/sums.py", "print(total)", "print(7)").edit("snippets/alone.py", "1", "2")
    talk.run("verify", "alone", "--update").fine().run("verify", "alone").fine().run("verify")
    assert talk.code == 1  # the results of other decks were not accepted
    talk.run("figures").fine()
    talk.build("talk").build("other").ran().run("why", "sums").fine().says("the stored result is valid")
    talk.write("slides/broken.md", "no heading").build("talk").ran()


def test_code_in_a_slide_stays_recorded_when_prose_is_written_above_it(deck: DeckTest) -> None:
    deck.write("slides/a.md", "# One\n\n```{python}\nx = 1\n```\n").run("figures").fine()
    deck.edit("slides/a.md", "# One", "# One\n\nProse.").build("--recorded").run("verify").fine()
    deck.run("figures").fine().wrote()
    deck.edit("slides/a.md", "x = 1", "x = 2").run("build", "--html", "--recorded").fails(
        3, "slides/a.md:5:4", "slides/a.md:5 has no recorded result", "build.py figures"
    )


def test_code_that_is_shown_and_was_never_recorded_is_an_error_at_the_slide(deck: DeckTest) -> None:
    deck.write("slides/a.md", "# One\n\n```{snippet} a.py\n```\n").write("snippets/a.py", "x = 1\n")
    deck.run("build", "--html", "--recorded").fails(3, "slides/a.md:3:", "a.py has no recorded result")


def test_a_report_tells_a_program_what_was_done(talk: DeckTest) -> None:
    told: list[str] = []
    report = commands.build(commands.Options(talk.root, pdf=False), lambda what, *_: told.append(what))
    assert [deck.path for deck in report.decks] == ["slides/talk.md"]
    assert sorted(map(str, report.ran)) == ["sums.py", "words.py"]
    assert "dist/talk.html" in report.changes.written
    assert {"sums.py", "words.py"} <= set(told)
    found = commands.why(commands.Options(talk.root), "sums.py")
    assert list(found.values()) == [()]
    assert commands.build(commands.Options(talk.root, pdf=False), progress.silent).ran == ()


@pytest.fixture
def drafts(talk: DeckTest) -> DeckTest:
    """Return a project with a good deck, one that cannot be read, one whose snippet fails, and one without a theme."""
    talk.write("slides/broken.md", "# One\n\n{eval}`none.py: x`\n").write("snippets/fails.py", "1 / 0\n")
    talk.write("slides/failing.md", "# One\n\n{eval}`sums.py: total`\n\n```{output} fails.py\n```\n")
    return talk.write("slides/themed.md", "---\ntitle: T\ntheme: none\n---\n\n# One\n")


def test_a_draft_stops_no_other_deck(drafts: DeckTest) -> None:
    drafts.run("build", "--html")
    assert (drafts.code, sorted(file for file in drafts.outputs() if file.endswith("html"))) == (3, ["dist/talk.html"])
    for said in ("slides/broken.md:3:1: no snippet 'none.py'", "fails.py failed", "no theme 'none'", "3 errors"):
        assert said in drafts.err
    assert ", -" not in drafts.out  # no negative number of stored results
    drafts.run("figures")
    assert drafts.code == 3
    drafts.wrote("figures/results.json").run("verify", "--json")
    found = json.loads(drafts.out)
    assert (drafts.code, found["fine"], found["differences"], len(found["errors"])) == (3, False, [], 3)
    drafts.run("build", "--html", "--recorded")
    assert drafts.code == 3
    assert "Traceback" not in drafts.err


def test_a_command_for_one_deck_or_snippet_hears_of_no_other(drafts: DeckTest) -> None:
    drafts.build("talk").run("figures", "slides/talk.md").fine().ran("sums.py", "words.py")
    drafts.run("figures", "words.py").fine().ran("words.py")
    drafts.run("verify", "talk").fine().run("why", "words.py").fine()
    drafts.run("figures", "failing").fails(4, "fails.py failed")
    drafts.run("figures", "none.py").fails(3, "slides/broken.md:3:1: no snippet 'none.py'")


def test_a_deck_that_is_left_out_keeps_its_files_and_its_record(talk: DeckTest) -> None:
    code = "# Two\n\n{eval}`other.py: x`\n\n```{python}\nprint(1)\n```\n"
    talk.write("slides/other.md", code).write("snippets/other.py", "x = 1\n").run("figures").fine().build()
    before = talk.outputs()
    talk.edit("slides/other.md", "other.py", "gone.py").edit("snippets/words.py", "words", "more").run(
        "build", "--html"
    )
    assert talk.code == 3
    talk.wrote("dist/talk.html").run("figures")
    assert talk.code == 3
    after = json.loads(talk.read("figures/results.json"))["results"]
    assert {one["snippet"].partition("#")[0] for one in after} >= {"slides/other.md", "snippets/other.py"}
    assert talk.outputs()["dist/other.html"] == before["dist/other.html"]
    assert talk.outputs()["dist/index.html"] == before["dist/index.html"]


def test_figures_of_one_snippet_does_not_wait_for_the_others(talk: DeckTest) -> None:
    talk.run("figures", "words.py").fine().ran("words.py").wrote("figures/results.json")
    talk.edit("slides/talk.md", "sums.py: total`", "sums.py: total`, {eval}`words.py: none`")
    talk.run("figures", "words.py").fails(3, "'none' has no value in words.py")


def test_a_drawing_that_is_gone_stops_its_own_deck_alone(talk: DeckTest) -> None:
    talk.write("slides/drawn.md", "# One\n\n```{figure} draws.py\n:alt: up\n```\n").write("snippets/draws.py", DRAWS)
    talk.run("figures").fine()
    (talk.root / "figures/draws-1.svg").unlink()
    talk.run("verify", "talk").fine().build("talk")


STUDY = "```{snippet} study.py\n:frozen:\n```\n\n{eval}`study.py: x`\n"


def frozen(deck: DeckTest) -> DeckTest:
    deck.write("snippets/study.py", "import time\nx = time.time_ns()\n")
    return deck.write("slides/a.md", f"# One\n\n{STUDY}")


@pytest.mark.slow
def test_a_frozen_result_is_kept_until_it_is_thawed(deck: DeckTest) -> None:
    record = deck.root / "figures/results.json"
    frozen(deck).run("figures").fine()
    first = record.read_text()
    assert '"frozen"' in first
    deck.run("figures").fine()
    deck.run("build", "--html").fine()
    assert record.read_text() == first
    assert str(json.loads(first)["results"][0]["values"]["x"]) in (deck.root / "dist/a.html").read_text()
    assert json.loads((deck.root / "dist/a.json").read_text())["runs"]["study.py"]["frozen"] is True
    assert "figures --thaw study.py" in (deck.root / "dist/a.html").read_text()
    deck.run("verify").fine().says("study.py is frozen, not run again", "figures --thaw study.py")
    deck.run("figures", "--thaw", "study.py").fine()
    assert record.read_text() != first
