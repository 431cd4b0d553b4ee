"""The words around a deck's own text: the same in every language, each in its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from verideck.core import messages


@pytest.mark.parametrize(
    ("language", "close"), [("ja", "閉じる"), ("ja-JP", "閉じる"), ("en-GB", "Close"), ("de", "Close"), ("", "Close")]
)
def test_a_language_that_is_not_known_speaks_english(language: str, close: str) -> None:
    assert messages.of(language)["close"] == close


def keys(words: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Yield the path of each word; what another program's sentences become is no word of ours."""
    for key, word in words.items():
        if isinstance(word, Mapping) and key != "speaker":
            yield from keys(word, f"{above}{key}.")
        else:
            yield above + key


def test_all_languages_have_the_same_words_with_the_same_gaps() -> None:
    japanese, english = messages.of("ja"), messages.of("en")
    assert list(keys(japanese)) == list(keys(english))
    for name in english["live"]:
        assert japanese["live"][name].count("{}") == english["live"][name].count("{}")
    assert [key for key, _ in japanese["to_keys"]] == [key for key, _ in english["to_keys"]]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_word_is_empty(language: str) -> None:
    words = messages.of(language)
    assert all(words[key] for key in words)
    assert all(text for _, text in words["to_keys"])


@pytest.mark.parametrize(
    ("tag", "primary", "japanese"),
    [("ja", "ja", True), ("ja-JP", "ja", True), ("en-GB", "en", False), ("jav", "jav", False)],
)
def test_a_tag_names_its_language_first(tag: str, primary: str, japanese: bool) -> None:
    assert messages.primary(tag) == primary
    assert messages.is_japanese(tag) is japanese


@pytest.mark.parametrize(("lang", "day"), [("ja", "2024/10/25"), ("ja-JP", "2024/10/25"), ("en", "2024-10-25")])
def test_the_day_is_written_as_its_language_does(lang: str, day: str) -> None:
    assert messages.day("2024-10-25", lang) == day


def test_commands_in_a_text_are_told_as_the_user_types_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(messages, "_called", messages.DEFAULT)
    assert messages.DEFAULT == "python build.py"  # this repository has a front door
    messages.called_as("py build.py")
    assert messages.typed("`verideck figures`, `verideck`, verideck `verideck.toml`") == (
        "`py build.py figures`, `py build.py`, verideck `verideck.toml`"
    )
    assert (messages.command(), messages.command("why a.py")) == ("py build.py", "py build.py why a.py")
