"""How far an evaluation is, for whoever watches it."""

import time
from dataclasses import dataclass, field
from typing import Literal

State = Literal["running", "stopping", "finished", "stopped", "failed"]


@dataclass(frozen=True)
class Progress:
    """How far the present run is, or how the last one ended."""

    name: str
    bank: str
    mode: str
    state: State = "running"
    stage: str = "准备"
    done: int = 0
    """Of what the present stage counts: questions, or chunks of text."""
    total: int = 0
    """0 where it cannot be counted."""
    fault: str = ""
    """A sentence for the user: why it failed."""
    began: float = field(default_factory=time.monotonic)
    ended: float | None = None
    counted: tuple[int, float] | None = None
    """What was done, and when, as the present stage began to count."""

    @property
    def active(self) -> bool:
        """Still at work."""
        return self.state in ("running", "stopping")

    @property
    def elapsed_s(self) -> float:
        """Seconds since the start, or until the end."""
        return (self.ended or time.monotonic()) - self.began

    @property
    def remaining_s(self) -> float | None:
        """Seconds that the present stage will take yet, where that can be said."""
        if self.counted is None or not self.active:
            return None
        before, since = self.counted
        if self.done <= before:
            return None
        return (time.monotonic() - since) / (self.done - before) * (self.total - self.done)
