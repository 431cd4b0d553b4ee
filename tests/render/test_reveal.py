"""reveal.js in our words."""

from __future__ import annotations

import pytest

from tests.decks import theme
from verideck.render.reveal import reveal_assets

THEME = theme()


@pytest.mark.parametrize(
    ("lang", "upcoming", "notes"), [("ja", "次", "ノート"), ("en", "Next", "Notes"), ("de", "Next", "Notes")]
)
def test_the_speakers_window_speaks_the_decks_language(lang: str, upcoming: str, notes: str) -> None:
    scripts, popup, _ = reveal_assets(THEME, lang)
    assert f">{upcoming} <" in scripts[1] or f">{upcoming}<" in scripts[1]
    assert f">{notes}<" in scripts[1] or f">{notes} <" in scripts[1]
    assert ">Upcoming" not in scripts[1]
    assert popup


def test_our_scripts_come_behind_theirs_in_the_order_in_which_they_need_each_other() -> None:
    scripts, _, css = reveal_assets(THEME, "en")
    ours = [THEME.templates[name] for name in ("steps.js", "panels.js", "speaker.js", "deck.js")]
    assert scripts[2:] == ours
    assert "Reveal" in scripts[0]
    assert ".reveal" in css


def test_the_script_of_the_speakers_window_is_as_it_will_run() -> None:
    scripts, popup, _ = reveal_assets(THEME, "en")
    assert popup in scripts[1].replace("\\`", "`").replace("\\$", "$").replace("\\\\", "\\").replace("\\/", "/")
    assert "<script" not in popup
    assert "function" in popup
