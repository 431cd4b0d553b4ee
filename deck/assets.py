"""What pages are made with: templates, scripts, style sheets, fonts."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from deck import drawing, page, words
from deck.fonts import MATH, MONO, SANS, WEIGHTS, Fonts
from deck.sources import Sources

TEMPLATES = (
    *("deck.css", "screen.css", "reading.css", "speaker.css", "print.css", "handout.css", "index.css", "tokens.toml"),
    *("steps.js", "panels.js", "speaker.js", "deck.js"),
    *("screen.html.jinja", "panels.html.jinja", "print.html.jinja", "handout.html.jinja", "index.html.jinja"),
    "slide.html.jinja",
)
FAMILIES = {"text": SANS, "code": MONO, "math": MATH}


def read_look(sources: Sources) -> page.Look:
    """Return the templates; raises DeckError."""
    templates = {name: sources.text(f"templates/{name}") for name in TEMPLATES}
    return page.Look(templates, drawing.load_tokens(templates["tokens.toml"]))


def stage(look: page.Look, lang: str) -> tuple[list[str], str, str]:
    """Return the screen page's scripts, the one of the speaker's window, and reveal.js's style sheet."""
    reveal = _reveal()
    scripts = [(reveal / name).read_text("utf-8") for name in ("reveal.js", "plugin/notes.js")]
    scripts[1] = _translated(scripts[1], lang)
    popup = _speaker_script(scripts[1])
    scripts += [look.templates[name] for name in ("steps.js", "panels.js", "speaker.js", "deck.js")]
    return scripts, popup, (reveal / "reveal.css").read_text("utf-8")


def _translated(plugin: str, lang: str) -> str:
    """Return the plugin that writes the speaker's window with our words: as texts of its page, and as strings."""
    ours = words.of(lang)["speaker"]
    theirs = "|".join(map(re.escape, ours))
    return re.sub(rf"(?<=[>'])({theirs})(?= ?[<'])", lambda match: str(ours[match[1]]), plugin)


def _speaker_script(plugin: str) -> str:
    """Return the script that the speaker view's window will run: it stands inside a template literal of the plugin."""
    literal = plugin.partition("<script>")[2].partition("<\\/script>")[0]
    return re.sub(r"\\([`$\\/])", r"\1", literal)


def _reveal() -> Path:
    """Return where reveal.js lies: the one place that knows the wheel `pyreveal`."""
    spec = find_spec("pyreveal")
    assert spec
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "revealjs" / "dist"


def screen_fonts(texts: Mapping[str, str], fonts: Fonts) -> str:
    """Return the font faces for text, code or mathematics, each cut to the characters shown, inside the page."""
    faces = []
    for role, family in FAMILIES.items():
        for source, share in fonts.shares(family, texts[role]) if role in texts else ():
            data = base64.b64encode(fonts.subset(source, share)).decode()
            url = f'url("data:font/woff2;base64,{data}") format("woff2")'
            faces.append(face(family, "400" if family == MATH else "400 800", url, share if source != family else ""))
    return "\n".join(faces)


def face(family: str, weight: str, source: str, only: str = "", size: float = 1) -> str:
    """Return a font face; of those of one family, the last is taken that is for `only` these characters, or for all."""
    codes = ", ".join(f"U+{ord(char):X}" for char in only if not char.isspace())
    more = f" unicode-range: {codes};" if only else ""
    more += f" size-adjust: {size:.1%};" if size != 1 else ""
    return f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: {source};{more} }}'


def print_fonts(texts: Mapping[str, str], fonts: Fonts) -> tuple[str, dict[str, Path]]:
    """Return the font faces of the print page, each family by its own name, and the file behind each URL."""
    faces, found = [], {}
    for role, family in FAMILIES.items():
        for source, share in fonts.shares(family, texts[role]) if family in WEIGHTS else ():
            for weight in WEIGHTS[source]:
                url = f"deck:fonts/{source.replace(' ', '')}-{weight}.ttf"
                found[url] = fonts.static(source, weight, share)
                faces.append(face(source, str(weight), f'url("{url}")'))
    return "\n".join(faces), found
