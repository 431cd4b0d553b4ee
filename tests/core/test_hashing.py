"""Digests: what changes them, and what does not."""

from pathlib import Path

from verideck.core.hashing import file_digest


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
