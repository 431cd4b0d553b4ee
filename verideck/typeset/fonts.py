"""Fonts: found in their packages, subset to the characters of a deck, and cached."""

from __future__ import annotations

import atexit
import importlib.util
import io
import json
import shutil
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from verideck.core.cache import Cache
from verideck.core.errors import UsageError
from verideck.core.hashing import digest
from verideck.core.packages import installed

SANS, LATIN, MONO, MATH = "Noto Sans JP", "Source Sans 3", "JetBrains Mono", "STIX Two Math"
"""The Latin letters of SANS come from LATIN, which also has the letters that SANS lacks: Łódź, Dvořák, Việt."""
WEIGHTS = {SANS: (400, 600, 800), LATIN: (400, 600, 800), MONO: (500, 700)}
"""Family → static weights that figures and print use."""

_SOURCES = {
    SANS: ("justmytype_intl_cjk", "fonts/ofl/notosansjp/NotoSansJP[wght].ttf"),
    LATIN: ("fontpkg_source_sans_3", "files/SourceSans3[wght].ttf"),
    MONO: ("fontpkg_jetbrains_mono", "files/JetBrainsMono[wght].ttf"),
    MATH: ("ziamath", "fonts/STIXTwoMath-Regular.ttf"),
}
_FEATURES = {
    # Without `locl`: in Japanese text, browsers would draw a thinner dash than print and figures.
    SANS: ("ccmp", "halt", "kern", "liga", "lnum", "mark", "mkmk", "palt", "pnum", "tnum"),
    LATIN: ("ccmp", "kern", "locl", "mark", "mkmk"),
    # No ligatures: code is shown as written.
    MONO: ("ccmp", "kern", "locl", "mark", "mkmk"),
    MATH: ("ccmp", "dtls", "flac", "kern", "liga", "locl", "mark", "mkmk", "ssty"),
}
_STYLES = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold", 800: "ExtraBold"}
_AXIS = (400, 800)
ENLARGED = 1.118
"""Scale of LATIN's letters in SANS: the ratio of their advances, in all weights."""
_DROPPED = ("DSIG", "BASE", "VORG", "vhea", "vmtx", "VVAR", "STAT", "meta")
_CODE = digest(Path(__file__).read_bytes())
"""Source file of this module, which alone determines how fonts are subset."""


def source(family: str) -> Path:
    """Return the font file of a family without importing its package; raises FileNotFoundError."""
    package, path = _SOURCES[family]
    spec = importlib.util.find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or ():
        if (file := Path(folder) / path).is_file():
            return file
    raise FileNotFoundError(f"the font {family} is missing: install the package {package.replace('_', '-')}")


class Fonts:
    """The fonts of a build, cached in the project at `root`."""

    def __init__(self, root: Path, progress: Callable[[str, int, int], None] = lambda *_: None) -> None:
        """`progress` reports which font is being subset."""
        self._cache = Cache(root, "fonts")
        self._progress = progress

    def static(self, family: str, weight: int, text: str | None = None) -> Path:
        """Return a font file of one weight, named by family and weight, and subset to the characters of a text."""
        name = f"{family.replace(' ', '')}-{_STYLES[weight]}"
        key = _key(family, str(weight), "all" if text is None else _characters(text))
        return self._file(f"{name}-{key}.ttf", lambda: _named(_cut(family, text, weight), family, weight))

    def subset(self, family: str, text: str) -> bytes:
        """Return WOFF2 data of the variable font (wght 400-800) subset to `text`; MATH keeps its math tables."""
        name = f"{family.replace(' ', '')}-{_key(family, 'woff2', _characters(text))}.woff2"
        return self._remembered(name, lambda: _woff2(_cut(family, text), family))

    def shares(self, family: str, text: str) -> Iterator[tuple[str, str]]:
        """Yield (family, its characters) for the fonts that show a text in `family`, with fallback fonts."""
        yield family, text
        if family == SANS and (lacking := set(text).intersection(self.lacking)):
            # In print, spaces use the font of the preceding character.
            yield LATIN, _characters(" \u00a0" + "".join(lacking))

    @cached_property
    def lacking(self) -> str:
        """The characters of LATIN that SANS lacks, except spaces."""
        return _characters("".join(char for char in self._covered[LATIN] - self._covered[SANS] if not _unseen(char)))

    def uncovered(self, text: str, *families: str) -> set[str]:
        """Return the characters of `text` that none of these families (by default, of all families) can show."""
        named = (*families, LATIN) if SANS in families else families
        covered = (self._covered[family] for family in named or _SOURCES)
        left = set(unicodedata.normalize("NFC", text)).difference(*covered)
        return {char for char in left if not _unseen(char)}

    @cached_property
    def _covered(self) -> dict[str, frozenset[str]]:
        key = digest("\0".join((_CODE, *map(_edition, _SOURCES))).encode())[:16]
        covered = json.loads(self._remembered(f"covered-{key}.json", _coverage))
        return {family: frozenset(characters) for family, characters in covered.items()}

    def _remembered(self, name: str, make: Callable[[], bytes]) -> bytes:
        """Return cached data; calls `make` if there is none."""
        data = self._cache.get(name)
        if data is None:
            data = self._made(name, make)
            self._cache.put(name, data)
        return data

    def _file(self, name: str, make: Callable[[], bytes]) -> Path:
        """Return a cached font file, made if there is none; raises UsageError if it cannot be written."""
        if file := self._cache.path(name):
            return file
        try:
            return self._cache.write(name, self._made(name, make))
        except NotADirectoryError:  # something else has the name .cache: it serves no later build, but this one
            elsewhere = tempfile.mkdtemp(prefix="verideck-fonts-")
            atexit.register(shutil.rmtree, elsewhere, ignore_errors=True)
            self._cache = Cache(Path(elsewhere), "fonts")
            return self._file(name, make)
        except OSError as error:
            place = self._cache.folder / name
            taken = place.is_dir()
            hint = "remove it" if taken else "free disk space, or make the folder writable"
            raise UsageError(f"cannot write fonts to '{place}': {error.strerror}", None, hint) from None

    def _made(self, name: str, make: Callable[[], bytes]) -> bytes:
        self._progress(f"font {name.rpartition('-')[0]}", 0, 0)
        return make()


def _key(family: str, *parts: str) -> str:
    """Return the digest of all inputs of a font file."""
    parts = (_CODE, _edition(family), _version("uharfbuzz"), _version("fonttools"), *parts)
    return digest("\0".join(parts).encode())[:16]


@cache
def _version(package: str) -> str:
    return installed(sys.path)[package.replace("_", "-")]


@cache
def _edition(family: str) -> str:
    """Return the identity of a font file: version of its package and file size."""
    package, _ = _SOURCES[family]
    return f"{package} {_version(package)} {source(family).stat().st_size}"


def _characters(text: str) -> str:
    return "".join(sorted(set(text)))


def composed(text: str) -> set[str]:
    """Return the composed characters of a text's letters and accents; HarfBuzz composes one accent at a time."""
    made = set(unicodedata.normalize("NFC", text)).difference(text)
    steps = set(made)
    while steps:
        parts = (unicodedata.decomposition(char).split() for char in steps)
        steps = {chr(int(first, 16)) for first, *rest in filter(None, parts) if rest}
        made |= steps
    return made


def _unseen(char: str) -> bool:
    """Tell whether a character needs no glyph: controls, spaces, invisible marks, line breaks, variation selectors.

    Spaces of other widths are set as wider or narrower plain ones (HarfBuzz, in browsers and in print).
    """
    return unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Zs") or "\ufe00" <= char <= "\ufe0f"


def _mathematical(text: str) -> str:
    """Return `text` and the italic letters that browsers show for one-letter identifiers."""
    italics = {unicodedata.normalize("NFKC", char): char for char in map(chr, range(0x1D434, 0x1D468))}
    italics |= {unicodedata.normalize("NFKC", char): char for char in map(chr, range(0x1D6E2, 0x1D71C))}
    italics["h"] = "\u210e"
    return text + "".join(italics.get(char, "") for char in text)


def _cut(family: str, text: str | None, weight: int | None = None) -> bytes:
    """Return a font with the glyphs for `text` (None: all) in horizontal lines, of one weight or variable."""
    import uharfbuzz as hb

    face = hb.Face(source(family).read_bytes())
    wanted = hb.SubsetInput()
    wanted.flags = hb.SubsetFlags.NO_HINTING | hb.SubsetFlags.NOTDEF_OUTLINE
    wanted.unicode_set.update(
        face.unicodes if text is None else map(ord, _mathematical(text) if family == MATH else text)
    )
    wanted.name_id_set.update([13, 14])  # the licence, in addition to names and copyright
    wanted.layout_feature_tag_set.clear()
    wanted.layout_feature_tag_set.update(map(_tag, _FEATURES[family]))
    wanted.drop_table_tag_set.update(map(_tag, _DROPPED))
    if weight:
        wanted.flags |= hb.SubsetFlags.RETAIN_GIDS  # a glyph has the same number whatever else is in the font
        wanted.pin_axis_location(face, "wght", weight)
    elif face.has_var_data:
        wanted.set_axis_range(face, "wght", *_AXIS)
    return bytes(hb.subset(face, wanted).blob.data)


def _tag(name: str) -> int:
    return int.from_bytes(name.encode(), "big")


def one_weight(family: str, weight: int, text: str) -> bytes:
    """Return a font file of one weight, subset to a text."""
    return _named(_cut(family, text, weight), family, weight)


def _named(data: bytes, family: str, weight: int) -> bytes:
    """Return a font of one fixed weight, with names and flags for it."""
    font = _opened(data, family)
    style = _STYLES[weight]
    names = font["name"]
    postscript = f"{family.replace(' ', '')}-{style}"
    for record, value in {1: family, 2: style, 3: postscript, 4: f"{family} {style}", 6: postscript}.items():
        names.removeNames(record)
        names.setName(value, record, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    # Bits of OS/2: 5 bold, 6 regular; of head: 0 bold.
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0x61 | (0x40 if weight == 400 else 0x20 * (weight == 700))
    font["head"].macStyle = int(weight == 700)
    return _saved(font)


def _woff2(data: bytes, family: str) -> bytes:
    font = _opened(data, family)
    if "MATH" in font:
        _offer(font, "ssty")
        _connect(font["MATH"].table.MathVariants)
    font.flavor = "woff2"
    return _saved(font)


def _offer(font: Any, tag: str) -> None:
    """Offer the features of the script `math` to all scripts; browsers never assign letters to `math`."""
    table = font["GSUB"].table if "GSUB" in font else None
    if not (table and table.FeatureList):
        return
    found = [index for index, one in enumerate(table.FeatureList.FeatureRecord) if one.FeatureTag == tag]
    for record in table.ScriptList.ScriptRecord:
        system = record.Script.DefaultLangSys
        if system:
            system.FeatureIndex = sorted({*system.FeatureIndex, *found})
            system.FeatureCount = len(system.FeatureIndex)


def _connect(variants: Any) -> None:
    """Correct the last parts of arrows whose connectors are interchanged: browsers do not stretch such glyphs."""
    least = variants.MinConnectorOverlap
    for construction in (*(variants.HorizGlyphConstruction or ()), *(variants.VertGlyphConstruction or ())):
        parts = construction.GlyphAssembly.PartRecords if construction.GlyphAssembly else []
        if len(parts) > 1 and parts[-1].StartConnectorLength < least <= parts[-1].EndConnectorLength:
            last = parts[-1]
            last.StartConnectorLength, last.EndConnectorLength = last.EndConnectorLength, last.StartConnectorLength


def _opened(data: bytes, family: str) -> Any:
    from fontTools.ttLib import TTFont

    font = TTFont(io.BytesIO(data), lazy=True, recalcBBoxes=False, recalcTimestamp=False)
    if family == LATIN:
        font["head"].unitsPerEm = round(font["head"].unitsPerEm / ENLARGED)
    return font


def _saved(font: Any) -> bytes:
    stream = io.BytesIO()
    font.save(stream)
    return stream.getvalue()


def _coverage() -> bytes:
    """Return the characters of each font as JSON: {family: characters}."""
    import uharfbuzz as hb

    faces = {family: hb.Face(source(family).read_bytes()) for family in _SOURCES}
    return json.dumps({family: "".join(map(chr, face.unicodes)) for family, face in faces.items()}).encode()
