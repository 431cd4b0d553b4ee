"""Nothing in a deck's text runs: script ends, markup, template syntax and links of any scheme are shown as text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.harness import DeckTest
from tests.screen import Screen

pytestmark = pytest.mark.browser

EVIL = '</script></style></template><script>ran = 1</script><img src=x onerror="ran = 1">{{ 7 * 7 }}{% raw %}'
ESCAPED = EVIL.replace("<", r"\<")
DRAWN = """<svg xmlns="http://www.w3.org/2000/svg" onload="top.ran = 1">
<script>top.ran = 1</script><rect width="9" height="9"/></svg>"""
DECK = f"""\
---
title: '{EVIL}'
author: '{EVIL}'
footer: '{EVIL}'
---

# {ESCAPED} {{#evil}}

{ESCAPED} `{EVIL}` {{eval}}`a.py: evil`

[one](javascript:ran=1) [two](data:text/html,x) [three](JaVaScRiPt:ran=1) ![drawn](evil.svg)

```{{snippet}} a.py
:caption: {ESCAPED}
```

::: notes
{ESCAPED} `{EVIL}`
:::

---

# Two

```{{output}} a.py
```

```{{figure}} a.py
:alt: {ESCAPED}
:data: [{{evil: evil}}]
```

::: notes
Two.
:::
"""
SCRIPT = (
    f"import matplotlib.pyplot as plt\n\nevil = {EVIL!r}\nprint(evil)\nplt.title(evil)\nplt.plot([0, 1])\nplt.show()\n"
)


@pytest.fixture(scope="module")
def evil(chromium: Browser, tmp_path_factory: pytest.TempPathFactory, fonts: Path) -> Iterator[Screen]:
    """Return a presenting copy, with its notes, whose every text tries to run."""
    deck = DeckTest(tmp_path_factory.mktemp("evil") / "deck", fonts)
    deck.write("slides/evil.md", DECK).write("slides/evil.svg", DRAWN).write("snippets/a.py", SCRIPT)
    deck.build("--with-notes")
    with Screen(chromium, deck.root / "dist/evil.presenting.html") as opened:
        yield opened
    assert opened.complaints == []


def test_nothing_ran_and_the_text_is_shown(evil: Screen) -> None:
    page = evil.page
    shown = [
        page.title(),
        page.locator("#evil h1").text_content() or "",
        page.locator("#evil .value").text_content() or "",
    ]
    shown += [
        page.locator(f"#evil {part}").first.text_content() or "" for part in ("p > code", "figcaption", ".notes code")
    ]
    shown += [
        page.locator(f"#two {part}").first.text_content() or "" for part in ("samp", "figure title", ".figure-data td")
    ]
    assert [text.replace("\u200b", "").replace("\u2060", "") for text in shown] == [EVIL] * len(shown)
    assert EVIL in (page.locator("#evil .listing").text_content() or "")
    for key in ("?", "/", "i"):
        evil.press(key)
        expect(page.locator("dialog[open]")).to_be_visible()
        evil.press("Escape")
    assert page.evaluate("typeof ran") == "undefined"


def test_links_that_run_are_no_links(evil: Screen) -> None:
    assert evil.page.locator(".slides a").count() == 0
    assert "[one](javascript:ran=1)" in (evil.page.locator("#evil").text_content() or "")


def test_an_address_runs_nothing(evil: Screen) -> None:
    for address in ("?view=scroll&ran=<script>ran=1</script>#/<img onerror=ran=1>", "#/%E0%A4%A", "?view=scroll#/%"):
        evil.open(address)
        assert evil.page.evaluate("typeof ran") == "undefined"
