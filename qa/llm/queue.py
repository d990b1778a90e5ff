"""Who may search, or have an answer written: so many at once, the others in line, in order."""

import threading
from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import Self

_TOLD_EVERY_S = 0.25
"""A long line moves more often than anybody can read."""


class Queue:
    """A line in front of what `slots` may do at once; several threads may use it."""

    def __init__(self, slots: int) -> None:
        self._free = slots
        self._line: deque[Place] = deque()
        self._lock = threading.Lock()

    def place(self) -> "Place":
        """A place at the end of the line, to be used with `with`."""
        return Place(self)

    def __len__(self) -> int:
        """How many wait."""
        return len(self._line)

    def _advance(self) -> None:
        """Give free slots to the first in line; the lock is held."""
        while self._free and self._line:
            self._free -= 1
            place = self._line.popleft()
            place.served = True
            place._over.set()


class Place:
    """One place in line, and then a slot; leaving the `with` gives back whichever it is."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._over = threading.Event()
        """The waiting is: it is served, or was cancelled."""
        self.served = False
        """Whether it holds a slot."""
        self.cancelled = False

    def __enter__(self) -> Self:
        with self._queue._lock:
            self._queue._line.append(self)
            self._queue._advance()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cancel()

    def waiting(self) -> Iterator[int]:
        """How many others must end before this one may begin, again when that has changed.

        Ends with 0 for who had to wait when it is his turn, or when it was cancelled: see `served`.
        """
        shown = 0
        while not self._over.wait(_TOLD_EVERY_S if shown else 0):
            before = self._before()
            if before and before != shown:
                shown = before
                yield shown
        if shown and self.served:
            yield 0

    def cancel(self) -> None:
        """Leave the line, or give back the slot; any thread may do it, once or more often."""
        with self._queue._lock:
            if self.cancelled:
                return
            self.cancelled = True
            self._over.set()
            if self.served:
                self.served = False
                self._queue._free += 1
            else:
                self._queue._line.remove(self)
            self._queue._advance()

    def _before(self) -> int:
        with self._queue._lock:
            return 0 if self._over.is_set() else self._queue._line.index(self) + 1
