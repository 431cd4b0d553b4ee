"""What a machine may lack: tests that need it skip there, and a run ends with how many, why, and what would help.

`TESTS_NEED` names packages that are there for sure, as in CI: what needs one of them fails without it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser() -> str | None:
    """Return the path of the system's Chromium."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def _mounts() -> bool:
    if not shutil.which("mount"):
        return False
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", folder], capture_output=True, check=False)
        if done.returncode == 0:
            subprocess.run(["umount", "--lazy", folder], check=True)
    return done.returncode == 0


@dataclass(frozen=True, slots=True)
class Need:
    """Something that some tests need."""

    name: str
    command: str
    """What makes it be there."""
    there: Callable[[], object]


_CHROMIUM = {"darwin": "brew install --cask chromium", "win32": "winget install Hibbiki.Chromium"}
CHROMIUM = Need("Chromium", _CHROMIUM.get(sys.platform, "sudo apt-get install chromium"), browser)
MOUNT = Need("right to mount", "sudo make test (in a container that may: docker run --privileged)", _mounts)


@cache
def _lacks(need: Need) -> bool:
    return not need.there()


def needs(need: Need) -> None:
    """Skip the running test where the machine lacks something."""
    if _lacks(need):
        promised = set(need.command.split()) & set(os.environ.get("TESTS_NEED", "").split())
        (pytest.fail if promised else pytest.skip)(f"no {need.name}; {need.command}")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what is marked to need a browser that is not there, before anything is built for it."""
    if item.get_closest_marker("browser"):
        needs(CHROMIUM)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many tests were skipped for which reason."""
    told = [report.longrepr for report in terminalreporter.stats.get("skipped", [])]
    reasons = Counter(str(one[2] if isinstance(one, tuple | list) else one).removeprefix("Skipped: ") for one in told)
    if reasons:
        terminalreporter.section("not tested here")
    for reason, count in reasons.most_common():
        terminalreporter.write_line(f"{count} test{'s' if count > 1 else ''} skipped: {reason}")
