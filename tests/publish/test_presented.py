"""What stands in dist/ is compared with what a build would write: by its key in the cache, or by its content."""

from __future__ import annotations

import shutil

import pytest

from tests.harness import DeckTest
from tests.projects import two_snippets
from verideck.core.project import Sources
from verideck.publish import deck_builds
from verideck.publish.presented import not_current
from verideck.read import parser
from verideck.run import plan, read_record
from verideck.typeset.fonts import Fonts

pytestmark = pytest.mark.slow


@pytest.fixture
def talk(deck: DeckTest) -> DeckTest:
    """Return a project that was recorded and built."""
    return two_snippets(deck).run("figures").fine().build("--with-notes")


def told(talk: DeckTest) -> list[str]:
    """Return the files in dist/ that are not what a build of the record writes."""
    sources = Sources(talk.root)
    decks = tuple(parser.parse(path, sources).deck for path in sources.decks())
    recorded = read_record(sources, plan(decks, sources).runs)
    builds = deck_builds(decks, recorded, sources, Fonts(talk.root))
    return [f"{one.state} {one.path}" for one in not_current([builds], complete=True)]


MADE = ("dist/talk.html", "dist/talk.presenting.html", "dist/talk.json", "dist/index.html")


@pytest.mark.parametrize("cache", [True, False], ids=["with the cache", "without the cache"])
def test_what_a_build_wrote_is_current_until_it_is_edited(talk: DeckTest, cache: bool) -> None:
    if not cache:
        shutil.rmtree(talk.root / ".cache/outputs")
    assert told(talk) == []
    for path in MADE:
        whole = talk.read(path)
        talk.write(path, whole + "\n")
        assert told(talk) == ([f"outdated {path}"] if path != "dist/talk.json" or cache else [])
        talk.write(path, whole.replace("2.5", "9.5") + " ")
        assert path == "dist/index.html" or told(talk) == [f"outdated {path}"]
        (talk.root / path).unlink()
        assert path == "dist/talk.html" or told(talk) == []
        talk.write(path, whole)


@pytest.mark.parametrize("cache", [True, False], ids=["with the cache", "without the cache"])
def test_files_of_a_deck_that_is_gone_are_left_over_and_other_files_are_not_ours(talk: DeckTest, cache: bool) -> None:
    talk.write("slides/more.md", "# More\n").build()
    (talk.root / "slides/more.md").unlink()
    if not cache:
        shutil.rmtree(talk.root / ".cache/outputs")
    talk.write("dist/site.html", "<p>mine").write("dist/data.json", "{}").write("dist/verify.html", "")
    assert told(talk) == ["left over dist/more.html", "left over dist/more.json"]


def test_what_was_built_from_another_deck_is_outdated_until_it_is_built_again(talk: DeckTest) -> None:
    talk.edit("slides/talk.md", "The sum is", "Sum:")
    assert told(talk)[:2] == [f"outdated {path}" for path in MADE[:2]]
    talk.build("--with-notes")
    assert told(talk) == []


def test_verify_fails_where_something_else_is_presented(talk: DeckTest) -> None:
    talk.run("verify").fine()
    talk.write("dist/talk.html", talk.read("dist/talk.html").replace("2.5", "9.5"))
    talk.run("verify").says(
        "error: dist/talk.html: this is not what a build of slides/talk.md writes now", "(outdated)"
    )
    assert talk.code == 1
    talk.build("--with-notes").run("verify").fine()


def test_a_pdf_is_known_by_its_note_in_the_cache_alone(talk: DeckTest) -> None:
    talk.run("build", "--steps").fine()
    assert told(talk) == []
    file = talk.root / "dist/talk.steps.pdf"
    whole = file.read_bytes()
    file.write_bytes(whole + b"%")
    assert told(talk) == ["outdated dist/talk.steps.pdf"]
    file.write_bytes(whole)
    shutil.rmtree(talk.root / ".cache/outputs")
    assert told(talk) == ["unknown dist/talk.pdf", "unknown dist/talk.steps.pdf"]


def test_verify_gives_its_verdict_where_its_page_cannot_be_written(talk: DeckTest) -> None:
    shutil.rmtree(talk.root / "dist")
    talk.write("dist", "a file in the way").run("verify").fine()
    talk.says("fine: 2 results as recorded in figures/", "note: cannot write 'dist/verify.html'")


def test_verify_gives_its_verdict_where_the_cache_is_a_file(talk: DeckTest) -> None:
    shutil.rmtree(talk.root / ".cache", ignore_errors=True)
    talk.write(".cache", "a file in the way").run("verify").fine().says("fine: 2 results as recorded in figures/")
