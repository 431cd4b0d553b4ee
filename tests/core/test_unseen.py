"""Unseen characters are seen in code and outputs; what emoji and prose need stays."""

from __future__ import annotations

import pytest

from verideck.core.unseen import escaped, found, marked


@pytest.mark.parametrize(
    ("text", "code", "prose"),
    [
        ("x = 1", "x = 1", "x = 1"),
        ("a\u202eb", "a⟦U+202E⟧b", "a⟦U+202E⟧b"),
        ("a\u200bb\U000e0041", "a⟦U+200B⟧b⟦U+E0041⟧", "a\u200bb⟦U+E0041⟧"),
        ("می\u200cخواهم", "می⟦U+200C⟧خواهم", "می\u200cخواهم"),
        ("👩\u200d🔬 ❤\ufe0f", "👩\u200d🔬 ❤\ufe0f", "👩\u200d🔬 ❤\ufe0f"),
        ("\U0001f3f4\U000e0067\U000e007f", "\U0001f3f4\U000e0067\U000e007f", "\U0001f3f4\U000e0067\U000e007f"),
    ],
)
def test_what_is_not_seen_is_written_so_that_it_is(text: str, code: str, prose: str) -> None:
    assert (escaped(text), escaped(text, code=False)) == (code, prose)
    assert len(list(found(text, code=True))) == code.count("⟦")


def test_in_html_the_character_is_kept_to_be_copied() -> None:
    assert marked("&lt;\u2066b") == '&lt;<span class="unseen" data-char="&#8294;">⟦U+2066⟧</span>b'
