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


def two_snippets(deck: DeckTest) -> DeckTest:
    """Write a deck that shows what two snippets compute and print, one of them with a helper."""
    deck.write("slides/talk.md", DECK).write("snippets/words.py", WORDS)
    return deck.write("snippets/sums.py", SUMS).write("snippets/helper.py", HELPER)
