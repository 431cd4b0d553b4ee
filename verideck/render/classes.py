"""HTML classes and an attribute that the layout check, the recolouring and the tagging of PDFs depend on.

Style sheets and templates repeat these names; a test finds each name there.
"""

SLIDE, BODY, FOOTNOTES, BYLINE = "slide", "body", "footnotes", "byline"
"""Parts of a slide, from slide.html.jinja."""
MARK, BACKDROP = "mark", "backdrop"
"""Elements that text may cover: the letter of a section slide, a figure in the background."""
COLUMNS, COLUMN = "columns", "column"
"""Blocks that decks write with `:::`."""
CODE, LISTING, LINE, CALLOUTS, OUTPUT = "code", "listing", "line", "callouts", "output"
"""A listing with its callouts, its code, one line of it, the callouts; the output of a script."""
DRAWING, EQUATION, MATH = "drawing", "equation", "math"
"""A figure, a display formula, any formula in print."""
DRAWN, TEX = "drawn", "tex"
"""An SVG image in print; formulas have both classes."""
ROLE = "role"
"""Text in the colour of a word of the front matter's `roles`; its class is the word, too."""
PLOTLY = "plotly-figure"
"""The place in which Plotly draws a figure on the screen page."""
BLOCK = "data-block"
"""Attribute of each block in print: the index in `Slide.tokens`."""
