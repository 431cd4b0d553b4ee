"""The command line: help, wrong calls, exit codes, from any folder."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.harness import ROOT, DeckTest
from tests.projects import two_snippets
from verideck.cli import _commands, main

pytestmark = pytest.mark.slow


@pytest.fixture
def talk(deck: DeckTest) -> DeckTest:
    """Return a project with a deck and two snippets."""
    return two_snippets(deck)


def test_clean_leaves_the_record(talk: DeckTest) -> None:
    talk.build().run("figures").fine().run("clean").fine().says("removed dist/", "removed .cache/")
    assert set(talk.outputs()) == {"figures/results.json"}
    assert not (talk.root / ".cache").exists()
    talk.run("clean").fine()
    talk.write(".cache", "a file").run("clean").fine().says("removed .cache")
    assert not (talk.root / ".cache").exists()
    (talk.root / "dist").symlink_to(talk.root / "figures")
    talk.run("clean").fails(2, "'dist' is a link")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["build", "tlak"], "did you mean 'slides/talk.md'?"),
        (["tlak"], "no deck 'tlak'"),
        (["build", "--htlm"], "--html"),
        (["figures", "sum"], "did you mean 'sums.py'?"),
        (["verify", "--strikt"], "python build.py --help"),
        (["why"], "SNIPPET"),
        (["build", "../talk"], "no deck '../talk'"),
    ],
)
def test_a_wrong_call_is_told_apart_from_a_wrong_deck(talk: DeckTest, arguments: list[str], said: str) -> None:
    talk.run(*arguments).fails(2, said, "hint")


def test_a_project_without_decks_says_how_to_begin(deck: DeckTest) -> None:
    deck.run("build").fails(2, "no decks in slides/", "python build.py new")


@pytest.mark.parametrize("command", ["", *_commands.commands])
def test_help_is_there_for_every_command(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), "--help"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Usage: build.py {command}".rstrip())
    if not command:
        assert all(name in said for name in _commands.commands)


def test_commands_are_told_as_the_user_types_them(deck: DeckTest, capsys: pytest.CaptureFixture[str]) -> None:
    for called in ("python build.py", "verideck"):
        assert main(["build"], deck.root, called) == 2
        assert f"create one: {called} new slides/my-talk.md" in capsys.readouterr().err
        assert main(["verify", "--strikt"], deck.root, called) == 2
        assert f"hint: {called} --help" in capsys.readouterr().err
        assert main(["verify", "--help"], deck.root, called) == 0
        assert capsys.readouterr().out.startswith(f"Usage: {called.split()[-1]} verify ")


def test_the_package_as_a_program_is_called_verideck(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "verideck", "verify", "--strikt"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (2, "hint: verideck --help")


def test_a_bug_of_ours_says_so(talk: DeckTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verideck.commands.plan", lambda *_: 1 / 0)
    talk.run("build").fails(5, "ZeroDivisionError", "a bug in the engine")


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 2, "error: cannot read or write: No space left on device"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/y"), 2, "cannot read or write '/x/y': Permission"),
        (MemoryError(), 2, "out of memory"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "ours"), 5, "a bug in the engine"),
        (KeyError("ours"), 5, "a bug in the engine"),
    ],
)
def test_what_the_machine_lacks_is_no_bug_of_ours(
    talk: DeckTest, monkeypatch: pytest.MonkeyPatch, error: Exception, code: int, said: str
) -> None:
    def failing(*_: object) -> None:
        raise error

    monkeypatch.setattr("verideck.commands.plan", failing)
    talk.run("build").fails(code, said)
    assert ("a bug" in talk.err) == (code == 5)


def test_the_front_door_starts_from_any_folder(tmp_path: Path) -> None:
    command = [sys.executable, str(ROOT / "build.py"), "build", "no-such-deck"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no deck 'no-such-deck'" in done.stderr


INTERRUPTED = """
import builtins, os, runpy, signal, sys
wanted, program, real = sys.argv[1], sys.argv[2], builtins.__import__
def interrupting(name, *rest, **named):
    if name == wanted:
        os.kill(os.getpid(), signal.SIGINT)
    return real(name, *rest, **named)
builtins.__import__ = interrupting
sys.argv[1:] = ["why", "nothing.py"]
signal.signal(signal.SIGINT, signal.default_int_handler)
run = runpy.run_path if program.endswith(".py") else runpy.run_module
run(program, run_name="__main__")
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="processes cannot interrupt themselves")
@pytest.mark.parametrize("program", ["build.py", "verideck"])
@pytest.mark.parametrize("module", ["click", "verideck.core.errors", "verideck.check"])
def test_an_interrupt_during_imports_is_told_as_any_other(program: str, module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, module, program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.strip()) == (130, "stopped")


@pytest.mark.slow
def test_a_single_deck_builds_where_it_lies_and_from_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "talk.md").write_text("# One\n\nThe value is {eval}`fit.py: x`.\n")
    (tmp_path / "fit.py").write_text("x = 7\n")
    monkeypatch.chdir(tmp_path / "below")
    assert main(["build", "--html"]) == 0
    assert "7" in (tmp_path / "dist/talk.html").read_text("utf-8")
    assert main(["figures"]) == main(["verify"]) == 0
    (tmp_path / "notes.md").write_text("# Two\n")
    assert main(["build", "--html", "../notes.md"]) == main(["build", "--html"]) == 0
    assert {file.name for file in (tmp_path / "dist").glob("*.html")} >= {"talk.html", "notes.html"}
    assert "dist/notes.html" in capsys.readouterr().out


def test_the_documentation_is_there_offline(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs"]) == 0
    listed = capsys.readouterr().out
    assert main(["docs", "write"]) == 0
    assert capsys.readouterr().out == (ROOT / "docs/write.md").read_text("utf-8")
    assert main(["docs", "writ"]) == 2
    assert "did you mean 'write'?" in capsys.readouterr().err
    pages = {file.name for file in (ROOT / "docs").glob("*.md")}
    assert all(f"docs {Path(name).stem} " in listed for name in pages)
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"].keys() >= {"templates", "matplotlibrc", *(f"docs/{name}" for name in pages)}
