"""What all tests share: golden files refreshed by one flag, a project of one's own, hypothesis without a stopwatch."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.harness import ROOT, DeckTest

settings.register_profile("deck", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
settings.load_profile("deck")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`; CI never gives it."""
    parser.addoption("--update-golden", action="store_true", help="write what the cases give now as what they expect")


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
