"""Numbers the steps of a slide: one sequence, in the order in which its parts are rendered.

A step is an element of class `fragment`, what follows a pause, a step of a listing, or a step of a slider. In the
browser, reveal.js orders them by the attribute `data-fragment-index`, the number of a step from 0.
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
        self._around: list[int] = [0]
        self._pauses: dict[int, int] = {}

    def advance(self, steps: int) -> int | None:
        """Count the next steps; return how many of them have been taken, None to show the whole slide."""
        before, self.count = self.count, self.count + steps
        return self.taken(before, steps)

    def taken(self, before: int, steps: int) -> int | None:
        """Return how many of these steps, with `before` steps before them, are taken; None to show the whole slide."""
        return None if self._done is None else min(max(self._done - before, 0), steps)

    def after_pause(self, pause: int) -> int:
        """Return the step of a pause; all that follows the pause appears with it."""
        if pause not in self._pauses:
            self.advance(1)
            self._pauses[pause] = self.count
        return self._pauses[pause]

    def is_later(self, step: int) -> bool:
        """Tell whether what appears with a step is not yet shown."""
        return self._done is not None and self._done < step

    @property
    def since(self) -> int:
        """The step with which what is being rendered appears; 0 if it is there from the first."""
        return self._around[-1]

    def enter(self, step: int) -> None:
        """Begin an element that appears with a step; 0 if it appears with the element around it."""
        self._around.append(step or self.since)

    def leave(self) -> None:
        """End the element that began last."""
        self._around.pop()
