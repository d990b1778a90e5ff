"""The processor's time that reading a file may take; when it is spent the system ends the process.

Only the process that reads files from outside starts the clock; elsewhere it stands still.
"""

import contextlib
import signal
from collections.abc import Iterator

from qa.ingest.formats.limits import Limits

_A_PAGE_MORE = 0.5
"""Seconds that each page read adds to what is left; a page of text takes a tenth of them."""


def start(limits: Limits) -> None:
    """From now on the time of one page, or of a whole file of a format without pages."""
    signal.setitimer(signal.ITIMER_PROF, limits.page_seconds)


def page_read(limits: Limits) -> None:
    """A page took its time: a little more is left for the others, never more than for one."""
    if left := _left():
        signal.setitimer(signal.ITIMER_PROF, min(left + _A_PAGE_MORE, limits.page_seconds))


@contextlib.contextmanager
def recognising(limits: Limits) -> Iterator[None]:
    """Recognition of characters, which is slow and runs on several cores, has its own time."""
    left = _left()
    if left:
        signal.setitimer(signal.ITIMER_PROF, limits.recognition_seconds * max(limits.threads, 1))
    yield
    if left:
        signal.setitimer(signal.ITIMER_PROF, left)


def _left() -> float:
    return signal.getitimer(signal.ITIMER_PROF)[0]
