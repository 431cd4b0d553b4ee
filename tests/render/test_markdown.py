"""Tokens to HTML: what is ours beside plain Markdown. Whole slides: cases/html.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

import pytest
from markdown_it.token import Token

from verideck.core.run_model import Location
from verideck.read.markdown import parse_inline, parse_text
from verideck.read.split import split
from verideck.render.markdown import appearing, render, render_inline
from verideck.render.steps import Steps


class Plain:
    """A renderer that says what it was asked for."""

    breaks = False
    medium: Literal["screen", "print"] = "screen"

    def __init__(self, done: int | None = None) -> None:
        self.steps = Steps(done)

    roles: Mapping[str, str] = {"lam": "accent-2"}

    def use(self, use: Any, within: str = "") -> str:
        return f"<use {use} in '{within}'>"

    def use_text(self, use: Any) -> str:
        return str(use)

    def math(self, token: Token, tex: str) -> str:
        return f"<math {tex}>"

    words: Mapping[str, Any] = {"alerts": {"tip": "Tip"}}

    def box(self, checked: bool) -> str:
        return f"<box {checked}>"

    def listing(self, text: str, language: str, steps: Any) -> str:
        return f"<listing {language}: {text.strip()}>"

    def image(self, token: Token, alt: str, attributes: str) -> str:
        return f"<img {alt}{attributes}>"

    def footnote(self, number: int) -> str:
        return f"<{number}>"


class Japanese(Plain):
    """A renderer whose lines break between phrases."""

    breaks = True


def read(text: str) -> list[Any]:
    """Return the tokens of one slide; its blocks have their classes."""
    tokens, errors = parse_text("slides/a.md", text, html_allowed=True)
    (draft,) = split("slides/a.md", tokens)
    assert [*errors, *draft.errors] == []
    return draft.tokens


def shown(text: str, renderer: Plain | None = None, numbered: bool = False) -> str:
    return render(read(text), renderer or Plain(), numbered).strip()


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("a *b* & <i>c</i>", "<p>a <em>b</em> &amp; <i>c</i></p>"),
        ("$x$ and\n\n$$\ny\n$$", '<p><math x> and</p>\n<div class="equation"><math y></div>'),
        ("```python\nx = 1\n```", "<listing python: x = 1>"),
        ("    x = 1", "<listing : x = 1>"),
        ("![a *b*](p.png){width=40}", '<p><img a b width="40"></p>'),
        ("::: note\ntext\n:::", '<div class="note">\n<p>text</p>\n</div>'),
        ("text <!-- unseen -->", "<p>text </p>"),
        ("| a |\n|:-:|\n| b |", '<th scope="col" style="text-align:center">a</th>'),
        ("一\n二", "<p>一二</p>"),
        ("一\ntwo\nthree", "<p>一two three</p>"),
    ],
)
def test_what_stands_in_a_deck_becomes_html(text: str, html: str) -> None:
    assert html in shown(text)


def test_a_directive_knows_the_blocks_around_it() -> None:
    tokens = read(":::: columns\n::: column {.wide}\n```{output} a.py\n```\n:::\n::::\n")
    (fence,) = (token for token in tokens if token.type == "fence")
    fence.meta["use"] = "OUT"
    assert "<use OUT in 'columns wide column'>" in render(tokens, Plain())


def test_blocks_are_numbered_on_wish() -> None:
    assert shown("# A\n\nb\n\n- c", numbered=True).count("data-block=") == 4
    assert '<p data-block="3">b</p>' in shown("# A\n\nb", numbered=True)
    assert "data-block" not in shown("# A\n\nb")


def test_items_whose_step_is_to_come_say_so() -> None:
    tokens = read("- a\n- b\n")
    for token in tokens:
        if token.type == "list_item_open":
            token.attrSet("class", "fragment")
    assert render(tokens, Plain(done=1)).count('class="fragment later"') == 1


def test_a_caption_is_inline_and_phrases_are_kept_where_the_language_asks_for_it() -> None:
    tokens, _ = parse_inline("誤差を *小さく* します", Location("slides/a.md", 1, 1))
    assert render_inline(tokens, Plain()) == "誤差を <em>小さく</em> します"
    assert "<wbr>" in render_inline(tokens, Japanese())


@pytest.mark.parametrize(
    ("markup", "marked"),
    [
        ("<p>a</p>", '<p class="fragment" data-fragment-index="1">a</p>'),
        ('<p class="w">a</p>', '<p class="w fragment" data-fragment-index="1">a</p>'),
        ('<p id="a" class="fragment w">', '<p id="a" class="w fragment" data-fragment-index="1">'),
        ("\n<hr />", '\n<hr class="fragment" data-fragment-index="1" />'),
    ],
)
def test_what_appears_with_a_step_is_marked(markup: str, marked: str) -> None:
    assert appearing(markup, 2, Plain()) == marked
    assert appearing(markup, 0, Plain()) == markup
    assert (" later" in appearing(markup, 2, Plain(done=1)), " later" in appearing(markup, 2, Plain(done=2))) == (
        True,
        False,
    )


def test_every_element_of_class_fragment_is_a_step() -> None:
    renderer = Plain()
    text = "A [word]{.fragment}.\n\n{.fragment}\n| a |\n|---|\n\n::: incremental\n- b\n:::\n"
    tokens = read(text)
    for token in tokens:
        token.attrs = {**token.attrs, **({"class": "fragment"} if token.type == "list_item_open" else {})}
    found = re.findall(r'<(\w+)[^>]* data-fragment-index="(\d)"', render(tokens, renderer))
    assert (found, renderer.steps.count) == ([("span", "0"), ("table", "1"), ("li", "2")], 3)
    assert "data-fragment-index" not in render(tokens, renderer, stepped=False)


@pytest.mark.parametrize(
    ("text", "room"),
    [
        ("9. a", ""),
        ("9. a\n10. b", "1.86"),
        ("100. a", "2.42"),
        ("9. a\n\n   1. b\n   2. c\n", ""),
        ("1. a\n" * 10, "1.86"),
    ],
)
def test_a_list_has_room_for_its_longest_number(text: str, room: str) -> None:
    assert "".join(re.findall(r"padding-left:([\d.]+)em", shown(text))) == room
