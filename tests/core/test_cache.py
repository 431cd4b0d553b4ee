"""What an earlier build drew and coloured is taken as it is; whatever is wrong with its file, it is made anew."""

from pathlib import Path

import pytest

from verideck.core import cache
from verideck.typeset import highlight, math_svg, mathml

MATHML = mathml.mathml("w_1", False, {})


def drawn(root: Path) -> str:
    """Return the formula as a process of its own would have it."""
    math_svg.drawn.things.clear()
    with cache.kept(root):
        return math_svg.svg(MATHML, 100.0, {}, "#000000").svg


def test_a_formula_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = drawn(tmp_path)
    monkeypatch.setattr(math_svg, "_svg", lambda *_: pytest.fail("drawn again"))
    assert drawn(tmp_path) == first


def test_code_is_coloured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def coloured(*lines: str) -> tuple[str, ...]:
        highlight.coloured.things.clear()
        with cache.kept(tmp_path):
            return highlight.highlight(lines, "python")

    first = coloured("if x:", "    pass")
    assert first != coloured("if y:")
    monkeypatch.setattr(highlight, "_highlight", lambda *_: pytest.fail("coloured again"))
    assert coloured("if x:", "    pass") == first


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: data.replace(b"M", b"L", 1), lambda _: b""])
def test_a_damaged_file_counts_as_none(tmp_path: Path, damage) -> None:  # type: ignore[no-untyped-def]
    first = drawn(tmp_path)
    file = tmp_path / cache.PATH
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert drawn(tmp_path) == first
    assert file.read_bytes() == whole


def test_another_version_draws_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(tmp_path)
    before = (tmp_path / cache.PATH).read_bytes()
    monkeypatch.setattr(math_svg.drawn, "maker", lambda: "another")
    drawn(tmp_path)
    assert (tmp_path / cache.PATH).read_bytes() != before


def test_the_file_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "LIMIT", 1)
    drawn(tmp_path)
    one = (tmp_path / cache.PATH).stat().st_size
    with cache.kept(tmp_path):
        math_svg.svg(MATHML, 200.0, {}, "#000000")
    assert (tmp_path / cache.PATH).stat().st_size < 1.5 * one


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / ".cache").write_text("no folder")
    assert drawn(tmp_path).startswith("<svg")
