"""Numbers the steps of a slide: one sequence, in the order in which its parts are rendered.

A step is an item of an incremental list, a step of a listing, or a step of a slider.
templates/steps.js counts them in the same order in the browser.
"""

from __future__ import annotations


class Steps:
    """Counts a slide's steps while its parts are rendered.

    done: number of steps that have been taken; None to show the whole slide.
    """

    def __init__(self, done: int | None = None) -> None:
        self.count = 0
        """Number of steps so far."""
        self._done = done

    def advance(self, steps: int) -> int | None:
        """Count the next steps; return how many of them have been taken, None to show the whole slide."""
        before, self.count = self.count, self.count + steps
        return None if self._done is None else min(max(self._done - before, 0), steps)
