"""The command line: options in, pipeline called, report and errors printed, exit code out."""

from __future__ import annotations

import shutil
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deck import pipeline, report, starter
from deck.errors import BUG, DIFFERENT, FINE, USAGE, DeckError, DeckErrors, UsageError, format_error
from deck.pipeline import Options
from deck.sources import Sources

ROOT = Path(__file__).resolve().parent.parent
"""The project that this engine is part of."""
INTERRUPTED = 130


class _Group(click.Group):
    """Commands of which `build` is the default: `build.py`, `build.py my-talk` and `build.py --html` build."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "-h")):
            args = ["build", *args]
        return super().parse_args(ctx, args)


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run one command and return its exit code; never raises."""
    # Without emoji: a place such as `talk.md:100:1` is none.
    out, err = (Console(stderr=it, emoji=False, highlight=False, soft_wrap=True) for it in (False, True))
    try:
        code = _commands.main(arguments, prog_name="build.py", standalone_mode=False, obj=(root, out, err))
        return int(code or FINE)
    except (DeckError, DeckErrors) as error:
        _print_errors(error, root, err)
        return error.exit_code
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        err.print(f"build.py: {error.format_message()}", markup=False)
        err.print("hint: python build.py --help", markup=False)
        return USAGE
    except (KeyboardInterrupt, click.Abort):
        err.print("stopped", markup=False)
        return INTERRUPTED
    except Exception:
        err.print(traceback.format_exc(), markup=False)
        err.print("this is a bug in the engine, not in your deck: please report it with the lines above", markup=False)
        return BUG


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
def _commands() -> None:
    """Slides that run: build a deck from Markdown and Python snippets, and prove that it shows what they produce."""


_no_fork = click.option("--no-fork", is_flag=True, hidden=True, help="Run snippets as where the system cannot fork.")


@_commands.command()
@click.argument("decks", nargs=-1)
@click.option("--html", "only", flag_value="html", help="Make the HTML file alone.")
@click.option("--pdf", "only", flag_value="pdf", help="Make the PDF alone; an error where this machine cannot.")
@click.option("--recorded", is_flag=True, help="Run nothing: take the results from figures/.")
@_no_fork
@click.pass_obj
def build(
    obj: tuple[Path, Console, Console], decks: tuple[str, ...], only: str | None, recorded: bool, no_fork: bool
) -> int:
    """Build DECKS (all in slides/ by default) into dist/, running the snippets that changed. Never writes figures/."""
    root, out, err = obj
    pdf = {"html": False, "pdf": True}.get(only or "")
    options = Options(root, decks, html=only != "pdf", pdf=pdf, recorded=recorded, fork=not no_fork)
    with _progress(err) as progress:
        done = pipeline.build(options, progress)
    out.print(report.built(done), markup=False)
    return FINE


@_commands.command()
@click.argument("snippets", nargs=-1)
@_no_fork
@click.pass_obj
def figures(obj: tuple[Path, Console, Console], snippets: tuple[str, ...], no_fork: bool) -> int:
    """Run SNIPPETS (all by default) afresh and accept what they drew and computed into figures/."""
    root, out, err = obj
    with _progress(err) as progress:
        done = pipeline.figures(Options(root, fork=not no_fork), snippets, progress)
    out.print(report.accepted(done), markup=False)
    return FINE


@_commands.command()
@click.argument("decks", nargs=-1)
@click.option("--update", is_flag=True, help="Accept the differences: the same as `figures`.")
@click.option("--twice", is_flag=True, help="Run each again under another hash seed; name what changes.")
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@_no_fork
@click.pass_obj
def verify(
    obj: tuple[Path, Console, Console],
    decks: tuple[str, ...],
    update: bool,
    twice: bool,
    strict: bool,
    as_json: bool,
    no_fork: bool,
) -> int:
    """Run every snippet of DECKS afresh and compare with figures/; exit 1 on any difference.

    What was found stands side by side in dist/verify.html, too.
    """
    root, out, err = obj
    options = Options(root, decks, fork=not no_fork)
    with _progress(err) as progress:
        if update:
            out.print(report.accepted(pipeline.figures(options, (), progress)), markup=False)
            return FINE
        verdict = pipeline.verify(options, progress, twice=twice)
    lines = Sources(root).line
    out.print(report.verified_json(verdict, strict) if as_json else report.verified(verdict, lines), markup=False)
    return DIFFERENT if verdict.fails(strict) else FINE


@_commands.command()
@click.argument("deck", default="")
@click.option("--live", is_flag=True, help="Let snippets be run again in front of the audience.")
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.option("--host", default="127.0.0.1", help="Serve at this address of the machine instead of to itself alone.")
@click.pass_obj
def present(obj: tuple[Path, Console, Console], deck: str, live: bool, no_open: bool, host: str) -> int:
    """Present DECK in a browser, with its notes; what is saved meanwhile is shown at once, also what is wrong."""
    from deck import serve  # starting a server takes more time than a build with nothing to do

    root, _, err = obj
    serve.serve(serve.Wish(root, deck, host, live, not no_open), lambda text: err.print(text, markup=False))
    return FINE


@_commands.command()
@click.argument("snippet")
@click.pass_obj
def why(obj: tuple[Path, Console, Console], snippet: str) -> int:
    """Say what changed since the stored result of SNIPPET."""
    root, out, _ = obj
    out.print(report.reasons(pipeline.why(Options(root), snippet)), markup=False)
    return FINE


@_commands.command()
@click.argument("path")
@click.pass_obj
def new(obj: tuple[Path, Console, Console], path: str) -> int:
    """Start a deck at PATH (slides/my-talk.md), with a snippet of its own."""
    root, out, _ = obj
    for made in starter.start(root, path):
        out.print(f"made {made}", markup=False)
    return FINE


@_commands.command()
@click.pass_obj
def clean(obj: tuple[Path, Console, Console]) -> int:
    """Remove what can be built again: dist/ and the store. figures/ stays."""
    root, out, _ = obj
    for name in ("dist", ".cache"):
        folder = root / name
        if folder.is_symlink():
            raise UsageError(f"'{name}' is a link and not removed", None, "remove it by hand")
        if folder.is_dir():
            shutil.rmtree(folder)
            out.print(f"removed {name}/", markup=False)
    return FINE


@contextmanager
def _progress(err: Console) -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal, plain lines elsewhere."""
    if not err.is_terminal:

        def line(what: str, done: int, total: int) -> None:
            if what:
                err.print(f"[{done}/{total}] ran {what}" if total else f"making {what}", markup=False)

        yield line
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("reading", total=None)

        def show(what: str, done: int, total: int) -> None:
            verb = ("ran" if done else "running snippets") if total else "making"
            bar.update(task, description=f"{verb} {what}".strip(), completed=done, total=total or None)

        yield show


def _print_errors(error: DeckError | DeckErrors, root: Path, err: Console) -> None:
    errors = error.errors if isinstance(error, DeckErrors) else (error,)
    sources = Sources(root)
    for one in errors:
        err.print(f"error: {format_error(one, sources.line)}", markup=False)
    if len(errors) > 1:
        err.print(f"{len(errors)} errors", markup=False)


if __name__ == "__main__":
    sys.exit(main())
