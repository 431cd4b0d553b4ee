"""What cannot run here is skipped, counted and named; what CI promises is no excuse."""

from __future__ import annotations

import re
import sys

import pytest

from tests import machine
from tests.harness import ROOT

THREE = """
import pytest
from tests import machine

GONE = machine.Need("Gone", "sudo apt-get install gone", lambda: False)

def test_one(): machine.needs(GONE)
def test_two(): machine.needs(GONE)

@pytest.mark.skipif(True, reason="no such system")
def test_three(): pass

def test_four(): machine.needs(machine.Need("Here", "", lambda: True))
"""


def test_what_is_skipped_is_counted_and_named_with_what_would_help(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TESTS_NEED", raising=False)
    pytester.makepyfile(THREE)
    done = pytester.runpytest("-p", "tests.machine")
    done.assert_outcomes(passed=1, skipped=3)
    done.stdout.fnmatch_lines(
        ["2 tests skipped: no Gone; sudo apt-get install gone", "1 test skipped: no such system"], consecutive=True
    )


def test_what_is_promised_to_be_there_fails_the_tests_that_need_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESTS_NEED", "make gone")
    pytester.makepyfile(THREE)
    pytester.runpytest("-p", "tests.machine").assert_outcomes(passed=1, failed=2, skipped=1)


def test_nothing_skipped_is_nothing_said(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_one(): pass")
    assert "not tested here" not in pytester.runpytest("-p", "tests.machine").stdout.str()


def test_what_ci_installs_it_promises() -> None:
    script = (ROOT / ".ci/run").read_text("utf-8")
    packages = re.findall(r"^packages=\((.*)\)$", script, re.MULTILINE)[0].split()
    assert "chromium" in packages
    assert 'export TESTS_NEED="${packages[*]}"' in script
    if sys.platform == "linux":
        assert "chromium" in machine.CHROMIUM.command.split()
