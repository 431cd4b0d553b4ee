"""Several files are changed together, or none: whatever fails, and wherever the command is killed."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from verideck.core.errors import UsageError
from verideck.core.journal import Transaction, recover
from verideck.core.run_model import Write
from verideck.publish import apply_writes

pytestmark = pytest.mark.skipif(os.name != "posix", reason="steps are failed in a forked process")

CHANGES = {"open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.chmod", "os.symlink"}
OLD = {"figures/a.svg": b"old a", "figures/b.svg": b"old b", "figures/results.json": b"old"}
NEW = {"figures/a.svg": b"new a", "figures/c.svg": b"new c", "figures/results.json": b"new"}


def project(root: Path) -> None:
    for path, data in OLD.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    (root / "figures/link.svg").symlink_to("a.svg")


def change(root: Path) -> None:
    links = [Write("figures/link.svg", b"new link")]
    apply_writes(root, [*links, *(Write(path, data) for path, data in NEW.items())], ["figures/b.svg"])


def held(root: Path) -> dict[str, bytes]:
    """Return all files but those of .cache/, leftovers included."""
    files = (file for file in root.rglob("*") if file.is_file() and ".cache" not in file.parts)
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in files}


BEFORE = {**OLD, "figures/link.svg": b"old a"}
AFTER = {**NEW, "figures/link.svg": b"new link"}


UNHARMED = 100
"""Exit code of a process that came to its end before the step at which it was to fail."""


def in_a_process(work: Callable[[], None], steps: range, fail: Callable[[], None]) -> int:
    """Call `work` in a forked process in which `fail` is called before these of its changes; return its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    count = 0

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal count
        if event in CHANGES and (event != "open" or (args[2] or 0) & (os.O_WRONLY | os.O_RDWR)):
            count += 1
            if count in steps:
                fail()

    sys.addaudithook(hook)
    try:
        work()
        os._exit(0 if count >= steps.start else UNHARMED)
    except UsageError:
        os._exit(2)
    except BaseException:
        os._exit(1)


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refused() -> None:
    raise OSError(28, "No space left on device")


def test_all_files_change_together(tmp_path: Path) -> None:
    project(tmp_path)
    change(tmp_path)
    assert held(tmp_path) == AFTER
    assert not list((tmp_path / ".cache/journal").glob("[ud]*"))


@pytest.mark.slow
def test_killed_anywhere_all_or_nothing_is_changed_once_the_next_command_begins(tmp_path: Path) -> None:
    found: list[dict[str, bytes]] = []
    code = 0
    while code != UNHARMED:
        step = len(found) + 1
        root = tmp_path / str(step)
        project(root)
        code = in_a_process(lambda: change(root), range(step, step + 1), killed)  # noqa: B023
        recover(root)
        found.append(held(root))
        change(root)
        assert held(root) == AFTER
    assert len(found) > 20
    changed = found.index(AFTER)
    assert found == [BEFORE] * changed + [AFTER] * (len(found) - changed)


@pytest.mark.slow
@pytest.mark.parametrize("lasting", [False, True], ids=["once", "from then on"])
def test_refused_anywhere_all_or_nothing_is_changed(tmp_path: Path, lasting: bool) -> None:
    step = code = 0
    while code != UNHARMED:
        step += 1
        root = tmp_path / str(step)
        project(root)
        code = in_a_process(lambda: change(root), range(step, 1000 if lasting else step + 1), refused)  # noqa: B023
        assert code in (0, 2, UNHARMED), step
        recover(root)
        files = {path: data for path, data in held(root).items() if not path.endswith((".old", ".tmp"))}
        assert files == (BEFORE if code == 2 else AFTER), step


def test_an_exception_from_elsewhere_puts_everything_back(tmp_path: Path) -> None:
    project(tmp_path)

    def interrupted() -> None:
        with Transaction(tmp_path, {"figures/a.svg": b"x", "figures/b.svg": None}) as one:
            for step in one.steps:
                one.prepare(step)
            for step in one.steps:
                one.make(step)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert held(tmp_path) == BEFORE


@pytest.mark.parametrize(
    "journal",
    [
        b"",
        b"[",
        b"1",
        b'[["figures/a.svg"]]',
        b'[["../victim", "", ""]]',
        b'[["/victim", "", ""]]',
        b'[["figures/a.svg", "b.svg", "b.svg"]]',
        b'[["figures/a.svg", ".x/../../victim.tmp", ""]]',
        json.dumps([[["x"], "", ""]]).encode(),
    ],
)
def test_a_journal_that_is_none_of_ours_touches_nothing(tmp_path: Path, journal: bytes) -> None:
    root = tmp_path / "root"
    project(root)
    (tmp_path / "victim").write_bytes(b"here")
    for name in ("undo", "done"):
        (root / ".cache/journal").mkdir(parents=True, exist_ok=True)
        (root / ".cache/journal" / name).write_bytes(journal)
    recover(root)
    assert held(root) == BEFORE
    assert (tmp_path / "victim").read_bytes() == b"here"
    assert not list((root / ".cache/journal").glob("[ud]*"))


@pytest.mark.parametrize("cache", ["a file", "a link to nothing"])
def test_without_a_place_for_the_journal_files_are_changed_nevertheless(tmp_path: Path, cache: str) -> None:
    project(tmp_path)
    if cache == "a file":
        (tmp_path / ".cache").write_bytes(b"")
    else:
        (tmp_path / ".cache").symlink_to("nowhere/at/all")
    change(tmp_path)
    assert {path: data for path, data in held(tmp_path).items() if path != ".cache"} == AFTER
