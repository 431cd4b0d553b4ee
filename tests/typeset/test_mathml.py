"""Formulas: what MathML and SVG come out, and what is refused where."""

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


def test_symbols_carry_their_role_and_other_letters_none() -> None:
    assert formulas.mathml(r"\lambda w b", False, SYMBOLS) == (
        r'<math alttext="\lambda w b"><mi class="sym sym-lam">λ</mi><mi class="sym sym-w">w</mi><mi>b</mi></math>'
    )


def test_an_accented_symbol_is_coloured_with_its_accent() -> None:
    assert '<mover accent="true" class="sym sym-w"><mi>w</mi>' in formulas.mathml(r"\hat{w}", False, SYMBOLS)
    assert "class" not in formulas.mathml(r"\hat{y}", False, SYMBOLS)


@pytest.mark.parametrize("source", [r"\mathbf{w}", r"\bm{w}", r"\mathrm{w}"])
def test_a_symbol_is_the_same_letter_in_every_alphabet(source: str) -> None:
    assert "sym-w" in formulas.mathml(source, False, SYMBOLS)


def test_display_style_is_marked() -> None:
    assert formulas.mathml("x", True, {}).startswith('<math display="block"')


@pytest.mark.parametrize("source", TALK)
def test_every_formula_of_a_talk_is_well_formed_and_drawn(source: str) -> None:
    mathml = formulas.mathml(source, True, SYMBOLS)
    assert ET.fromstring(mathml).get("alttext") == source
    drawing = drawn(source)
    assert drawing.width > 40
    assert 0 < drawing.depth < drawing.height
    assert drawing.svg.count("<path") >= 4


def test_an_unknown_command_is_an_error_at_its_character() -> None:
    with pytest.raises(formulas.TexError, match=r"unknown command '\\foo'") as caught:
        formulas.mathml(r"誤差 + \foo", True, {})
    assert caught.value.position == 5


@pytest.mark.parametrize(("source", "position"), [("a{b", 3), ("a}b", 1), (" ", 0), (r"\htmlData{a=b}{x}", 0)])
def test_a_broken_formula_is_an_error_with_its_place(source: str, position: int) -> None:
    with pytest.raises(formulas.TexError) as caught:
        formulas.mathml(source, True, {})
    assert caught.value.position == position


@pytest.mark.parametrize("source", [r"\newcommand{\a}{\a\a}\a", r"\def\a{\a}\a"])
def test_an_endless_macro_ends_with_an_error(source: str) -> None:
    with pytest.raises(formulas.TexError, match="too many expansions"):
        formulas.mathml(source, True, {})


@pytest.mark.parametrize(
    ("source", "what"),
    [
        (r"\eqref{a}", "<a>"),
        (r"\begin{align}a\label{x}\end{align}", "'id'"),
        (r"\cancel{x}", "<menclose>"),
        ("x" * 2001, "longer than 2000"),
    ],
)
def test_what_is_not_plain_mathematics_is_refused(source: str, what: str) -> None:
    with pytest.raises(formulas.TexError, match=what):
        formulas.mathml(source, True, {})


def test_markup_in_tex_stays_text() -> None:
    assert "<script" not in formulas.mathml(r"<script>\text{<b>}", True, {})


def test_print_bakes_the_colour_of_each_glyph() -> None:
    assert fills(drawn(r"E + \lambda \hat w")) == ["#0b746b", "#1b2130", "#c2410c", "#1d5fc4", "#1d5fc4"]
    assert fills(drawn(r"\color{red}x")) == ["#FF0000"]


def test_print_holds_no_ids_that_could_clash() -> None:
    assert " id=" not in drawn(TALK[2]).svg
    assert "href" not in drawn(TALK[2]).svg


def test_a_fraction_is_smaller_in_a_line_than_in_display() -> None:
    assert drawn(r"\frac{a}{b}", display=False).height < drawn(r"\frac{a}{b}").height


def test_columns_are_aligned_in_print() -> None:
    left, right = (
        drawn(rf"\begin{{array}}{{{align}}}a\\a+b+c\end{{array}}").svg.partition("<path")[2][:40] for align in "lr"
    )
    assert left != right


def test_print_is_the_same_whatever_was_drawn_before() -> None:
    before = drawn("w_{fi}^{x'}", False).svg
    drawn(r"\text{first fi}")
    math_svg.drawn.things.clear()
    assert drawn("w_{fi}^{x'}", False).svg == before


@pytest.mark.parametrize("char", ["\x08", "\uffff"])
def test_a_character_that_no_page_may_hold_is_refused(char: str) -> None:
    with pytest.raises(formulas.TexError, match="a character that no page may hold"):
        formulas.mathml(f"x{char}", False, {})


NARROWER = {
    r"\operatorname*{arg\,min}_{\lambda>0} a",
    r"\bigl( y_i \bigr)",
    r"\sum_i x_i",
    r"f'(x) + w^2",
}
"""What print sets up to 3.5 px narrower than browsers do."""


@pytest.mark.parametrize(
    ("source", "display", "width", "up", "down"),
    [
        (r"\sum_{i=1}^{n} (x_i)", True, 106.1, 63.3, 43.5),
        (r"\operatorname*{arg\,min}_{\lambda>0} a", True, 159.1, 28.0, 41.7),
        (r"\bigl( y_i \bigr)", True, 65.5, 34.3, 13.7),
        (r"\left[ \frac{a}{b} \right]", True, 58.6, 48.8, 28.2),
        (r"\sqrt{x} + \sqrt{2}", True, 153.7, 40.6, 10.5),
        (r"\hat{w} \vec{v} \overline{ab}", True, 92.2, 37.1, 0.0),
        (r"\bigcup_{i} A_i", True, 96.4, 40.8, 47.0),
        (r"\sum_i x_i", False, 88.0, 32.0, 16.4),
        (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", True, 142.8, 63.3, 42.7),
        (r"f'(x) + w^2", False, 176.7, 35.8, 9.0),
        (r"\log x", False, 80.3, 29.0, 10.0),
        (r"\begin{aligned} a &= b + c \\ d &= e \end{aligned}", True, 189.1, 60.2, 39.6),
    ],
)
def test_print_is_as_large_as_a_browser_sets_it(
    source: str, display: bool, width: float, up: float, down: float
) -> None:
    drawing = drawn(source, display)
    assert drawing.width == pytest.approx(width, abs=3.5 if source in NARROWER else 2)
    assert drawing.height - drawing.depth == pytest.approx(up, abs=2)
    assert drawing.depth == pytest.approx(down, abs=2)


def test_subscripts_stand_on_one_line_and_brackets_are_no_wider_than_they_look() -> None:
    markup = formulas.mathml(r"\left( x_i - y_i \right)", True, {})
    assert '<msub><mpadded depth="0"><mi>y</mi></mpadded>' in markup
    assert "<msub><mi>x</mi>" in markup
    assert markup.count('<mo style="width:0.43em">') == 2
    assert "width" not in formulas.mathml("(x)", True, {})


def test_limits_stand_beside_their_operator_in_a_line_and_over_it_in_display() -> None:
    line, display = (drawn(r"\sum_{i=1}^n", display) for display in (False, True))
    assert line.width > 1.3 * display.width
    assert line.height < 0.8 * display.height
