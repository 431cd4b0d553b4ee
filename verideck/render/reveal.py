"""reveal.js: its scripts and style sheet, with our words."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

from verideck.core import messages
from verideck.core.theme import Theme


def reveal_assets(theme: Theme, lang: str) -> tuple[list[str], str, str]:
    """Return the screen page's scripts, the one of the speaker's window, and reveal.js's style sheet."""
    reveal = _reveal()
    scripts = [(reveal / name).read_text("utf-8") for name in ("reveal.js", "plugin/notes.js")]
    scripts[1] = _translated(scripts[1], lang)
    popup = _speaker_script(scripts[1])
    scripts += [theme.templates[name] for name in ("steps.js", "panels.js", "speaker.js", "deck.js")]
    return scripts, popup, (reveal / "reveal.css").read_text("utf-8")


def _translated(plugin: str, lang: str) -> str:
    """Return the plugin that writes the speaker's window with our words: as texts of its page, and as strings."""
    ours = messages.of(lang)["speaker"]
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
