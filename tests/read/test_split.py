"""Where slides begin and end, and what of a slide is body, notes and footnotes."""

from __future__ import annotations

from typing import Any

import pytest

from verideck.read.markdown import parse_text
from verideck.read.split import Draft, parts, sort, split, title_index

PATH = "slides/a.md"


def drafts(text: str) -> list[Draft]:
    tokens, errors = parse_text(PATH, text)
    found = split(PATH, tokens)
    assert [*errors, *(error for draft in found for error in draft.errors)] == []
    return found


def wrong(text: str) -> list[str]:
    return [str(error) for draft in split(PATH, parse_text(PATH, text)[0]) for error in draft.errors]


def words(tokens: list[Any]) -> str:
    return " ".join(token.content for token in tokens if token.type == "inline")


@pytest.mark.parametrize(
    ("text", "slides"),
    [
        ("# One", [(1, "One")]),
        ("# One\n\n---\n\n# Two\n\ntext", [(1, "One"), (3, "Two text")]),
        ("# One\n\n***\n\n___\n\nmore", [(1, "One more")]),
        ("# One\n\n> a\n>\n> ---\n>\n> b", [(1, "One a b")]),
        ("- one\n\n  ---\n\n- two", [(1, "one two")]),
        ("```\n---\n```", [(1, "")]),
        ("# One\n\n---\n", [(1, "One"), (3, "")]),
        ("", []),
    ],
)
def test_a_line_of_hyphens_ends_a_slide_where_it_stands_alone(text: str, slides: list[tuple[int, str]]) -> None:
    assert [(draft.at.line, words(draft.tokens)) for draft in drafts(text)] == slides


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (":::", ["slides/a.md:1:1: this `:::` closes nothing"]),
        ("::: note", ["slides/a.md:1:1: '::: note' is not closed before the deck ends"]),
        ("::: note\n\n---\n\n# B", ["slides/a.md:1:1: '::: note' is not closed before the slide ends at line 3"]),
        ("::: colums\n:::", ["slides/a.md:1:1: unknown block 'colums'"]),
        ("::: column\n:::", ["slides/a.md:1:1: a column outside of `::: columns`"]),
        (":::: columns\n::: column\n:::\n::::", []),
        (":::: note\n:::", ["slides/a.md:2:1: ':::' does not close ':::: note' from line 1"]),
        ("::: notes {step=0}\n:::", ["slides/a.md:1:1: '0' is not a step"]),
    ],
)
def test_blocks_are_paired_within_their_slide(text: str, said: list[str]) -> None:
    found = wrong(text)
    assert len(found) == len(said)
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True))


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("# One", 0),
        ("text\n\n## Two", 3),
        ("> # quoted", None),
        ("- # listed", None),
        ("::: note\n# boxed\n:::", None),
        ("text", None),
    ],
)
def test_the_title_is_the_first_heading_outside_of_all_else(text: str, index: int | None) -> None:
    assert title_index(parse_text(PATH, text)[0]) == index


def test_notes_and_footnotes_leave_the_body() -> None:
    (draft,) = drafts("body[^n]\n\n::: notes\nsaid\n:::\n\nmore\n\n[^n]: below\n")
    sort(draft.tokens, draft)
    assert words(draft.tokens) == "body[^n] more"
    assert words(draft.notes) == "said"
    assert {name: words(tokens) for name, tokens in draft.footnotes.items()} == {"n": "below"}


def test_notes_of_a_step_keep_their_number_around_them() -> None:
    (draft,) = drafts("::: notes {step=2}\nsaid\n:::\n")
    sort(draft.tokens, draft)
    assert [token.type for token in (draft.notes[0], draft.notes[-1])] == ["block_open", "block_close"]
    assert draft.notes[0].attrs == {"data-step": "2"}


def test_items_come_one_by_one_in_an_incremental_block_alone() -> None:
    (draft,) = drafts("- a\n\n::: incremental\n- b\n  - c\n:::\n\n- d\n")
    sort(draft.tokens, draft)
    items = [token.attrs.get("class") for token in draft.tokens if token.type == "list_item_open"]
    assert items == [None, "fragment", "fragment", None]


def test_what_follows_a_footnote_in_the_notes_is_said_not_shown() -> None:
    (draft,) = drafts("# One\n\n::: notes\nsaid[^a]\n\n[^a]: below\n\nsaid too\n:::\n\nshown\n")
    sort(draft.tokens, draft)
    assert [words(draft.tokens), words(draft.notes), words(draft.footnotes["a"])] == [
        "One shown", "said[^a] said too", "below"
    ]  # fmt: skip


def test_two_footnotes_of_a_slide_have_two_labels() -> None:
    (draft,) = drafts("# One\n\na[^a]\n\n[^a]: below\n\n[^a]: again\n")
    sort(draft.tokens, draft)
    assert [str(error) for error in draft.errors] == ["slides/a.md:7:1: this slide has two footnotes 'a'"]


def test_notes_are_cut_where_a_part_with_a_step_begins_and_ends() -> None:
    (draft,) = drafts("# One\n\n::: notes\na\n:::\n\n::: notes {step=1}\nb\n:::\n")
    sort(draft.tokens, draft)
    assert [words(part) for part in parts(draft.notes)] == ["a", "b", ""]
    assert [len(part) for part in parts(draft.notes)] == [3, 4, 1]
