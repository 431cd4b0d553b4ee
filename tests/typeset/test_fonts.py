"""Typefaces: what is cut, what is remembered, what nothing covers."""

from __future__ import annotations

import io
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from verideck.core.errors import UsageError
from verideck.render import charset
from verideck.typeset import fonts

CODE = "def f(w): # !="


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def opened(font: bytes | Path) -> Any:
    from fontTools.ttLib import TTFont

    return TTFont(io.BytesIO(font if isinstance(font, bytes) else font.read_bytes()))


@pytest.mark.parametrize("family", [fonts.SANS, fonts.LATIN, fonts.MONO, fonts.MATH])
def test_every_family_is_found_in_its_package(family: str) -> None:
    assert fonts.source(family).read_bytes()[:4] in (b"\0\1\0\0", b"OTTO")


def test_finding_fonts_imports_nothing_heavy() -> None:
    code = "import sys; from verideck.typeset import fonts; [fonts.source(f) for f in (fonts.SANS, fonts.MATH)];"
    code += "print([m for m in ('fontTools', 'uharfbuzz', 'ziamath') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_a_web_font_holds_what_is_shown_and_varies_in_weight(cache: Path) -> None:
    data = fonts.Fonts(cache).subset(fonts.MONO, CODE)
    font = opened(data)
    assert data[:4] == b"wOF2"
    assert set(map(chr, font.getBestCmap())) == set(CODE)
    assert [(axis.axisTag, axis.minValue, axis.maxValue) for axis in font["fvar"].axes] == [("wght", 400, 800)]


def test_the_mathematical_font_keeps_its_tables_and_italic_letters(cache: Path) -> None:
    font = opened(fonts.Fonts(cache).subset(fonts.MATH, "wλh("))
    assert "MATH" in font
    assert {"w", "𝑤", "𝜆", "ℎ", "("} <= set(map(chr, font.getBestCmap()))


def test_letters_in_small_have_their_own_shape_in_every_script(cache: Path) -> None:
    table = opened(fonts.Fonts(cache).subset(fonts.MATH, "w′2")).get("GSUB").table
    small = [index for index, one in enumerate(table.FeatureList.FeatureRecord) if one.FeatureTag == "ssty"]
    assert small
    systems = [one.Script.DefaultLangSys for one in table.ScriptList.ScriptRecord if one.Script.DefaultLangSys]
    assert len(systems) > 1
    assert all(set(small) <= set(system.FeatureIndex) for system in systems)


def test_a_static_font_says_its_family_and_weight(cache: Path) -> None:
    font = opened(fonts.Fonts(cache).static(fonts.MONO, 700, CODE))
    names = {record.nameID: record.toUnicode() for record in font["name"].names}
    assert "fvar" not in font
    assert (names[1], names[2], names[4], names[6]) == (
        "JetBrains Mono",
        "Bold",
        "JetBrains Mono Bold",
        "JetBrainsMono-Bold",
    )
    assert not {16, 17, 25} & names.keys()
    assert (font["OS/2"].usWeightClass, font["head"].macStyle) == (700, 1)


def test_matplotlib_finds_family_and_weight(cache: Path) -> None:
    from matplotlib import ft2font
    from matplotlib.font_manager import ttfFontProperty

    entry = ttfFontProperty(ft2font.FT2Font(fonts.Fonts(cache).static(fonts.MONO, 500, CODE)))
    assert (entry.name, entry.weight) == ("JetBrains Mono", 500)


def test_the_same_inputs_give_the_same_bytes(cache: Path, tmp_path: Path) -> None:
    assert fonts.Fonts(tmp_path).subset(fonts.MONO, CODE) == fonts.Fonts(cache).subset(fonts.MONO, CODE[::-1])


def test_what_was_cut_is_remembered_by_characters(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = fonts.Fonts(cache).subset(fonts.MONO, CODE)
    monkeypatch.setattr(fonts, "_cut", lambda *_: pytest.fail("cut again"))
    assert fonts.Fonts(cache).subset(fonts.MONO, CODE + CODE) == first
    with pytest.raises(pytest.fail.Exception):
        fonts.Fonts(cache).subset(fonts.MONO, CODE + "x")


def test_a_folder_in_place_of_a_font_is_named(tmp_path: Path) -> None:
    name = fonts.Fonts(tmp_path).static(fonts.SANS, 400, "a").name
    (tmp_path / ".cache/fonts" / name).unlink()
    (tmp_path / ".cache/fonts" / name).mkdir()
    with pytest.raises(UsageError, match=f"{name}'") as caught:
        fonts.Fonts(tmp_path).static(fonts.SANS, 400, "a")
    assert caught.value.hint == "remove it"


def test_only_characters_without_any_glyph_are_uncovered(cache: Path) -> None:
    assert fonts.Fonts(cache).uncovered("λ ŵ 誤差 ∑ → 、\n\u200b\ufe0f😀") == {"😀"}


def test_a_font_for_figures_holds_all_that_the_family_has(cache: Path) -> None:
    file = fonts.Fonts(cache).static(fonts.SANS, 600)
    assert set("Aéλ−…→∑ 、。ーぁん ァヴ亜腕誤差価値々鬱𠮟") <= set(map(chr, opened(file).getBestCmap()))


@pytest.mark.parametrize("weight", [400, 800])
def test_japanese_is_cut_to_one_weight(cache: Path, weight: int) -> None:
    font = opened(fonts.Fonts(cache).static(fonts.SANS, weight, "誤差を、AV"))
    assert set(map(chr, font.getBestCmap())) == set("誤差を、AV")
    assert font["OS/2"].usWeightClass == weight
    assert {"palt", "kern"} <= {record.FeatureTag for record in font["GPOS"].table.FeatureList.FeatureRecord}


def test_letters_that_the_family_lacks_come_from_the_one_it_was_made_of_in_its_size(cache: Path) -> None:
    made = fonts.Fonts(cache)
    for text in ("Erdös 誤差", "10\u202fkm, 5\u2009kg"):
        assert list(made.shares(fonts.SANS, text)) == [(fonts.SANS, text)]
    decomposed = charset.characters("Erdo\u030bs, Łódź, ẹ\u0302")
    assert list(made.shares(fonts.SANS, decomposed)) == [
        (fonts.SANS, decomposed),
        (fonts.LATIN, " \u00a0Łőź\u0302\u030b"),
    ]
    assert list(made.shares(fonts.MONO, "ő")) == [(fonts.MONO, "ő")]
    assert made.uncovered("Łódź, Dvořák, x₁", fonts.SANS) == set()
    latin, sans = (opened(made.static(family, 400, "n o")) for family in (fonts.LATIN, fonts.SANS))
    widths = [font["hmtx"][font.getBestCmap()[ord("n")]][0] / font["head"].unitsPerEm for font in (latin, sans)]
    assert widths[0] == pytest.approx(widths[1], rel=0.005)


def test_letters_with_two_accents_are_composed_one_at_a_time() -> None:
    assert fonts.composed("Vie\u0323\u0302t") == {"ệ", "ẹ", "e"}
    assert fonts.composed("Việt ﬁ") == set()


def test_parts_of_what_stretches_overlap_as_browsers_require(cache: Path) -> None:
    """OpenType, MATH: https://learn.microsoft.com/typography/opentype/spec/math#mathglyphassembly-table."""
    variants = opened(fonts.Fonts(cache).subset(fonts.MATH, "→←↔⇒⇐⏞⏟̂()√"))["MATH"].table.MathVariants
    least = variants.MinConnectorOverlap
    for construction in (*variants.HorizGlyphConstruction, *variants.VertGlyphConstruction):
        parts = construction.GlyphAssembly.PartRecords if construction.GlyphAssembly else []
        for one, other in pairwise(parts):
            assert min(one.EndConnectorLength, other.StartConnectorLength) >= least
