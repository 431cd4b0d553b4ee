"""Scripts and style sheet of reveal.js, with translated text."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from verideck.core import messages
from verideck.core.errors import DeckError
from verideck.core.run_model import Location
from verideck.core.theme import Theme


def reveal_assets(theme: Theme, lang: str) -> tuple[list[str], str, str]:
    """Return (scripts of the screen page, script of the speaker view, style sheet of reveal.js)."""
    reveal = _reveal()
    scripts = [(reveal / name).read_text("utf-8") for name in ("reveal.js", "plugin/notes.js")]
    scripts[1] = _translated(scripts[1], lang)
    popup = _speaker_script(scripts[1])
    scripts += [theme.templates[name] for name in ("steps.js", "panels.js", "speaker.js", "deck.js")]
    return scripts, popup, (reveal / "reveal.css").read_text("utf-8")


def plotly_library(at: Location) -> str:
    """Return the JavaScript of the package `plotly`; raises DeckError without it."""
    spec = find_spec("plotly")
    if not spec or not spec.submodule_search_locations:
        hint = "install it: pip install 'verideck[values]'"
        raise DeckError("to show figures of Plotly, Verideck needs the package plotly", at, hint)
    return (Path(spec.submodule_search_locations[0]) / "package_data" / "plotly.min.js").read_text("utf-8")


def _translated(plugin: str, lang: str) -> str:
    """Return the plugin of the speaker view with its text translated, in its HTML and in its strings."""
    ours = messages.of(lang)["speaker"]
    theirs = "|".join(map(re.escape, ours))
    return re.sub(rf"(?<=[>'])({theirs})(?= ?[<'])", lambda match: str(ours[match[1]]), plugin)


def _speaker_script(plugin: str) -> str:
    """Return the script of the speaker view, which is in a template literal of the plugin."""
    literal = plugin.partition("<script>")[2].partition("<\\/script>")[0]
    return re.sub(r"\\([`$\\/])", r"\1", literal)


def _reveal() -> Path:
    """Return the folder of reveal.js in the package `pyreveal`."""
    spec = find_spec("pyreveal")
    assert spec
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "revealjs" / "dist"
