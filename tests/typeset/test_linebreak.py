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
