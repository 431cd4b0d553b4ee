"""Our rules of Markdown: what is a token, and what markdown-it would have accepted in silence."""

from __future__ import annotations

from typing import Any

import pytest

from verideck.core.errors import DeckError
from verideck.core.markdown_tokens import walk
from verideck.read.syntax import BLOCKS, HEADING_ATTRIBUTES, MAX_NESTING, create


def read(text: str, html: bool = False) -> tuple[list[Any], list[DeckError]]:
    errors: list[DeckError] = []
    env = {"path": "slides/a.md", "lines": text.split("\n"), "errors": errors, "html": html}
    return create().parse(text, env), errors


def tokens(text: str) -> list[Any]:
    found, errors = read(text)
    assert errors == []
    return found


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("{eval}`a: b`", [("eval", "a: b")]),
        ("{eval}``a: `b` ``", [("eval", "a: `b`")]),
        ("\\{eval}`a`", []),
        ("{eval} `a`", []),
        ("`{eval}`", []),
        ("{eval}`a`{eval}`b`", [("eval", "a"), ("eval", "b")]),
    ],
)
def test_a_role_is_a_name_in_braces_before_code(text: str, roles: list[tuple[str, str]]) -> None:
    assert [(one.info, one.content) for one in walk(tokens(text)) if one.type == "role"] == roles


def test_a_heading_takes_its_attributes_from_its_end() -> None:
    opening, inline, *_ = tokens('# A {b} title {#id .section seconds=60 eyebrow="of x"}')
    assert inline.content == "A {b} title"
    assert opening.attrs == {"id": "id", "class": "section", "seconds": "60", "eyebrow": "of x"}
    assert set(opening.attrs) <= set(HEADING_ATTRIBUTES)
    assert tokens("# A \\{b}")[0].attrs == {}


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        (r'''"{eval}`a.py: d[\"k\"]`"''', '{eval}`a.py: d["k"]`'),
        (r'''"say \"{x\" y"''', 'say "{x" y'),
        (r'''"$\alpha$"''', r"$\alpha$"),
    ],
)
def test_a_value_may_contain_quotes_behind_a_backslash(attribute: str, value: str) -> None:
    assert tokens(f"# A {{eyebrow={attribute}}}")[0].attrs == {"eyebrow": value}


@pytest.mark.parametrize(
    "text", [r"\$\$ and \$$", r"[b]\{.w}", "a[i]{j}", r"\{eval}`a", "`$$`, `{eval}`, `]{.w x='a'}`"]
)
def test_escaped_marks_are_text(text: str) -> None:
    assert tokens(text)


@pytest.mark.parametrize("name", BLOCKS)
def test_each_block_opens_and_closes(name: str) -> None:
    kinds = [(token.type, token.info) for token in tokens(f"::: {name}\ntext\n:::")]
    alert = name in ("tip", "important", "warning", "caution")
    assert (kinds[0], kinds[-1][0]) == (("block_open", "alert" if alert else name), "block_close")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# A {size=9}", "slides/a.md:1:5: unknown attribute 'size'"),
        ("# A {eyebrow='of x'}", "slides/a.md:1:5: cannot read the attributes {eyebrow='of x'}"),
        ("a [b]{.w title='x'}", "slides/a.md:1:1: cannot read the attributes {.w title='x'}"),
        ("![b](a.png){width='50%'} c", "slides/a.md:1:12: cannot read the attributes {width='50%'}"),
        ("`c`{.w lang='x'}", "slides/a.md:1:4: cannot read the attributes {.w lang='x'}"),
        ("a {eval}`b.py: x and", "slides/a.md:1:3: this `{eval}` is not closed"),
        ("::: note some words\n:::", "slides/a.md:1:1: cannot read '::: note some words'"),
        ("::: {.x} y\n:::", "slides/a.md:1:1: cannot read '::: {.x} y'"),
        ("::: {note}\n:icn: x\n:::", "slides/a.md:2:1: unknown option 'icn'"),
        ("> [!NOET]\n> a", "slides/a.md:1: unknown alert 'NOET'"),
        ("a [b]{style=x}", "slides/a.md:1:7: unknown attribute 'style'"),
        ("```python\nx = 1", "slides/a.md:1:4: this code fence is not closed"),
        ("a $$ b", "slides/a.md:1:1: `$$` is not closed"),
        ("<div>", "slides/a.md:1: raw HTML is not enabled: <div>"),
        ("a <b>", "slides/a.md:1:3: raw HTML is not enabled: <b>"),
        ("<!-- a", "slides/a.md:1: this comment is not closed"),
        ("<!-- a --> b", "slides/a.md:1: text follows a comment on the same line"),
        ("> " * MAX_NESTING + "a", f"slides/a.md:1: nested deeper than {MAX_NESTING - 2} levels"),
    ],
)
def test_what_would_be_accepted_in_silence_is_told(text: str, said: str) -> None:
    errors = read(text)[1]
    assert str(errors[0]).startswith(said)
    assert errors[0].hint


@pytest.mark.parametrize(
    "text", ["<!-- a -->", "text <!-- a --> text", "`$$`", "a < b", "under\n---", "https://x.org/a_b_c"]
)
def test_what_is_fine_is_not(text: str) -> None:
    assert read(text)[1] == []


def test_a_line_under_text_is_a_break_between_slides_and_no_heading() -> None:
    assert [token.type for token in tokens("under\n---")] == ["paragraph_open", "inline", "paragraph_close", "hr"]


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("#/one", "#one"),
        ("#/3", "#/3"),
        ("#3", "#slide-3"),
        ("b.html#3", "b.html#slide-3"),
        ("b.html#/one", "b.html#/one"),
        ("https://a.org/#3", "https://a.org/#3"),
    ],
)
def test_a_slide_is_linked_by_its_id(address: str, kept: str) -> None:
    (link,) = (token for token in walk(tokens(f"[a]({address})")) if token.type == "link_open")
    assert link.attrs["href"] == kept


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("| `a|b` | $|x|$ |", ["a|b", "|x|"]),
        (r"| `a\|b` | $P(A \| B)$ |", ["a|b", "P(A | B)"]),
        ("| ``a|`b`` | {eval}`a.py: x | y` |", ["a|`b", "a.py: x | y"]),
        ("| $5 | $6 |", ["$5", "$6"]),
        ("a | b", ["a", "b"]),
        ("| a |", ["a", ""]),
    ],
)
@pytest.mark.parametrize("before", ["", "> ", "  "])
def test_a_bar_in_code_or_a_formula_ends_no_cell(row: str, cells: list[str], before: str) -> None:
    text = "".join(f"{before}{line}\n" for line in ("| one | two |", "|---|---|", row))
    found = tokens(text if before != "  " else f"- item\n\n{text}")
    inlines = [token for token in found if token.type == "inline"]
    assert ["".join(child.content for child in one.children) for one in inlines][-2:] == cells


@pytest.mark.parametrize(
    "text", ["```\n`a|b` $|x|$\n```", "    `a|b`", "a\n\n$$\n|x| `|`\n$$", "[`a|b`](c)", "# `a|b` $|x|$"]
)
def test_bars_elsewhere_are_as_they_were(text: str) -> None:
    assert "".join(token.content for token in walk(tokens(text)) if token.type != "inline").count("|") == text.count(
        "|"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("| a | b |\n|---|---|\n| 1 | 2 | 3 |", ["3:11: this row has 3 cells, but the table has 2 columns"]),
        ("a | b\n---|---\n1 | 2 | 3", ["3:9: this row has 3 cells, but the table has 2 columns"]),
        ("> | a |\n> |---|\n> | 1 | 2 |", ["3:9: this row has 2 cells, but the table has 1 column"]),
        ("| a | b |\n|---|\n| 1 | 2 |", ["1:1: the head of this table has 2 columns, the line of hyphens below it 1"]),
        ("| a | b |\n|---|---|\n| 1 |", []),
        ("a | b\n\n---", []),
    ],
)
def test_no_cell_of_a_table_is_lost_in_silence(text: str, said: list[str]) -> None:
    assert [str(error) for error in read(text)[1]] == [f"slides/a.md:{one}" for one in said]


@pytest.mark.parametrize(
    ("text", "kind", "title"),
    [
        ("> [!NOTE]\n> text", "note", ""),
        ("> [!tip]\n>\n> text", "tip", ""),
        ("> [!IMPORTANT] Read *this*\n> text", "important", "Read *this*"),
        ("> [!danger]- Folded\n> text", "caution", "Folded"),
        ("::: warning\ntext\n:::", "warning", ""),
        ("::: {.callout-caution}\ntext\n:::", "caution", ""),
        (':::{.callout-note title="So" collapse="true"}\ntext\n:::', "note", "So"),
        ("::: {.tip} \ntext\n:::", "tip", ""),
        ("::::{note} A title\n:class: dropdown\ntext\n::::", "note", "A title"),
        (":::{admonition} A title\ntext\n:::", "note", "A title"),
        ("::: {.warning} :::\ntext\n:::", "warning", ""),
    ],
)
def test_alerts_of_five_kinds_as_four_tools_write_them(text: str, kind: str, title: str) -> None:
    opening, title_open, heading, _, _, inline, *_ = tokens(text)
    assert f"alert-{kind}" in opening.attrs["class"].split()
    assert (title_open.info, heading.content, inline.content) == (kind, title, "text")


@pytest.mark.parametrize(
    ("text", "name", "classes"),
    [
        ("::: {.columns}", "columns", None),
        ('::: {.column width="40%"}', "column", "narrow"),
        ('::: {.column .x width="70%"}', "column", "x wide"),
        ('::: {.column width="50%"}', "column", None),
        ("::: {.mine .yours}", "", "mine yours"),
        ("::: {.notes}", "notes", None),
        ("::: note", "note", None),
    ],
)
def test_blocks_as_pandoc_writes_them(text: str, name: str, classes: str | None) -> None:
    opening = tokens(f"{text}\ntext\n:::")[0]
    assert (opening.info, opening.attrs.get("class")) == (name, classes)


def test_other_markdown_that_many_tools_share() -> None:
    kinds = [(one.type, one.content) for one in walk(tokens("~~a~~\n\n. . .\n\n{{< include _b.md >}}\n\nc\n: d"))]
    assert [kind for kind in kinds if kind[0] in ("s_open", "pause", "include", "dt_open", "dd_open")] == [
        ("s_open", ""), ("pause", ""), ("include", "_b.md"), ("dt_open", ""), ("dd_open", "")
    ]  # fmt: skip
    assert [one.meta.get("checked") for one in tokens("- [ ] a\n- [x] b\n- c") if one.type == "list_item_open"] == [
        False, True, None
    ]  # fmt: skip
