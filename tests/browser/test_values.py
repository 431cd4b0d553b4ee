"""A deck with every kind of value: in a browser without a network and without a word, in the PDF, verified twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.harness import DeckTest
from tests.screen import Screen

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DECK = """\
# Frames {#frames}

```{python} #all
:show: value, output
import pandas as pd, polars as pl
frame = pd.DataFrame({"name": ["fig", "pear"], "price": [0.625, 1.5]})
print("two rows")
frame
```

```{table} all: pl.DataFrame({"x": [1, 2]})
```

---

# Styled {#styled}

```{python}
:continues:
:show: value
from great_tables import GT
frame.style.highlight_max(subset="price", props="font-weight: bold")
```

```{python}
:continues:
:show: value
GT(frame)
```

---

# Objects {#objects}

```{python} #more
:show: value
import sympy
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
make_pipeline(StandardScaler(), Ridge(alpha=10))
```

```{show} more: sympy.Symbol("x") ** 2 / 3
```

```{show} more: {"a": [1, 2]}
```

---

# Pictures {#pictures}

```{python} #pictures
:show: figure
:alt: A chart
import altair, numpy, pandas as pd
import matplotlib.pyplot as plt
from PIL import Image
altair.Chart(pd.DataFrame({"x": [1, 2], "y": [2, 1]})).mark_bar(size=40).encode(x="x:Q", y="y:Q").properties(height=260)
```

---

# Plotly {#plotly}

```{python}
:show: value
:alt: Three points
:print: still.png
import plotly.express as px
px.scatter(x=[1, 2, 3], y=[3, 1, 2])
```
"""


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory, fonts: Path) -> DeckTest:
    from PIL import Image

    project = DeckTest(tmp_path_factory.mktemp("values") / "project", fonts)
    project.write("slides/talk.md", DECK)
    Image.new("RGB", (1000, 460), "white").save(project.root / "slides/still.png")
    return project.run("figures").fine().run("build").fine()


def test_every_kind_is_shown_without_a_network_and_without_a_word(deck: DeckTest, chromium: Browser) -> None:
    with Screen(chromium, deck.root / "dist/talk.html") as screen:
        page = screen.open().page
        for name in ("frames", "styled", "objects", "pictures", "plotly"):
            page.evaluate("name => { location.hash = '#/' + name }", name)
            page.locator(f"#{name}.present").wait_for()
        page.locator(".plotly-figure .main-svg").first.wait_for()
        assert page.locator(".plotly-figure .point").count() == 3
        assert page.locator(".estimator").count() == 3
        assert page.locator(".frame-table").count() == 2
        assert screen.complaints == []


def test_each_slide_is_a_page_of_the_pdf(deck: DeckTest) -> None:
    assert len(PdfReader(deck.root / "dist/talk.pdf").pages) == 5


def test_it_is_verified_twice_without_an_alarm(deck: DeckTest) -> None:
    for _ in range(2):
        deck.run("verify")
        assert "differ" not in "".join(line for line in deck.out.split("\n") if line.startswith("error")), deck.out
        assert deck.code == 0, deck.out
