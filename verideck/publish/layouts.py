"""Decks' layouts, remembered between builds."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path

from verideck.core.deck_model import Deck
from verideck.core.run_model import Write
from verideck.publish import output
from verideck.publish.deck_build import DeckBuild
from verideck.render import Layout, PangoMissing, lay_out, layout_from_json, layout_to_json, with_all_frames


def lay_out_decks(builds: Sequence[DeckBuild], *, make: bool = True) -> dict[str, Layout | None]:
    """Return what became of each deck's slides, by its path: as remembered, else laid out now.

    None where nothing is remembered and it is not to be made (`make`), or Pango is missing.
    """
    found: dict[str, Layout | None] = {}
    for deck_build in builds:
        deck, key, root = deck_build.deck, deck_build.key, deck_build.sources.root
        found[deck.path] = _remembered(root, deck, key)
        if make and not found[deck.path]:
            with contextlib.suppress(PangoMissing):
                found[deck.path] = facts = _whole(deck_build, lay_out(*deck_build.print_page()))
                output.apply_writes(root, [_memo(deck, key, facts)])
    return found


def _whole(deck_build: DeckBuild, facts: Layout) -> Layout:
    return with_all_frames(facts, deck_build.deck, deck_build.results, deck_build.theme.palette)


def _remembered(root: Path, deck: Deck, key: str) -> Layout | None:
    with contextlib.suppress(OSError, ValueError):
        made_from, _, text = (root / _memo_path(deck)).read_text("utf-8").partition("\n")
        return layout_from_json(text) if made_from == key else None
    return None


def _memo(deck: Deck, key: str, facts: Layout) -> Write:
    return Write(_memo_path(deck), f"{key}\n{layout_to_json(facts)}".encode())


def _memo_path(deck: Deck) -> str:
    return f".cache/layout/{deck.name}.json"
