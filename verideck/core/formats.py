"""The formats that other programs and later engines read: each has a number, and a JSON Schema in docs/schemas/.

A number goes up when a key changes its meaning or goes; a new key alone leaves it.
"""

RECORD = 1
"""figures/results.json: docs/schemas/record.json."""
PROVENANCE = 1
"""dist/NAME.json: docs/schemas/provenance.json."""
VERDICT = 1
"""What `verify --json` prints: docs/schemas/verdict.json."""
