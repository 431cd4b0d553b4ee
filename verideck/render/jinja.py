"""Renders Jinja templates; an error in a template is reported with its line, not as an error of the engine.

Templates run in a sandbox: they reach what they are given, and nothing of Python behind it.
They are strict: undefined names and values that are not text (None, a list) are errors.
All values that are not marked as HTML are escaped.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from jinja2 import FunctionLoader, StrictUndefined, TemplateNotFound, TemplateSyntaxError, Undefined, nodes
from jinja2.exceptions import SecurityError, TemplateRuntimeError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment as Environment
from jinja2.utils import missing

from verideck.core.errors import DeckError, did_you_mean
from verideck.core.folders import template_path
from verideck.core.hashing import ENGINE
from verideck.core.run_model import Location

_FOLDER = template_path("")
_LANGUAGE = "templates are written in Jinja: https://jinja.palletsprojects.com/en/stable/templates/"
_UNDEFINED = "is not defined here"
_SANDBOX = "templates run in a sandbox: use the names that they are given, and change nothing"
_NO_TEXT = "put it into {% if … %}, or use a name whose value is text"


def fill(name: str, templates: Mapping[str, str], names: Mapping[str, object]) -> str:
    """Return a template rendered with `names`; `templates`: file name → text, with included ones. Raises DeckError."""
    environment = _environment(tuple(templates.items()))
    with _located(environment, name, templates, names):
        return environment.get_template(name).render(names)


def call(name: str, macro: str, templates: Mapping[str, str], arguments: Iterable[Sequence[object]]) -> list[str]:
    """Return the result of a macro in a template for each list of arguments; raises DeckError."""
    environment = _environment(tuple(templates.items()))
    with _located(environment, name, templates, {}):
        module = environment.get_template(name).module
        if not hasattr(module, macro):
            raise DeckError(f"this template has no macro '{macro}'", Location(_FOLDER + name), _LANGUAGE)
        return [str(getattr(module, macro)(*each)) for each in arguments]


@lru_cache(maxsize=4)
def _environment(templates: tuple[tuple[str, str], ...]) -> Environment:
    known = dict(templates)

    def load(name: str) -> tuple[str, str, None] | None:
        return (known[name], _FOLDER + name, None) if name in known else None  # Jinja's frames have this file name

    return Environment(
        loader=FunctionLoader(load), undefined=_Unknown, finalize=_text, autoescape=True,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


class _Unknown(StrictUndefined):
    """An undefined name; its message has the hint after a line break."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        name, owner = self._undefined_name, self._undefined_obj
        if self._undefined_hint or owner is missing:
            return self._undefined_hint or f"'{name}' {_UNDEFINED}"
        attributes = owner if isinstance(owner, Mapping) else [one for one in dir(owner) if one[0] != "_"]
        given = sorted(one for one in attributes if isinstance(one, str))
        hint = did_you_mean(str(name), given) or (f"it has {', '.join(given)}" if len(given) <= 30 else "")
        return f"this {type(owner).__name__} has no '{name}'\n{hint}"


class _NoText(TypeError):
    """A template shows a value that is not text."""


def _text(value: object) -> object:
    if not isinstance(value, str | int | float | Location | Undefined):
        raise _NoText(f"this shows {'None' if value is None else f'a {type(value).__name__}'} instead of text")
    return value


@contextmanager
def _located(
    environment: Environment, name: str, templates: Mapping[str, str], names: Mapping[str, object]
) -> Iterator[None]:
    """Convert an exception in a template into a DeckError at its line; exceptions of engine code are not converted."""
    try:
        yield
    except DeckError:
        raise
    except TemplateSyntaxError as error:
        at = Location(_FOLDER + (error.name or name).removeprefix(_FOLDER), error.lineno)
        message, hint = _wrong(str(error.message), environment)
        raise DeckError(message, at, hint) from None
    except SyntaxError as error:  # Jinja does not see it, Python does in what Jinja compiled: its line is not ours
        at = Location(error.filename or _FOLDER + name)
        raise DeckError(f"this template has an error: {error.msg}", at, _LANGUAGE) from None
    except Exception as error:
        at, ours = _place(error, Location(_FOLDER + name))
        if ours:
            raise
        message, hint = _message(error, environment, templates, names, at)
        raise DeckError(message, at, hint) from None


def _place(error: BaseException, at: Location) -> tuple[Location, bool]:
    """Return the innermost template line in a traceback, and whether engine code that it called failed.

    `at`: location of the whole template, for tracebacks without a template line.
    """
    ours = False
    for frame, line in traceback.walk_tb(error.__traceback__):
        template = frame.f_globals.get("__jinja_template__")  # Jinja maps frames to template source
        file = template.filename if template else frame.f_code.co_filename
        if file.startswith(_FOLDER):
            at, ours = Location(file, template.get_corresponding_lineno(line) if template else line), False
        else:
            ours = ours or (Path(file).is_relative_to(ENGINE) and Path(file) != Path(__file__))
    return at, ours


def _message(
    error: Exception,
    environment: Environment,
    templates: Mapping[str, str],
    names: Mapping[str, object],
    at: Location,
) -> tuple[str, str]:
    """Return (message, hint)."""
    if isinstance(error, TemplateNotFound):
        known = sorted(name for name in templates if name.endswith(".jinja"))
        hint = did_you_mean(str(error.message), known) or f"use one of {', '.join(known)}"
        return f"no template '{error.message}'", hint
    if isinstance(error, UndefinedError):
        message, _, hint = str(error).partition("\n")
        if _UNDEFINED in message:
            tree = environment.parse(templates[at.path.removeprefix(_FOLDER)])
            known = sorted({*names, *(one.name for one in tree.find_all(nodes.Name) if one.ctx != "load")})
            wanted = message.split("'")[1]  # may be defined elsewhere in the template: in a macro, in a loop
            known = [one for one in known if one != wanted]
            hint = did_you_mean(wanted, known) or f"use one of {', '.join(known)}"
        return message, hint or _LANGUAGE
    if isinstance(error, _NoText):
        return str(error), _NO_TEXT
    if isinstance(error, SecurityError):
        return f"this template may not do this: {str(error).rstrip('.')}", _SANDBOX
    if isinstance(error, RecursionError):
        return "this template calls itself endlessly", "remove the call, or put it into {% if … %}"
    if isinstance(error, TemplateRuntimeError):
        return _wrong(str(error), environment)
    return f"this line fails with {type(error).__name__}: {error}", _LANGUAGE


def _wrong(message: str, environment: Environment) -> tuple[str, str]:
    """Return (message, hint) for a message of Jinja; the hint suggests a similar filter or test."""
    match = re.match(r"No (filter|test) named '([^']*)'", message)
    known = {"filter": environment.filters, "test": environment.tests}.get(match[1] if match else "", {})
    return f"this template has an error: {message}", (match and did_you_mean(match[2], known)) or _LANGUAGE
