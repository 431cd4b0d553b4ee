"""How Sphinx builds the documentation: `make docs`."""

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

project = "Verideck"
author = "the Verideck authors"
project_copyright = author
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "Verideck"
html_copy_source = False
html_show_sphinx = False
highlight_language = "text"


def setup(app: Sphinx) -> None:
    """Show decks without colours: highlighters of Markdown take front matter for headings, and directives for code."""
    app.add_lexer("markdown", TextLexer)
