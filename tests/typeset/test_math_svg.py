"""Formulas as print shows them: MathML in, SVG and its measures out."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from verideck.typeset import math_svg
from verideck.typeset import mathml as formulas

SYMBOLS = {"λ": "lam", "w": "w", "E": "err"}


COLOURS = {"lam": "#c2410c", "w": "#1d5fc4", "err": "#0b746b"}


TALK = [
    r"E(w,b)+\lambda w^2",
    r"\hat{w}(\lambda)",
    r"\sum_{i=1}^{n}(y_i-(wx_i+b))^2",
    r"\lambda^*=\operatorname*{arg\,min}_{\lambda>0}E(\hat w(\lambda),\hat b(\lambda))",
    r"\begin{aligned}a&=b\\c&=d+1\end{aligned}",
    r"f=\begin{cases}a&b>1\\c+1&d\end{cases}",
    r"w=\frac{S_{xy}}{S_{xx}+\lambda}",
    r"\log x+\operatorname{tr}A\quad\|w\|^2\!",
]


def drawn(source: str, display: bool = True) -> math_svg.Drawing:
    return math_svg.svg(formulas.mathml(source, display, SYMBOLS), 40, COLOURS, "#1b2130")


def fills(drawing: math_svg.Drawing) -> list[str]:
    return re.findall(r'fill="([^"]*)"', drawing.svg)


@pytest.mark.parametrize("source", TALK)
def test_every_formula_of_a_talk_is_well_formed_and_drawn(source: str) -> None:
    mathml = formulas.mathml(source, True, SYMBOLS)
    assert ET.fromstring(mathml).get("alttext") == source
    drawing = drawn(source)
    assert drawing.width > 40
    assert 0 < drawing.depth < drawing.height
    assert drawing.svg.count("<path") >= 4


def test_print_bakes_the_colour_of_each_glyph() -> None:
    assert fills(drawn(r"E + \lambda \hat w")) == ["#0b746b", "#1b2130", "#c2410c", "#1d5fc4", "#1d5fc4"]
    assert fills(drawn(r"\color{red}x")) == ["#FF0000"]


def test_print_holds_no_ids_that_could_clash() -> None:
    assert " id=" not in drawn(TALK[2]).svg
    assert "href" not in drawn(TALK[2]).svg


def test_print_is_the_same_whatever_was_drawn_before() -> None:
    before = drawn("w_{fi}^{x'}", False).svg
    drawn(r"\text{first fi}")
    math_svg.drawn.values.clear()
    assert drawn("w_{fi}^{x'}", False).svg == before


def test_letters_that_the_mathematical_font_lacks_come_from_the_font_of_texts() -> None:
    shape = re.compile(r'd="([^"]+)"')
    box = shape.findall(drawn("\\text{\ue000}").svg)
    shapes = [shape.findall(drawn(f"E_\\text{{{char}}}").svg)[1] for char in "誤差"]
    assert len({*shapes, *box}) == 3
    assert drawn("\\text{日本語}").width == pytest.approx(3 * 40, abs=1)


@pytest.mark.parametrize("arrow", ["xrightarrow", "xleftarrow"])
def test_an_arrow_is_as_wide_as_its_label(arrow: str) -> None:
    short, long = (drawn(rf"A \{arrow}{{{label}}} B").width for label in ("f", r"\text{a long label}"))
    assert long > short + 60


@pytest.mark.parametrize(("command", "lines"), [("cancel", 1), ("bcancel", 1), ("xcancel", 2), ("boxed", 1)])
def test_strokes_and_frames_are_drawn(command: str, lines: int) -> None:
    plain, enclosed = (len(re.findall("<(?!/|svg|g)", drawn(tex).svg)) for tex in ("x", rf"\{command}{{x}}"))
    assert enclosed >= plain + lines
