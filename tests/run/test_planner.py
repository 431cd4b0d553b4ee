"""Decks to runs: each script with each set of parameters once, with all that is asked of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from verideck.core.errors import DeckError, UsageError
from verideck.core.project import Sources
from verideck.core.run_model import Plan, Run
from verideck.read import parser
from verideck.run.planner import plan, select_runs

MATTER = "---\ntimeout: {}s\nmemory: {} MiB\n---\n\n# One\n\n"


def runs(*texts: str, others: tuple[str, ...] = ()) -> tuple[Run, ...]:
    files = {f"slides/{number}.md": text for number, text in enumerate((*texts, *others))}
    sources = Sources(Path("nowhere"), {**files, "snippets/a.py": "x = 1\n", "snippets/b.py": "y = 1\n"})
    decks = [parser.parse(path, sources).valid() for path in files]
    return plan(decks[: len(texts)], sources, decks[len(texts) :]).runs


def test_a_run_gives_what_other_decks_ask_of_it_as_well() -> None:
    (run,) = runs("# One\n\n{eval}`a.py: x`", others=("# Two\n\n{eval}`a.py: 2 * x` {eval}`b.py: y`",))
    assert run.expressions == ("2 * x", "x")
    assert run.at.path == "slides/0.md"


def test_decks_that_share_a_run_give_it_the_most_that_one_allows() -> None:
    shown = "{eval}`a.py: x`"
    (run,) = runs(MATTER.format(5, 900) + shown, MATTER.format(70, 600) + shown)
    assert (run.timeout, run.memory) == (70, 900 << 20)


def test_one_run_cannot_raise_two_exceptions() -> None:
    text = "# One\n\n```{snippet} a.py\n:raises: ValueError\n```\n\n```{snippet} a.py\n```\n"
    assert runs(text)[0].raises == "ValueError"
    with pytest.raises(DeckError, match="raise KeyError here, but ValueError at slides") as caught:
        runs(text + "\n```{snippet} a.py\n:raises: KeyError\n```\n")
    assert caught.value.at
    assert caught.value.at.line == 10


def test_an_error_that_one_deck_expects_is_excused_in_no_other() -> None:
    expects = "# One\n\n```{snippet} a.py\n:raises: ValueError\n```\n\n```{output} a.py\n```\n"
    shows = "# Two\n\n```{output} a.py\n```\n"
    assert runs(expects, others=(shows,))[0].raises == "ValueError"
    assert runs(expects, expects)[0].raises == "ValueError"
    for decks, others in (((expects, shows), ()), ((shows,), (expects,))):
        with pytest.raises(DeckError, match=r"must raise ValueError at .*, but slides.* does not expect") as caught:
            runs(*decks, others=others)
        assert caught.value.at
        assert caught.value.at.line == 3
        assert ":raises: ValueError" in caught.value.hint


@pytest.mark.parametrize("name", ["0.md", "slides/0.md", "0.md:7", "slides/0.md:7"])
def test_code_in_a_slide_is_chosen_by_its_deck_or_its_line(name: str) -> None:
    everything = Plan(runs("# One\n\n{eval}`a.py: x`\n\n---\n# Two\n```{python}\nz = 1\n```\n"), 1e-6)
    assert [str(run.id) for run in select_runs(everything, [name]).runs] == ["slides/0.md:7"]
    assert [str(run.id) for run in select_runs(everything, ["a"]).runs] == ["a.py"]
    for wrong, said in (("1.md", "'1.md' contains no code that runs"), ("c", "no deck runs 'c'")):
        with pytest.raises(UsageError, match=said):
            select_runs(everything, [wrong])


def test_what_slides_show_of_what_a_script_prints_is_collected_over_decks() -> None:
    show = "# One\n\n```{{output}} a.py\n:stream: {}\n```\n"
    assert runs("# One\n\n{eval}`a.py: x`\n")[0].streams == ()
    assert runs("# One\n\n```{output} a.py\n```\n")[0].streams == ("out",)
    assert runs(show.format("err"), others=(show.format("both"),))[0].streams == ("both", "err")
