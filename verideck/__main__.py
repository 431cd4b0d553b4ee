"""`python -m verideck`, and what an installed `verideck` calls: the command line."""

import sys

from verideck import cli
from verideck.core.messages import OWN


def main() -> int:
    """Run the command that `sys.argv` gives and return its exit code."""
    return cli.main(called=OWN)


if __name__ == "__main__":
    sys.exit(main())
