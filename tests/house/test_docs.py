"""The documentation: its examples build, its commands are understood, its tables and names are those of the code."""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import click
import pytest
from markdown_it import MarkdownIt

from tests.harness import ROOT, DeckTest
from verideck.cli import _commands
from verideck.core.errors import DeckErrors, format_error
from verideck.core.hashing import ROOMS
from verideck.core.project import Sources
from verideck.core.theme import GROUP, SETTINGS, SHEET, TEMPLATES
from verideck.read import frontmatter, parser, syntax
from verideck.run.planner import plan

PAGES = sorted((ROOT / "docs").glob("*.md"))
TEXTS = {file.name: file.read_text("utf-8") for file in (*PAGES, ROOT / "README.md", ROOT / "CONTRIBUTING.md")}
GENERATED = re.compile(r"<!-- (\w+) -->\n.*?<!-- end -->", re.DOTALL)
DECK = "slides/my-talk.md"


@dataclass(frozen=True)
class Example:
    """A deck that a page shows, and the errors that it shows below; "" where the deck is right."""

    page: str
    line: int
    text: str
    errors: str


@functools.cache
def fences() -> list[tuple[str, int, str, str]]:
    """Return (page, line, what the fence is, content) of each fence in README and the documentation."""
    found = []
    for page, text in TEXTS.items():
        tokens = MarkdownIt("commonmark").parse(text)
        found += [
            (page, token.map[0] + 1, token.info, token.content)
            for token in tokens
            if token.type == "fence" and token.map
        ]
    return found


def scripts() -> dict[str, str]:
    """Return the project's files that the documentation shows, by path; the example's snippet of `new` among them."""
    named = [(info.split(" ", 1)[1], text) for _, _, info, text in fences() if info.startswith("python ")]
    assert len(dict(named)) == len(named) > 1
    return dict(named)


def examples() -> list[Example]:
    """Return the decks that the documentation shows."""
    all_fences = fences()
    return [
        Example(page, line, text, all_fences[index + 1][3] if info == "markdown error" else "")
        for index, (page, line, info, text) in enumerate(all_fences)
        if info.startswith("markdown")
    ]


each_example = pytest.mark.parametrize("example", examples(), ids=lambda one: f"{one.page}:{one.line}")


def sources(example: Example, root: Path) -> Sources:
    return Sources(root, {**scripts(), DECK: example.text})


@each_example
def test_an_example_is_right_or_has_the_errors_that_are_shown(example: Example, tmp_path: Path) -> None:
    (tmp_path / "snippets").mkdir()
    for path, text in scripts().items():
        (tmp_path / path).write_text(text)  # files are suggested by what lies there
    project = sources(example, tmp_path)
    try:
        plan([parser.parse(DECK, project).valid()], project)
        told = ""
    except DeckErrors as several:
        told = "\n".join(f"error: {format_error(error, project.line)}" for error in several.errors) + "\n"
    assert told == example.errors


@pytest.mark.slow
def test_the_examples_build_and_verify_finds_nothing(deck: DeckTest) -> None:
    for path, text in scripts().items():
        deck.write(path, text)
    right = [one for one in examples() if not one.errors]
    for number, example in enumerate(right):
        deck.write(f"slides/example-{number}.md", example.text)
    deck.run("figures").fine().build().run("verify")  # a frozen result is kept from the first `figures` on
    told = [line for line in deck.out.split("\n") if line.startswith(("error: ", "warning: "))]
    aside = ("no slide uses", "was not checked", "which this slide does not break")
    assert [line for line in told if not any(text in line for text in aside)] == []


@functools.cache
def tables() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tables", ROOT / "docs/tables.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_generated_parts_are_as_generated(page: Path, update_golden: bool) -> None:
    text = page.read_text("utf-8")
    made = tables().filled(text)
    if update_golden:
        page.write_text(made, "utf-8")
    assert text == made, "run `make docs`"


def test_all_parts_are_in_the_documentation() -> None:
    assert sorted(name for text in TEXTS.values() for name in GENERATED.findall(text)) == sorted(tables().PARTS)


def commands() -> Iterator[str]:
    """Yield the arguments of each command that is written by hand, in text, tables and code."""
    for text in TEXTS.values():
        by_hand = GENERATED.sub("", text)
        for match in re.finditer(r"python3? (?:build\.py|-m verideck)(?![\w.])([^`\n|#…]*)", by_hand):
            yield shlex.join(shlex.split(match[1]))
        for match in re.finditer(r"make (build|figures|verify) ARGS=([^\s`;]+)", by_hand):
            yield f"{match[1]} {match[2]}"


COMMANDS = sorted(set(commands()))


def test_the_documentation_tells_commands() -> None:
    assert {"verify", "figures", "present my-talk", "verify --strict"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_understood(command: str) -> None:
    group = click.Context(_commands, info_name="build.py")
    _commands.parse_args(group, shlex.split(command.replace("ADDRESS", "127.0.0.1")))
    name, *rest = [*group._protected_args, *group.args]
    _commands.commands[name].make_context(name, rest, parent=group)


def test_targets_of_make_exist() -> None:
    known = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    told = {name for text in TEXTS.values() for name in re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE)}
    assert told
    assert told <= known


def test_options_of_pytest_exist(pytestconfig: pytest.Config) -> None:
    text = "\n".join(TEXTS.values())
    told = re.findall(r"python -m pytest (.*)", text)
    told += [quoted or plain for quoted, plain in re.findall(r'make test ARGS=(?:"([^"]*)"|([^\s`]+))', text)]
    assert len(told) > 2
    markers = {line.partition(":")[0] for line in pytestconfig.getini("markers")}
    for line in told:
        known, unknown = pytestconfig._parser.parse_known_and_unknown_args(shlex.split(line))
        assert unknown == []
        assert set(re.findall(r"\w+", known.markexpr)) - {"not", "and", "or"} <= markers


def links() -> Iterator[tuple[str, str]]:
    """Yield (page, address) of each link and picture of a page that leads to a file."""
    for page, text in TEXTS.items():
        for block in MarkdownIt("commonmark").enable("table").parse(text):
            for token in block.children or ():
                address = str(token.attrs.get("href") or token.attrs.get("src") or "").partition("#")[0]
                if address and not address.startswith(("https:", "http:")):
                    yield page, address


def test_relative_links_lead_to_files() -> None:
    folders = {page: ROOT if page.split(".")[0].isupper() else ROOT / "docs" for page in TEXTS}
    assert len(list(links())) > 20
    assert [(page, link) for page, link in links() if not (folders[page] / link).exists()] == []


@pytest.mark.parametrize(
    ("head", "known"),
    [
        ("| key | meaning | default |", set(frontmatter._KEYS)),
        ("| attribute | meaning |", set(syntax.HEADING_ATTRIBUTES)),
        ("| block | meaning |", set(syntax.BLOCKS)),
    ],
)
def test_a_table_names_all_that_is_known(head: str, known: set[str]) -> None:
    _, _, rest = TEXTS["write.md"].partition(head)
    rows = rest.partition("\n\n")[0]
    assert set(re.findall(r"^\| `([\w-]+)`", rows, re.MULTILINE)) == known


def test_the_keys_of_json_are_those_of_its_schema() -> None:
    schema = json.loads((ROOT / "docs/schemas/verdict.json").read_text("utf-8"))["$defs"]
    text = TEXTS["ci.md"].partition("| key | value |")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", text, re.MULTILINE))
    assert list(rows) == list(schema["found"]["properties"])
    for key, part in (
        ("differences", "difference"),
        ("findings", "finding"),
        ("excused", "excuse"),
        ("versions", "version"),
    ):
        assert re.findall(r"`(\w+)`", rows[key]) == list(schema[part]["properties"])
    failed = [*schema["failed"]["properties"], *schema["error"]["properties"]]
    assert re.findall(r"`(\w+)`", text.partition("If a deck is wrong")[2].partition("\n\n")[0]) == failed


def test_all_templates_are_explained() -> None:
    rows = TEXTS["themes.md"].partition("## Colours")[0]
    assert set(re.findall(r"`([\w.]+\.\w+)`", rows)) == {*TEMPLATES, SETTINGS, SHEET, GROUP}
    assert {file.name for file in (ROOT / "templates").iterdir() if file.is_file()} == {*TEMPLATES, SETTINGS}


def test_the_rooms_are_listed_in_the_order_of_the_contract() -> None:
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
    layers = [layer.split(" | ") for layer in contract["layers"] if layer != "__main__"]
    graph = next(text for page, _, info, text in fences() if (page, info) == ("how-it-works.md", "text"))
    assert [re.split(r" {2,}", line)[: len(layers[n])] for n, line in enumerate(graph.splitlines())] == layers


def exists(path: str) -> bool:
    """Whether the project or the engine has a file or folder, or a build writes it."""
    return path in ("dist/", "figures/", ".cache/") or (ROOT / path).exists() or (ROOT / "verideck" / path).exists()


def is_defined(name: str) -> bool:
    """Whether the engine has a dotted name: `run.plan`, `core.run_model.Result`."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(["verideck", *parts[:end]]))
        except ModuleNotFoundError:
            continue
        with contextlib.suppress(AttributeError):
            return functools.reduce(getattr, parts[end:], found) is not None
    return False


def test_files_and_names_of_the_engine_exist() -> None:
    # Each piece of code on the page is looked up, so that none can be written in a way that escapes.
    other = {"__init__.py", "{eval}", "plt.show()", "make lint", "text", *_commands.commands}
    prose = re.sub(r"^```.*?^```", "", TEXTS["how-it-works.md"], flags=re.DOTALL | re.MULTILINE)
    told = set(re.findall(r"`([^`]+)`", prose)) - other
    assert len(told) > 30
    paths = {name for name in told if "/" in name}
    assert [name for name in sorted(paths) if not exists(name)] == []
    assert [name for name in sorted(told - paths) if not is_defined(name)] == []


def test_files_that_contributors_are_told_of_exist() -> None:
    files = re.findall(rf"`((?:{'|'.join(ROOMS)}|tests)/[\w/]+\.py)`", TEXTS["CONTRIBUTING.md"])
    (listing,) = (text for page, _, info, text in fences() if page == "CONTRIBUTING.md" and not info)
    files += [line.split()[0] for line in listing.splitlines()]
    assert len(files) > 10
    assert [name for name in files if not exists(name)] == []
