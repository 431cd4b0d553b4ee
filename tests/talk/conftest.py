"""What the talk's tests share: the talk, built once a session from its record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.built_talk import EDITIONS, NAME, built
from tests.harness import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.screen import Screen


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what is here where somebody has put another talk in the place of this one."""
    if all((ROOT / f"slides/{name}.md").is_file() for name in EDITIONS):
        return
    reason = f"slides/ holds another talk than {NAME}, and tests/talk is about that one"
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def talk(shared: Path, fonts: Path) -> Path:
    """Return a copy of the project that holds the talk in dist/."""
    return built(shared, fonts)


@pytest.fixture
def screen(chromium: Browser, talk: Path) -> Iterator[Screen]:
    """Return the talk opened as by a double click; a message, an error or a request of its own fails the test."""
    from tests.screen import Screen

    with Screen(chromium, talk / f"dist/{NAME}.html") as opened:
        yield opened
    assert opened.complaints == []
