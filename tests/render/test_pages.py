"""Slides to pages through the templates: what stands on them, for whom, and what they may load and run."""

from __future__ import annotations

import base64
import hashlib
import html

import pytest

from tests.decks import deck_of, theme
from verideck.core.deck_model import Deck
from verideck.core.run_model import Meta
from verideck.render.pages import content_policy, print_html, screen_html, shown_date, slide_sections
from verideck.render.slides import SlideView, slide_views

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


def made(notes: bool = True) -> tuple[Deck, tuple[SlideView, ...]]:
    deck, _ = deck_of(TEXT)
    return deck, slide_views(deck, {}, THEME.palette, "screen", notes)


def test_a_decks_text_is_data_to_the_templates() -> None:
    deck, views = made()
    page = screen_html(deck, views, THEME, "", "", ["run()"], "default-src 'none'")
    assert "<title>&lt;b&gt;One &amp; two</title>" in page
    assert "Second {{ 7 * 7 }}" in page
    assert "{% if %}" in page
    assert "A. &amp; B." in page
    assert page.count("<section ") == 2


def test_a_page_runs_its_scripts_in_their_order_under_its_policy() -> None:
    deck, views = made()
    scripts = ["first()", "second()"]
    policy = content_policy(scripts)
    page = screen_html(deck, views, THEME, "", "", scripts, policy, (("en", "a"), ("de", "a.de")))
    assert page.index("first()") < page.index("second()")
    assert policy.partition(";")[0] in html.unescape(page)
    assert '<link rel="alternate" hreflang="de" href="a.de.html">' in page


def test_only_named_scripts_run_and_only_a_served_page_asks_its_server() -> None:
    digest = base64.b64encode(hashlib.sha256(b"go()").digest()).decode()
    alone, served = content_policy(["go()"]), content_policy(["go()"], served=True)
    assert f"script-src 'sha256-{digest}';" in alone
    assert ("connect-src" in alone, "connect-src 'self'" in served) == (False, True)
    assert ("font-src data:" in alone, "font-src 'self'" in served) == (True, True)
    assert "unsafe-eval" not in alone + served


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


@pytest.mark.parametrize(("lang", "day"), [("ja", "2024/10/25"), ("ja-JP", "2024/10/25"), ("en", "2024-10-25")])
def test_the_day_is_written_as_its_language_does(lang: str, day: str) -> None:
    assert shown_date(Meta("", date="2024-10-25", lang=lang)) == day
