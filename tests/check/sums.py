"""A deck of two slides that shows values, a table and an output of one script."""

DECK = """\
---
title: A talk
---

# First {#first}

The sum is {eval}`sums.py: total:.1f`,
and the line {eval}`sums.py: line` says \\<b>.

::: notes
Say {eval}`sums.py: total:.2f`.
:::

---

# Second

```{table} sums.py: rows
```

```{output} sums.py
```

::: notes
That is all.
:::
"""
SUMS = """\
total = 2.5
line = "one"
rows = [{"n": 1, "w": 0.5}, {"n": 2, "w": 0.25}]
print("same")
print(total)
"""
