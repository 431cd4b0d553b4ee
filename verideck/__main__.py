"""`python -m verideck`: the command line."""

import sys

from verideck.cli import main

if __name__ == "__main__":
    sys.exit(main())
