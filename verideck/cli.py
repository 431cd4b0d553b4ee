"""The command line: reads options, calls a command, prints its report or errors, returns the exit code.

Each command imports its modules when it runs, so that `--help` is fast.
"""

from __future__ import annotations

import errno
import gc
import os
import shutil
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from verideck.core import journal, messages, packages
from verideck.core.errors import (
    BUG,
    DIFFERENT,
    FINE,
    USAGE,
    DeckError,
    DeckErrors,
    UsageError,
    did_you_mean,
    format_error,
)
from verideck.core.folders import engine_file
from verideck.core.interpreter import VARIABLE
from verideck.core.interrupt import raise_on_interrupt
from verideck.core.project import Sources, find_project, locate_project

INTERRUPTED = 130
LACKING = (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE, errno.EIO, errno.ENOMEM)
"""Errors of the machine, not of the engine: no disk space, no permission, too many open files."""


class _Place:
    """Where the user is: the project that was given, and the one that the command found."""

    def __init__(self, root: Path | None) -> None:
        self.given = root
        self.root = root or Path.cwd()

    def open(self, names: Sequence[str] = ()) -> tuple[Path, tuple[str, ...]]:
        """Return the project of a command, recovered, and the files that the command names as paths in it."""
        self.root, found = locate_project(names, Path.cwd(), self.given)
        try:
            journal.recover(self.root)
        except OSError as error:
            message = f"an earlier command was killed, and its changes cannot be undone: {error}"
            raise UsageError(message, None, "change the permissions") from None
        return self.root, found


class _Group(click.Group):
    """A group of commands with the default `build`: `verideck`, `verideck my-talk` and `verideck --html` build."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "-h", "--version")):
            args = ["build", *args]
        return super().parse_args(ctx, args)


def main(arguments: Sequence[str] | None = None, root: Path | None = None, called: str = messages.DEFAULT) -> int:
    """Run one command and return its exit code; never raises.

    root: the project, unless the command names a file of another one; by default, the one around the current folder.
    called: the command that the user typed, for hints.
    """
    messages.called_as(called)
    program = called.split()[-1]
    place = _Place(root)
    gc.set_threshold(100_000, 20, 20)  # pages consist of many objects, but of few cycles
    try:
        raise_on_interrupt()
        code = _commands.main(arguments, prog_name=program, standalone_mode=False, obj=place)
        return int(code or FINE)
    except (DeckError, DeckErrors) as error:
        _print_errors(error, place.root)
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
    """Return a message if the machine lacks something; "" for a bug in the engine."""
    if isinstance(error, MemoryError):
        return "out of memory\n  hint: end other programs"
    if not isinstance(error, OSError) or error.errno not in LACKING:
        return ""
    place = f" '{error.filename}'" if error.filename else ""
    return f"cannot read or write{place}: {error.strerror}\n  hint: free disk space, or change the permissions"


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(packages.VERSION, message="%(prog)s %(version)s")
def _commands() -> None:
    """Build slide decks from Markdown and Python snippets, and prove that they show what the code produces."""


def _more(flag: str, ending: str, what: str) -> Callable[[Callable[..., int]], Callable[..., int]]:
    return click.option(flag, "more", flag_value=ending, multiple=True, help=f"Also make NAME.{ending}: {what}.")


_no_fork = click.option("--no-fork", is_flag=True, hidden=True, help="Run snippets as on systems that cannot fork.")


def _set_python(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value:
        before = os.environ.get(VARIABLE)
        os.environ[VARIABLE] = os.path.abspath(value) if os.path.exists(value) else shutil.which(value) or value
        context.call_on_close(lambda: _restore(before))


def _restore(before: str | None) -> None:
    os.environ.pop(VARIABLE, None)
    if before is not None:
        os.environ[VARIABLE] = before


_python = click.option(
    "--python",
    metavar="PATH",
    expose_value=False,
    callback=_set_python,
    help="Run snippets with this Python. By default: python in verideck.toml, .venv/ of the project, Verideck's own.",
)
_cluster = click.option(
    "--cluster",
    metavar="ADDRESS",
    default="",
    envvar="VERIDECK_CLUSTER",
    help="Run snippets on a Dask cluster: tcp://HOST:PORT, tls://HOST:PORT, or local.",
)


@_commands.command()
@click.argument("decks", nargs=-1)
@click.option("--html", "only", flag_value="html", help="Make only the HTML file.")
@click.option("--pdf", "only", flag_value="pdf", help="Make only the PDF.")
@_more("--steps", "steps.pdf", "a page for each step")
@_more("--notes", "notes.pdf", "a handout on A4, with the notes below each slide")
@_more("--with-notes", "presenting.html", "the slides with their notes, for the speaker")
@click.option("--recorded", is_flag=True, help="Run nothing; take the results from figures/.")
@_no_fork
@_cluster
@_python
@click.pass_obj
def build(
    place: _Place,
    decks: tuple[str, ...],
    only: str | None,
    more: tuple[str, ...],
    recorded: bool,
    no_fork: bool,
    cluster: str,
) -> int:
    """Build DECKS (by default, all in slides/) in dist/, and run the snippets that changed. Does not write figures/."""
    from verideck import commands, console

    root, decks = place.open(decks)
    html, pdf = only != "pdf", only != "html"
    options = commands.Options(
        root, decks, html=html, pdf=pdf, more=more, recorded=recorded, fork=not no_fork, cluster=cluster
    )
    with _progress() as progress:
        done = commands.build(options, progress)
    click.echo(console.built(done))
    return _left_out(done.errors, root)


@_commands.command()
@click.argument("snippets", nargs=-1)
@click.option("--thaw", is_flag=True, help="Run frozen snippets, too.")
@_no_fork
@_cluster
@_python
@click.pass_obj
def figures(place: _Place, snippets: tuple[str, ...], thaw: bool, no_fork: bool, cluster: str) -> int:
    """Run SNIPPETS (by default, all) again, and write their results to figures/, the record."""
    from verideck import commands, console

    root, snippets = place.open(snippets)
    with _progress() as progress:
        done = commands.figures(
            commands.Options(root, fork=not no_fork, thaw=thaw, cluster=cluster), snippets, progress
        )
    click.echo(console.accepted(done))
    return _left_out(done.errors, root)


@_commands.command()
@click.argument("decks", nargs=-1)
@click.option("--update", is_flag=True, help="Accept the differences: the same as `figures`.")
@click.option("--twice", is_flag=True, help="Run each a second time with another hash seed, and compare.")
@click.option("--strict", is_flag=True, help="Fail on warnings, too.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
@_no_fork
@_cluster
@_python
@click.pass_obj
def verify(
    place: _Place,
    decks: tuple[str, ...],
    update: bool,
    twice: bool,
    strict: bool,
    as_json: bool,
    no_fork: bool,
    cluster: str,
) -> int:
    """Run every snippet of DECKS again and compare with figures/; exit 1 on any difference.

    dist/verify.html shows the differences side by side.
    """
    from verideck import commands, console

    root, decks = place.open(decks)
    options = commands.Options(root, decks, fork=not no_fork, cluster=cluster)
    with _progress() as progress:
        if update:
            done = commands.figures(options, (), progress)
            click.echo(console.accepted(done))
            return _left_out(done.errors, root)
        try:
            verdict = commands.verify(options, progress, twice=twice)
        except (DeckError, DeckErrors) as error:
            if as_json:
                click.echo(console.failed_json(error))
            raise
    lines = Sources(root).line
    click.echo(console.verified_json(verdict, strict) if as_json else console.verified(verdict, lines, strict))
    return _left_out(verdict.errors, root) or (DIFFERENT if verdict.fails(strict) else FINE)


@_commands.command()
@click.argument("deck", default="")
@click.option("--live", is_flag=True, help="Let the page run snippets again.")
@click.option("--no-open", is_flag=True, help="Do not open a browser.")
@click.option("--host", default="127.0.0.1", help="Serve at this address of the machine, also to other machines.")
@_python
@click.pass_obj
def present(place: _Place, deck: str, live: bool, no_open: bool, host: str) -> int:
    """Present DECK in a browser, with its notes. Shows each saved change, and each error, at once."""
    from verideck.present import PresentOptions, serve

    root, names = place.open([deck] if deck else [])
    deck = names[0] if names else ""
    serve(PresentOptions(root, deck, host, live, not no_open), _say)
    return FINE


@_commands.command()
@click.argument("snippet")
@_python
@click.pass_obj
def why(place: _Place, snippet: str) -> int:
    """Say what changed since the result of SNIPPET was stored."""
    from verideck import commands, console

    root, (snippet,) = place.open([snippet])
    click.echo(console.reasons(commands.why(commands.Options(root), snippet)))
    return FINE


@_commands.command()
@click.argument("action", type=click.Choice(["check"]))
@click.argument("name", default="")
@click.pass_obj
def theme(place: _Place, action: str, name: str) -> int:
    """Check the theme NAME (by default, the files in templates/): its colours, and a specimen deck in it."""
    from verideck import commands

    root, _ = place.open([])
    wrong = commands.check_theme(root, name)
    for text in wrong:
        click.echo(f"error: {text}")
    click.echo(f"{len(wrong)} errors" if wrong else "the theme is fine")
    return DIFFERENT if wrong else FINE


@_commands.command()
@click.argument("name")
@click.pass_obj
def new(place: _Place, name: str) -> int:
    """Start a project in a new folder NAME, with a deck that builds; in a project, add the deck slides/NAME.md."""
    from verideck import scaffold

    here = Path.cwd()
    started = scaffold.start(here, name, place.given or find_project(here))
    for made in started.paths:
        click.echo(f"made {made}")
    click.echo(f"next: {started.next}")
    return FINE


@_commands.command()
@click.pass_obj
def clean(place: _Place) -> int:
    """Remove dist/ and .cache/, which can be built again. figures/ stays."""
    from verideck import commands

    root, _ = place.open()
    for path in commands.clean(root):
        click.echo(f"removed {path}")
    return FINE


@_commands.command()
@click.argument("topic", default="")
def docs(topic: str) -> int:
    """Print a page of the documentation, such as `write` or `directives`; without TOPIC, list the pages."""
    pages = {file.stem: file for file in sorted(engine_file("docs").glob("*.md"))}
    if topic in pages:
        click.echo(pages[topic].read_text("utf-8"), nl=False)
        return FINE
    if topic:
        hint = did_you_mean(topic, pages) or f"use one of {', '.join(pages)}"
        raise UsageError(f"no page '{topic}' in the documentation", None, hint)
    for name, file in pages.items():
        title = next((line[2:] for line in file.read_text("utf-8").split("\n") if line.startswith("# ")), "")
        click.echo(f"{messages.command(f'docs {name}'):<32} {title}")
    return FINE


@contextmanager
def _progress() -> Iterator[Callable[[str, int, int], None]]:
    """Show progress as a bar on a terminal, else as lines; show nothing if there is nothing to do."""
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
    # The import takes a tenth of a second, too long for a build with nothing to do.
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
    """Print to standard error, where everything goes except the result."""
    click.echo(text, err=True)


def _left_out(errors: tuple[DeckError, ...], root: Path) -> int:
    """Print why decks were left out, and return the exit code."""
    if not errors:
        return FINE
    _print_errors(DeckErrors(errors), root)
    return DeckErrors(errors).exit_code


def _print_errors(error: DeckError | DeckErrors, root: Path) -> None:
    errors = error.errors if isinstance(error, DeckErrors) else (error,)
    sources = Sources(root)
    for one in errors:
        _say(f"error: {format_error(one, sources.line)}")
    if len(errors) > 1:
        _say(f"{len(errors)} errors")


if __name__ == "__main__":
    sys.exit(main())
