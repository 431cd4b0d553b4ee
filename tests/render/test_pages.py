"""Slides to pages through the templates: what stands on them, for whom, and what they may load and run."""

from __future__ import annotations

import base64
import hashlib
import html
import re

import pytest

from tests.decks import deck_of, theme
from tests.harness import ROOT
from verideck.check import html_scan
from verideck.core.deck_model import Deck
from verideck.core.theme import Theme
from verideck.render.pages import cover, print_html, print_page, screen_page, served_page, slide_sections, static_page
from verideck.render.slides import SlideView, slide_views
from verideck.typeset.fonts import Fonts

TEXT = """\
---
title: "<b>One & two"
lang: en
date: 2024-10-25
author: A. & B.
---

# First {.title}

---

# Second {{ 7 * 7 }} {seconds=30}

text {% if %}

::: notes
said
:::
"""
THEME = theme()
FONTS = Fonts(ROOT)


def made(notes: bool = True) -> tuple[Deck, tuple[SlideView, ...]]:
    deck, _ = deck_of(TEXT)
    return deck, slide_views(deck, {}, THEME.palette, "screen", notes)


def served(script: str = "", sheet: str = "") -> str:
    deck, views = made()
    return served_page(deck, views, THEME, FONTS, script, sheet)


def scripts(page: str) -> list[str]:
    return re.findall(r"<script>(.*?)</script>", page, re.DOTALL)


def policy(page: str) -> str:
    match = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert match
    return html.unescape(match[1])


def allowed(script: str, page: str) -> bool:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" in policy(page)


def loads(page: str) -> list[str]:
    return [one.what for one in html_scan.html(page) if one.kind == "load"]


def test_a_decks_text_is_data_to_the_templates() -> None:
    page = served()
    assert "<title>&lt;b&gt;One &amp; two</title>" in page
    assert "Second {{ 7 * 7 }}" in page
    assert "{% if %}" in page
    assert "A. &amp; B." in page
    assert page.count("<section ") == 2


@pytest.mark.parametrize("notes", [True, False])
def test_a_screen_page_runs_its_own_scripts_alone_and_loads_nothing(notes: bool) -> None:
    deck, _ = made()
    page = screen_page(deck, {}, THEME, FONTS, str, notes=notes, editions=(("en", "a"), ("de", "a.de")))
    assert len(scripts(page)) == 6
    assert all(allowed(script, page) for script in scripts(page))
    assert "connect-src" not in policy(page)
    assert "unsafe-eval" not in policy(page)
    assert ("<p>said</p>" in page) is notes
    assert '<link rel="alternate" hreflang="de" href="a.de.html">' in page
    assert loads(page) == ["a.html", "a.de.html"]
    assert 'url("data:font/woff2;base64,' in page


def test_a_served_page_has_a_script_more_and_asks_its_server_for_fonts() -> None:
    page = served("go()", ".own{}")
    assert len(scripts(page)) == 7
    assert scripts(page)[-1] == "go()"
    assert allowed("go()", page)
    assert "font-src 'self'; connect-src 'self'" in policy(page)
    assert ".own{}" in page
    assert set(loads(page)) == {f"/font/{name}" for name in ("text", "latin", "code", "math")}


def test_each_slide_is_a_section_of_its_own() -> None:
    deck, views = made()
    first, second = slide_sections(deck, views, THEME)
    assert first.startswith('<section id="first" class="slide title"')
    assert '<p class="byline"><span>A. &amp; B.</span><span>2024-10-25</span></p>' in first
    assert 'data-timing="30"' in second
    assert '<aside class="notes"><p>said</p>' in second
    assert "byline" not in second


def test_a_handout_has_notes_the_slides_of_a_pdf_have_none() -> None:
    deck, views = made()
    slides, handout = (
        print_html(deck, views, THEME, "", handout=which, modified="2024-10-26") for which in (False, True)
    )
    assert "said" in handout
    assert "2024-10-26" in handout
    assert "<script" not in slides + handout


def test_the_page_of_a_pdf_names_the_files_of_its_fonts() -> None:
    deck, _ = made()
    page, files = print_page(deck, {}, THEME, FONTS, modified="2024-10-26T00:00:00Z")
    assert "said" not in page
    assert '<meta name="dcterms.modified" content="2024-10-26T00:00:00Z">' in page
    assert all(file.is_file() and url in page for url, file in files.items())
    assert "said" in print_page(deck, {}, THEME, FONTS, kind="notes.pdf")[0]


def test_a_cover_links_nothing_and_has_ids_of_its_own() -> None:
    deck, _ = deck_of("# One\n\n[out](https://x.org) $x$\n\n---\n\n# Two\n")
    first = cover(deck, {}, THEME)
    assert f'id="{deck.name}-cover"' in first.picture
    assert "<a " not in first.picture
    assert "out" in first.picture
    assert "x" in first.texts["math"]


def test_a_static_page_has_the_fonts_of_what_it_shows() -> None:
    def families(text: str) -> set[str]:
        theme = Theme({"a.jinja": f"<style>{{{{ fonts_css }}}}{{{{ css }}}}</style>{text}"}, THEME.palette)
        page = static_page("a.jinja", theme, FONTS, ".x{}", {}, {"name": "<"})
        assert ".x{}" in page
        assert "&lt;" in page
        return set(re.findall(r'font-family: "([^"]+)"', page))

    assert families("<p>{{ name }}") == {"Noto Sans JP"}
    assert families("<code>{{ name }}</code>") == {"Noto Sans JP", "JetBrains Mono"}
