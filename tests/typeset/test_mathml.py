"""Formulas: what MathML and SVG come out, and what is refused where."""

from __future__ import annotations

import pytest

from verideck.typeset import mathml as formulas

SYMBOLS = {"λ": "lam", "w": "w", "E": "err"}


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


@pytest.mark.parametrize("char", ["\x08", "\uffff"])
def test_a_character_that_no_page_may_hold_is_refused(char: str) -> None:
    with pytest.raises(formulas.TexError, match="a character that is not allowed in a page"):
        formulas.mathml(f"x{char}", False, {})


def test_subscripts_stand_on_one_line_and_brackets_are_no_wider_than_they_look() -> None:
    markup = formulas.mathml(r"\left( x_i - y_i \right)", True, {})
    assert '<msub><mpadded depth="0"><mi>y</mi></mpadded>' in markup
    assert "<msub><mi>x</mi>" in markup
    assert markup.count('<mo style="width:0.43em">') == 2
    assert "width" not in formulas.mathml("(x)", True, {})
