"""Where things lie in a project: folders, decks, scripts, templates, built files, as paths relative to its root."""

from __future__ import annotations

SLIDES, SNIPPETS, FIGURES, TEMPLATES = "slides", "snippets", "figures", "templates"
"""Folders with what people write, and what they accept of results."""
DIST, CACHE = "dist", ".cache"
"""Folders with what a build makes; you may delete both."""
KINDS = ("html", "presenting.html", "pdf", "steps.pdf", "notes.pdf")
"""Endings of a deck's files: the slides, with notes for who presents; as PDF, step by step, as a handout."""
INDEX = "index.html"
"""Name of the page in dist/ that links all decks."""


def deck_path(name: str) -> str:
    """Return the path of a deck by its name, which is its file's without `.md`."""
    return f"{SLIDES}/{name}.md"


def snippet_path(name: str) -> str:
    """Return the path of a script by its name in decks, which is its path below snippets/."""
    return f"{SNIPPETS}/{name}"


def snippet_name(path: str) -> str:
    """Return the name of a script by its path; code in a slide (`slides/talk.md:12`) is named by its place."""
    return path.removeprefix(f"{SNIPPETS}/")


def template_path(name: str) -> str:
    """Return the path of a template by its name."""
    return f"{TEMPLATES}/{name}"


def output_path(name: str) -> str:
    """Return the path of a built file by its name, for a deck `NAME.KIND` with one of KINDS."""
    return f"{DIST}/{name}"
