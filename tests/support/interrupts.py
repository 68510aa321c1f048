"""Processes that hear what stops them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


@contextmanager
def hearing() -> Iterator[None]:
    """Processes begun in the body hear Ctrl-C and `kill` however the tests were started: a shell has them ignored for
    what it runs in the background, and a process inherits that."""
    with ExitStack() as stack:
        for number in (signal.SIGINT, signal.SIGTERM):
            # what is handled here is as at first in a new program
            stack.callback(signal.signal, number, signal.signal(number, signal.default_int_handler))
        yield
