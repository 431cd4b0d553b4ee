"""The command line: options in, command called, report and errors printed, exit code out.

What a command needs is imported when it runs, so that `--help` answers at once.
"""

from __future__ import annotations

import errno
import gc
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from verideck.core import journal, messages
from verideck.core.errors import BUG, DIFFERENT, FINE, USAGE, DeckError, DeckErrors, UsageError, format_error
from verideck.core.folders import CACHE, DIST
from verideck.core.interrupt import raise_on_interrupt
from verideck.core.project import Sources

ROOT = Path(__file__).resolve().parent.parent
"""The project that this engine is part of."""
INTERRUPTED = 130
LACKING = (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE, errno.EIO, errno.ENOMEM)
"""Errors of the system that no engine can help: no room, no permission, no more open files."""


class _Group(click.Group):
    """Commands of which `build` is the default: `build.py`, `build.py my-talk` and `build.py --html` build."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "-h")):
            args = ["build", *args]
        return super().parse_args(ctx, args)


def main(arguments: Sequence[str] | None = None, root: Path = ROOT, called: str = messages.DEFAULT) -> int:
    """Run one command and return its exit code; never raises. called: how the user called us, for hints."""
    messages.called_as(called)
    program = called.split()[-1]
    gc.set_threshold(100_000, 20, 20)  # pages are many objects, few of them in cycles
    try:
        raise_on_interrupt()
        code = _commands.main(arguments, prog_name=program, standalone_mode=False, obj=root)
        return int(code or FINE)
    except (DeckError, DeckErrors) as error:
        _print_errors(error, root)
        return error.exit_code
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        _say(f"{program}: {error.format_message()}")
        _say(f"hint: {messages.command('--help')}")
        return USAGE
    except (KeyboardInterrupt, click.Abort):
        _say("stopped")
        return INTERRUPTED
    except Exception as error:
        if lacking := _lacking(error):
            _say(f"error: {lacking}")
            return USAGE
        _say(traceback.format_exc())
        _say("this is a bug in the engine, not in your deck: please report it with the lines above")
        return BUG


def _lacking(error: Exception) -> str:
    """Return what the machine lacks where that is why we failed; "" for what can only be a bug of ours."""
    if isinstance(error, MemoryError):
        return "no memory is left\n  hint: end other programs"
    if not isinstance(error, OSError) or error.errno not in LACKING:
        return ""
    place = f" '{error.filename}'" if error.filename else ""
    return f"cannot read or write{place}: {error.strerror}\n  hint: make room, or allow it"


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_obj
def _commands(root: Path) -> None:
    """Slides that run: build a deck from Markdown and Python snippets, and prove that it shows what they produce."""
    try:
        journal.recover(root)
    except OSError as error:
        message = f"an earlier command was killed, and what it left cannot be put back: {error}"
        raise UsageError(message, None, "allow writing there") from None


def _more(flag: str, ending: str, what: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    return click.option(flag, "more", flag_value=ending, multiple=True, help=f"Make NAME.{ending}, too: {what}.")


_no_fork = click.option("--no-fork", is_flag=True, hidden=True, help="Run snippets as where the system cannot fork.")


@_commands.command()
@click.argument("decks", nargs=-1)
@click.option("--html", "only", flag_value="html", help="Make the HTML file alone.")
@click.option("--pdf", "only", flag_value="pdf", help="Make the PDF alone.")
@_more("--steps", "steps.pdf", "a page for each step")
@_more("--notes", "notes.pdf", "a handout on A4, the notes below each slide")
@_more("--with-notes", "presenting.html", "the slides with their notes, for who presents")
@click.option("--recorded", is_flag=True, help="Run nothing: take the results from figures/.")
@_no_fork
@click.pass_obj
def build(
    root: Path, decks: tuple[str, ...], only: str | None, more: tuple[str, ...], recorded: bool, no_fork: bool
) -> int:
    """Build DECKS (all in slides/ by default) into dist/, running the snippets that changed. Never writes figures/."""
    from verideck import commands, console

    html, pdf = only != "pdf", only != "html"
    options = commands.Options(root, decks, html=html, pdf=pdf, more=more, recorded=recorded, fork=not no_fork)
    with _progress() as progress:
        done = commands.build(options, progress)
    click.echo(console.built(done))
    return FINE


@_commands.command()
@click.argument("snippets", nargs=-1)
@_no_fork
@click.pass_obj
def figures(root: Path, snippets: tuple[str, ...], no_fork: bool) -> int:
    """Run SNIPPETS (all by default) afresh and accept what they drew and computed into figures/."""
    from verideck import commands, console

    with _progress() as progress:
        done = commands.figures(commands.Options(root, fork=not no_fork), snippets, progress)
    click.echo(console.accepted(done))
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
    root: Path,
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
    from verideck import commands, console

    options = commands.Options(root, decks, fork=not no_fork)
    with _progress() as progress:
        if update:
            click.echo(console.accepted(commands.figures(options, (), progress)))
            return FINE
        try:
            verdict = commands.verify(options, progress, twice=twice)
        except (DeckError, DeckErrors) as error:
            if as_json:
                click.echo(console.failed_json(error))
            raise
    lines = Sources(root).line
    click.echo(console.verified_json(verdict, strict) if as_json else console.verified(verdict, lines, strict))
    return DIFFERENT if verdict.fails(strict) else FINE


@_commands.command()
@click.argument("deck", default="")
@click.option("--live", is_flag=True, help="Let snippets be run again in front of the audience.")
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.option("--host", default="127.0.0.1", help="Serve at this address of the machine instead of to itself alone.")
@click.pass_obj
def present(root: Path, deck: str, live: bool, no_open: bool, host: str) -> int:
    """Present DECK in a browser, with its notes; what is saved meanwhile is shown at once, also what is wrong."""
    from verideck.present import PresentOptions, serve

    serve(PresentOptions(root, deck, host, live, not no_open), _say)
    return FINE


@_commands.command()
@click.argument("snippet")
@click.pass_obj
def why(root: Path, snippet: str) -> int:
    """Say what changed since the stored result of SNIPPET."""
    from verideck import commands, console

    click.echo(console.reasons(commands.why(commands.Options(root), snippet)))
    return FINE


@_commands.command()
@click.argument("path")
@click.pass_obj
def new(root: Path, path: str) -> int:
    """Start a deck at PATH (slides/my-talk.md), with a snippet of its own."""
    from verideck import scaffold

    for made in scaffold.start(root, path):
        click.echo(f"made {made}")
    return FINE


@_commands.command()
@click.pass_obj
def clean(root: Path) -> int:
    """Remove what can be built again: dist/ and the store. figures/ stays."""
    for name in (DIST, CACHE):
        folder = root / name
        if folder.is_symlink():
            raise UsageError(f"'{name}' is a link and not removed", None, "remove it by hand")
        if folder.is_dir():
            shutil.rmtree(folder)
            click.echo(f"removed {name}/")
    return FINE


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on a terminal, plain lines elsewhere; nothing where there is nothing to do."""
    with ExitStack() as stack:
        bar: list[Callable[[str, int, int], None]] = []

        def show(what: str, done: int, total: int) -> None:
            if not sys.stderr.isatty():
                if what:
                    _say(f"[{done}/{total}] ran {what}" if total else f"making {what}")
                return
            if not bar:
                bar.append(stack.enter_context(_bar()))
            bar[0](what, done, total)

        yield show


@contextmanager
def _bar() -> Iterator[Callable[[str, int, int], None]]:
    # Takes a tenth of a second to import: a build with nothing to do goes without.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def show(what: str, done: int, total: int) -> None:
            verb = ("ran" if done else "running snippets") if total else "making"
            bar.update(task, description=f"{verb} {what}".strip(), completed=done, total=total or None)

        yield show


def _say(text: str) -> None:
    """Print to stderr, where all stands that is not the result."""
    click.echo(text, err=True)


def _print_errors(error: DeckError | DeckErrors, root: Path) -> None:
    errors = error.errors if isinstance(error, DeckErrors) else (error,)
    sources = Sources(root)
    for one in errors:
        _say(f"error: {format_error(one, sources.line)}")
    if len(errors) > 1:
        _say(f"{len(errors)} errors")


if __name__ == "__main__":
    sys.exit(main())
