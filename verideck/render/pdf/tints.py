"""Formulas in the colour of their text: WeasyPrint draws a picture in its own colours alone."""

from __future__ import annotations

import base64
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import Any

from verideck.render.pdf import boxes


def tint(pages: Sequence[Any]) -> None:
    """Give each formula of some pages, where it says `currentColor`, the colour of the text around it."""
    tinted: dict[tuple[str, str], Any] = {}
    for page in pages:
        for box in page._page_box.descendants(placeholders=True):
            if hasattr(box, "replacement") and box.element.get("class") == "drawn tex":
                key = address, colour = box.element.get("src"), boxes.colour(box)
                if key not in tinted:
                    tree = ET.fromstring(base64.b64decode(address.partition(",")[2]))
                    tree.set("color", colour)
                    tinted[key] = type(box.replacement)(tree, None, None, None)
                box.replacement = tinted[key]
