"""Decks, snippets and disks that fail: the exit code, what is said, and that earlier output is as it was."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.core.test_files import SPECIAL
from tests.harness import DeckTest
from tests.projects import PICTURES
from verideck.core import format_numbers
from verideck.core.cache import Cache

pytestmark = pytest.mark.slow

DECK = "---\ntimeout: 3s\nmemory: 1GiB\n---\n\n# One\n\n```{output} a.py\n```\n"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory, fonts: Path) -> DeckTest:
    """Return a project that was built and recorded while all was well."""
    deck = DeckTest(tmp_path_factory.mktemp("recorded") / "project", fonts).write("slides/a.md", DECK)
    return deck.write("snippets/a.py", "x = 1\nprint(x)\n").build().run("figures").fine()


@pytest.fixture
def built(recorded: DeckTest, tmp_path: Path) -> DeckTest:
    """Return it at a path with a space and letters beyond ASCII."""
    return recorded.copy(tmp_path / "プロジェクト 1")


@pytest.fixture(scope="module")
def drawn(recorded: DeckTest, tmp_path_factory: pytest.TempPathFactory) -> DeckTest:
    """Return it with a record of a drawing."""
    deck = recorded.copy(tmp_path_factory.mktemp("drawn") / "project").write("snippets/pictures.py", PICTURES)
    deck.write("slides/a.md", "# One\n\n```{figure} a.py\n:alt: A line\n```\n")
    return deck.write("snippets/a.py", "import pictures\npictures.draw(4)\n").run("figures").fine()


SNIPPETS = [
    pytest.param("x = 1\nx / 0\n", ["snippets/a.py:2: a.py failed: ZeroDivisionError", "  2 | x / 0"], id="raises"),
    pytest.param(
        "def f():\n    g()\n\nf()\n", ["snippets/a.py:2:", "name 'g' is not defined"], id="raises deep inside"
    ),
    pytest.param(
        "import nothing_of_this_name\n",
        ["snippets/a.py:1:", "has no module 'nothing_of_this_name'", "pip install nothing_of_this_name"],
        id="imports nothing",
    ),
    pytest.param("import sys\nsys.exit(3)\n", ["snippets/a.py:2:", "exit"], id="exits"),
    pytest.param("import os\nos._exit(0)\n", ["a.py failed: exit"], id="leaves without a word"),
    pytest.param("import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n", ["SIGSEGV"], id="is killed"),
    pytest.param("import time\ntime.sleep(60)\n", ["a.py failed: timeout", "3"], id="hangs"),
    pytest.param("while True:\n    print('x' * 1000)\n", ["a.py failed: timeout"], id="prints without end"),
    pytest.param("x = bytearray(10**11)\n", ["snippets/a.py:1:", "memory: it needs more than 1 GiB"], id="eats memory"),
    pytest.param("def f():\n    f()\n\nf()\n", ["RecursionError"], id="recurses without end"),
    pytest.param("input()\n", ["EOFError"], id="asks"),
    pytest.param("open('figures/results.json', 'w')\n", ["snippets/a.py:1:", "figures/results.json"], id="writes"),
    pytest.param("raise ValueError('[red]a\\x1b[31mb')\n", ["ValueError: [red]a\\x1b[31mb"], id="writes escapes"),
]


def test_a_failure_is_told_to_programs_too(built: DeckTest) -> None:
    built.write("snippets/a.py", "x = 1\nx / 0\n").run("verify", "--json").fails(4, "ZeroDivisionError")
    told = json.loads(built.out)
    assert (told["format"], told["fine"]) == (1, False)
    (error,) = told["errors"]
    assert error["at"] == {"path": "snippets/a.py", "line": 2, "column": 0}
    assert "division by zero" in error["message"]
    assert "python snippets/a.py" in error["hint"]
    assert "Traceback" in error["detail"]


@pytest.mark.parametrize("command", ["build", "figures", "verify"])
@pytest.mark.parametrize(("source", "said"), SNIPPETS[:1])
def test_every_command_reports_a_failing_snippet(built: DeckTest, command: str, source: str, said: list[str]) -> None:
    built.write("snippets/a.py", source).run(command).fails(4, *said)


@pytest.mark.parametrize(("source", "said"), SNIPPETS)
def test_a_failing_snippet_is_named_with_its_line_and_slide(built: DeckTest, source: str, said: list[str]) -> None:
    built.write("snippets/a.py", source).run("build", "--html").fails(4, *said, "shown at slides/a.md:8")
    assert "\x1b" not in built.err


def test_a_failure_is_not_stored(built: DeckTest) -> None:
    built.write("snippets/a.py", "1 / 0\n").run("build", "--html").fails(4).run("build", "--html").fails(4).ran("a.py")


def test_all_failing_snippets_are_reported_and_what_ran_well_is_kept(built: DeckTest) -> None:
    built.edit("slides/a.md", "# One", "# One\n\n{eval}`b.py: 1`, {eval}`c.py: 1`")
    built.write("snippets/a.py", "print(2)").write("snippets/b.py", "1 / 0").write("snippets/c.py", "[][0]")
    built.run("build", "--html").fails(4, "b.py failed", "c.py failed", "2 errors").ran("a.py", "b.py", "c.py")
    built.run("build", "--html").fails(4).ran("b.py", "c.py")


def test_an_error_that_was_meant_is_shown_and_one_that_does_not_come_is_reported(built: DeckTest) -> None:
    built.write("slides/a.md", "# One\n\n```{snippet} a.py\n:raises: ValueError\n```\n")
    built.write("snippets/a.py", "int('x')").build().ran("a.py")
    built.write("snippets/a.py", "int('1')").run("build", "--html").fails(
        4, "slides/a.md:3:14: a.py did not raise ValueError"
    )
    built.write("snippets/a.py", "[][0]").run("build", "--html").fails(4, "IndexError")


def test_code_in_a_slide_fails_at_the_line_of_the_slide(built: DeckTest) -> None:
    built.write("slides/a.md", "# One\n\n```{python}\nx = 1\nx / 0\n```\n").run("build", "--html")
    built.fails(4, "slides/a.md:5: ", "ZeroDivisionError", "  5 | x / 0")


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("x / 0", "ZeroDivisionError"),
        ("y", "NameError"),
        ("print", "no value"),
        ("object()", "no value"),
        ("exit()", "SystemExit"),
    ],
)
def test_a_value_that_cannot_be_had_is_reported_at_its_place(built: DeckTest, expression: str, said: str) -> None:
    built.write("slides/a.md", f"# One\n\nIt is {{eval}}`a.py: {expression}`.").run("build", "--html")
    built.fails(3, "slides/a.md:3:7", expression, said)


def test_a_figure_that_was_not_drawn_is_reported_at_its_place(built: DeckTest) -> None:
    built.write("slides/a.md", "# One\n\n```{figure} a.py@2\n:alt: x\n```\n").run("build", "--html")
    built.fails(3, "slides/a.md:3:13: no figure: a.py drew none", "plt.show()")


@pytest.mark.parametrize("path", ["slides/a.md", "snippets/a.py"])
@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"caf\xe9", "byte 0xe9 is not UTF-8"),
        (b"nul \0", "NUL"),
        ("# utf-16".encode("utf-16"), "byte 0xff is not UTF-8"),
    ],
)
def test_a_file_that_is_no_text_is_named_with_its_line(built: DeckTest, path: str, line: bytes, said: str) -> None:
    built.write(path, b"# a\n# b\n# " + line + b"\n").run("build", "--html").fails(3, f"{path}:3: ", said, "hint")


@pytest.mark.parametrize("path", ["slides/a.md", "snippets/a.py", "slides/a.png"])
def test_a_link_that_leaves_the_project_is_refused(built: DeckTest, tmp_path: Path, path: str) -> None:
    outside = tmp_path / "outside"
    outside.write_text("secret")
    built.edit("slides/a.md", "# One", "# One\n\n![x](a.png)").write("slides/a.png", b"picture").build()
    (built.root / path).unlink()
    (built.root / path).symlink_to(outside)
    built.run("build", "--html").fails(3, path, "leads out of the project")


def test_links_in_a_circle_are_refused(built: DeckTest) -> None:
    (built.root / "snippets/a.py").unlink()
    (built.root / "snippets/a.py").symlink_to(built.root / "snippets/a.py")
    built.run("build", "--html").fails(3, "slides/a.md:8:13", "points to itself")


def test_a_link_inside_the_project_is_followed(built: DeckTest) -> None:
    built.write("snippets/real.py", "print('real')")
    (built.root / "snippets/a.py").unlink()
    (built.root / "snippets/a.py").symlink_to("real.py")
    assert "real" in built.build().read("dist/a.html")


def test_modules_of_a_linked_script_lie_beside_the_file_that_the_link_leads_to(built: DeckTest) -> None:
    built.write("lib/real.py", "import mod\nprint(mod.x)").write("lib/mod.py", "x = 'beside it'")
    built.write("snippets/mod.py", "x = 'beside the link'")
    (built.root / "snippets/a.py").unlink()
    (built.root / "snippets/a.py").symlink_to("../lib/real.py")
    assert "beside it" in built.build().read("dist/a.html")


RECORD = f'{{"format": {format_numbers.RECORD}, "results": %s}}'


@pytest.mark.parametrize("text", ["", "{", "[]", RECORD % "[{}]", RECORD % "[1]", RECORD % '{"a": 1}'])
def test_a_damaged_record_is_reported_with_its_remedy(built: DeckTest, text: str) -> None:
    built.write("figures/results.json", text)
    for command in ("build", "verify"):
        built.run(command).fails(3, "figures/results.json", "the record is damaged", "python build.py figures")


@pytest.mark.skipif(os.name != "posix", reason="other systems have no such files")
@pytest.mark.parametrize("kind", [None, *SPECIAL])
def test_a_drawing_that_is_gone_is_told_and_figures_makes_it_again(
    drawn: DeckTest, tmp_path: Path, kind: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = drawn.copy(tmp_path / "project")
    monkeypatch.chdir(built.root)
    drawing = built.root / "figures/a.svg"
    whole = drawing.read_bytes()
    drawing.unlink()
    if kind:
        SPECIAL[kind](drawing)
    for command in ("build", "verify"):
        built.run(command).fails(3, "figures/a.svg", "python build.py figures")
    if kind == "folder":
        built.run("figures").fails(2, "cannot write 'figures/a.svg'")
    else:
        assert built.run("figures").fine().outputs()["figures/a.svg"] == whole


@pytest.mark.parametrize(
    "text",
    [
        "{eval}`%s.py: 1`",
        "```{snippet} %s.py\n```",
        "```{snippet} %s/a.py\n```",
        "![x](%s.png)",
        "```{output} a.py%s\n```",
    ],
)
def test_a_name_that_no_file_can_have_is_the_decks_mistake(built: DeckTest, text: str) -> None:
    for name in ("n" * 300, "あ" * 90):
        built.write("slides/a.md", f"# One\n\n{text % name}\n").run("build", "--html").fails(3, "slides/a.md:3:")


def test_a_link_with_a_name_that_no_file_can_have_is_broken(built: DeckTest) -> None:
    built.write("slides/a.md", f"# One\n\n[x]({'n' * 300}.pdf)\n").run("verify").says("(broken-link)")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b"1", b"[1, 2, 3]"])
def test_a_damaged_list_of_outputs_costs_a_build_and_no_file(built: DeckTest, data: bytes) -> None:
    built.write("dist/mine.html", "mine").write(".cache/outputs/mine.html", data)
    Cache(built.root, "outputs").put("a.html", data)
    built.build().wrote()
    assert "making dist/a.html" in built.err
    built.build().wrote()
    assert "making" not in built.err
    assert built.read("dist/mine.html") == "mine"


def test_a_folder_that_cannot_be_written_is_named(built: DeckTest) -> None:
    (built.root / "dist").rename(built.root / "elsewhere")
    built.write("dist", "a file in the way").run("build", "--html").fails(2, "cannot write 'dist/a.html'", "hint")


def test_a_deck_is_written_whole_or_not_at_all(built: DeckTest) -> None:
    built.write("slides/b.md", "# B\n\n{eval}`a.py: y`").edit("slides/a.md", "One", "Changed")
    built.run("build", "--html").wrote("dist/a.html")
    assert (built.code, "slides/b.md:3:1" in built.err) == (3, True)


def test_an_interrupted_write_leaves_the_old_file_and_no_leftover(
    built: DeckTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    built.edit("slides/a.md", "One", "Changed")
    monkeypatch.setattr(os, "replace", full)
    built.run("build", "--html").fails(2, "cannot write 'dist/a.html': No space left on device")


def test_the_record_is_whole_when_figures_fails_halfway(built: DeckTest) -> None:
    built.write("snippets/b.py", "1 / 0").edit("slides/a.md", "# One", "# One\n\n{eval}`b.py: 1`")
    built.edit("snippets/a.py", "1", "2").run("figures").fails(4, "b.py failed")
