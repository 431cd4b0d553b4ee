"""Fontconfig's and PangoFT2's functions that WeasyPrint calls, under their own names; fonts come by @font-face."""

from __future__ import annotations

from types import SimpleNamespace
from xml.etree import ElementTree

from verideck.render.pdf.text.fonts import Descriptors, FontMap

FcSetSystem = FcMatchFont = 0
_WEIGHTS = {0: 100, 40: 200, 50: 300, 80: 400, 100: 500, 180: 600, 200: 700, 205: 800, 210: 900}
_SLANTS = {"roman": 0, "oblique": 1, "italic": 2}
_WIDTHS = ("ultra", "extra", "", "semi")
_STRETCHES = {
    **{f"{much}condensed": place for place, much in enumerate(_WIDTHS)},
    "normal": 4,
    **{f"{much}expanded": 8 - place for place, much in enumerate(_WIDTHS)},
}


class _File:
    """A file of a `Folder`, as much of it as WeasyPrint asks for."""

    def __init__(self, files: dict[str, bytes], name: str) -> None:
        self._files, self._name = files, name

    def exists(self) -> bool:
        return self._name in self._files

    def write_bytes(self, data: bytes) -> None:
        self._files[self._name] = data

    def as_posix(self) -> str:
        return self._name


class Folder:
    """Stands in for the folder into which WeasyPrint writes fonts: here they stay in memory, and none is left over."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def __bool__(self) -> bool:
        return False  # so that WeasyPrint does not remove it

    def __truediv__(self, name: str) -> _File:
        return _File(self.files, name)


class _Config:
    """Fonts, and what is said of files that are to come."""

    def __init__(self) -> None:
        self.fonts, self.folder = FontMap(), Folder()
        self.rules: dict[str, Descriptors] = {}


def FcInitLoadConfigAndFonts() -> _Config:  # noqa: N802
    return _Config()


def FcConfigDestroy(config: _Config) -> None:  # noqa: N802
    pass


def FcConfigGetFonts(config: _Config, which: int) -> SimpleNamespace:  # noqa: N802
    """Say that there are fonts: without, WeasyPrint warns."""
    return SimpleNamespace(nfont=1)


def FcConfigParseAndLoadFromMemory(config: _Config, xml: bytes, complain: bool) -> bool:  # noqa: N802
    """Take what an @font-face rule says of a file."""
    root = ElementTree.fromstring(xml)
    said = {edit.get("name", ""): edit for edit in root.iter("edit")}

    def value(name: str) -> str | None:
        return said[name][0].text if name in said else None

    weight, slant, width = value("weight"), value("slant"), value("width")
    features = (str(one.text).rsplit(" ", 1) for one in said.get("fontfeatures", ()))
    config.rules[root.findtext("match/test/string", "")] = Descriptors(
        family=value("family") or "",
        weight=_WEIGHTS[int(weight)] if weight else None,
        slant=_SLANTS[slant] if slant else None,
        width=_STRETCHES[width] if width else None,
        ranges=tuple((int(str(one[0].text), 16), int(str(one[1].text), 16)) for one in root.iter("range")),
        features={tag: int(number) for tag, number in features},
    )
    return True


def FcConfigAppFontAddFile(config: _Config, path: bytes) -> bool:  # noqa: N802
    """Take a font; return whether it is one."""
    try:
        config.fonts.add(config.folder.files[path.decode()], config.rules[path.decode()])
    except ValueError:
        return False
    return True


def FcPatternCreate() -> None:  # noqa: N802
    """Begin to look for a font of the machine: there is none for us."""


def FcPatternDestroy(pattern: None) -> None:  # noqa: N802
    pass


def FcConfigSubstitute(config: _Config, pattern: None, kind: int) -> None:  # noqa: N802
    pass


def FcDefaultSubstitute(pattern: None) -> None:  # noqa: N802
    pass


def FcPatternAddString(pattern: None, name: bytes, value: bytes) -> None:  # noqa: N802
    pass


def FcPatternGetString(pattern: None, name: bytes, number: int, value: object) -> None:  # noqa: N802
    pass  # of a font that was found


def FcConfigGetConfigFiles(config: _Config) -> None:  # noqa: N802
    pass  # where there are no fonts


def FcStrListNext(names: None) -> None:  # noqa: N802
    pass


def FcFontMatch(config: _Config, pattern: None, result: object) -> object:  # noqa: N802
    return None  # no font of the machine is called so


class _Holder:
    """A font map as FontConfiguration makes it: first empty, then told its configuration."""

    fonts: FontMap


def pango_ft2_font_map_new() -> _Holder:
    return _Holder()


def pango_fc_font_map_set_config(holder: _Holder, config: _Config) -> None:
    holder.fonts = config.fonts


def pango_fc_font_map_config_changed(holder: _Holder) -> None:
    pass
