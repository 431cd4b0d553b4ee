"""How the steps of a slide are numbered: one sequence, in the order in which its parts are rendered.

A step is an item of an incremental list, a step of a listing, or a frame of a slider that is stepped through.
templates/steps.js counts them in the same order in the browser.
"""

from __future__ import annotations


class Steps:
    """Counts a slide's steps while its parts are rendered.

    done: how many steps the picture of the slide has behind it; None for a picture of the whole slide.
    """

    def __init__(self, done: int | None = None) -> None:
        self.count = 0
        """Steps met so far."""
        self._done = done

    def advance(self, steps: int) -> int | None:
        """Meet the slide's next steps; return how many of them are done, None for a picture of the whole slide."""
        before, self.count = self.count, self.count + steps
        return None if self._done is None else min(max(self._done - before, 0), steps)
