"""Layouts of decks, kept in the cache between builds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from verideck.core.cache import Cache
from verideck.publish.deck_build import DeckBuild
from verideck.render import Layout, lay_out, layout_from_json, layout_to_json, with_all_frames


def lay_out_decks(
    builds: Sequence[DeckBuild], known: Mapping[str, Layout] = MappingProxyType({}), *, make: bool = True
) -> dict[str, Layout]:
    """Return path of a deck → layout: from `known`, from the cache, or made now.

    make: whether to make missing layouts; else these decks are left out.
    Raises DeckErrors for slides that cannot be rendered.
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
    """Return the deck's layout from the cache; None if it is missing or was made from another key."""
    data = Cache(deck_build.sources.root, "layouts").get(deck_build.deck.name, key)
    return layout_from_json(data.decode()) if data else None


def remember_layout(deck_build: DeckBuild, layout: Layout) -> Layout:
    """Store a deck's layout in the cache, and return it with all frames of its sliders."""
    whole = with_all_frames(layout, deck_build.deck, deck_build.results)
    data = layout_to_json(whole).encode()
    Cache(deck_build.sources.root, "layouts").put(deck_build.deck.name, data, deck_build.key)
    return whole
