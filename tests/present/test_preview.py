"""A deck while it is presented: its slides, with what is wrong on each, and as they were before."""

from __future__ import annotations

import pytest

from tests.harness import DeckTest
from verideck.core.errors import DeckError
from verideck.core.run_model import Location
from verideck.present.preview import Preview, Snapshot, mark

DECK = "---\ntitle: A\n---\n\n# One {#one}\n\nfirst\n\n---\n\n# Two {#two}\n\nsecond\n"


@pytest.fixture
def project(deck: DeckTest) -> DeckTest:
    return deck.write("slides/a.md", DECK)


def shown(preview: Preview) -> Snapshot:
    preview.read()
    return preview.show()


def test_a_slide_that_is_edited_is_another_section_and_the_others_are_the_same(project: DeckTest) -> None:
    preview = Preview(project.root, "slides/a.md")
    before = shown(preview)
    project.edit("slides/a.md", "second", "edited")
    after = shown(preview)
    assert "<p>first</p>" in before.sections[0].html
    assert "<p>edited</p>" in after.sections[1].html
    assert [one.key == other.key for one, other in zip(before.sections, after.sections, strict=True)] == [True, False]
    assert (before.frame, after.status) == (after.frame, "")


def test_an_error_stands_on_its_slide_which_stays_as_it_was(project: DeckTest) -> None:
    preview = Preview(project.root, "slides/a.md")
    shown(preview)
    project.edit("slides/a.md", "second", "::: nosuch\n:::")
    first, second = shown(preview).sections
    assert "card" not in first.html
    assert "unknown block" in second.html
    assert "<p>second</p>" in second.html
    assert "stale: the slide as it was before" in second.html
    assert [str(error.at) for error in preview.errors] == ["slides/a.md:13:1"]


def test_a_deck_that_cannot_be_read_keeps_all_slides_and_says_so_on_the_first(project: DeckTest) -> None:
    preview = Preview(project.root, "slides/a.md")
    shown(preview)
    project.edit("slides/a.md", "title: A", "titel: A")
    after = shown(preview)
    assert len(after.sections) == 2
    assert "unknown key" in after.sections[0].html
    assert "slides/a.md:2:1" in after.status


def test_another_style_is_another_frame(project: DeckTest) -> None:
    preview = Preview(project.root, "slides/a.md")
    before = shown(preview)
    project.write("templates/present.css", project.read("templates/present.css") + "/* */")
    assert shown(preview).frame != before.frame


def test_the_whole_page_carries_its_setting(project: DeckTest) -> None:
    preview = Preview(project.root, "slides/a.md")
    preview.read()
    page = preview.whole('{"token": "x"}')
    assert 'const setting = {"token": "x"};' in page
    assert page.count("<section ") == 2


def test_a_run_that_is_not_known_yet_is_told(project: DeckTest) -> None:
    project.write("snippets/a.py", "x = 1\n").edit("slides/a.md", "second", "{eval}`a.py: x`")
    snapshot = shown(Preview(project.root, "slides/a.md"))
    assert snapshot.status == "running a.py (1 left)"
    assert "running a.py" in snapshot.sections[1].html
    assert (snapshot.sections[0].runs, snapshot.sections[1].runs) == ((), ("a.py",))


def test_errors_are_one_where_they_look_alike() -> None:
    one, other = (DeckError("wrong", Location("a.md", 1), hint) for hint in ("do this", "do that"))
    assert mark(one) == mark(other)
    assert mark(one) != mark(DeckError("wrong", Location("a.md", 2)))
