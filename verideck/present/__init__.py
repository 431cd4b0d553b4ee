"""A deck served while it is presented.

The room's face: from other rooms, only these names are used.
"""

from verideck.present.server import PresentOptions, serve

__all__ = [
    "PresentOptions",
    "serve",
]
