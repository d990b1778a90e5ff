"""Who may have an answer written now: so many at once, the others in line, first come first."""

import threading
from collections import deque
from collections.abc import Iterator
from types import TracebackType
from typing import Self


class Queue:
    """A line in front of `slots` generations at once; several threads may use it."""

    def __init__(self, slots: int) -> None:
        self._free = slots
        self._line: deque[Place] = deque()
        self._changed = threading.Condition()

    def place(self) -> "Place":
        """A place at the end of the line, to be used with `with`."""
        return Place(self)

    def __len__(self) -> int:
        """How many wait."""
        return len(self._line)


class Place:
    """One place in line, and then a slot; leaving the `with` gives back whichever it is."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue
        self._changed = queue._changed
        self.served = False
        """Whether it holds a slot."""
        self.cancelled = False

    def __enter__(self) -> Self:
        with self._changed:
            self._queue._line.append(self)
            self._advance()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.cancel()

    def waiting(self) -> Iterator[int]:
        """How many answers must end before this one may begin, again whenever that changes.

        Ends when it is this one's turn, or when it was cancelled: see `served`.
        """
        shown = None
        while True:
            with self._changed:
                while self._before() == shown:
                    self._changed.wait()
                shown = self._before()
            if shown == 0:
                return
            yield shown

    def cancel(self) -> None:
        """Leave the line, or give back the slot; any thread may do it, once or more often."""
        with self._changed:
            if self.cancelled:
                return
            self.cancelled = True
            if self.served:
                self.served = False
                self._queue._free += 1
            else:
                self._queue._line.remove(self)
            self._advance()

    def _before(self) -> int:
        if self.served or self.cancelled:
            return 0
        return self._queue._line.index(self) + 1

    def _advance(self) -> None:
        while self._queue._free and self._queue._line:
            self._queue._free -= 1
            self._queue._line.popleft().served = True
        self._changed.notify_all()
