"""Entry point of `python -m verideck` and of the installed command `verideck`."""

import sys

from verideck.core.interrupt import quit_on_interrupt

quit_on_interrupt()

from verideck import cli  # noqa: E402
from verideck.core.interpreter import in_uvx  # noqa: E402
from verideck.core.messages import OWN  # noqa: E402


def main() -> int:
    """Run the command that `sys.argv` gives and return its exit code."""
    return cli.main(called=f"uvx {OWN}" if in_uvx() else OWN)


if __name__ == "__main__":
    sys.exit(main())
