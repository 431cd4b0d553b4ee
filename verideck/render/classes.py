"""Classes and an attribute of our HTML that measuring, recolouring and tagging a PDF go by: written and read by name.

The style sheets and templates say them in their own languages; a test finds each there.
"""

SLIDE, BODY, FOOTNOTES, BYLINE = "slide", "body", "footnotes", "byline"
"""Parts of a slide, from slide.html.jinja."""
MARK, BACKDROP = "mark", "backdrop"
"""What lies under a slide's text on purpose: the letter of a section, a figure that its author puts there."""
COLUMNS, COLUMN = "columns", "column"
"""Blocks of the deck's own text."""
CODE, LISTING, LINE, CALLOUTS, OUTPUT = "code", "listing", "line", "callouts", "output"
"""A snippet's figure, its code, a line of it, the remarks beside it; what it prints."""
DRAWING, EQUATION, MATH = "drawing", "equation", "math"
"""A figure, a formula in a line of its own, any formula in print."""
DRAWN, TEX = "drawn", "tex"
"""A picture of SVG in print; of a formula, with both."""
BLOCK = "data-block"
"""Attribute of each block in print: its index in `Slide.tokens`."""
