"""The typefaces: found in their packages, cut to what a deck uses, remembered in the cache."""

from __future__ import annotations

import importlib.util
import io
import json
import sys
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from deck import files
from deck.errors import UsageError
from deck.inputs import digest, installed

SANS, MONO, MATH = "Noto Sans JP", "JetBrains Mono", "STIX Two Math"
WEIGHTS = {SANS: (400, 600, 800), MONO: (500, 700)}
"""Static weights that figures and print use, by family."""

_SOURCES = {
    SANS: ("justmytype_intl_cjk", "fonts/ofl/notosansjp/NotoSansJP[wght].ttf"),
    MONO: ("fontpkg_jetbrains_mono", "files/JetBrainsMono[wght].ttf"),
    MATH: ("ziamath", "fonts/STIXTwoMath-Regular.ttf"),
}
_FEATURES = {
    SANS: ("ccmp", "halt", "kern", "liga", "locl", "lnum", "mark", "mkmk", "palt", "pnum", "tnum"),
    # Code is shown as it is written: no ligatures.
    MONO: ("ccmp", "kern", "locl", "mark", "mkmk"),
    MATH: ("ccmp", "dtls", "flac", "kern", "liga", "locl", "mark", "mkmk", "ssty"),
}
_STYLES = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold", 800: "ExtraBold"}
_AXIS = (400, 800)
_RECIPE = "1"
"""Raised by hand when the same inputs would give other bytes."""


def source(family: str) -> Path:
    """Return the font file of a family, without importing its package; raises FileNotFoundError."""
    package, path = _SOURCES[family]
    spec = importlib.util.find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or ():
        if (file := Path(folder) / path).is_file():
            return file
    raise FileNotFoundError(f"the font {family} is missing: install the package {package.replace('_', '-')}")


class Fonts:
    """The fonts of a build; `cache` is the folder where what was cut is kept."""

    def __init__(self, cache: Path, progress: Callable[[str, int, int], None] = lambda *_: None) -> None:
        """Take `progress` to say which font is being cut, as that takes seconds."""
        self.cache = cache / "fonts"
        self._progress = progress

    def for_figures(self, weight: int, scripts: str) -> Path:
        """Return a font file of one weight for whatever `scripts` may write into figures, as matplotlib finds it.

        All characters of the scripts, all kana and signs, and the kanji of JIS level 1: cutting all 17,000 glyphs
        takes a quarter of a minute a weight.
        """
        return self.subset_static(SANS, weight, _repertoire() + scripts)

    def subset_static(self, family: str, weight: int, text: str) -> Path:
        """Return a font file of one weight cut to the characters of `text`, its names saying family and weight."""
        name = f"{family.replace(' ', '')}-{_STYLES[weight]}"
        key = self._key(family, str(weight), _characters(text))
        return self._remembered(f"{name}-{key}.ttf", lambda: _saved(_instance(self._cut(family, text), family, weight)))

    def subset(self, family: str, text: str) -> bytes:
        """Return WOFF2 of the variable font (wght 400-800) cut to the characters of `text`; of MATH with its tables."""
        name = f"{family.replace(' ', '')}-{self._key(family, 'woff2', _characters(text))}.woff2"
        return self._remembered(name, lambda: _woff2(self._cut(family, text))).read_bytes()

    def uncovered(self, text: str, *families: str) -> set[str]:
        """Return the characters of `text` that none of these families (any of ours, without) can show."""
        left = set(text).difference(*(self._covered[family] for family in families or _SOURCES))
        return {char for char in left if not _unseen(char)}

    @cached_property
    def _covered(self) -> dict[str, frozenset[str]]:
        key = digest("".join(map(_edition, _SOURCES)).encode())[:16]
        file = self._remembered(f"covered-{key}.json", _coverage)
        return {
            family: frozenset(char for first, last in ranges for char in map(chr, range(first, last + 1)))
            for family, ranges in json.loads(file.read_bytes()).items()
        }

    def _cut(self, family: str, text: str) -> Any:
        """Return the variable font cut to `text`: the slow step, shared by all weights."""
        from fontTools.ttLib import TTFont

        name = f"{family.replace(' ', '')}-{self._key(family, 'cut', _characters(text))}.ttf"
        file = self._remembered(name, lambda: _saved(_cut(_open(family), family, text)))
        return TTFont(io.BytesIO(file.read_bytes()), recalcTimestamp=False)

    def _key(self, family: str, *parts: str) -> str:
        """Return the digest of all that decides a file's bytes."""
        parts = (_RECIPE, _edition(family), _version("fonttools"), *parts)
        return digest("\0".join(parts).encode())[:16]

    def _remembered(self, name: str, make: Callable[[], bytes]) -> Path:
        """Return a file of the cache, made if it is not there; other builds see it whole or not at all."""
        file = self.cache / name
        if not file.is_file():
            self._progress(f"font {name.rpartition('-')[0]}", 0, 0)
            data = make()
            try:
                files.replace(file, data)
            except OSError as error:
                hint = "make room, or allow writing there"
                raise UsageError(f"cannot keep fonts in '{self.cache}': {error.strerror}", None, hint) from None
        return file


@cache
def _version(package: str) -> str:
    return installed(sys.path)[package.replace("_", "-")]


@cache
def _edition(family: str) -> str:
    """Return what tells one edition of a font file from another: its package's version and its size."""
    package, _ = _SOURCES[family]
    return f"{package} {_version(package)} {source(family).stat().st_size}"


def _characters(text: str) -> str:
    return "".join(sorted(set(text)))


@cache
def _repertoire() -> str:
    """Return Latin, Greek, punctuation, signs, kana and the kanji of JIS X 0208 level 1 (rows 1-47)."""
    cells = (bytes((row, cell)).decode("euc_jp", "ignore") for row in range(0xA1, 0xD0) for cell in range(0xA1, 0xFF))
    return "".join(cells) + "".join(map(chr, (*range(0x20, 0x180), *range(0x2000, 0x2300))))


def _unseen(char: str) -> bool:
    """Tell whether a character needs no glyph: controls, invisible marks, line breaks, variation selectors."""
    return unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") or "\ufe00" <= char <= "\ufe0f"


def _mathematical(text: str) -> str:
    """Return `text` with the italic letters that browsers put in place of one-letter identifiers."""
    italics = {unicodedata.normalize("NFKC", char): char for char in map(chr, range(0x1D434, 0x1D468))}
    italics |= {unicodedata.normalize("NFKC", char): char for char in map(chr, range(0x1D6E2, 0x1D71C))}
    italics["h"] = "\u210e"
    return text + "".join(italics.get(char, "") for char in text)


def _open(family: str) -> Any:
    from fontTools.ttLib import TTFont

    return TTFont(io.BytesIO(source(family).read_bytes()), lazy=True, recalcTimestamp=False)


def _cut(font: Any, family: str, text: str) -> Any:
    """Return the font with the glyphs that `text` can need, for horizontal lines."""
    from fontTools.subset import Options, Subsetter

    options = Options(
        layout_features=list(_FEATURES[family]),
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14],
        notdef_outline=True,
        glyph_names=False,
        hinting=False,
        drop_tables=["DSIG", "BASE", "VORG", "vhea", "vmtx", "VVAR", "STAT", "meta"],
    )
    subsetter = Subsetter(options)
    subsetter.populate(text=_mathematical(text) if family == MATH else text)
    subsetter.subset(font)
    return font


def _instance(font: Any, family: str, weight: int) -> Any:
    """Return the font fixed to one weight, its names and flags saying so."""
    from fontTools.varLib.instancer import instantiateVariableFont

    font = instantiateVariableFont(font, {"wght": weight}, inplace=True)
    if "STAT" in font:
        del font["STAT"]
    style = _STYLES[weight]
    names = font["name"]
    for record in (16, 17, 21, 22, 25):
        names.removeNames(record)
    postscript = f"{family.replace(' ', '')}-{style}"
    for record, value in {1: family, 2: style, 3: postscript, 4: f"{family} {style}", 6: postscript}.items():
        names.removeNames(record)
        names.setName(value, record, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    # Bits of OS/2: 5 bold, 6 regular; of head: 0 bold.
    font["OS/2"].fsSelection = font["OS/2"].fsSelection & ~0x61 | (0x40 if weight == 400 else 0x20 * (weight == 700))
    font["head"].macStyle = int(weight == 700)
    return font


def _woff2(font: Any) -> bytes:
    from fontTools.varLib.instancer import instantiateVariableFont

    if "fvar" in font:
        font = instantiateVariableFont(font, {"wght": _AXIS}, inplace=True)
    font.flavor = "woff2"
    return _saved(font)


def _saved(font: Any) -> bytes:
    stream = io.BytesIO()
    font.save(stream)
    return stream.getvalue()


def _coverage() -> bytes:
    """Return the code points of each font as JSON: {family: [[first, last], …]}."""
    return json.dumps({family: _ranges(sorted(_open(family).getBestCmap())) for family in _SOURCES}).encode()


def _ranges(codes: Iterable[int]) -> list[list[int]]:
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return ranges
