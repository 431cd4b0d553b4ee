"""A theme is judged by its colours and by a specimen deck."""

from __future__ import annotations

import pytest

from tests.harness import ROOT, DeckTest
from verideck.check.theme_check import check_theme
from verideck.core.project import Sources
from verideck.core.theme import theme_names
from verideck.typeset.fonts import Fonts

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", theme_names(Sources(ROOT)))
def test_our_themes_are_fine(name: str) -> None:
    assert check_theme(Sources(ROOT), name, Fonts(ROOT)) == ()


def test_a_pale_colour_and_a_type_too_large_are_found(deck: DeckTest) -> None:
    deck.write("templates/themes/bad/theme.toml", '[light]\nsoft = "#CCCCCC"\n[size]\nfooter = 9\n')
    deck.run("theme", "check", "bad")
    assert deck.code == 1
    deck.says("templates/themes/bad/theme.toml: [light] soft on paper has 1.5:1, below 4.5:1")
    deck.says("specimen, slide 'Text'", "is shown at 9.0 px, below 14 px (small-text)")
    deck.run("theme", "check", "default").fine().says("the theme is fine")
    deck.run("theme", "check", "none").fails(3, "no theme 'none'")
