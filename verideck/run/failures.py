"""Errors about runs: a snippet failed, or changed the project's files."""

from __future__ import annotations

import posixpath
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from verideck.core.errors import SnippetError
from verideck.core.interpreter import add_packages
from verideck.core.run_model import Failure, Location, Run


def snippet_error(run: Run, cause: Failure, python: str = "") -> SnippetError:
    """Return the error for a failed run: at the line that failed, with the place of the slide.

    python: the interpreter, which is named if it lacks a module.
    """
    at = Location(run.snippet.path, cause.line)
    if cause.kind == "no exception":
        name = run.raises or next((cell.raises for cell in run.snippet.cells if cell.first == cause.line), "")
        what = "this cell" if run.snippet.cells else run.id
        message = f"{what} did not raise {name}"
        return SnippetError(message, at if run.snippet.cells else run.at, "remove `:raises:`, or correct the snippet")
    if match := re.fullmatch(r"No module named '([\w.]+)'", cause.message if python else ""):
        package = match[1].partition(".")[0]
        message = f"{run.id} failed: {python} has no module '{match[1]}'"
        return SnippetError(message, at, f"{add_packages(python, package)}; shown at {run.at}", cause.traceback)
    command = "" if run.snippet.in_slide else f"run it alone: python {run.snippet.path}; "
    hint = f"{command}shown at {run.at}"
    if run.snippet.cells:
        alone = cause.kind == "NameError" and run.snippet.cells[0].first <= cause.line <= run.snippet.cells[0].last
        hint = "a cell knows no names of other cells: let it continue one, `:continues:`" if alone else ""
    return SnippetError(f"{run.id} failed: {cause.kind}: {cause.message}", at, hint, cause.traceback)


def shadowing_error(run: Run, cause: Failure, root: Path) -> SnippetError | None:
    """Return the error for a failure that a script with the name of a package explains, else None.

    Python imports the script in the place of the package, also when a library imports the package.
    """
    folder = posixpath.dirname(run.snippet.path)
    for name in dict.fromkeys(re.findall(r"'(\w+)(?:\.\w+)*'", cause.message)):
        path = f"{folder}/{name}.py"
        if path != run.snippet.path and (root / path).is_file() and _is_package(name):
            message = f"this script hides the package '{name}' from the other scripts and their libraries"
            return SnippetError(message, Location(path), f"rename it: a name that no package has, such as my_{name}.py")
    return None


def _is_package(name: str) -> bool:
    from importlib.metadata import packages_distributions  # reads all that is installed: asked after a failure alone

    return name in sys.stdlib_module_names or name in packages_distributions()


def changed_files_error(suspects: Sequence[Run], touched: Sequence[str]) -> SnippetError:
    """Return the error for files that changed while snippets ran: at the first script that may have changed them."""
    names = ", ".join(f"'{path}'" for path in touched[:5]) + (f" and {len(touched) - 5} more" if touched[5:] else "")
    message = f"{names} changed while {', '.join(str(run.id) for run in suspects)} ran"
    hint = "a snippet and the processes that it starts may not write into the project: write to the current folder"
    places = f"shown at {', '.join(str(run.at) for run in suspects)}"
    again = "if you changed it yourself, run the command again"
    return SnippetError(message, Location(suspects[0].snippet.path), f"{hint}; {again}; {places}")
