"""Files written all or none, and remembered: what was made is ours while it is as we made it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from verideck.core.cache import Cache
from verideck.core.errors import UsageError
from verideck.core.run_model import Write
from verideck.publish import output
from verideck.publish.output import Made

ONE, TWO = Write("dist/one.html", b"1"), Write("dist/two.html", b"2")


def held(root: Path) -> dict[str, bytes]:
    return {
        file.relative_to(root).as_posix(): file.read_bytes()
        for file in root.rglob("*")
        if file.is_file() and ".cache" not in file.parts
    }


def test_what_differs_is_written_what_is_the_same_is_left(tmp_path: Path) -> None:
    assert output.apply_writes(tmp_path, [ONE, TWO]).written == ("dist/one.html", "dist/two.html")
    before = (tmp_path / ONE.path).stat().st_ino
    changes = output.apply_writes(tmp_path, [ONE, Write(TWO.path, b"3")])
    assert (changes.written, changes.unchanged, changes.removed) == (("dist/two.html",), ("dist/one.html",), ())
    assert (tmp_path / ONE.path).stat().st_ino == before
    assert held(tmp_path) == {ONE.path: b"1", TWO.path: b"3"}


def test_what_is_to_go_goes_but_not_what_is_written(tmp_path: Path) -> None:
    output.apply_writes(tmp_path, [ONE, TWO])
    changes = output.apply_writes(tmp_path, [ONE], remove=[ONE.path, TWO.path, "dist/never.html"])
    assert changes.removed == (TWO.path,)
    assert held(tmp_path) == {ONE.path: b"1"}


def test_where_one_cannot_be_written_none_is(tmp_path: Path) -> None:
    output.apply_writes(tmp_path, [ONE])
    (tmp_path / "dist/folder").mkdir()
    blocked = Write("dist/one.html/x", b"")
    with pytest.raises(UsageError, match=r"cannot write 'dist/one.html/x'"):
        output.apply_writes(tmp_path, [Write(ONE.path, b"new"), TWO, blocked])
    assert held(tmp_path) == {ONE.path: b"1"}


def test_a_name_that_cannot_be_taken_leaves_no_temporary_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(UsageError, match="No space left") as caught:
        output.apply_writes(tmp_path, [ONE])
    assert caught.value.hint
    assert held(tmp_path) == {}


def test_one_file_is_not_written_twice(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="written twice"):
        output.apply_writes(tmp_path, [ONE, ONE])


def test_a_built_file_is_known_while_it_is_as_it_was_made(tmp_path: Path) -> None:
    output.apply_writes(tmp_path, [ONE, TWO])
    output.remember(tmp_path, {ONE.path: Made(b"1", "key", "page"), TWO.path: Made(b"2", "other")}, ())
    assert output.made(tmp_path, ONE.path) == Made(b"1", "key", "page")
    assert output.listed(tmp_path) == (ONE.path, TWO.path)
    (tmp_path / ONE.path).write_bytes(b"altered")
    assert output.made(tmp_path, ONE.path) is None
    output.remember(tmp_path, {}, [TWO.path])
    assert output.listed(tmp_path) == (ONE.path,)
    assert output.made(tmp_path, TWO.path) is None


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"{}", b"[1, 2]", b"[1, 2, 3]"])
def test_what_is_nothing_that_we_noted_is_not_ours(tmp_path: Path, data: bytes) -> None:
    output.apply_writes(tmp_path, [ONE])
    noted = Cache(tmp_path, "outputs")
    noted.folder.mkdir(parents=True)
    (noted.folder / "one.html").write_bytes(data)
    assert output.made(tmp_path, ONE.path) is None
    assert output.listed(tmp_path) == ()
    noted.put("one.html", data)
    assert output.made(tmp_path, ONE.path) is None
    output.remember(tmp_path, {ONE.path: Made(b"1")}, ())
    assert output.made(tmp_path, ONE.path) == Made(b"1")
