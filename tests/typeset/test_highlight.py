"""Code in colours: a line in, a line out, and the text as it was."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verideck.typeset.highlight import highlight


def test_tokens_carry_short_classes_and_are_escaped() -> None:
    assert highlight(["if a < '<b>':"], "python")[0].startswith('<span class="k">if</span> ')
    assert "<b>" not in highlight(["if a < '<b>':"], "python")[0]


def test_a_token_over_several_lines_is_closed_on_each() -> None:
    rows = highlight(['a = """one', "", 'two"""'], "python")
    assert [row.count("<span") - row.count("</span>") for row in rows] == [0, 0, 0]
    assert 'class="s2">one</span>' in rows[0]
    assert rows[1] == ""
    assert 'class="s2">two</span>' in rows[2]


def test_an_unknown_language_is_only_escaped() -> None:
    assert highlight(["a < b", ""], "no such") == ("a &lt; b", "")


@pytest.mark.parametrize("language", ["python", "pycon", "bash", "yaml", "text"])
@settings(deadline=None)
@given(lines=st.lists(st.text(st.characters(blacklist_characters="\n", blacklist_categories=["Cs"]))))
def test_highlighting_never_changes_the_text(language: str, lines: list[str]) -> None:
    rows = highlight(lines, language)
    sources = [re.sub(r'<span class="unseen" data-char="([^"]*)">[^<]*</span>', r"\1", row) for row in rows]
    assert [html.unescape(re.sub(r"</?span[^>]*>", "", source)) for source in sources] == lines
