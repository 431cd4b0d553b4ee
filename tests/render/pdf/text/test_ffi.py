"""All that WeasyPrint asks of its libraries is answered."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from verideck.render.pdf import text
from verideck.render.pdf.text import ffi

SPEC = importlib.util.find_spec("weasyprint")
FOLDERS = (SPEC and SPEC.submodule_search_locations) or ()
SOURCES = sorted(file for folder in FOLDERS for file in Path(folder).rglob("*.py"))
UNUSED = {"harfbuzz_vector"}
"""Never called, as it is None: WeasyPrint does without."""


def asked() -> Iterator[tuple[Path, ast.Module, set[str]]]:
    """Yield each file of WeasyPrint that imports from its `text.ffi`, and what."""
    for file in SOURCES:
        tree = ast.parse(file.read_text("utf-8"))
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        names = {name.name for node in imports if (node.module or "").split(".")[-1] == "ffi" for name in node.names}
        if names:
            yield file, tree, names


def calls(tree: ast.Module, names: set[str]) -> set[tuple[str, str]]:
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
    return {(node.value.id, node.attr) for node in nodes if isinstance(node.value, ast.Name) and node.value.id in names}


def test_every_name_of_every_library_is_there() -> None:
    missing, found = [], set[tuple[str, str]]()
    for file, tree, names in asked():
        missing += [f"{file.name}: {name}" for name in names if not hasattr(ffi, name)]
        found |= calls(tree, names - UNUSED)
    missing += [f"{name}.{attr}" for name, attr in sorted(found) if not hasattr(getattr(ffi, name), attr)]
    assert missing == []
    assert len(found) > 120
    libraries = {"fontconfig", "gobject", "harfbuzz", "harfbuzz_subset", "pango", "pangoft2"}
    assert {name for name, _ in found} == {"ffi", *libraries}


def test_nothing_is_there_that_is_not_asked_for() -> None:
    used = {name for _, tree, names in asked() for _, name in calls(tree, names)}
    offered = (name for library in (ffi.pango, ffi.fontconfig, ffi.harfbuzz) for name in vars(library))
    assert [name for name in offered if name.lower().startswith(("pango_", "hb_", "fc")) and name not in used] == []


def test_all_kinds_of_memory_are_there() -> None:
    kinds = {
        str(node.args[0].value)
        for _, tree, _ in asked()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "ffi.new" and isinstance(node.args[0], ast.Constant)
    }
    assert len(kinds) >= 5
    for kind in kinds:
        assert ffi.ffi.new(kind, 3) is not None
    with ffi.ffi.new("unsigned int *") as length:
        length[0] = 3
        assert length[0] == 3
    assert ffi.ffi.new("hb_codepoint_t[2]", (5, 6)) == [5, 6]
    assert len(ffi.ffi.new("hb_tag_t[100]")) == 100


def test_texts_are_bytes_without_zeros() -> None:
    assert ffi.unicode_to_char_p("aλ\0") == (b"a\xce\xbb", b"a\xce\xbb")
    assert ffi.ffi.string(b"name") == b"name"
    assert ffi.ffi.unpack(b"name", 2) == b"na"


def test_a_weasyprint_that_others_imported_is_imported_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    other = ModuleType("other")
    monkeypatch.setattr(sys, "modules", {"weasyprint": other, "weasyprint.text.ffi": other, "weasyprinted": other})
    text.install()
    assert sys.modules == {"weasyprint.text.ffi": ffi, "weasyprinted": other}
    sys.modules["weasyprint"] = other
    text.install()
    assert sys.modules["weasyprint"] is other
