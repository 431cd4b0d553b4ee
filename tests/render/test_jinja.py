"""Mistakes in templates: each is told at its line of the template, with a remedy, and is none of the engine."""

from __future__ import annotations

from typing import Any

import pytest

from tests.harness import ROOT, DeckTest
from verideck.core.errors import DeckError
from verideck.core.hashing import to_json
from verideck.core.project import Sources
from verideck.core.theme import Theme, load_theme
from verideck.read.parser import parse
from verideck.render import served_page, slide_sections, slide_views
from verideck.render.jinja import fill
from verideck.render.pages import print_html
from verideck.typeset.fonts import Fonts

THEME = load_theme(Sources(ROOT))
DECK = parse("slides/a.md", Sources(ROOT, {"slides/a.md": "# One {eyebrow=E}\n\nText.\n\n---\n\n# Two\n"})).valid()
VIEWS = slide_views(DECK, {}, THEME.palette, "screen", notes=True)


def told(name: str, text: str, **more: str) -> str:
    """Return the error of a template, one among others, that is filled in with a few names."""

    class Item:
        title, number, none = "One", 1, None

    names: dict[str, Any] = {"title": "Talk", "items": (Item(), Item()), "words": {"help": "Help"}, "nothing": None}
    with pytest.raises(DeckError) as caught:
        fill(name, {name: text, **more}, names)
    error = caught.value
    assert error.hint
    return f"{error.at}: {error.message} | {error.hint}"


MISTAKES = [
    *(
        (f"an escape: {text}", f"\n{{{{ {text} }}}}", "2: this template may not do this: access to attribute ")
        for text in (
            "title.__class__.__mro__",
            "''.__class__",
            "items[0].__class__.__init__.__globals__",
            "cycler.__init__.__globals__.os.popen('id').read()",
            "self._TemplateReference__context",
            "title | attr('__class__')",
            "items | map(attribute='__class__') | first",
            "title.upper.__self__.__class__",
            "lipsum.__globals__",
            "(title ~ '{0.__class__}').format(title)",
        )
    ),
    ("a change", "\n{% set _ = words.update({'help': 'x'}) %}{{ words.help }}", "2: this template may not do this: "),
    ("a change of a list", "\n{% set x = [1] %}{{ x.append(2) }}", "2: this template may not do this: "),
    ("a brace missing", "<p>\n{{ title }", "2: this template has an error: unexpected '}'"),
    ("an end missing", "{% if title %}", "1: this template has an error: Unexpected end of template."),
    (
        "an end misspelt",
        "{% for one in items %}\n{% endfr %}",
        "2: this template has an error: Encountered unknown tag 'endfr'.",
    ),
    ("an end too many", "\n{% endif %}", "2: this template has an error: Encountered unknown tag 'endif'."),
    (
        "a filter misspelt",
        "\n{{ title | uper }}",
        "2: this template has an error: No filter named 'uper'. | did you mean 'upper'?",
    ),
    (
        "a test misspelt",
        "{% if title is definde %}{% endif %}",
        "1: this template has an error: No test named 'definde' found. | did you mean 'defined'?",
    ),
    ("a name misspelt", "\n\n{{ titel }}", "3: 'titel' is not defined here | did you mean 'title'?"),
    (
        "a name of a loop misspelt",
        "{% for one in items %}\n{{ oen }}{% endfor %}",
        "2: 'oen' is not defined here | did you mean 'one'?",
    ),
    ("a name unlike all", "{{ zzz }}", "1: 'zzz' is not defined here | use one of items, nothing, title, words"),
    (
        "an attribute misspelt",
        "{% for one in items %}\n{{ one.titel }}{% endfor %}",
        "2: this Item has no 'titel' | did you mean 'title'?",
    ),
    ("a key misspelt", "\n{{ words.hlep }}", "2: this dict has no 'hlep' | did you mean 'help'?"),
    ("a key unlike all", "{{ words['zzz'] }}", "1: this dict has no 'zzz' | it has help"),
    ("an attribute of nothing", "{{ words.zzz.more }}", "1: this dict has no 'zzz' | it has help"),
    ("an item too far", "{{ items[9].title }}", "1: this tuple has no '9' | "),
    ("None as text", "\n{{ nothing }}", "2: this shows None instead of text | put it into {% if … %}"),
    ("None of an item", "{% for one in items %}\n{{ one.none }}{% endfor %}", "2: this shows None instead of text"),
    ("a list as text", "{{ items }}", "1: this shows a tuple instead of text"),
    (
        "division by zero",
        "\n{{ 1 / 0 }}",
        "2: this line fails with ZeroDivisionError: division by zero | templates are",
    ),
    ("text and number", "\n{{ title + 1 }}", "2: this line fails with TypeError: can only concatenate str"),
    ("a format that fits not", '{{ "%d" | format(title) }}', "1: this line fails with TypeError: %d format"),
    ("what cannot be called", "{{ title() }}", "1: this line fails with TypeError: 'str' object is not callable"),
    ("what is no list", "{% for one in nothing %}{% endfor %}", "1: this line fails with TypeError: 'NoneType' object"),
    (
        "three names for two",
        "{% for a, b in [(1, 2, 3)] %}{% endfor %}",
        "1: this line fails with ValueError: too many",
    ),
    (
        "a macro without end",
        "{% macro a() %}\n{{ a() }}{% endmacro %}{{ a() }}",
        "2: this template calls itself endlessly",
    ),
    (
        "an include of itself",
        '\n{% include "page.jinja" %}',
        "2: this template calls itself endlessly | remove the call",
    ),
    (
        "a file that is not there",
        '\n{% include "panel.jinja" %}',
        "2: no template 'panel.jinja' | did you mean 'panels.jinja'?",
    ),
    (
        "a base that is not there",
        '{% extends "zzz" %}',
        "1: no template 'zzz' | use one of page.jinja, panels.jinja",
    ),
    (
        "a macro that is not there",
        '\n{% from "panels.jinja" import rendr %}{{ rendr() }}',
        "2: the template 'panels.jinja'",
    ),
    (
        "an argument too many",
        "{% macro a() %}{% endmacro %}\n{{ a(1) }}",
        "2: this line fails with TypeError: macro 'a' takes not",
    ),
    ("a comment without end", "\n{# a", "2: this template has an error: Missing end of comment tag"),
    (
        "a name that only a macro has",
        "{% macro a(part) %}{{ part }}{% endmacro %}\n{{ part }}",
        "2: 'part' is not defined here | use one of items, nothing, title, words",
    ),
]


@pytest.mark.parametrize(("text", "expected"), [one[1:] for one in MISTAKES], ids=[one[0] for one in MISTAKES])
def test_a_mistake_is_told_at_its_line(text: str, expected: str) -> None:
    error = told("page.jinja", text, **{"panels.jinja": "<p>"})
    assert error.startswith(f"templates/page.jinja:{expected}"), error


def test_what_only_python_refuses_is_told_of_its_file() -> None:
    error = told("page.jinja", '{% include "panels.jinja" %}', **{"panels.jinja": "{{ f(a=1, a=2) }}"})
    assert error.startswith("templates/panels.jinja: this template has an error: keyword argument repeated"), error


def test_a_mistake_in_an_included_file_is_told_there() -> None:
    inside = {"panels.jinja": "\n\n{{ titel }}", "base.jinja": "{% block a %}{% endblock %}"}
    assert told("page.jinja", '{% include "panels.jinja" %}', **inside).startswith("templates/panels.jinja:3: 'titel'")
    broken = {"panels.jinja": "\n{% if %}"}
    assert told("page.jinja", '{% include "panels.jinja" %}', **broken).startswith("templates/panels.jinja:2: this")
    text = '{% extends "base.jinja" %}\n{% block a %}\n{{ titel }}{% endblock %}'
    assert told("page.jinja", text, **inside).startswith("templates/page.jinja:3: 'titel'")


def test_a_mistake_of_the_engine_stays_what_it_is() -> None:
    class View:
        @property
        def title(self) -> bytes:
            return to_json(object())

    with pytest.raises(TypeError, match="not JSON serializable"):
        fill("page.jinja", {"page.jinja": "{{ view.title }}"}, {"view": View()})


def changed(name: str, old: str, new: str) -> Theme:
    assert old in THEME.templates[name]
    return Theme({**THEME.templates, name: THEME.templates[name].replace(old, new, 1)}, THEME.palette)


@pytest.mark.parametrize(
    ("name", "old", "new", "at", "message"),
    [
        ("slide.html.jinja", "slide.title }}", "slide.titel }}", 9, "this SlideView has no 'titel'"),
        ("slide.html.jinja", "{{ slide.mark }}", "{{ slide.mark / 0 }}", 12, "this line fails with TypeError"),
        ("slide.html.jinja", "{{ slide.mark }}", "{{ slide.classes }}", 12, "this shows a tuple instead of text"),
        ("slide.html.jinja", "macro render(", "macro rendr(", 0, ""),
        ("screen.html.jinja", "{{ csp }}", "{{ cps }}", 5, "'cps' is not defined here"),
        ("panels.html.jinja", "deck.words.help", "deck.words.halp", 3, "this dict has no 'halp'"),
    ],
)
def test_mistakes_in_our_own_templates(name: str, old: str, new: str, at: int, message: str) -> None:
    theme = changed(name, old, new)
    with pytest.raises(DeckError) as caught:
        served_page(DECK, VIEWS, theme, Fonts(ROOT), "", "")
    assert message in caught.value.message
    if at:
        assert str(caught.value.at) == f"templates/{name}:{at}"
    if name == "slide.html.jinja":
        with pytest.raises(DeckError) as caught:
            slide_sections(DECK, VIEWS, theme)
        assert str(caught.value.at).startswith(f"templates/{name}")


def test_mistakes_in_the_handout() -> None:
    with pytest.raises(DeckError, match=r"templates/handout.html.jinja:6: this SlideView has no 'nots'"):
        print_html(DECK, VIEWS, changed("handout.html.jinja", "if slide.notes", "if slide.nots"), "", handout=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "old", "new", "command", "said"),
    [
        ("templates/theme.toml", 'ink = "#1B2130"', 'inc = "#1B2130"', "build", "templates/theme.toml:9:1: unknown"),
        ("templates/index.html.jinja", "{{ title }}", "{{ titel }}", "build", "templates/index.html.jinja:7: 'titel'"),
        (
            "templates/verify.html.jinja",
            "page.headline",
            "page.hedline",
            "verify",
            "this View has no 'hedline'",
        ),
        ("templates/slide.html.jinja", "{%- macro", "{%- marco", "verify", "templates/slide.html.jinja:2: this"),
    ],
)
def test_the_command_ends_with_the_place_and_exit_code_3(
    deck: DeckTest, path: str, old: str, new: str, command: str, said: str
) -> None:
    deck.write("slides/a.md", "# One\n").edit(path, old, new)
    deck.run(command, *(["--html"] if command == "build" else [])).fails(3, said)
    assert "Traceback" not in deck.err
    assert "bug in the engine" not in deck.err


@pytest.mark.slow
def test_a_theme_extends_a_template_and_its_mistakes_are_told_at_its_file(deck: DeckTest) -> None:
    deck.write("slides/a.md", "---\ntheme: mine\n---\n\n# One\n")
    page = "templates/themes/mine/screen.html.jinja"
    deck.write(page, '{% extends "base/screen.html.jinja" %}\n{% block after %}<p>{{ deck.titel }}</p>{% endblock %}\n')
    deck.run("build", "--html").fails(3, f"{page}:2: this dict has no 'titel'")
    deck.edit(page, "titel", "title").build("--html")
    assert "<p>One</p>" in (deck.root / "dist/a.html").read_text("utf-8")
