"""`make reproduce` on a small deck: it says that two builds are the same, and where they are not."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from tests.harness import ROOT, DeckTest

pytestmark = pytest.mark.slow

DECK = "# One\n\n{eval}`number.py: number`\n\n```{output} number.py\n```\n"


@pytest.fixture
def reproduce() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reproduce", ROOT / "benchmarks/reproduce.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        ("hash('seeded') % 1000", 0, "3 files, the same bytes twice"),
        ("__import__('time').time_ns()", 1, "3 of 3 files differ; the first is dist/a.html: it differs at byte"),
    ],
    ids=["same", "different"],
)
def test_two_builds_are_compared_byte_by_byte(
    deck: DeckTest,
    fonts: Path,
    tmp_path: Path,
    reproduce: ModuleType,
    capsys: pytest.CaptureFixture[str],
    number: str,
    code: int,
    said: str,
) -> None:
    deck.write("slides/a.md", DECK).write("snippets/number.py", f"number = {number}\nprint(number)\n")
    made = []
    for name, more in reproduce.TWICE:
        reproduce.copy(deck.root, tmp_path / name)
        (tmp_path / name / ".cache").mkdir()
        (tmp_path / name / ".cache/fonts").symlink_to(fonts)
        made.append(reproduce.build(tmp_path / name, more, (("build", "--html"),)))
    assert reproduce.report(*made) == code
    assert said in capsys.readouterr().out
