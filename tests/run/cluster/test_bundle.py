"""What travels to a worker, and what stays."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from tests.run.project import make_run
from verideck.run.cluster import bundle


def names(data: bytes) -> set[str]:
    return set(zipfile.ZipFile(io.BytesIO(data)).namelist())


def test_hidden_files_keys_and_built_files_stay(tmp_path: Path) -> None:
    for path in (
        "snippets/a.py",
        "data/a.csv",
        ".env",
        "snippets/.secret",
        "server.key",
        "a.pem",
        "dist/a.html",
        ".git/a",
    ):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("a")
    (tmp_path / "empty").mkdir()
    travelling = {path for path in names(bundle.pack(tmp_path, ())) if path.startswith("project/")}
    assert travelling == {f"project/{path}" for path in ("snippets/", "snippets/a.py", "data/", "data/a.csv", "empty/")}


def test_fonts_and_the_engine_travel(tmp_path: Path) -> None:
    font = tmp_path / "elsewhere-font.ttf"
    font.write_bytes(b"a")
    found = names(bundle.pack(tmp_path / "project", [font]))
    assert {"project/.cache/fonts/elsewhere-font.ttf", "engine/verideck/run/cluster/remote.py"} <= found


def test_a_link_travels_as_its_file_unless_that_is_outside(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.txt").write_text("a")
    (tmp_path / "b.txt").write_text("secret")
    (root / "inside").symlink_to("a.txt")
    (root / "outside").symlink_to("../b.txt")
    data = bundle.pack(root, ())
    assert zipfile.ZipFile(io.BytesIO(data)).read("project/inside") == b"a"
    assert "project/outside" not in names(data)


def test_the_same_files_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_text("a")
    assert bundle.pack(tmp_path / "one", ()) == bundle.pack(tmp_path / "two", ())


@pytest.mark.parametrize("form", ["{file}", "../there.csv", "~/there.csv"])
def test_a_file_outside_is_seen_in_the_script(form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (tmp_path / "there.csv").write_text("a")
    monkeypatch.setenv("HOME", str(tmp_path))
    path = form.format(file=tmp_path / "there.csv")
    assert bundle.outside(make_run(f"open({path!r})"), root) == path
    assert bundle.outside(make_run("print(1)", inputs=(path,)), root) == path


@pytest.mark.parametrize("source", ["open('/no/such')", "'a/b'", "'../project/a'", "'/'", "'/dev/null'", "x = ("])
def test_nothing_else_is_outside(source: str, tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    assert bundle.outside(make_run(source), root) == ""
