"""Progress: what is called while a command goes on."""

from __future__ import annotations

import pytest

from verideck.core.progress import Progress, silent


def test_silence_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    progress: Progress = silent
    progress("sums.py", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_it_is_called_like_any_other() -> None:
    assert silent("", 0, 0) is None  # type: ignore[func-returns-value]
