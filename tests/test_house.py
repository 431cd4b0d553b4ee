"""Rules of the house that no linter knows: sizes, order of modules, what README says."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import matplotlib as mpl
import pytest
from matplotlib.colors import to_hex

from deck.cli import _commands
from tests.harness import ROOT

MODULES = sorted((ROOT / "deck").glob("*.py"))
README = (ROOT / "README.md").read_text("utf-8")
PROGRAMS = ("child", "supervisor", "observer", "pyplot")
"""Modules that run in a process of their own."""


def each_module(*but: str) -> pytest.MarkDecorator:
    chosen = [file for file in MODULES if file.stem not in but]
    assert len(chosen) > 20
    return pytest.mark.parametrize("file", chosen, ids=lambda file: file.stem)


def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def imported(file: Path) -> set[str]:
    """Return the modules of the engine that one imports, anywhere in it."""
    names: set[str] = set()
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.ImportFrom) and node.module == "deck":
            names |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("deck."):
            names.add((node.module or "").split(".")[1])
        elif isinstance(node, ast.Import):
            names |= {name.name.split(".")[1] for name in node.names if name.name.startswith("deck.")}
    return names


def the_map() -> list[str]:
    """Return the modules in the order of README's map."""
    rows = README.split("| module | job |", 1)[1].split("\n\n", 1)[0]
    return re.findall(r"^\| (\w+) \| .+ \|$", rows, re.MULTILINE)


@each_module()
def test_a_module_is_short_and_so_are_its_functions(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) <= 300
    functions = [node for node in ast.walk(tree(file)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = {node.name: size for node in functions if (size := (node.end_lineno or 0) - node.lineno + 1) > 50}
    assert not long


@each_module()
def test_a_module_says_what_it_is_for(file: Path) -> None:
    docstring = ast.get_docstring(tree(file))
    assert docstring
    assert docstring.split("\n")[0].endswith((".", ":", ";"))


@each_module()
def test_a_public_function_says_what_it_gives(file: Path) -> None:
    nodes = [node for node in tree(file).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert [node.name for node in nodes if node.name[0] != "_" and not ast.get_docstring(node)] == []


@each_module("cli", *PROGRAMS)
def test_the_engine_neither_prints_nor_moves(file: Path) -> None:
    calls = [ast.unparse(node.func) for node in ast.walk(tree(file)) if isinstance(node, ast.Call)]
    assert not {"print", "input", "os.chdir", "sys.exit", "breakpoint"} & set(calls)


def test_the_map_in_the_readme_names_every_module_once() -> None:
    assert sorted(the_map()) == [file.stem for file in MODULES if file.stem != "__init__"]


@each_module("__init__")
def test_a_module_imports_only_from_above_it_in_the_map(file: Path) -> None:
    order = the_map()
    assert imported(file) <= set(order[: order.index(file.stem)])


def test_the_package_itself_is_a_docstring_alone() -> None:
    assert len(tree(ROOT / "deck/__init__.py").body) == 1


def test_no_snippet_imports_the_engine() -> None:
    assert {file.name: names for file in (ROOT / "snippets").rglob("*.py") if (names := imported(file))} == {}


def commands() -> Iterator[list[str]]:
    """Yield the arguments of each `python build.py` in README and CONTRIBUTING, in text, tables and code."""
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / name).read_text("utf-8")
        for match in re.finditer(r"python3? build\.py\b([^`\n|#…]*)", text):
            yield shlex.split(match[1])


COMMANDS = sorted({shlex.join(arguments) for arguments in commands()})


def test_the_readme_tells_commands() -> None:
    assert {"", "verify", "figures"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_in_the_readme_is_understood(command: str) -> None:
    arguments = shlex.split(command)
    group = click.Context(_commands, info_name="build.py")
    parsed = _commands.parse_args(group, arguments)
    assert parsed is not None
    name, *rest = [*group._protected_args, *group.args]
    subcommand = _commands.commands[name]
    subcommand.make_context(name, rest, parent=group)


def test_every_command_is_in_the_readme() -> None:
    assert [name for name in _commands.commands if name not in README] == []


def test_figures_drawn_alone_have_the_colours_of_the_deck() -> None:
    light = tomllib.loads((ROOT / "templates/tokens.toml").read_text("utf-8"))["light"]
    style: Any = mpl.rc_params_from_file(ROOT / "matplotlibrc", use_default_template=False)
    cycle = [to_hex(colour) for colour in style["axes.prop_cycle"].by_key()["color"]]
    assert cycle == [light[role].lower() for role in ("w", "lam", "err", "data")]
    roles = {"paper": ["figure.facecolor"], "ink": ["text.color", "axes.labelcolor", "axes.titlecolor"]}
    roles |= {"data": ["axes.edgecolor", "xtick.color", "ytick.color"], "rule": ["grid.color"]}
    for role, keys in roles.items():
        assert {key: to_hex(style[key]) for key in keys} == dict.fromkeys(keys, light[role].lower())
