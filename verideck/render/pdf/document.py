"""Writes the print page as a PDF with WeasyPrint: one page per slide, tagged, PDF/UA-1, reproducible."""

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
"""`presentational_hints`: attributes such as `width="300"` count, as in browsers."""


def write_pdf(page: str, fonts: Mapping[str, Path]) -> tuple[bytes, tuple[str, ...], Layout]:
    """Return the PDF of a print page, WeasyPrint's warnings, and the layout of the slides.

    `fonts` maps the page's font URLs to files. Only these files and data: URLs are read.
    """
    with _Warnings() as warnings:
        document = _document(page, fonts)
        layout = _layout(document, page, fonts)
        accessibility.watch(document.pages)
        identifier = hashlib.sha256(page.encode()).digest()[:16]
        data = document.write_pdf(finisher=accessibility.complete, pdf_identifier=identifier, **_OPTIONS)
    return bytes(data), tuple(warnings.messages), layout


def lay_out(page: str, fonts: Mapping[str, Path]) -> Layout:
    """Return the layout of the slides, as `write_pdf` does, without writing the PDF."""
    with _Warnings():
        return _layout(_document(page, fonts), page, fonts)


def _layout(document: Any, page: str, fonts: Mapping[str, Path]) -> Layout:
    """Return the layout; if a slide takes several pages, measure all slides on very high pages."""
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
            raise ValueError(f"a deck cannot load files from outside: {url}")

    document = weasyprint.HTML(string=page, url_fetcher=Fetcher(), base_url=None).render(
        font_config=FontConfiguration(), **_OPTIONS
    )
    for each in document.pages:
        # WeasyPrint makes a link of each part of a link, but tags only the whole link.
        each.links = [link for link in each.links if link[3].element_tag == "a"]
    _tint(document.pages)
    return document


def _tint(pages: Sequence[Any]) -> None:
    """Replace `currentColor` in each formula by the colour of the text around it.

    WeasyPrint draws images without the colours of the page.
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
    """Import WeasyPrint with our text engine."""
    text.install()
    import weasyprint
    from weasyprint.pdf import fonts

    # fontTools rewrites emoji and variable fonts; without this, it would write the current time into them.
    fonts.TTFont = functools.partial(fonts.ttFont.TTFont, recalcTimestamp=False)
    return weasyprint


class _Warnings(logging.Handler):
    """Collects the warnings of WeasyPrint while it is open."""

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
