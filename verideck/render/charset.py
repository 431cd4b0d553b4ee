"""Finds the characters that a page shows."""

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
"""An SVG image on the print page."""


def shown_text(slides: Sequence[SlideView], meta: Meta) -> dict[str, str]:
    """Return the characters that the slides show by kind of font: text, code, math."""
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
    text += _text("".join(re.findall(r"<mtext.*?</mtext>", math)))  # letters that the mathematical font lacks
    return {
        "text": characters(text + _text(listings)),
        "code": characters(_text(listings)),
        "math": characters(_text(math) + "√" * ("<msqrt" in math or "<mroot" in math)),
    }


def in_page(markup: str, texts: Mapping[str, str]) -> dict[str, str]:
    """Return the characters of a whole page, including its style sheets, by kind of font: text, code, math.

    `texts`: characters by kind. Those of `text` are added; those of `code` and `math` replace those of the page.
    """
    shown = {"text": characters(texts.get("text", "") + markup)}
    tags = (("<math", "math"), ("<code", "code"))
    return shown | {family: characters(texts.get(family, markup)) for tag, family in tags if tag in markup}


def _text(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def characters(text: str) -> str:
    """Return the distinct characters of a text, sorted, with printable ASCII and composed accented letters."""
    return "".join(sorted({*map(chr, range(0x20, 0x7F)), *text, *composed(text)} - {"\n", "\t"}))
