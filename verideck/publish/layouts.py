"""Decks' layouts, remembered between builds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from verideck.core.cache import Cache
from verideck.publish.deck_build import DeckBuild
from verideck.render import Layout, lay_out, layout_from_json, layout_to_json, with_all_frames


def lay_out_decks(
    builds: Sequence[DeckBuild], known: Mapping[str, Layout] = MappingProxyType({}), *, make: bool = True
) -> dict[str, Layout]:
    """Return what became of each deck's slides, by its path: as known or remembered, else laid out now.

    A deck of which nothing is remembered is left out where it is not to be laid out (`make`).
    Raises DeckErrors for what a slide shows and cannot be had, or set.
    """
    found: dict[str, Layout] = {}
    for one in builds:
        layout = known.get(one.deck.path) or remembered_layout(one, one.key)
        if not layout and make:
            layout = remember_layout(one, lay_out(*one.print_page()))
        if layout:
            found[one.deck.path] = layout
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
