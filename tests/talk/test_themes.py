"""Every talk looks right in every theme: nothing overflows, is too small or too pale."""

from __future__ import annotations

import pytest

from tests.harness import ROOT
from verideck.check import check
from verideck.core.project import Sources
from verideck.core.theme import DEFAULT, theme_names
from verideck.publish import deck_builds, lay_out_decks
from verideck.read import parser
from verideck.run import plan, read_record
from verideck.typeset.fonts import Fonts

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", [name for name in theme_names(Sources(ROOT)) if name != DEFAULT])
def test_every_talk_has_no_finding_in_every_theme(name: str) -> None:
    plain = Sources(ROOT)
    paths = plain.decks()
    sources = Sources(
        ROOT, {path: plain.text(path).replace("\ntitle:", f"\ntheme: {name}\ntitle:", 1) for path in paths}
    )
    decks = [parser.parse(path, sources).valid() for path in paths]
    assert {deck.meta.theme for deck in decks} == {name}
    builds = deck_builds(decks, read_record(sources, plan(decks, sources).runs), sources, Fonts(ROOT))
    report = check(builds, lay_out_decks(builds), complete=True)
    found = [finding for deck in decks for slide in deck.slides for finding in report.of(slide)]
    assert [f"{finding.at}: {finding.message}" for finding in [*found, *report.others]] == []
