"""The cache gives back what was put, or nothing; what an earlier build drew and coloured is taken as it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.harness import DeckTest
from verideck.core import cache
from verideck.core.cache import Cache
from verideck.typeset import highlight, math_svg, mathml

DATA = b"\0\xff font, JSON, whatever"


@pytest.fixture
def held(tmp_path: Path) -> Cache:
    """Return a cache that holds DATA as `name`, made from `key`."""
    made = Cache(tmp_path, "kind")
    assert made.put("name", DATA, "key")
    return made


def test_what_was_put_comes_back_under_its_name_and_key(held: Cache) -> None:
    assert held.get("name", "key") == DATA
    assert [held.get("name"), held.get("name", "other"), held.get("other", "key")] == [None, None, None]
    assert held.put("name", b"", "key")
    assert held.get("name", "key") == b""


def test_every_truncation_and_every_flipped_byte_reads_as_absent(held: Cache) -> None:
    file = held.folder / "name"
    whole = file.read_bytes()
    for place in range(len(whole)):
        for damaged in (whole[:place], whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]):
            file.write_bytes(damaged)
            assert held.get("name", "key") is None, damaged


def test_what_stands_under_another_name_or_kind_reads_as_absent(held: Cache, tmp_path: Path) -> None:
    other = Cache(tmp_path, "other")
    other.put("x", b"", "key")
    for copy, name in ((held, "second"), (other, "name")):
        (copy.folder / name).write_bytes((held.folder / "name").read_bytes())
        assert copy.get(name, "key") is None


def test_another_format_reads_as_absent(held: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "FORMAT", cache.FORMAT + 1)
    assert held.get("name", "key") is None


def in_the_way(folder: Path) -> None:
    folder.write_text("no folder")


def without_end(folder: Path) -> None:
    folder.symlink_to(folder.name)


@pytest.mark.parametrize("damage", [in_the_way, without_end])
@pytest.mark.parametrize("place", [".cache", ".cache/kind", ".cache/kind/name/"])
def test_where_nothing_can_be_written_nothing_is_kept(
    tmp_path: Path, place: str, damage: Callable[[Path], None]
) -> None:
    folder = tmp_path / place
    folder.parent.mkdir(parents=True, exist_ok=True)
    if place.endswith("/"):
        folder.mkdir()
    else:
        damage(folder)
    held = Cache(tmp_path, "kind")
    assert not held.put("name", DATA)
    assert (held.get("name"), held.path("name"), list(held.entries())) == (None, None, [])
    held.remove("name")
    with pytest.raises(OSError, match=r"."):
        held.write("name", DATA)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_entry_and_no_other_file(
    held: Cache, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(30, "read-only file system")

    monkeypatch.setattr(os, call, fail)
    assert not held.put("name", b"new", "key")
    assert held.get("name", "key") == DATA
    assert [file.name for file in held.folder.iterdir()] == ["name"]


def test_an_entry_that_cannot_be_marked_as_used_is_used(held: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "utime", lambda *_: os.stat("/nowhere"))
    assert held.get("name", "key") == DATA


def aged(held: Cache, *names: str) -> None:
    """Have entries been used in this order, long ago."""
    for age, name in enumerate(names):
        os.utime(held.folder / name, (1000 + age, 1000 + age))


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    held = Cache(tmp_path, "kind", limit=3 * (len(DATA) + 64))
    for name in "abc":
        held.put(name, DATA)
    aged(held, "a", "b", "c")
    assert held.get("a")
    held.put("d", DATA)
    assert [name for name in "abcd" if held.get(name)] == ["a", "c", "d"]


def test_entries_come_last_used_first_and_are_not_used_by_that(tmp_path: Path) -> None:
    held = Cache(tmp_path, "kind")
    for name in "abc":
        held.put(name, name.encode())
    held.put("of a key", DATA, "key")
    aged(held, "b", "a", "c")
    (held.folder / "a").write_bytes(b"damaged")
    aged(held, "b", "a", "c")
    for _ in range(2):
        assert list(held.entries()) == [("c", b"c"), ("b", b"b")]


def test_what_a_killed_build_left_half_written_is_removed(held: Cache) -> None:
    old, young = held.folder / ".old.tmp", held.folder / ".young.tmp"
    for file in (old, young):
        file.write_text("half")
    os.utime(old, (0, 0))
    held.put("other", DATA)
    assert [file.exists() for file in (old, young)] == [False, True]


def test_a_removed_entry_is_gone(held: Cache) -> None:
    held.remove("name")
    held.remove("name")
    assert held.get("name", "key") is None


def test_a_file_is_given_by_path_as_long_as_it_is_whole(tmp_path: Path) -> None:
    held = Cache(tmp_path, "fonts")
    assert held.path("a.ttf") is None
    file = held.write("a.ttf", DATA)
    assert held.path("a.ttf") == file
    assert file.read_bytes().startswith(DATA)
    assert held.path("a.ttf") == file
    file.write_bytes(file.read_bytes()[:-1])
    assert held.path("a.ttf") is None
    assert Cache(tmp_path, "fonts").path("a.ttf") is None


def test_many_write_and_read_one_entry_at_once(tmp_path: Path) -> None:
    texts = [bytes([number]) * 9999 for number in range(8)]

    def work(data: bytes) -> set[bytes | None]:
        held = Cache(tmp_path, "kind", limit=99999)
        return {held.get("name") if held.put("name", data) else data for _ in range(25)}

    with ThreadPoolExecutor(len(texts)) as pool:
        seen = set().union(*pool.map(work, texts))
    assert seen <= set(texts)
    assert len(list((tmp_path / ".cache/kind").iterdir())) == 1


def forget() -> None:
    """Be as a process of its own."""
    for memo in (math_svg.drawn, highlight.coloured):
        memo.values.clear()


MATHML = mathml.mathml("w_1", False, {})


def drawn(root: Path) -> str:
    """Return the formula as a process of its own would have it."""
    forget()
    with cache.kept(root):
        return math_svg.svg(MATHML, 100.0, {}, "#000000").svg


def formulas(root: Path) -> Path:
    return root / ".cache/memos/formulas"


def test_a_formula_is_drawn_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = drawn(tmp_path)
    monkeypatch.setattr(math_svg, "_svg", lambda *_: pytest.fail("drawn again"))
    assert drawn(tmp_path) == first


def test_code_is_coloured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def coloured(*lines: str) -> tuple[str, ...]:
        forget()
        with cache.kept(tmp_path):
            return highlight.highlight(lines, "python")

    first = coloured("if x:", "    pass")
    assert first != coloured("if y:")
    monkeypatch.setattr(highlight, "_highlight", lambda *_: pytest.fail("coloured again"))
    assert coloured("if x:", "    pass") == first


@pytest.mark.parametrize("damage", [lambda data: data[:-1], lambda data: data.replace(b"M", b"L", 1), lambda _: b""])
def test_damaged_memos_count_as_none(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    first = drawn(tmp_path)
    whole = formulas(tmp_path).read_bytes()
    formulas(tmp_path).write_bytes(damage(whole))
    assert drawn(tmp_path) == first
    assert formulas(tmp_path).read_bytes() == whole


def test_another_version_draws_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn(tmp_path)
    before = formulas(tmp_path).read_bytes()
    monkeypatch.setattr(math_svg.drawn, "maker", lambda: "another")
    drawn(tmp_path)
    assert formulas(tmp_path).read_bytes() != before


def test_memos_do_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MEMOS", 1)
    drawn(tmp_path)
    one = formulas(tmp_path).stat().st_size
    with cache.kept(tmp_path):
        math_svg.svg(MATHML, 200.0, {}, "#000000")
    assert formulas(tmp_path).stat().st_size < 1.5 * one


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / ".cache").write_text("no folder")
    assert drawn(tmp_path).startswith("<svg")


DECK = "# One $w_1$\n\n```{snippet} a.py\n```\n\n{eval}`a.py: x`\n"
KINDS = {"fits", "fonts", "layouts", "memos", "outputs", "painted", "results"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> DeckTest:
    """Return a project that was built, with a cache of its own."""
    forget()
    deck = DeckTest(tmp_path_factory.mktemp("cache") / "project")
    deck.write("slides/a.md", DECK).write("snippets/a.py", "x = 1\n").run("build").fine()
    assert {file.name for file in (deck.root / ".cache").iterdir()} - {"matplotlib", "journal"} == KINDS
    return deck


@pytest.mark.slow
@pytest.mark.parametrize("damage", ["emptied", "flipped", "cut", "a folder", "swapped", "gone"])
def test_a_build_survives_whatever_happened_to_its_cache(built: DeckTest, damage: str) -> None:
    whole = built.outputs()
    files = {file: file.read_bytes() for kind in KINDS for file in (built.root / ".cache" / kind).iterdir()}
    others = dict(zip(files, [*list(files.values())[1:], next(iter(files.values()))], strict=True))
    for file, data in files.items():
        if damage in ("a folder", "gone"):
            file.unlink()
            file.mkdir() if damage == "a folder" else None
        else:
            flipped = bytes([data[0] ^ 1]) + data[1:]
            file.write_bytes({"emptied": b"", "cut": data[:-1], "flipped": flipped, "swapped": others[file]}[damage])
    forget()
    built.run("build")
    for file in files:
        if file.is_dir():
            file.rmdir()
    if damage == "a folder":
        assert "cannot write fonts to" in built.err
        forget()
        built.run("build")
    built.fine().ran("a.py").wrote()
    assert built.outputs() == whole
    assert {file: file.read_bytes() for file in files} == files
    built.run("build").fine().ran().wrote()
