"""The talk's own numbers."""

from __future__ import annotations

import pytest

from tests.harness import ROOT
from verideck.check.results import (
    typed_numbers,
)
from verideck.core.project import Sources
from verideck.read import parser
from verideck.run import record


@pytest.mark.parametrize("path", Sources(ROOT).decks())
def test_our_own_decks_type_no_computed_number(path: str) -> None:
    sources = Sources(ROOT)
    results = record.read_record(sources)
    slides = parser.parse(path, sources).valid().slides
    found = [one for slide in slides for one in typed_numbers(slide, results, results, sources.line)]
    assert [f"{one.at}: {one.message}" for one in found] == []
