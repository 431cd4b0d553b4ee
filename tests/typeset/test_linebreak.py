"""Where lines may break."""

from __future__ import annotations

import pytest

from verideck.typeset import linebreak


@pytest.mark.parametrize(
    ("title", "held"),
    [
        ("Curves without fooling yourself", 'Curves without <span class="ph">fooling yourself</span>'),
        ("Two words", "Two words"),
        ("With <code>code at its</code>", "With <code>code at its</code>"),
        ("One of internationalisations", "One of internationalisations"),
    ],
)
def test_no_word_of_a_title_stands_alone_on_its_last_line(title: str, held: str) -> None:
    assert linebreak.keep_last_words(title) == held


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("short words stay as they are", "short words stay as they are"),
        ("a < b", "a &lt; b"),
        (
            "see https://example.org/a/long/path?x=1",
            "see https://<wbr>example.<wbr>org/<wbr>a/<wbr>long/<wbr>path?<wbr>x=<wbr>1",
        ),
        ("x" * 45, f"{'x' * 20}<wbr>{'x' * 20}<wbr>{'x' * 5}"),
        ("日本語" * 10, "日本語" * 10),
    ],
)
def test_a_long_word_may_break_where_browsers_and_print_do_alike(text: str, markup: str) -> None:
    assert linebreak.breakable(text) == markup
