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
        (r"\longdiv{x}", "longdiv"),
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


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        (r"\textbf{ab 1}", "<mtext>𝐚𝐛\xa0𝟏</mtext>"),
        (r"\textit{hi}", "<mtext>ℎ𝑖</mtext>"),
        (r"\texttt{a1}", "<mtext>𝚊𝟷</mtext>"),
        (r"\textsf{Ab}", "<mtext>𝖠𝖻</mtext>"),
        (r"\textbf{日本}", "<mtext>日本</mtext>"),
        (r"\textrm{a}", "<mtext>a</mtext>"),
        (r"\textnormal{a}", "<mtext>a</mtext>"),
        (r"\mbox{a b}", "<mtext>a\xa0b</mtext>"),
        (r"\LaTeX", "<mtext>LaTeX</mtext>"),
        (r"\emph{x}", "<mtext>𝑥</mtext>"),
        (r"\mathds{1}", "<mi>𝟙</mi>"),
        (r"\boxed{x}", '<mrow class="enclosed-box"><mi>x</mi></mrow>'),
        (r"\cancel{x}", '<mrow class="enclosed-updiagonalstrike"><mi>x</mi></mrow>'),
        (r"x\tag{3}", '<mi>x</mi><mspace width="2em"></mspace><mtext>(3)</mtext>'),
        (r"x\label{a}\nonumber", "<mi>x</mi>"),
        (r"\begin{equation}x\end{equation}", "<mi>x</mi>"),
    ],
)
def test_commands_that_people_write_give_plain_mathml(tex: str, shown: str) -> None:
    assert formulas.mathml(tex, False, {}).split(">", 1)[1] == f"{shown}</math>"


@pytest.mark.parametrize("name", ["align", "align*", "gather", "multline", "split", "eqnarray", "flalign"])
def test_lines_of_an_environment_have_no_numbers(name: str) -> None:
    text = formulas.mathml(
        rf"\begin{{{name}}}a &= b \\ c &= d\end{{{name}}}".replace("&", "" if name[0] in "gm" else "&"), True, {}
    )
    assert text.count("<mtr>") == 2
    assert "(1)" not in text


def test_a_sign_that_begins_an_aligned_cell_has_the_space_of_a_sum_and_in_a_matrix_none() -> None:
    assert '<mo form="infix">+</mo>' in formulas.mathml(r"\begin{aligned}a&=b\\&+c\end{aligned}", True, {})
    assert "infix" not in formulas.mathml(r"\begin{pmatrix}1&-1\\0&+1\end{pmatrix}", True, {})


def test_lines_below_a_sum_are_small() -> None:
    assert "scriptlevel" not in formulas.mathml(r"\sum_{\substack{a\\b}} x", True, {})


@pytest.mark.parametrize(
    ("tex", "said", "hint"),
    [
        (r"x \ce{H2O}", r"'\ce' is not supported", r"\mathrm{H_2O}"),
        (r"x \eqref{a}", r"'\eqref' is not supported", "write the number itself"),
        (r"x \foo", r"unknown command '\foo'", "`macros` in the front matter"),
        (r"\text{a_b}", "not valid in text mode", r"\_"),
        (r"\text{a $x$}", "math mode within text mode is not implemented yet", "a text holds no formula"),
        (r"\large x", r"'\large' is not supported", "remove it"),
        (r"\colorbox{red}{x}", r"'\colorbox' is not supported", r"\boxed"),
    ],
)
def test_a_refused_command_names_what_to_write(tex: str, said: str, hint: str) -> None:
    with pytest.raises(formulas.TexError) as caught:
        formulas.mathml(tex, True, {})
    assert said in str(caught.value)
    assert hint in caught.value.hint
    assert caught.value.position in (tex.find("\\", 1) if "x " in tex[:2] else 0, tex.find("_"), tex.find("$"))


def test_macros_are_known_in_the_formulas_that_are_given_them() -> None:
    macros = (("mean", r"\operatorname{E}[#1]"), ("numbers", r"\mathbb{R}"))
    assert "<mi>ℝ</mi>" in formulas.mathml(r"\mean{x} \in \numbers", False, {}, macros)
    with pytest.raises(formulas.TexError):
        formulas.mathml(r"\numbers", False, {})
    for name, definition in macros:
        formulas.check_macro(name, definition)
    with pytest.raises(formulas.TexError, match="unknown command"):
        formulas.check_macro("x", r"\foo")
