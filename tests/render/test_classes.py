"""Names that measuring a PDF goes by: each is in what a slide becomes, and in the style sheets."""

from __future__ import annotations

import re

import pytest

from tests.harness import ROOT
from verideck.render import classes

TEMPLATES = {file.name: file.read_text("utf-8") for file in (ROOT / "templates").iterdir() if file.is_file()}
NAMES = {name: value for name, value in vars(classes).items() if name.isupper()}


@pytest.mark.parametrize("name", ["SLIDE", "BODY", "FOOTNOTES", "BYLINE"])
def test_the_parts_of_a_slide_are_in_its_template(name: str) -> None:
    written = re.findall(r"class=.*", TEMPLATES["slide.html.jinja"])
    assert any(re.search(rf"\b{NAMES[name]}\b", text) for text in written)


@pytest.mark.parametrize("name", sorted(NAMES.keys() - {"BLOCK", "DRAWN", "TEX", "MATH"}))
def test_a_style_sheet_sets_it(name: str) -> None:
    assert any(re.search(rf"\.{NAMES[name]}\b", text) for file, text in TEMPLATES.items() if file.endswith(".css"))


def test_no_name_is_given_twice() -> None:
    assert len(set(NAMES.values())) == len(NAMES)
