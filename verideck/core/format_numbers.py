"""Version numbers of the formats that other programs and later engines read. Their schemas are in docs/schemas/.

Increase a number when you remove a key or change its meaning, but not when you add a key.
"""

RECORD = 2
"""figures/results.json: docs/schemas/record.json."""
PROVENANCE = 1
"""dist/NAME.json: docs/schemas/provenance.json."""
VERDICT = 1
"""Output of `verify --json`: docs/schemas/verdict.json."""
