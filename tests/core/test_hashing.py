"""Digests: what changes them, and what does not."""

from pathlib import Path

from verideck.core.hashing import ROOMS, digest, engine_digest, file_digest, to_json


def test_digest_of_files_folders_and_nothing(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    empty = file_digest(tmp_path, "data/")
    (tmp_path / "data" / "a.csv").write_text("1")
    assert file_digest(tmp_path, "data/") != empty
    one = file_digest(tmp_path, "data/a.csv")
    (tmp_path / "data" / "a.csv").write_text("2")
    assert file_digest(tmp_path, "data/a.csv") != one
    assert file_digest(tmp_path, "none") == file_digest(tmp_path, "none/") == ""


def test_a_declared_folder_stands_for_all_that_it_holds(tmp_path: Path) -> None:
    found = []
    for path, text in (("data/a", "1"), ("data/a", "2"), ("data/deep/b", "")):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
        found.append(file_digest(tmp_path, "data/**"))
    assert len(set(found)) == 3
    assert file_digest(tmp_path, "none/**") == ""


def test_json_keeps_the_order_of_keys_and_numbers_beyond_json() -> None:
    assert to_json({"b": 1, "a": [float("inf"), None, "é"]}) == b'{"b":1,"a":[Infinity,null,"\\u00e9"]}'


def test_a_name_that_no_file_system_has_is_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert file_digest(tmp_path, "a\0b") == ""
    assert file_digest(tmp_path, "n" * 300) == ""


def test_a_folder_where_a_file_was_looked_for_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    assert file_digest(tmp_path, "data") == "folder"


def test_the_digest_of_a_room_is_that_of_it_and_all_below() -> None:
    digests = [engine_digest(room) for room in ROOMS]
    assert len({*digests, engine_digest()}) == len(ROOMS) + 1
    assert all(len(one) == len(digest(b"")) for one in digests)
