"""Errors about runs: a snippet failed, or changed the project's files."""

from __future__ import annotations

from collections.abc import Sequence

from verideck.core.errors import SnippetError
from verideck.core.run_model import Failure, Location, Run


def snippet_error(run: Run, cause: Failure) -> SnippetError:
    """Return the error for a failed run: at the line that failed, with the place of the slide."""
    if cause.kind == "no exception":
        message = f"{run.id} did not raise {run.raises}"
        return SnippetError(message, run.at, "remove `:raises:`, or correct the snippet")
    at = Location(run.snippet.path, cause.line)
    command = f"run it alone: python {run.snippet.path}; " if run.snippet.path.endswith(".py") else ""
    return SnippetError(
        f"{run.id} failed: {cause.kind}: {cause.message}", at, f"{command}shown at {run.at}", cause.traceback
    )


def _intrusion(suspects: Sequence[Run], touched: Sequence[str]) -> SnippetError:
    """Return the error for files that changed while snippets ran: at the first script that may have changed them."""
    names = ", ".join(f"'{path}'" for path in touched[:5]) + (f" and {len(touched) - 5} more" if touched[5:] else "")
    message = f"{names} changed while {', '.join(str(run.id) for run in suspects)} ran"
    hint = "a snippet and the processes that it starts may not write into the project: write to the current folder"
    places = f"shown at {', '.join(str(run.at) for run in suspects)}"
    again = "if you changed it yourself, run the command again"
    return SnippetError(message, Location(suspects[0].snippet.path), f"{hint}; {again}; {places}")
