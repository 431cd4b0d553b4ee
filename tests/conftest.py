"""What all tests share: golden files refreshed by one flag, projects of their own, the talk built once, a browser.

Nothing here imports a browser's library or the PDF's before a test asks for it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests import built_talk, machine
from tests.harness import ROOT, DeckTest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.screen import Screen

collect_ignore = ["showcase"]  # a deck that tests copy and build; run as tests, it would be run in its place

settings.register_profile("deck", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.load_profile("deck")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`; CI never gives it."""
    parser.addoption("--update-golden", action="store_true", help="write what the cases give now as what they expect")


@pytest.hookimpl
def pytest_xdist_auto_num_workers() -> int:
    """Start three workers for two cores: tests wait for processes and browsers, and each worker has its own."""
    return -(-3 * (os.cpu_count() or 1) // 2)


@pytest.fixture(scope="session", autouse=True)
def no_fsync() -> Iterator[None]:
    """Let files be written without waiting for the disk: no test's files have to outlast a power cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda file: None)
        yield


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Return whether goldens are to be written anew."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def fonts() -> Path:
    """Return the project's store of fonts, for all projects of all tests: cutting them takes seconds."""
    folder = ROOT / ".cache/fonts"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def deck(tmp_path: Path, fonts: Path) -> DeckTest:
    """Return an empty project to build in, at a path with a space and letters beyond ASCII."""
    return DeckTest(tmp_path / "プロジェクト 1", fonts)


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all workers of this session share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def showcase(shared: Path, fonts: Path) -> Path:
    """Return a project whose deck shows what a page can do, with its HTML in dist/."""
    return built_talk.showcase(shared, fonts)


@pytest.fixture(scope="session")
def faces(fonts: Path) -> tuple[str, dict[str, Path]]:
    """Return the CSS and the files of one set of fonts for print, for all decks: cutting them to each takes seconds."""
    from verideck.render import assets
    from verideck.typeset.fonts import Fonts

    ascii_and_more = "".join(map(chr, range(0x20, 0x7F))) + "λ“”…·全"
    return assets.print_fonts(dict.fromkeys(("text", "code", "math"), ascii_and_more), Fonts(ROOT))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Return the system's Chromium; without one the tests skip."""
    machine.needs(machine.CHROMIUM)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=20_000)  # busy machines take their time
    switches = "no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-component-update"
    with sync_playwright() as playwright:
        arguments = [f"--{switch}" for switch in [*switches.split(), "disable-sync"]]
        browser = playwright.chromium.launch(executable_path=machine.browser(), args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def screen(chromium: Browser, showcase: Path) -> Iterator[Screen]:
    """Return the showcase opened as by a double click; a message, an error or a request of its own fails the test."""
    from tests.screen import Screen

    with Screen(chromium, showcase / "dist/showcase.html") as opened:
        yield opened
    assert opened.complaints == []
