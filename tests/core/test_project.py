"""Reading the project: text as text, and nothing from outside."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.core.test_files import SPECIAL
from verideck.core.errors import DeckError, UsageError
from verideck.core.project import Sources, find_project, locate_project
from verideck.core.run_model import Location

AT = Location("slides/a.md", 3, 7)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a project with two decks and two scripts."""
    for path in ("slides/a.md", "slides/b.md", "snippets/fits.py", "snippets/more/deep.py"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(path)
    return tmp_path


def refused(read: object) -> DeckError:
    assert callable(read)
    with pytest.raises(DeckError) as caught:
        read()
    return caught.value


def test_text_is_without_mark_and_with_plain_line_ends(root: Path) -> None:
    (root / "slides/a.md").write_bytes("\ufeff一\r\n二\r三\n".encode())
    assert Sources(root).text("slides/a.md") == "一\n二\n三\n"


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"a\nb\xff\n", 2, "byte 0xff is not UTF-8"),
        (b"a\r\nb\r\n\0", 3, "the file contains a NUL character"),
        ("a".encode("utf-16"), 1, "byte 0xff is not UTF-8"),
    ],
)
def test_what_is_no_text_is_refused_at_its_line(root: Path, data: bytes, line: int, message: str) -> None:
    (root / "slides/a.md").write_bytes(data)
    error = refused(lambda: Sources(root).text("slides/a.md"))
    assert (error.message, error.at) == (message, Location("slides/a.md", line))


@pytest.mark.parametrize(
    "path",
    ["../x", "slides/../../x", "/etc/passwd", "~/x", "C:/x", "C:\\x", "slides\\a.md", "a\0b", "slides/../slides/a.md"],
)
def test_a_path_that_is_not_plainly_inside_is_refused(root: Path, path: str) -> None:
    error = refused(lambda: Sources(root).data(path, AT))
    assert error.at == AT
    assert error.hint


def test_a_link_counts_as_where_it_leads(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "x.md").write_text("secret")
    (root / "slides/out").symlink_to(outside)
    (root / "slides/in.md").symlink_to(root / "slides/b.md")
    assert "leads out of the project" in refused(lambda: Sources(root).text("slides/out/x.md")).message
    assert Sources(root).text("slides/in.md") == "slides/b.md"


def test_a_missing_file_and_a_folder_are_refused_with_the_nearest_name(root: Path) -> None:
    assert refused(lambda: Sources(root).data("slides/aa.md", AT)).hint == "did you mean 'a.md'?"
    assert "cannot read 'slides'" in refused(lambda: Sources(root).data("slides", AT)).message


def test_what_was_read_first_is_what_stays(root: Path) -> None:
    sources = Sources(root)
    assert sources.text("slides/a.md") == "slides/a.md"
    (root / "slides/a.md").write_text("changed")
    assert sources.text("slides/a.md") == "slides/a.md"
    assert sources.line("slides/a.md", 1) == "slides/a.md"
    assert sources.line("slides/a.md", 2) is None


def test_scripts_are_named_below_their_folder(root: Path) -> None:
    assert Sources(root).snippets() == ["fits.py", "more/deep.py"]
    assert Sources(root).snippet("more/deep.py", AT)[0] == "snippets/more/deep.py"
    assert refused(lambda: Sources(root).snippet("fit.py", AT)).hint == "did you mean 'fits.py'?"


@pytest.mark.parametrize("name", ["a", "a.md", "slides/a", "slides/a.md", "./slides/a.md"])
def test_a_deck_is_found_by_any_of_its_names(root: Path, name: str) -> None:
    assert Sources(root).decks((name,)) == ["slides/a.md"]


@pytest.mark.parametrize("name", ["c", "../slides/a.md", "/slides/a.md", "other/a.md", ""])
def test_no_other_name_finds_a_deck(root: Path, name: str) -> None:
    with pytest.raises(UsageError):
        Sources(root).decks((name,))


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such files")
@pytest.mark.parametrize("kind", SPECIAL)
@pytest.mark.parametrize("path", ["slides/a.md", "snippets/fits.py"])
def test_what_is_no_file_is_refused_at_the_place_that_asks(
    root: Path, path: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)
    (root / path).unlink()
    SPECIAL[kind](root / path)
    for read in (lambda: Sources(root).text(path, AT), lambda: Sources(root).snippet(f"../{path}", AT)):
        error = refused(read)
        assert error.at == AT
        assert error.hint


@pytest.mark.parametrize("name", ["n" * 300, "あ" * 90, "a/" * 3000, "\ud800"], ids=["long", "bytes", "deep", "half"])
def test_a_name_that_no_file_can_have_is_refused(root: Path, name: str) -> None:
    for read in (lambda: Sources(root).data(name, AT), lambda: Sources(root).snippet(f"{name}.py", AT)):
        error = refused(read)
        assert (error.at, error.hint) == (AT, "correct the name of the file")


def test_a_project_is_found_upwards(tmp_path: Path) -> None:
    for path in (
        "talk/slides/talk.md",
        "talk/snippets/deep/a.py",
        "lone/talk.md",
        "lone/sub/x.txt",
        "set/verideck.toml",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    here = {"talk/slides": "talk", "talk/snippets/deep": "talk", "talk": "talk", "lone/sub": "lone", "set": "set"}
    for start, root in here.items():
        assert find_project(tmp_path / start) == tmp_path / root


@pytest.mark.parametrize(
    ("start", "names", "root_of", "found"),
    [
        (".", ("a",), ".", ("a",)),
        ("slides", ("a.md",), ".", ("slides/a.md",)),
        ("slides", ("slides/a.md", "b"), ".", ("slides/a.md", "b")),
        ("snippets/more", ("deep.py", "fits.py"), ".", ("snippets/more/deep.py", "fits.py")),
        ("slides", ("a.md:12",), ".", ("slides/a.md:12",)),
        ("snippets", ("../lone/deck.md",), "lone", ("deck.md",)),
        ("lone", (), ".", ()),
    ],
)
def test_what_a_command_names_is_found_from_where_one_stands(
    root: Path, start: str, names: tuple[str, ...], root_of: str, found: tuple[str, ...]
) -> None:
    (root / "lone").mkdir()
    (root / "lone/deck.md").write_text("# One")
    assert locate_project(names, root / start) == (root / root_of, found)


def test_a_command_without_a_project_or_with_two_is_refused(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = tmp_path_factory.mktemp("empty")
    with pytest.raises(UsageError, match="no project in"):
        locate_project((), empty)
    (empty / "x.md").write_text("# One")
    assert locate_project((), empty) == (empty, ())
    with pytest.raises(UsageError, match="two projects"):
        locate_project(("slides/a.md", str(empty / "x.md")), root)
    assert locate_project((), empty, root) == (root, ())  # build.py: its own, wherever one stands


def test_a_single_deck_has_its_scripts_beside_it(tmp_path: Path) -> None:
    for name, text in (("talk.md", "# One"), ("fit.py", "x = 1"), ("README.md", ""), ("other.md", "# Two")):
        (tmp_path / name).write_text(text)
    sources = Sources(tmp_path)
    assert sources.decks() == ["talk.md"]
    assert sources.decks(("other.md",)) == ["other.md"]
    assert sources.snippet("fit.py", AT) == ("fit.py", "x = 1")
    assert sources.snippets() == ["fit.py"]
    assert refused(lambda: Sources(tmp_path).snippet("fits.py", AT)).hint == "did you mean 'fit.py'?"
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets/more.py").write_text("x = 2")
    assert Sources(tmp_path).snippet("more.py", AT)[0] == "snippets/more.py"
