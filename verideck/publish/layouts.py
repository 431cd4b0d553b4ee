"""Decks' layouts, remembered between builds."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from verideck.core.cache import Cache
from verideck.publish.deck_build import DeckBuild
from verideck.render import Layout, PangoMissing, lay_out, layout_from_json, layout_to_json, with_all_frames


def lay_out_decks(
    builds: Sequence[DeckBuild], known: Mapping[str, Layout] = MappingProxyType({}), *, make: bool = True
) -> dict[str, Layout | None]:
    """Return what became of each deck's slides, by its path: as known or remembered, else laid out now.

    None where nothing is remembered and it is not to be made (`make`), or Pango is missing.
    """
    found: dict[str, Layout | None] = {}
    for one in builds:
        path = one.deck.path
        found[path] = known.get(path) or remembered_layout(one, one.key)
        if make and not found[path]:
            with contextlib.suppress(PangoMissing):
                found[path] = remember_layout(one, lay_out(*one.print_page()))
    return found


def remembered_layout(deck_build: DeckBuild, key: str) -> Layout | None:
    """Return what became of the deck's slides when they were made from `key`; None where nobody knows."""
    data = Cache(deck_build.sources.root, "layouts").get(deck_build.deck.name, key)
    return layout_from_json(data.decode()) if data else None


def remember_layout(deck_build: DeckBuild, layout: Layout) -> Layout:
    """Keep what became of a deck's slides, and return it with all frames of its sliders."""
    whole = with_all_frames(layout, deck_build.deck, deck_build.results, deck_build.theme.palette)
    data = layout_to_json(whole).encode()
    Cache(deck_build.sources.root, "layouts").put(deck_build.deck.name, data, deck_build.key)
    return whole
