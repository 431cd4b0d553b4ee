"""Judges a theme: whether its colours can be read, and whether a specimen deck fits."""

from __future__ import annotations

from collections.abc import Iterator

from verideck.check.layout import OF_LARGE, OF_TEXT, contrast, overflows, pale, rgb, small_texts
from verideck.core.folders import deck_path
from verideck.core.project import Sources
from verideck.core.theme import ACCENTS, SETTINGS, Palette, Theme, load_theme
from verideck.read import parser
from verideck.render import deck_fits, lay_out, print_page
from verideck.typeset.fonts import Fonts

_PATH = deck_path("specimen")
_SPECIMEN = """\
---
title: A specimen
subtitle: of a theme
author: Its maker
lang: en
---

# A specimen {.title}

---

# A section {.section}

---

# Text {eyebrow="Above the title"}

A sentence with **weight**, [a role]{.w}, [another]{.lam}, [a third]{.err}, [a fourth]{.data},
`code` and $E = mc^2$.[^1]

- one item
- another item

> A quotation.

[^1]: A footnote.

---

# A table

| model | train | test |
|-------|------:|-----:|
| line | 0.91 | 0.88 |
| curve | 0.97 | 0.91 |

---

# Code

```python
def fit(x, y):  # a comment
    return np.polyfit(x, y, deg=1), "a text"
```

---

# The end {.closing}
"""
_PAIRS = {
    **{(role, ground): OF_TEXT for role in ("ink", "soft") for ground in ("paper", "code", "wash")},
    **{(accent, "paper"): OF_TEXT for accent in ACCENTS[:4]},
    **{(accent, "code"): OF_TEXT for accent in ACCENTS[:3]},
    **{(accent, "paper"): OF_LARGE for accent in ACCENTS[4:]},
}
"""(colour, background) → contrast that they need."""


def check_theme(sources: Sources, name: str, fonts: Fonts) -> tuple[str, ...]:
    """Return what is wrong with a theme; raises DeckError for an unknown theme, DeckErrors for errors in its files."""
    theme = load_theme(sources, name)
    return (
        *(f"{theme.places[SETTINGS]}: {text}" for text in _faint(theme.palette)),
        *_of_specimen(theme, sources, fonts),
    )


def _faint(palette: Palette) -> Iterator[str]:
    for mode, colours in palette.modes.items():
        for (colour, ground), need in _PAIRS.items():
            ratio = contrast(rgb(colours[colour]), rgb(colours[ground]))
            if ratio < need:
                yield f"[{mode}] {colour} on {ground} has {ratio:.1f}:1, below {need:g}:1"


def _of_specimen(theme: Theme, sources: Sources, fonts: Fonts) -> Iterator[str]:
    deck = parser.parse(_PATH, Sources(sources.root, {_PATH: _SPECIMEN})).valid()
    page, files = print_page(deck, {}, theme, fonts, fits=deck_fits(deck, {}, theme, fonts))
    for slide, facts in zip(deck.slides, lay_out(page, files).slides, strict=True):
        wrong = (*overflows(slide, facts), *small_texts(slide, facts), *pale(slide, facts, theme.palette, "auto"))
        for finding in wrong:
            yield f"specimen, slide '{slide.title}': {finding.message} ({finding.rule})"
