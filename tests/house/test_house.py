"""Rules of the house that no linter knows: sizes, docstrings, imports, colours."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
from matplotlib.colors import to_hex

from tests.harness import ROOT
from verideck.core import folders
from verideck.core.hashing import ROOMS
from verideck.core.theme import ACCENTS, BASE

MODULES = sorted((ROOT / "verideck").rglob("*.py"))
FACES = "run|render|publish|check|present"
"""Rooms that work; records and tools of the others come from their files."""
SANDBOX = ROOT / "verideck/run/sandbox"


def each_module(*but: str) -> pytest.MarkDecorator:
    chosen = [file for file in MODULES if file.relative_to(ROOT / "verideck").as_posix() not in but]
    assert len(chosen) > 20
    return pytest.mark.parametrize("file", chosen, ids=lambda file: file.relative_to(ROOT).as_posix())


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


@each_module()
def test_functions_are_short(file: Path) -> None:
    functions = [node for node in ast.walk(tree(file)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {node.name: size for node in functions if (size := (node.end_lineno or 0) - node.lineno + 1) > 50}
    assert not long


@each_module()
def test_a_module_says_what_it_is_for(file: Path) -> None:
    docstring = ast.get_docstring(tree(file))
    assert docstring
    assert docstring.split("\n")[0].endswith((".", ":", ";"))


@each_module(*(f"render/pdf/text/{name}.py" for name in ("fontconfig", "harfbuzz", "pango")))  # names from there
def test_a_public_function_says_what_it_gives(file: Path) -> None:
    nodes = [node for node in tree(file).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert [node.name for node in nodes if node.name[0] != "_" and not ast.get_docstring(node)] == []


@each_module(
    "__main__.py", "cli.py", *(f"run/sandbox/{name}.py" for name in ("child", "spawn", "supervisor", "audit", "pyplot"))
)
def test_the_engine_neither_prints_nor_moves(file: Path) -> None:
    calls = [ast.unparse(node.func) for node in ast.walk(tree(file)) if isinstance(node, ast.Call)]
    assert not {"print", "input", "os.chdir", "sys.exit", "breakpoint"} & set(calls)


def test_the_package_itself_is_a_docstring_alone() -> None:
    assert len(tree(ROOT / "verideck/__init__.py").body) == 1


def test_rooms_are_those_that_digests_know() -> None:
    folders = {file.parent.name for file in (ROOT / "verideck").glob("*/__init__.py")}
    assert folders == set(ROOMS)
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
    layers = [name.strip().removeprefix("verideck.") for layer in contract["layers"] for name in layer.split("|")]
    assert [name for name in reversed(layers) if name in ROOMS] == list(ROOMS)


@each_module()
def test_a_room_that_works_is_entered_by_its_face(file: Path) -> None:
    room = file.relative_to(ROOT / "verideck").parts[0]
    entered = [
        node.module
        for node in ast.walk(tree(file))
        if isinstance(node, ast.ImportFrom) and re.fullmatch(rf"verideck\.(?!{room}\b)({FACES})\..*", node.module or "")
    ]
    assert entered == []


@each_module("core/folders.py", "run/sandbox/audit.py")  # programs in the sandbox import nothing of the engine
def test_folders_are_named_in_one_place(file: Path) -> None:
    names = [folders.SLIDES, folders.SNIPPETS, folders.FIGURES, folders.TEMPLATES, folders.DIST]
    path = rf"({'|'.join(names)})/\S*|{re.escape(folders.CACHE)}"
    texts = [node.value for node in ast.walk(tree(file)) if isinstance(node, ast.Constant)]
    assert [text for text in texts if isinstance(text, str) and re.fullmatch(path, text)] == []


@each_module("core/messages.py", "render/provenance.py")
def test_commands_are_told_in_one_place(file: Path) -> None:
    """As the user types them; a deck's provenance tells its readers one form."""
    docstrings = {ast.get_docstring(node, clean=False) for node in ast.walk(tree(file)) if isinstance(node, ast.Module)}
    texts = [
        node.value for node in ast.walk(tree(file)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert [text for text in texts if re.search(r"python3? build\.py", text) and text not in docstrings] == []


def test_figures_drawn_alone_have_the_colours_of_the_deck() -> None:
    style: Any = mpl.rc_params_from_file(ROOT / "matplotlibrc", use_default_template=False)
    cycle = [to_hex(colour) for colour in style["axes.prop_cycle"].by_key()["color"]]
    assert cycle == [BASE[accent].lower() for accent in ACCENTS]
    roles = {"paper": ["figure.facecolor"], "ink": ["text.color", "axes.labelcolor", "axes.titlecolor"]}
    roles |= {"soft": ["axes.edgecolor", "xtick.color", "ytick.color"], "rule": ["grid.color"]}
    for role, keys in roles.items():
        assert {key: to_hex(style[key]) for key in keys} == dict.fromkeys(keys, BASE[role].lower())
