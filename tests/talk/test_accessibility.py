"""The talk for everyone: axe finds nothing in any view of its editions, nor on the page to read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.axe import faults, faults_of_views
from tests.built_talk import EDITIONS
from tests.screen import Screen

pytestmark = [pytest.mark.slow, pytest.mark.browser]

SWEEP, CODE = 7, 13
"""Numbers of the slides with a sweep and with code in steps."""


@pytest.fixture(params=EDITIONS)
def edition(request: pytest.FixtureRequest, chromium: Browser, talk: Path) -> Iterator[Screen]:
    """Return an edition opened without motion."""
    with Screen(chromium, talk / f"dist/{request.param}.html") as opened:
        yield opened.open(reduced_motion="reduce")
    assert opened.complaints == []


def test_axe_finds_nothing_on_slides_panels_overview_and_paper(edition: Screen) -> None:
    assert faults_of_views(edition, SWEEP, CODE) == {}


def test_axe_finds_nothing_on_the_page_to_read(screen: Screen) -> None:
    page = screen.open(viewport={"width": 320, "height": 700}, color_scheme="dark").page
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert faults(page) == []
