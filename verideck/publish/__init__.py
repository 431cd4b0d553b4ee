"""Makes the files in dist/ from pages.

Other rooms use only the names listed here.
"""

from verideck.publish.builder import build, deck_builds, file_sizes, wrong_decks
from verideck.publish.deck_build import DeckBuild
from verideck.publish.deck_style import deck_theme
from verideck.publish.index import editions
from verideck.publish.layouts import lay_out_decks
from verideck.publish.output import NOTHING, Changes, apply_writes
from verideck.publish.presented import Presented, not_current

__all__ = [
    "NOTHING",
    "Changes",
    "DeckBuild",
    "Presented",
    "apply_writes",
    "build",
    "deck_builds",
    "deck_theme",
    "editions",
    "file_sizes",
    "lay_out_decks",
    "not_current",
    "wrong_decks",
]
