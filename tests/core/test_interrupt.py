"""Ctrl-C while modules are imported; tests/test_cli.py interrupts whole programs."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest

from verideck.core.interrupt import quit_on_interrupt, raise_on_interrupt


@pytest.fixture
def handler() -> Iterator[None]:
    """Restore what handles interrupts."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("handler")
def test_an_interrupt_is_handled_until_the_command_line_takes_over() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    quit_on_interrupt()
    assert signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    raise_on_interrupt()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.usefixtures("handler")
def test_a_process_that_ignores_interrupts_goes_on_to_ignore_them() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    quit_on_interrupt()
    raise_on_interrupt()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
