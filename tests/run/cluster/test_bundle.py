"""What travels to a worker, and what stays."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

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
