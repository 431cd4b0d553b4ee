"""The table of colours and sizes: what it must hold, and the CSS that it becomes."""

from __future__ import annotations

import pytest

from tests.harness import ROOT
from verideck.core.theme import custom_properties, load_palette

TABLE = (ROOT / "templates/tokens.toml").read_text(encoding="utf-8")


TOKENS = load_palette(TABLE)


def test_tokens_of_the_project_are_complete() -> None:
    assert TOKENS.light["w"] == "#1D5FC4"
    assert TOKENS.light.keys() == TOKENS.dark.keys()
    assert TOKENS.size["code"] == 20.5


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [("w = ", "ww = ", "w, ww"), ('"#EDEAE3"', '"white"', "ink"), ("[dark]", "[night]", "code")],
)
def test_a_wrong_token_is_named(old: str, new: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        load_palette(TABLE.replace(old, new))


def test_custom_properties_hold_both_themes_and_sizes() -> None:
    css = custom_properties(TOKENS)
    assert css.startswith(":root{color-scheme:light;--paper:#FBFAF6;")
    assert css.count("--w:#83B4FF") == 2
    assert "--size-code:20.5px" in css
