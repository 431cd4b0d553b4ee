"""What is set otherwise than ziamath sets it: distances, sizes, columns, limits, as a browser has them."""

from __future__ import annotations

import pytest

from tests.typeset.test_math_svg import drawn
from verideck.typeset import ziamath_patches


def test_a_fraction_is_smaller_in_a_line_than_in_display() -> None:
    assert drawn(r"\frac{a}{b}", display=False).height < drawn(r"\frac{a}{b}").height


def test_columns_are_aligned_in_print() -> None:
    left, right = (
        drawn(rf"\begin{{array}}{{{align}}}a\\a+b+c\end{{array}}").svg.partition("<path")[2][:40] for align in "lr"
    )
    assert left != right


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


def test_limits_stand_beside_their_operator_in_a_line_and_over_it_in_display() -> None:
    line, display = (drawn(r"\sum_{i=1}^n", display) for display in (False, True))
    assert line.width > 1.3 * display.width
    assert line.height < 0.8 * display.height


def test_rows_are_parted_by_the_padding_of_two_cells() -> None:
    gap = float(ziamath_patches.row_gap().removesuffix("em"))
    assert gap == pytest.approx(0.473 * ziamath_patches.EM, abs=1e-4)
