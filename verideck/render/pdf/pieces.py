"""Slides as painted, each on its own, and the PDF that they are joined to.

A piece holds the objects of its pages as WeasyPrint wrote them (content, annotations, tags, pictures) and what the
whole document needs to know of them. Fonts are cut when the pieces are joined: until then glyphs keep their numbers.
In the objects a mark stands for a number that is known only then: NUL, a name, NUL.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from types import SimpleNamespace
from typing import Any

import pydyf

from verideck.render.pdf import accessibility
from verideck.render.pdf.layout import SlideLayout, slide_from_json

POINT = 0.75
"""pt per px."""
_PAGES, _FONTS, _ROOT, _BASE = "P", "F", "D", "S"
"""Marks: the page tree, the fonts, the root of the tags, and the first number of the piece in the tags' number tree."""
_REFERENCE = re.compile(rb"(\d+) 0 R")
_MARK = re.compile(rb"\0([A-Z]?)(\d*)\0")
_TEXT_MARK = re.compile(_MARK.pattern.decode())


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a piece."""

    object: int
    height: float
    bookmarks: Sequence[Any]
    """(level, label, (x, y), state) in px."""
    anchors: Mapping[str, Sequence[float]]
    """Name → (x, y) in px."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The glyphs of a font that a piece shows."""

    face: str
    """Digest of the font file and its rule."""
    size: int
    variations: Mapping[str, float]
    widths: Mapping[int, float]
    texts: Mapping[int, str]
    missing: bool
    """Whether it stands in for glyphs that no font has: their numbers hold only for this piece."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A slide as painted. All of it is JSON; bytes are Latin-1 text."""

    objects: Sequence[str]
    pages: Sequence[Page]
    elements: Sequence[int]
    """Objects at the top of the tree of tags."""
    numbers: Sequence[str]
    """Entries of the number tree (ISO 32000-1, 14.7.4.4): of each page its elements, of each annotation its own."""
    fonts: Sequence[Glyphs]
    slides: Sequence[SlideLayout]


def dump(several: Iterable[tuple[str, Piece]]) -> bytes:
    """Return pieces and their keys as JSON."""
    return json.dumps([(key, asdict(piece)) for key, piece in several], ensure_ascii=False).encode()


def load(data: bytes, keys: Container[str]) -> Iterator[tuple[str, Piece]]:
    """Yield those pieces that `dump` was given whose keys are wanted."""
    for key, piece in json.loads(data):
        if key in keys:
            pages = [Page(**page) for page in piece["pages"]]
            fonts = [_glyphs_from_json(font) for font in piece["fonts"]]
            slides = [slide_from_json(slide) for slide in piece["slides"]]
            yield key, Piece(**piece | {"pages": pages, "fonts": fonts, "slides": slides})


def _glyphs_from_json(data: Any) -> Glyphs:
    numbered = {name: {int(glyph): value for glyph, value in data[name].items()} for name in ("widths", "texts")}
    return Glyphs(**data | numbered)


class _Used(dict[Any, Any]):
    """The fonts of a piece: not to be cut yet."""


def install() -> None:
    """Let WeasyPrint leave the fonts of pieces alone, and fonts remember what they were made of."""
    from weasyprint import pdf
    from weasyprint.pdf import fonts, stream

    if stream.Font is not fonts.Font:
        return

    class Font(fonts.Font):  # type: ignore[misc]
        def __init__(self, origin: Any, *more: Any) -> None:
            super().__init__(origin, *more)
            self.origin = origin

    cut = pdf.build_fonts_dictionary
    stream.Font = Font
    pdf.build_fonts_dictionary = lambda file, used, *more: (
        pydyf.Dictionary() if isinstance(used, _Used) else cut(file, used, *more)
    )


def paint(
    document: Any, pages: Sequence[Any], slides: Sequence[SlideLayout], elsewhere: Iterable[str], options: Any
) -> Piece:
    """Return the pages of a slide as painted.

    `elsewhere`: anchors of other slides, to which links may lead. `options`: as for WeasyPrint's `write_pdf`.
    """
    import weasyprint
    from weasyprint.pdf import generate_pdf

    anchors = [dict(page.anchors) for page in pages]
    pages[0].anchors |= {name: (0, 0, 0, 0) for name in elsewhere if not any(name in own for own in anchors)}
    accessibility.watch(pages)
    copy = document.copy(list(pages))
    copy.fonts = _Used()
    file = generate_pdf(copy, None, 1, **{**weasyprint.DEFAULT_OPTIONS, **options})
    accessibility.complete(copy, file)
    frozen = _Frozen(file)
    return Piece(
        objects=frozen.objects,
        pages=[
            Page(frozen.place(page), one.height, one.bookmarks, {name: place[:2] for name, place in own.items()})
            for page, one, own in zip(frozen.pages, pages, anchors, strict=True)
        ],
        elements=frozen.elements,
        numbers=frozen.numbers,
        fonts=[_glyphs(font) for font in copy.fonts.values()],
        slides=slides,
    )


def _glyphs(font: Any) -> Glyphs:
    origin = font.origin
    return Glyphs(origin.face.digest, origin.size, origin.variations, font.widths, font.to_unicode, bool(font.missing))


class _Frozen:
    """The objects of a file that its pages and tags need, numbered from 0 in the order in which they are met."""

    def __init__(self, file: Any) -> None:
        self._file = file
        tags = file.objects[_number(file.catalog["StructTreeRoot"])]
        root = file.objects[_number(tags["K"][0])]
        tree = file.objects[_number(tags["ParentTree"])]["Nums"]
        self.pages = [_number(page) for page in file.page_references]
        resources = file.objects[_number(file.objects[self.pages[0]]["Resources"])]
        self._marks = {file.pages.number: _PAGES, _number(resources["Font"]): _FONTS, root.number: _ROOT}
        self._places: dict[int, int] = {}
        self._order: list[int] = []
        self._number_annotations()
        self._name_headers()
        pages = [self.place(page) for page in self.pages]
        assert pages == list(range(len(pages)))
        self.elements = [self.place(_number(element)) for element in root["K"]]
        self.numbers = [self._text(entry) for entry in tree[1::2]]
        self.objects: list[str] = []
        for number in self._order:  # grows meanwhile
            self.objects.append(self._text(file.objects[number]))

    def place(self, number: int) -> int:
        """Return the number that an object has in the piece."""
        if number not in self._places:
            self._places[number] = len(self._order)
            self._order.append(number)
        return self._places[number]

    def _number_annotations(self) -> None:
        """Let pages and annotations say their number in the number tree from the piece's first one on."""
        for one in self._file.objects:
            for name in ("StructParents", "StructParent"):
                if isinstance(one, dict) and name in one:
                    one[name] = _mark(_BASE, one[name])

    def _name_headers(self) -> None:
        """Give headers of tables names that are unique in the whole document; their cells hold the same strings."""
        headers = (one["ID"] for one in self._file.objects if isinstance(one, dict) and one.get("S") == "/TH")
        for count, name in enumerate(headers):
            name.string = _mark(_BASE, 0) + f"-{count}".encode()

    def _text(self, value: Any) -> str:
        return bytes(self._marked(value).data if hasattr(value, "data") else self._marked(value)).decode("latin-1")

    def _marked(self, value: Any) -> Any:
        """Return a value with marks in the place of references."""
        if isinstance(value, pydyf.Stream):
            return _Data(self._marked(pydyf.Dictionary(value.extra)), value)
        if isinstance(value, dict):
            return pydyf.Dictionary({name: self._marked(one) for name, one in value.items()})
        if isinstance(value, list):
            return pydyf.Array([self._marked(one) for one in value])
        if isinstance(value, bytes) and (match := _REFERENCE.fullmatch(value)):
            number = int(match[1])
            return _mark(self._marks[number], "") if number in self._marks else _mark("", self.place(number))
        return value


def _mark(name: str, number: int | str) -> bytes:
    return b"\0" + f"{name}{number}".encode() + b"\0"


class _Data:
    """A stream with its own dictionary, compressed."""

    def __init__(self, extra: Any, stream: Any) -> None:
        plain = pydyf.Stream(stream.stream).data
        content = plain[plain.index(b"stream\n") + 7 : -len(b"\nendstream")]
        if "Filter" not in extra:
            content = zlib.compress(content, 6)
            extra["Filter"] = "/FlateDecode"
        extra["Length"] = len(content)
        self.data = extra.data + b"\nstream\n" + content + b"\nendstream"


def _number(reference: bytes) -> int:
    return int(reference.split()[0])


def join(pieces: Sequence[Piece], document: Any, options: Any) -> bytes:
    """Return the PDF of all pieces; `document`: the page without its slides, with its fonts and metadata."""
    whole = document.copy([])
    whole.fonts = dict(_fonts(pieces, document.font_config.font_map.fonts))

    def add(_: Any, file: Any) -> None:
        joined = _Joined(file)
        for piece in pieces:
            joined.add(piece)
        joined.finish(whole)

    data: bytes = whole.write_pdf(finisher=add, **options)
    return data


def _fonts(pieces: Sequence[Piece], faces: Any) -> Iterator[tuple[Any, Any]]:
    """Yield key and font of all fonts that the pieces show, with their glyphs."""
    from weasyprint.pdf.stream import Font
    from weasyprint.text.fonts import get_pango_font_key

    from verideck.render.pdf.text import fonts

    known = {face.digest: face for face in (*faces.faces, fonts.last_resort())}
    made: dict[Any, Any] = {}
    for glyphs in (glyphs for piece in pieces for glyphs in piece.fonts):
        origin = fonts.Font(known[glyphs.face], glyphs.size, glyphs.variations)
        key, description, size = get_pango_font_key(origin)
        if key not in made:
            made[key] = Font(origin, description, size)
        made[key].widths.update(glyphs.widths)
        made[key].to_unicode.update(glyphs.texts)
    yield from made.items()


class _Object(pydyf.Object):  # type: ignore[misc]
    """An object of a piece in the file."""

    data = b""

    @property
    def compressible(self) -> bool:
        return not self.data.endswith(b"\nendstream")


class _Joined:
    """A file to which pieces are added."""

    def __init__(self, file: Any) -> None:
        self.file = file
        tags = file.objects[_number(file.catalog["StructTreeRoot"])]
        self.root = file.objects[_number(tags["K"][0])]
        self.numbers = file.objects[_number(tags["ParentTree"])]["Nums"]
        resources = next(one for one in file.objects if isinstance(one, dict) and "ExtGState" in one)
        self.marks = {_PAGES: file.pages.reference, _FONTS: resources["Font"], _ROOT: self.root.reference}
        self.targets: dict[str, Any] = {}
        self.pages: list[Any] = []
        self._pictures: dict[str, bytes] = {}

    def add(self, piece: Piece) -> None:
        """Add the pages and tags of a piece; a picture that an earlier one has is there once."""
        base = len(self.numbers) // 2
        new = {}
        places: list[bytes] = []
        for place in range(len(piece.objects)):
            picture = _picture(piece.objects, place)
            if picture not in self._pictures:
                new[place] = _Object()
                self.file.add_object(new[place])
            places.append(self._pictures[picture] if place not in new else new[place].reference)
            if picture:
                self._pictures[picture] = places[-1]

        def resolved(text: str) -> bytes:
            head, stream, content = text.encode("latin-1").partition(b"\nstream\n")
            return _MARK.sub(number, head) + stream + content

        def number(mark: re.Match[bytes]) -> bytes:
            name, rest = mark[1].decode(), mark[2]
            if name == _BASE:
                return str(base + int(rest)).encode()
            return self.marks[name] if name else places[int(rest)]

        for place, one in new.items():
            one.data = resolved(piece.objects[place])
        for page in piece.pages:
            self._add_page(page, places[page.object])
        self.root["K"].extend(places[element] for element in piece.elements)
        for entry in piece.numbers:
            self.numbers.extend([len(self.numbers) // 2, resolved(entry)])

    def _add_page(self, page: Page, reference: bytes) -> None:
        self.file.pages["Count"] += 1
        self.file.pages["Kids"].append(reference)
        self.pages.append(SimpleNamespace(bookmarks=page.bookmarks, height=page.height, reference=reference))
        for name, (x, y) in page.anchors.items():
            target = pydyf.Array([reference, "/XYZ", x * POINT, (page.height - y) * POINT, 0])
            self.targets.setdefault(name, target)

    def finish(self, document: Any) -> None:
        """Add what leads to places: targets of links, bookmarks."""
        from weasyprint.pdf.anchors import add_outlines

        file = self.file
        if self.targets:
            names = [part for name in sorted(self.targets) for part in (pydyf.String(name), self.targets[name])]
            file.catalog["Names"] = pydyf.Dictionary({"Dests": pydyf.Dictionary({"Names": pydyf.Array(names)})})
        references = [page.reference for page in self.pages]
        outlined = SimpleNamespace(page_references=references, add_object=file.add_object, catalog=file.catalog)
        add_outlines(outlined, document.copy(self.pages).make_bookmark_tree(POINT, transform_pages=True))


def _picture(objects: Sequence[str], place: int) -> str:
    """Return the content of a picture with that of its mask; "" for other objects."""
    head = objects[place].partition("\nstream\n")[0]
    if "/Subtype /Image" not in head:
        return ""
    masks = (objects[int(number)] for _, number in _TEXT_MARK.findall(head))
    return "".join((_TEXT_MARK.sub("", objects[place]), *masks))
