"""What became of slides, as JSON and back."""

from __future__ import annotations

import pytest

from verideck.render.pdf.layout import (
    Anchor,
    Drawing,
    Layout,
    Overflow,
    SlideLayout,
    Text,
    layout_from_json,
    layout_to_json,
)
from verideck.typeset.figure_facts import Paint

ANCHOR = Anchor("body", 2, 3)
WHOLE = Layout(
    (
        SlideLayout(
            overflows=(Overflow(ANCHOR, "code", "column", "across", 12.25, "x = 1"),),
            texts=(Text(ANCHOR, 20.5, True, "#1d5fc4", 0.5, "#fbfaf6", "λ"),),
            drawings=(Drawing(ANCHOR, 0.8, 300, 11, "w", (Paint("area", "#000000", edge="#ffffff"),), "#fbfaf6", "2"),),
        ),
        SlideLayout((), (), ()),
    )
)


def test_a_layout_comes_back_from_json_as_it_was() -> None:
    assert layout_from_json(layout_to_json(WHOLE)) == WHOLE


@pytest.mark.parametrize("text", ["", "{}", '{"slides": 1}', '{"slides": [{"boxes": 1}]}', "[]"])
def test_what_is_no_layout_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a layout|Expecting"):
        layout_from_json(text)
