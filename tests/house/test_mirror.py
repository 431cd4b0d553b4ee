"""Tests mirror the rooms: each module has its file of tests, in which one calls it; a browser's library is rare."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.harness import ROOT

ENGINE, TESTS = ROOT / "verideck", ROOT / "tests"
MODULES = [file for file in sorted(ENGINE.rglob("*.py")) if file.name not in ("__init__.py", "__main__.py")]
CROSSING = ("house", "browser", "faults", "talk")
"""Folders of tests that are about no module of their own."""
BROWSERS = ("playwright", "axe_playwright_python", "tests.screen", "tests.axe")


def own_test(module: Path) -> Path:
    """Return the file in which the tests of a module stand."""
    place = module.relative_to(ENGINE)
    return TESTS / place.parent / f"test_{place.name}"


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def public(module: Path) -> tuple[set[str], set[str]]:
    """Return the public functions and classes that a module defines, and those of them that are protocols."""
    nodes = [
        node for node in tree(module).body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    ]
    names = {node.name for node in nodes if not node.name.startswith("_")}
    protocols = {
        node.name for node in nodes if isinstance(node, ast.ClassDef) and "Protocol" in map(ast.unparse, node.bases)
    }
    return names, names & protocols


def bound(test: ast.Module, module: Path, names: set[str]) -> set[str]:
    """Return how a test may write these names of a module: as they are imported, as attributes of the module."""
    dotted = ".".join(module.relative_to(ROOT).with_suffix("").parts)
    room, _, last = dotted.rpartition(".")
    found: set[str] = set()
    for node in ast.walk(test):
        if isinstance(node, ast.ImportFrom) and node.module == dotted:
            found |= {one.asname or one.name for one in node.names if one.name in names}
        elif isinstance(node, ast.ImportFrom) and node.module == room:
            found |= {f"{one.asname or last}.{name}" for one in node.names if one.name == last for name in names}
    return found


@pytest.mark.parametrize("module", MODULES, ids=lambda file: file.relative_to(ENGINE).as_posix())
def test_a_module_has_tests_that_call_it(module: Path) -> None:
    file = own_test(module)
    assert file.is_file(), f"{file.relative_to(ROOT)} is missing"
    test = tree(file)
    names, protocols = public(module)
    called = {ast.unparse(node.func) for node in ast.walk(test) if isinstance(node, ast.Call)}
    used = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    callable_names, annotations = bound(test, module, names - protocols), bound(test, module, protocols)
    assert callable_names & called or annotations & used or not names, f"{file.name} calls none of {names}"


@pytest.mark.parametrize(
    "file",
    [file for file in sorted(TESTS.rglob("test_*.py")) if file.relative_to(TESTS).parts[0] not in CROSSING],
    ids=lambda file: file.relative_to(TESTS).as_posix(),
)
def test_a_file_of_tests_has_its_module(file: Path) -> None:
    place = file.relative_to(TESTS)
    assert (ENGINE / place.parent / place.name.removeprefix("test_")).is_file()


def loaded(file: Path) -> Iterator[str]:
    """Yield the modules that a file imports when it is imported itself."""
    waiting: list[ast.AST] = [tree(file)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}", *(f"{node.module}.{one.name}" for one in node.names))
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "TYPE_CHECKING" not in _condition(node):
            waiting += ast.iter_child_nodes(node)


def _condition(node: ast.AST) -> str:
    return ast.unparse(node.test) if isinstance(node, ast.If) else ""


@pytest.mark.parametrize("file", sorted(TESTS.rglob("*.py")), ids=lambda file: file.relative_to(TESTS).as_posix())
def test_a_browsers_library_is_imported_where_a_browser_is_opened_alone(file: Path) -> None:
    browsers = [name for name in loaded(file) if name.startswith(BROWSERS)]
    opens = re.search(r"^pytestmark = .*\bpytest\.mark\.browser\b", file.read_text("utf-8"), re.MULTILINE)
    helps = f"tests.{file.stem}" in BROWSERS
    assert not browsers or opens or helps
