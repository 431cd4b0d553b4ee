"""The print page as a PDF, by WeasyPrint: one slide a page, tagged, declared PDF/UA-1, the same bytes each time."""

from __future__ import annotations

import base64
import functools
import hashlib
import logging
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from verideck.render import classes
from verideck.render.pdf import accessibility, boxes, text
from verideck.render.pdf.layout import Layout

_OPTIONS = {"pdf_variant": "pdf/ua-1", "pdf_tags": True, "full_fonts": False, "presentational_hints": True}
"""The last: a picture's `width="300"` counts, as in browsers."""


def write_pdf(page: str, fonts: Mapping[str, Path]) -> tuple[bytes, tuple[str, ...], Layout]:
    """Return the PDF of a print page, WeasyPrint's warnings, and what became of the slides.

    `fonts` maps the page's font URLs to files. Nothing but these and data: URLs is ever read.
    """
    with _Warnings() as told:
        document = _document(page, fonts)
        layout = _layout(document, page, fonts)
        accessibility.watch(document.pages)
        identifier = hashlib.sha256(page.encode()).digest()[:16]
        data = document.write_pdf(finisher=accessibility.complete, pdf_identifier=identifier, **_OPTIONS)
    return bytes(data), tuple(told.messages), layout


def lay_out(page: str, fonts: Mapping[str, Path]) -> Layout:
    """Return what becomes of the slides, as `render` does, without making the PDF."""
    with _Warnings():
        return _layout(_document(page, fonts), page, fonts)


def _layout(document: Any, page: str, fonts: Mapping[str, Path]) -> Layout:
    """Return the facts; slides that take several pages are laid out again on a page without end, to be measured."""
    if not boxes.is_broken(document.pages):
        return boxes.read(document.pages)
    endless = page.replace("</head>", "<style>@page { size: 1280px 99999px }</style></head>", 1)
    return boxes.read(document.pages, _document(endless, fonts).pages)


def _document(page: str, fonts: Mapping[str, Path]) -> Any:
    weasyprint = _weasyprint()
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class Fetcher(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:
            if url in fonts:
                return URLFetcherResponse(url, fonts[url].read_bytes())
            if url.startswith("data:"):
                return super().fetch(url, headers)
            raise ValueError(f"a deck reads nothing from outside: {url}")

    document = weasyprint.HTML(string=page, url_fetcher=Fetcher(), base_url=None).render(
        font_config=FontConfiguration(), **_OPTIONS
    )
    for one in document.pages:
        # WeasyPrint makes a link of each part of a link, too, and tags the whole alone.
        one.links = [link for link in one.links if link[3].element_tag == "a"]
    _tint(document.pages)
    return document


def _tint(pages: Sequence[Any]) -> None:
    """Give each formula, where it says `currentColor`, the colour of the text around it.

    WeasyPrint draws a picture in its own colours alone.
    """
    tinted: dict[tuple[str, str], Any] = {}
    for page in pages:
        for box in page._page_box.descendants(placeholders=True):
            if hasattr(box, "replacement") and box.element.get("class") == f"{classes.DRAWN} {classes.TEX}":
                key = address, colour = box.element.get("src"), boxes.colour(box)
                if key not in tinted:
                    tree = ET.fromstring(base64.b64decode(address.partition(",")[2]))
                    tree.set("color", colour)
                    tinted[key] = type(box.replacement)(tree, None, None, None)
                box.replacement = tinted[key]


def _weasyprint() -> Any:
    """Import WeasyPrint with our text engine in it."""
    text.install()
    import weasyprint
    from weasyprint.pdf import fonts

    # Emoji and variable fonts are written anew by fontTools: not with the time of day.
    fonts.TTFont = functools.partial(fonts.ttFont.TTFont, recalcTimestamp=False)
    return weasyprint


class _Warnings(logging.Handler):
    """Collects what WeasyPrint logs while it is open."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())

    def __enter__(self) -> _Warnings:
        logger = logging.getLogger("weasyprint")
        logger.addHandler(self)
        logger.propagate = False
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("weasyprint").removeHandler(self)
