"""What is said to the programs that run snippets, and what their reports mean: requests out, results in."""

from __future__ import annotations

import os
import re
import sysconfig
from dataclasses import replace
from pathlib import Path
from typing import Any

from deck.inputs import STARTED_PROCESSES, modules_imported, versions
from deck.model import Result, Run
from deck.store import result_from_json


def make_request(run: Run, root: Path, scratch: str) -> dict[str, Any]:
    """Return a run as supervisor.py reads it."""
    snippet, file = run.snippet, root / run.snippet.path
    ranges = [pair for region in snippet.regions if region.name == "parameters" for pair in region.ranges]
    return {
        "path": str(file),
        "folder": str(file.parent if snippet.path.endswith(".py") else root / "snippets"),
        "source": snippet.source,
        "parameters": dict(run.id.parameters),
        "parameter_lines": [snippet.lines[number - 1] for first, last in ranges for number in range(first, last + 1)],
        "expressions": list(run.expressions),
        "raises": run.raises,
        "timeout": run.timeout,
        "memory": run.memory,
        "scratch": scratch,
    }


def make_result(
    report: dict[str, Any], run: Run, root: Path, declared: tuple[tuple[str, str], ...], scratch: str
) -> Result:
    """Return a result from a report: text as a terminal shows it, no paths of this machine, all inputs and versions."""
    folders = {str(root), scratch, *(sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib"))}

    def shorten(text: str) -> str:
        for folder in sorted(folders, key=len, reverse=True):
            text = text.replace(f"{folder}{os.sep}", "")
        return text

    seen = dict(report.pop("inputs", ())) | dict(declared)
    if report.pop("spawned", False):
        seen[STARTED_PROCESSES] = "" if declared else "unknown"  # "": never changes
    result = result_from_json(report)
    modules = [path for path in seen if path.endswith(".py")]
    sources = [run.snippet.source, *((root / path).read_text("utf-8", "replace") for path in modules if seen[path])]
    tops = {name.partition(".")[0] for source in sources for name in modules_imported(source)}
    script = run.snippet.path if run.snippet.path.endswith(".py") else "snippets/"
    folder = script[: script.rfind("/") + 1]
    for name in tops:  # a module of this name would be found before the one that was
        for path in (f"{folder}{name}.py", f"{folder}{name}/__init__.py"):
            if path not in seen and not (root / path).exists():
                seen[path] = ""
    error = result.error and replace(
        result.error, message=shorten(result.error.message), traceback=shorten(result.error.traceback)
    )
    return replace(
        result,
        stdout=terminal_text(shorten(result.stdout)),
        invalid={expression: shorten(reason) for expression, reason in result.invalid.items()},
        error=error,
        inputs=tuple(sorted(seen.items())),
        versions=versions(tops),
    )


_TOKEN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])|.")
"""A control sequence (ECMA-48) or one character."""
_VISIBLE = {code: 0x2400 + code for code in range(32) if code != ord("\t")} | {0x7F: 0x2421}


def terminal_text(text: str) -> str:
    """Return output as a terminal would leave it: colours dropped, progress bars at their last state, NUL as ␀."""
    return "\n".join(line if line.isprintable() else _line(line) for line in text.split("\n"))


def _line(line: str) -> str:
    """Return a line after its carriage returns, backspaces and control sequences."""
    cells: list[str] = []
    at = 0
    for token in _TOKEN.findall(line.removesuffix("\r")):
        if token == "\r":
            at = 0
        elif token == "\b":
            at = max(at - 1, 0)
        elif token[0] != "\x1b":
            cells[at : at + 1] = [token.translate(_VISIBLE)]
            at += 1
        elif token[-1] == "K":  # erase to the end of the line
            del cells[at:]
    return "".join(cells)
