"""Which characters a page shows."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Mapping, Sequence

from verideck.core import messages
from verideck.core.run_model import Meta
from verideck.render import classes
from verideck.render.slides import SlideView
from verideck.typeset.fonts import composed

_DRAWN = re.compile(rf'<img class="{classes.DRAWN}"[^>]*;base64,([^"]*)">')
"""A drawing of the print page."""


def shown_text(slides: Sequence[SlideView], meta: Meta) -> dict[str, str]:
    """Return the characters that each font family has to cover: text, code, mathematics."""
    pieces = [
        piece for slide in slides for piece in (slide.title, slide.eyebrow, slide.body, *slide.footnotes, slide.notes)
    ]
    markup = _DRAWN.sub(lambda match: base64.b64decode(match[1]).decode(), "".join(map(str, pieces)))
    math = "".join(re.findall(r"<math.*?</math>", markup, re.DOTALL))
    listings = "".join(re.findall(r"<(?:code|samp)\b.*?</(?:code|samp)>", markup, re.DOTALL))
    day = messages.day(meta.date, meta.lang)
    furniture = "".join([meta.title, meta.subtitle, meta.author, day, meta.footer, *(one.number for one in slides)])
    furniture += str(messages.of(meta.lang))
    listings += html.escape(str([slide.origins for slide in slides]), quote=False)
    text = _text(re.sub(r"<math.*?</math>|<style.*?</style>", "", markup, flags=re.DOTALL)) + furniture
    return {
        "text": characters(text + _text(listings)),
        "code": characters(_text(listings)),
        "math": characters(_text(math) + "√" * ("<msqrt" in math or "<mroot" in math)),
    }


def in_page(markup: str, texts: Mapping[str, str]) -> dict[str, str]:
    """Return the characters that each font family has to cover for a whole page, style sheets included.

    `texts`: characters by family; more of text; of code and mathematics all that there are, without them the page's.
    """
    shown = {"text": characters(texts.get("text", "") + markup)}
    tags = (("<math", "math"), ("<code", "code"))
    return shown | {family: characters(texts.get(family, markup)) for tag, family in tags if tag in markup}


def _text(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def characters(text: str) -> str:
    """Return the distinct characters of a text, sorted, with printable ASCII and what accents make of letters."""
    return "".join(sorted({*map(chr, range(0x20, 0x7F)), *text, *composed(text)} - {"\n", "\t"}))
