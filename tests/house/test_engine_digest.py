"""Whatever byte of the engine changes, all that depends on it is made again, and nothing else."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness import DeckTest
from verideck.core import hashing
from verideck.core.hashing import ENGINE, ROOMS

WHOLE = ""
"""The whole engine, as `engine_digest` names it."""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the engine, of which the digests are."""
    copy = tmp_path / "engine"
    shutil.copytree(ENGINE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(hashing, "ENGINE", copy)
    return copy


def digests() -> dict[str, str]:
    return {room: hashing.engine_digest.__wrapped__(room) for room in (WHOLE, *ROOMS)}


def changed(before: dict[str, str]) -> list[str]:
    return [room for room, digest in digests().items() if digest != before[room]]


def depending(room: str) -> list[str]:
    """Return what has all digests that hang on a room."""
    return [WHOLE, *ROOMS[ROOMS.index(room) :]] if room in ROOMS else [WHOLE]


def test_the_engine_is_nothing_but_python() -> None:
    assert {file.suffix for file in ENGINE.rglob("*") if file.is_file() and "__pycache__" not in file.parts} == {".py"}


@pytest.mark.parametrize("room", [*ROOMS, "cli.py"])
def test_each_byte_is_in_the_digest_of_its_room_and_of_those_above(engine: Path, room: str) -> None:
    before = digests()
    files = [file for file in engine.rglob("*.py") if file.relative_to(engine).parts[0] == room]
    assert files
    for file in files:
        data = file.read_bytes()
        file.write_bytes(bytes([data[0] ^ 1]) + data[1:] if data else b"#")
        assert changed(before) == depending(room), file
        file.write_bytes(data)
    assert changed(before) == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_new_file_a_name_and_a_place_are_in_the_digest_too(engine: Path, room: str) -> None:
    before = digests()
    file = engine / room / "deep" / "new.py"
    file.parent.mkdir()
    file.write_bytes(b"")
    assert changed(before) == depending(room)
    before = digests()
    file.rename(file.with_name("other.py"))
    assert changed(before) == depending(room)
    before = digests()
    file.with_name("other.py").rename(engine / room / "other.py")
    assert changed(before) == depending(room)


BUILD = """
import sys
from pathlib import Path
from verideck.cli import main
sys.exit(main(["build"], Path(sys.argv[1])))
"""
DECK = "# One\n\n$$w_1 = \\lambda$$\n\n```{output} a.py\n```\n\n```{snippet} a.py\n```\n"


class Project:
    """A project, and an engine of its own that builds it."""

    def __init__(self, engine: Path, deck: DeckTest) -> None:
        self.engine, self.deck = engine, deck

    def copy(self, folder: Path) -> Project:
        """Return both in another folder."""
        shutil.copytree(self.engine, folder / "engine")
        return Project(folder / "engine", self.deck.copy(folder / "project"))

    def build(self) -> tuple[list[str], dict[str, bytes]]:
        """Return what was run and made, and all that is in dist/."""
        command = [sys.executable, "-c", BUILD, str(self.deck.root)]
        done = subprocess.run(command, cwd=self.engine, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return re.findall(r"(ran \S+|making \S+)$", done.stderr, re.MULTILINE), self.deck.outputs()

    def change(self, file: str, before: str, after: str) -> None:
        """Change a file of the engine."""
        text = (self.engine / "verideck" / file).read_text("utf-8")
        assert before in text
        (self.engine / "verideck" / file).write_text(text.replace(before, after, 1), "utf-8")


FILES = ["making dist/a.html", "making dist/a.pdf", "making dist/index.html"]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, fonts: Path) -> Project:
    """Return a project that its engine has built."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(ENGINE, folder / "engine/verideck", ignore=shutil.ignore_patterns("*.pyc.*"))  # written just now
    shutil.copytree(ENGINE.parent / "templates", folder / "engine/templates")
    deck = DeckTest(folder / "project", fonts).write("slides/a.md", DECK).write("snippets/a.py", "print(1)\n")
    project = Project(folder / "engine", deck)
    assert project.build()[0] == ["ran a.py", *FILES]
    return project


@pytest.fixture
def project(tmp_path: Path, built: Project) -> Project:
    """Return a copy of it."""
    return built.copy(tmp_path)


@pytest.mark.slow
def test_what_depends_on_a_changed_file_is_made_again(project: Project) -> None:
    made, before = project.build()
    assert made == []
    project.change("check/links.py", '"""', '""" ')
    assert project.build() == (FILES, before)
    project.change("run/sandbox/child.py", '"""', '""" ')
    assert project.build() == (["ran a.py", *FILES], before)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "old", "new", "changed"),
    [
        ("render/pdf/document.py", "digest()[:16]", "digest()[:15]", ["dist/a.pdf"]),
        ("typeset/math_svg.py", "precision = 2", "precision = 3", ["dist/a.pdf"]),
        ("typeset/highlight.py", "f'<span", "f'<span ", ["dist/a.html"]),
        ("typeset/fonts.py", "(400, 800)", "(400, 700)", ["dist/a.html"]),
    ],
)
def test_nothing_of_another_engine_is_in_what_is_made(
    project: Project, file: str, old: str, new: str, changed: list[str]
) -> None:
    before = project.deck.outputs()
    project.change(file, old, new)
    _, after = project.build()
    assert set(changed) <= {path for path, data in after.items() if data != before[path]}
    for folder in ("results", "memos", "layouts", "outputs"):
        shutil.rmtree(project.deck.root / ".cache" / folder)
    shutil.rmtree(project.deck.root / "dist")
    if file == "typeset/fonts.py":  # cutting takes seconds
        (project.deck.root / ".cache/fonts").unlink()
    assert project.build()[1] == after
