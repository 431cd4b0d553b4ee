"""The print page as a PDF, by WeasyPrint: one slide a page, tagged, declared PDF/UA-1, the same bytes each time."""

from __future__ import annotations

import base64
import contextlib
import ctypes.util
import functools
import hashlib
import io
import logging
import os
import sys
import tempfile
import warnings
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from verideck.core.errors import UsageError
from verideck.render import classes
from verideck.render.pdf import accessibility, boxes
from verideck.render.pdf.layout import Layout

_INSTALL = {
    "linux": "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
    "darwin": "brew install pango",
    "win32": "winget install MSYS2.MSYS2 && C:\\msys64\\usr\\bin\\pacman -S --noconfirm mingw-w64-x86_64-pango",
}


_OPTIONS = {"pdf_variant": "pdf/ua-1", "pdf_tags": True, "full_fonts": False, "presentational_hints": True}
"""The last: a picture's `width="300"` counts, as in browsers."""
_AS_GOOD = "Using fontTools instead of HarfBuzz-Subset"
"""What WeasyPrint logs for each font where the library HarfBuzz-Subset is missing: the pages are the same."""


class PangoMissing(UsageError):
    """WeasyPrint's system library is not installed."""

    def __init__(self) -> None:
        command = _INSTALL.get(sys.platform, _INSTALL["linux"])
        super().__init__("no PDF: the library Pango is missing on this machine", None, f"install it: {command}")


def write_pdf(page: str, fonts: Mapping[str, Path]) -> tuple[bytes, tuple[str, ...], Layout]:
    """Return the PDF of a print page, WeasyPrint's warnings, and what became of the slides.

    `fonts` maps the page's font URLs to files. Nothing but these and data: URLs is ever read.
    Raises PangoMissing where WeasyPrint cannot be loaded.
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

    with _these_fonts_alone() if fonts else contextlib.nullcontext():  # Pango breaks down where there is none at all
        known = FontConfiguration()
    document = weasyprint.HTML(string=page, url_fetcher=Fetcher(), base_url=None).render(font_config=known, **_OPTIONS)
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
    """Import WeasyPrint; raises PangoMissing.

    Without the library HarfBuzz-Subset it warns on import that a later version will want it, and fontTools cuts the
    fonts: as well, once the clock is kept out of them.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "HarfBuzz-Subset", DeprecationWarning)
        weasyprint = _imported()
    from weasyprint.pdf import fonts

    fonts.TTFont = functools.partial(fonts.ttFont.TTFont, recalcTimestamp=False)
    return weasyprint


def _imported() -> Any:
    search = ctypes.util.find_library
    if sys.platform == "linux":  # a search starts compilers, for each name that libraries have under other systems
        ctypes.util.find_library = lambda name: None
        try:
            with contextlib.suppress(OSError), contextlib.redirect_stdout(io.StringIO()):
                import weasyprint
        finally:
            ctypes.util.find_library = search
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # what is missing it prints, too, among our results
            import weasyprint
    except OSError:
        raise PangoMissing from None
    return weasyprint


@contextlib.contextmanager
def _these_fonts_alone() -> Iterator[None]:
    """Hide the machine's own fonts: what ours do not cover is missing here as it is everywhere, and is told."""
    before = os.environ.get("FONTCONFIG_FILE")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "fonts.conf"
        file.write_text("<fontconfig/>", "utf-8")
        os.environ["FONTCONFIG_FILE"] = str(file)
        try:
            yield
        finally:
            os.environ.pop("FONTCONFIG_FILE")
            if before is not None:
                os.environ["FONTCONFIG_FILE"] = before


class _Warnings(logging.Handler):
    """Collects what WeasyPrint logs while it is open."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if not message.startswith(_AS_GOOD):
            self.messages.append(message)

    def __enter__(self) -> _Warnings:
        logger = logging.getLogger("weasyprint")
        logger.addHandler(self)
        logger.propagate = False
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("weasyprint").removeHandler(self)
