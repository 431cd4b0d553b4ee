"""Ctrl-C before the command line is there to handle it. It imports nothing of the engine, so that it is there first."""

import os
import signal
from types import FrameType


def quit_on_interrupt() -> None:
    """Let Ctrl-C end the process with exit code 130; where it is ignored or handled already, leave that."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _quit)


def raise_on_interrupt() -> None:
    """Let Ctrl-C raise KeyboardInterrupt again, if it was to end the process."""
    if signal.getsignal(signal.SIGINT) is _quit:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _quit(number: int, frame: FrameType | None) -> None:
    os.write(2, b"stopped\n")
    os._exit(130)
