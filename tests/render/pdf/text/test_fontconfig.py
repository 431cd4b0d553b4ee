"""What an @font-face rule says of a file, as WeasyPrint writes it."""

from __future__ import annotations

from tests.render.pdf.text.faces import tiny
from verideck.render.pdf.text import fontconfig
from verideck.render.pdf.text.fonts import Descriptors

RULE = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>
<match target="scan"><test name="file" compare="eq"><string>{file}</string></test>
<edit name="family" mode="prepend"><string>Ours</string></edit>{more}</match>
<match target="font"><test name="file" compare="eq"><string>{file}</string></test>{font}</match></fontconfig>"""
TRAITS = """<edit name="slant" mode="assign_replace"><const>italic</const></edit>
<edit name="weight" mode="assign_replace"><int>180</int></edit>
<edit name="width" mode="assign_replace"><const>semicondensed</const></edit>"""
FONT = """<edit name="fontfeatures" mode="assign_replace"><string>kern 1</string><string>liga 0</string></edit>
<edit name="charset" mode="assign_replace"><plus>
<charset><range><int>0x61</int><int>0x7a</int></range></charset>
<charset><range><int>0x3bb</int><int>0x3bb</int></range></charset></plus></edit>"""


def told(more: str = "", font: str = "") -> Descriptors:
    config = fontconfig.FcInitLoadConfigAndFonts()
    assert fontconfig.FcConfigParseAndLoadFromMemory(
        config, RULE.format(file="/f", more=more, font=font).encode(), True
    )
    return config.rules["/f"]


def test_a_rule_is_read() -> None:
    ranges, features = ((0x61, 0x7A), (0x3BB, 0x3BB)), {"kern": 1, "liga": 0}
    assert told(TRAITS, FONT) == Descriptors("Ours", 600, 2, 3, ranges, features)


def test_what_a_rule_does_not_say_is_left_to_the_font() -> None:
    assert told() == Descriptors("Ours")


def test_a_file_becomes_a_font_or_is_refused_and_stays_in_memory() -> None:
    config = fontconfig.FcInitLoadConfigAndFonts()
    for name, data in (("good", tiny("a")), ("bad", b"no font")):
        file = config.folder / name
        assert not file.exists()
        file.write_bytes(data)
        assert file.exists()
        rule = RULE.format(file=file.as_posix(), more="", font="").encode()
        fontconfig.FcConfigParseAndLoadFromMemory(config, rule, True)
        assert fontconfig.FcConfigAppFontAddFile(config, file.as_posix().encode()) == (name == "good")
    assert [face.family for face in config.fonts.faces] == ["Ours"]


def test_no_font_of_the_machine_is_found() -> None:
    config = fontconfig.FcInitLoadConfigAndFonts()
    assert fontconfig.FcFontMatch(config, None, None) is None
