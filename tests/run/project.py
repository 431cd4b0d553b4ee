"""A project that runs snippets, as tests of running use it: source in, result out."""

from __future__ import annotations

import contextlib
import subprocess
import textwrap
from pathlib import Path
from typing import Any

from verideck.core.run_model import Region, Result, Run, RunId, Snippet
from verideck.run.local import LocalExecutor


def make_run(source: str, *, path: str = "snippets/a.py", region: tuple[int, int] | None = None, **parts: Any) -> Run:
    lines = tuple(range(1, source.count("\n") + 2))
    regions = (Region("parameters", (region,)),) if region else ()
    snippet = Snippet(path, source, tuple(source.split("\n")), lines, regions, inputs=parts.pop("inputs", ()))
    return Run(RunId(path, parts.pop("parameters", ())), snippet, **{"timeout": 20.0, **parts})


def warmed(root: Path, *modules: str, cold: bool = False) -> LocalExecutor:
    """Return an executor whose interpreter imports some modules ahead."""
    executor = LocalExecutor(root, cold=cold)
    executor.warm(modules)
    return executor


class Project:
    """A folder with a runner: `run(source)` gives a result."""

    def __init__(self, root: Path, runner: LocalExecutor) -> None:
        self.root, self.runner = root, runner

    def run(self, source: str, **parts: Any) -> Result:
        return self.runner.submit(make_run(textwrap.dedent(source).lstrip("\n"), **parts)).result()

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)


def running(word: str) -> list[str]:
    """Return the processes whose command line holds a word."""
    if Path("/proc/self").exists():  # where there is that, there may be no ps
        commands = []
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                commands.append(process.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
        return [command for command in commands if word in command]
    lines = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in lines if word in line and "ps -eo" not in line]
