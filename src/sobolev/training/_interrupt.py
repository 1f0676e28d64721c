"""Ctrl-C as a request, so that the loop can save before it stops."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator


class Request:
    """Whether the user has asked to stop."""

    def __init__(self):
        self.made = False


@contextlib.contextmanager
def stop_on_request() -> Iterator[Request]:
    """Within the block the first Ctrl-C only sets `request.made`; the second interrupts at once, as usual.

    Outside the main thread signals cannot be caught, and none is.
    """
    request = Request()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return
    previous = signal.getsignal(signal.SIGINT)

    def note(number, frame):
        request.made = True
        signal.signal(signal.SIGINT, previous)

    signal.signal(signal.SIGINT, note)
    try:
        yield request
    finally:
        signal.signal(signal.SIGINT, previous)
