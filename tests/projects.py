"""Projects that tests of several modules build: small, with snippets that import nothing heavy."""

from __future__ import annotations

from tests.harness import DeckTest

DECK = """\
---
title: A talk
---

# First {#first}

The sum is {eval}`sums.py: total`.

```{output} words.py
```

---

# Second

```{snippet} sums.py
```

```{output} sums.py
```
"""
SUMS = """\
from helper import double

# region parameters
start = 1
# endregion
total = double(start) + 0.5
print(total)
"""
HELPER = "def double(x):\n    return 2 * x\n"
WORDS = 'print("words")\n'
PICTURES = """
import sys, types
class Figure:
    def __init__(self, size):
        self.size = size
    def get_label(self):
        return ""
    def svg(self):
        start = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0'
        return start + "L1 1" * (self.size // 4) + '"/></svg>'
figures = {}
shown = sys.modules["matplotlib.pyplot"] = types.ModuleType("matplotlib.pyplot")
shown.get_fignums, shown.figure = lambda: list(figures), lambda number: figures[number]
shown.close = lambda figure: [figures.pop(number) for number in list(figures) if figures[number] is figure]
frame = sys._getframe()
while "pyplot" not in frame.f_locals:  # what collects figures, as the frame that runs the script knows it
    frame = frame.f_back
frame.f_locals["pyplot"].draw = lambda figure, grow=True: figure.svg()
def draw(*sizes):
    figures.update({number: Figure(size) for number, size in enumerate(sizes)})
"""
"""A module that stands in for matplotlib, whose figures have as many bytes as one likes, at once."""


def two_snippets(deck: DeckTest) -> DeckTest:
    """Write a deck that shows what two snippets compute and print, one of them with a helper."""
    deck.write("slides/talk.md", DECK).write("snippets/words.py", WORDS)
    return deck.write("snippets/sums.py", SUMS).write("snippets/helper.py", HELPER)
