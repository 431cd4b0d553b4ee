"""Writes a first deck for `new`: a Markdown file and its snippet."""

from __future__ import annotations

import os
import re
from pathlib import Path

from verideck.core.errors import UsageError
from verideck.core.folders import SLIDES, deck_path, snippet_name, snippet_path
from verideck.core.run_model import Write
from verideck.publish import apply_writes

_DECK = """\
---
title: {title}
author: Your name
lang: en
duration: 5min
---

# {title} {{.title}}

---

# A picture that is computed

:::: columns
::: column
The curve is highest at {{eval}}`{snippet}: peak:.2f`. Nobody typed that number.
:::
::: column
```{{figure}} {snippet}
:alt: A smooth curve with one peak
```
:::
::::

::: notes
Speaker notes go here; the audience does not see them.
:::

---

# The code that drew it

```{{snippet}} {snippet}
curve: what is drawn
```

::: notes
Each slide has notes of its own.
:::
"""

_SNIPPET = '''\
"""A curve and its highest point."""

import matplotlib.pyplot as plt
import numpy as np

# region parameters
width = 1.5
# endregion

# region curve
x = np.linspace(0, 10, 200)
y = x * np.exp(-x / width)
# endregion
peak = x[y.argmax()]

plt.plot(x, y)
plt.show()
'''


def start(root: Path, path: str) -> tuple[str, ...]:
    """Write a new deck and its snippet, and return their paths; raises UsageError for an invalid name or one in use."""
    match = re.fullmatch(rf"(?:\./)?(?:{SLIDES}/)?([\w-]+)(?:\.md)?", path)
    if not match:
        raise UsageError(
            f"'{path}' is not a valid name of a deck", None, "use letters, digits, - and _: slides/my-talk.md"
        )
    name = match[1]
    deck, snippet = deck_path(name), snippet_path(f"{name.replace('-', '_')}.py")
    for made in (deck, snippet):
        if os.path.exists(root / made):
            raise UsageError(f"'{made}' exists already", None, "choose another name")
    title = name.replace("-", " ").replace("_", " ").capitalize()
    text = _DECK.format(title=title, snippet=snippet_name(snippet))
    return apply_writes(root, [Write(deck, text.encode()), Write(snippet, _SNIPPET.encode())]).written
