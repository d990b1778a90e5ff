"""Giving an answer up, from another thread than the one that waits for it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Stop:
    """Says that an answer is no longer wanted, and ends what it waits for."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._ends: list[Callable[[], None]] = []
        self._wanted = True

    def __call__(self) -> None:
        """Give it up; any thread may do so, once or more often."""
        with self._changing:
            self._wanted = False
            ends, self._ends = self._ends, []
        for end in ends:
            end()

    @property
    def given(self) -> bool:
        """Whether the answer was given up."""
        return not self._wanted

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """While this lasts, a stop calls `end`; at once, where it came before."""
        with self._changing:
            stopped = not self._wanted
            if not stopped:
                self._ends.append(end)
        if stopped:
            end()
        try:
            yield
        finally:
            with self._changing:
                if end in self._ends:
                    self._ends.remove(end)
