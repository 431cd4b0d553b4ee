"""Writes the print page as a PDF with WeasyPrint: one page per slide, tagged, PDF/UA-1, reproducible.

Slides are laid out a few at a time, in processes of their own, each with the style sheets and, empty, all other slides.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import html
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote

from verideck.core.cache import Cache
from verideck.core.hashing import digest, engine_digest, to_json
from verideck.render import classes
from verideck.render.pdf import boxes, faster, pieces, text, workers
from verideck.render.pdf.layout import Layout, SlideLayout
from verideck.render.pdf.pieces import Piece
from verideck.run import environment

_OPTIONS = {"pdf_variant": "pdf/ua-1", "pdf_tags": True, "full_fonts": False, "presentational_hints": True}
"""`presentational_hints`: attributes such as `width="300"` count, as in browsers."""
CUT = "<!--slide-->"
"""Stands in a print page before each slide and behind the last one, if its slides may be laid out on their own."""
_MOST, _FEWEST = 50, 8
"""Most slides that one process lays out, because of memory; fewest for which one is started."""
_SECTION = re.compile(r'\s*<section\b[^>]*? class="([^"]*)"')
_ACROSS = re.compile(
    r"string-set|target-|running\(|counters?\(\s*pages?\b|counter-(?:increment|reset|set)\s*:(?!\s*note\b)"
    r"|:has\([^{},]*\)\s*[~+]|#[\w-]+[^{},;]*[~+][^{};]*\{"
)
"""Styles by which a slide depends on more than the classes of others: counters, running texts, ids and content."""
_ID, _LINK = re.compile(r'\bid="([^"]+)"'), re.compile(r'\bhref="#([^"]+)"')
T = TypeVar("T")


def write_pdf(
    page: str, fonts: Mapping[str, Path], cache: Cache | None = None, name: str = ""
) -> tuple[bytes, tuple[str, ...], Layout]:
    """Return the PDF of a print page, WeasyPrint's warnings, and the layout of the slides.

    `fonts` maps the page's font URLs to files. Only these files and data: URLs are read.
    `cache` keeps the slides as painted, under `name`: only those that changed since are laid out.
    """
    parts, painted, warnings = _painted(page, fonts, cache, name)
    identifier = hashlib.sha256(page.encode()).digest()[:16]
    with faster.Records():
        data = pieces.join(
            painted, _document(parts.frame(), fonts, empty=True), _OPTIONS | {"pdf_identifier": identifier}
        )
    return data, warnings, Layout(tuple(slide for piece in painted for slide in piece.slides))


def lay_out(page: str, fonts: Mapping[str, Path], cache: Cache | None = None, name: str = "") -> Layout:
    """Return the layout of the slides, as `write_pdf` does, without writing the PDF.

    With `cache`, slides are painted and kept there for `write_pdf`.
    """
    if cache:
        return Layout(tuple(slide for piece in _painted(page, fonts, cache, name)[1] for slide in piece.slides))
    _weasyprint()
    parts = _Parts.of(page)
    try:
        found, _ = _each(_measure, parts, list(range(len(parts.slides))), fonts)
    except _MixedError:
        found, _ = _each(_measure, _Parts((page,)), [0], fonts)
    return Layout(tuple(slide for at in sorted(found) for slide in found[at]))


def _painted(
    page: str, fonts: Mapping[str, Path], cache: Cache | None, name: str
) -> tuple[_Parts, list[Piece], tuple[str, ...]]:
    """Return a page's parts, these as painted, and WeasyPrint's warnings."""
    _weasyprint()
    parts = _Parts.of(page)
    keys = parts.keys(fonts)
    kept = _kept(cache, name, set(keys))
    try:
        made, warnings = _each(_paint, parts, [at for at, key in enumerate(keys) if key not in kept], fonts)
        painted = [made[at] if at in made else kept[key] for at, key in enumerate(keys)]
        if len(painted) > 1 and any(font.missing for piece in painted for font in piece.fonts):
            raise _MixedError
    except _MixedError:
        parts = _Parts((page,))
        made, warnings = _each(_paint, parts, [0], fonts)
        painted = [made[0]]
    if cache and made and not warnings and len(keys) == len(painted):
        cache.put(name, pieces.dump(zip(keys, painted, strict=True)), pdf_engine())
    return parts, painted, warnings


class _MixedError(Exception):
    """Slides cannot be told apart in the PDF: they share a page, or stand-ins of glyphs that no font has."""


@dataclass(frozen=True)
class _Parts:
    """A print page as parts that can be laid out on their own: its slides, or the whole page."""

    slides: tuple[str, ...]
    head: str = ""
    foot: str = ""

    @classmethod
    def of(cls, page: str) -> _Parts:
        head, *slides = page.split(CUT)
        if len(slides) < 2 or _ACROSS.search(head) or not all(map(_SECTION.match, slides[:-1])):
            return cls((page,))
        return cls(tuple(slides[:-1]), head, slides[-1])

    def page(self, chosen: Sequence[int]) -> str:
        """Return the page of some slides; of the others it has the classes alone, for selectors such as `~`."""
        if not self.head:
            return self.slides[0]
        some = set(chosen)
        shown = (slide if at in some else _shell(slide) for at, slide in enumerate(self.slides))
        return f"{self.head}{''.join(shown)}{self.foot}"

    def frame(self) -> str:
        """Return the page without slides, or the whole one."""
        return self.head + self.foot or self.slides[0]

    @functools.cached_property
    def anchors(self) -> set[str]:
        return {html.unescape(found) for slide in self.slides for found in _ID.findall(slide)}

    def targets(self, at: int) -> list[str]:
        """Return the anchors to which a slide links."""
        names = {unquote(html.unescape(found)) for found in _LINK.findall(self.slides[at])}
        return sorted(names & self.anchors)

    def keys(self, fonts: Mapping[str, Path]) -> list[str]:
        """Return the digest of all that each part depends on."""
        around = digest(to_json([self.head, self.foot, [_shell(slide) for slide in self.slides] if self.head else []]))
        files = [(url, _font_name(file), _covered(file)) for url, file in sorted(fonts.items())]
        common = _beyond_ascii(self.head)
        found = []
        for at, slide in enumerate(self.slides):
            letters = common | _beyond_ascii(slide)
            faces = [(url, name, "".join(sorted(covered & letters))) for url, name, covered in files]
            found.append(digest(to_json([around, at, slide, self.targets(at), faces])))
        return found


def _shell(slide: str) -> str:
    found = _SECTION.match(slide)
    # How a slide fits concerns no other.
    return f'<section class="{re.sub(r" fit-[0-9]", "", found[1])}" style="display:none"></section>' if found else ""


def _beyond_ascii(text: str) -> set[str]:
    return {char for char in set(text) if char > "\x7f"}


def _font_name(file: Path) -> str:
    """Return what a font was cut from: its glyphs have the same numbers in each cut."""
    return file.stem.rpartition("-")[0]


@functools.lru_cache(32)
def _covered(file: Path) -> frozenset[str]:
    import uharfbuzz

    return frozenset(map(chr, uharfbuzz.Face(file.read_bytes()).unicodes))


def pdf_engine() -> str:
    """Return the digest of the code and the packages that make a PDF from a print page."""
    return digest(to_json([engine_digest("render"), environment(None, ())]))


def _kept(cache: Cache | None, name: str, keys: set[str]) -> dict[str, Piece]:
    """Return the slides as painted that are kept, by key."""
    data = cache.get(name, pdf_engine()) if cache else None
    return dict(pieces.load(data, keys)) if data else {}


def _each(
    function: Callable[[_Parts, Sequence[int], Mapping[str, Path]], tuple[list[T], tuple[str, ...]]],
    parts: _Parts,
    wanted: Sequence[int],
    fonts: Mapping[str, Path],
) -> tuple[dict[int, T], tuple[str, ...]]:
    """Return what a function returns for each of the wanted slides, and WeasyPrint's warnings."""
    size = max(_FEWEST, min(_MOST, -(-len(wanted) // workers.count())))
    several = [wanted[start : start + size] for start in range(0, len(wanted), size)]
    answers = workers.each(lambda some: function(parts, some, fonts), several)
    found = {
        at: one for some, (made, _) in zip(several, answers, strict=True) for at, one in zip(some, made, strict=True)
    }
    return found, tuple(dict.fromkeys(warning for _, told in answers for warning in told))


def _paint(parts: _Parts, some: Sequence[int], fonts: Mapping[str, Path]) -> tuple[list[Piece], tuple[str, ...]]:
    """Return slides as painted, and WeasyPrint's warnings."""
    with faster.Records() as told, faster.no_collections():
        document, layouts = _laid_out(parts, some, fonts)
        grouped = boxes.pages_by_slide(document.pages) if parts.head else [document.pages]
        made = [
            pieces.paint(document, pages, slides, parts.targets(at), _OPTIONS)
            for at, pages, slides in zip(some, grouped, layouts, strict=True)
        ]
    return made, told.warnings


def _measure(
    parts: _Parts, some: Sequence[int], fonts: Mapping[str, Path]
) -> tuple[list[Sequence[SlideLayout]], tuple[str, ...]]:
    with faster.Records() as told, faster.no_collections():
        return _laid_out(parts, some, fonts)[1], told.warnings


def _laid_out(parts: _Parts, some: Sequence[int], fonts: Mapping[str, Path]) -> tuple[Any, list[Sequence[SlideLayout]]]:
    """Return slides laid out, and the layouts of each part; raises _MixedError where slides share a page."""
    page = parts.page(some)
    document = _document(page, fonts)
    slides = boxes.read(document.pages).slides
    if not parts.head:
        return document, [slides]
    if len(boxes.pages_by_slide(document.pages)) != len(some) or len(slides) != len(some):
        raise _MixedError
    return document, [(slide,) for slide in slides]


def _document(page: str, fonts: Mapping[str, Path], *, empty: bool = False) -> Any:
    """Return a page laid out; `empty`: without its content, for what it says of itself and its fonts."""
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

    source = weasyprint.HTML(string=page, url_fetcher=Fetcher(), base_url=None)
    if empty:
        body = source.etree_element.find("body")
        body[:] = list(body.iter("style"))
    config = FontConfiguration()
    config._folder = config._config.folder
    document = source.render(font_config=config, **_OPTIONS)
    for each in document.pages:
        # WeasyPrint makes a link of each part of a link, but tags only the whole link.
        each.links = [link for link in each.links if link[3].element_tag == "a"]
    _tint(document.pages)
    boxes.cut(document.pages)
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
    faster.install()
    pieces.install()
    return weasyprint
