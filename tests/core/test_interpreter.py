"""Which Python runs snippets, and what it is asked."""

from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from tests.harness import DeckTest
from verideck.core.errors import DeckError, UsageError
from verideck.core.interpreter import VARIABLE, add_packages, in_uvx, interpreter, own_interpreter

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment without packages."""
    folder = tmp_path_factory.mktemp("other")
    venv.create(folder, symlinks=True)
    package = next(folder.glob("lib/python*/site-packages"))
    (package / "only_there.py").write_text("VALUE = 42\n")
    info = package / "only_there-1.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: only-there\nVersion: 1.5\n")
    (info / "top_level.txt").write_text("only_there\n")
    return folder / "bin/python"


def test_the_option_counts_before_the_settings_these_before_the_environment_in_the_project(
    tmp_path: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert interpreter(tmp_path) is own_interpreter()
    (tmp_path / ".venv").symlink_to(other.parents[1])
    found = interpreter(tmp_path)
    assert (found.path, found.own) == (str(tmp_path / ".venv/bin/python"), False)
    assert not set(own_interpreter().libraries.values()) & {folder for folder in found.folders if "-packages" in folder}
    (tmp_path / "verideck.toml").write_text(f'python = "{other}"\n')
    assert interpreter(tmp_path).path == str(other)
    monkeypatch.setenv(VARIABLE, sys.executable)
    assert interpreter(tmp_path).own


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('\npyton = "x"\n', "verideck.toml:2: unknown setting 'pyton'"),
        ('python = "none/python"\n', "verideck.toml:1: 'none/python' is not a file"),
        ("python = 3\n", "verideck.toml:1: '3' is not a file"),
        ("python =\n", "verideck.toml: cannot read the settings"),
    ],
)
def test_wrong_settings_are_told_at_their_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "verideck.toml").write_text(text)
    with pytest.raises(DeckError) as caught:
        interpreter(tmp_path)
    assert str(caught.value).startswith(said)
    assert caught.value.hint


def test_what_is_no_python_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "/bin/false")
    with pytest.raises(UsageError, match=r"'/bin/false' is not a Python of version 3\.11 or newer"):
        interpreter(tmp_path)


def test_snippets_run_with_packages_that_only_the_other_python_has(deck: DeckTest, other: Path) -> None:
    deck.write("slides/a.md", "# One\n\n{eval}`a.py: VALUE`\n").write("snippets/a.py", "from only_there import VALUE\n")
    deck.run("build", "--html").fails(4, f"{sys.executable} has no module 'only_there'", "pip install only_there")
    deck.write("verideck.toml", f'python = "{other}"\n').build().ran("a.py")
    assert "42" in deck.read("dist/a.html")
    deck.run("figures").fine().run("verify", "--strict").fine()
    assert '"only-there",\n     "1.5"' in deck.read("figures/results.json")
    deck.run("why", "a.py", "--python", sys.executable).fine()
    assert "only-there" in deck.out
    deck.build("--python", str(other)).ran()


def test_what_to_type_for_a_package_fits_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert add_packages("/x/python", "pandas") == "/x/python -m pip install pandas"
    monkeypatch.setattr(sys, "prefix", "/home/me/.cache/uv/archive-v0/abc")
    assert add_packages(sys.executable, "pandas") == "add `--with pandas` after uvx"


def test_under_uvx_commands_are_told_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not in_uvx()
    monkeypatch.setattr(sys, "prefix", "/home/me/.cache/uv/archive-v0/abc")
    assert in_uvx()
