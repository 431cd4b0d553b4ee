"""The front door: `python build.py` builds all decks, `python build.py --help` says what else it does."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from verideck.core.interrupt import quit_on_interrupt

if __name__ == "__main__":
    quit_on_interrupt()

from verideck.cli import main

if __name__ == "__main__":
    sys.exit(main(root=Path(__file__).resolve().parent))
