"""Files written whole or not at all."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from verideck.core import files


def test_a_file_is_written_with_its_folder_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "a/b/page.html"
    files.replace(file, b"one")
    files.replace(file, b"two")
    assert file.read_bytes() == b"two"
    assert [each.name for each in file.parent.iterdir()] == ["page.html"]
    assert file.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="no room"):
        files.replace(file, b"new")
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"page.html": b"old"}


def test_a_name_as_long_as_a_file_system_allows_can_be_written(tmp_path: Path) -> None:
    file = tmp_path / ("n" * 250 + ".html")
    files.replace(file, b"x")
    assert file.read_bytes() == b"x"


def test_only_what_nobody_writes_any_more_is_removed(tmp_path: Path) -> None:
    old, young, other = (tmp_path / name for name in (".a.html.x.tmp", ".b.html.y.tmp", "c.tmp"))
    for file in (old, young, other):
        file.write_text("half")
    for file in (old, other):
        os.utime(file, (0, 0))
    files.remove_leftovers(tmp_path)
    assert {file.name for file in tmp_path.iterdir()} == {young.name, other.name}


def as_socket(file: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(file))


SPECIAL: dict[str, Callable[[Path], object]] = {
    "pipe": os.mkfifo,
    "socket": as_socket,
    "device": lambda file: file.symlink_to("/dev/zero"),
    "circle": lambda file: file.symlink_to(file.name),
    "folder": Path.mkdir,
}
"""Files that are none, by kind."""


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such files")
@pytest.mark.parametrize("kind", SPECIAL)
def test_what_is_no_file_is_refused_at_once(tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    SPECIAL[kind](tmp_path / "file")
    with pytest.raises(OSError, match=r".") as caught:
        files.read(tmp_path / "file")
    assert caught.value.strerror
