"""The last hour of this process, for the tab 运行状况, and the last things that went wrong."""

import logging
import secrets
import statistics
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from qa.tracing import asked as asked_id
from qa.web.monitoring.asked import Asked, id_of

_HOUR = timedelta(hours=1)
_MOST = 20_000
"""Questions that are remembered: five a second for an hour."""
_FAULTS = 20


@dataclass(frozen=True)
class Fault:
    """Something that went wrong, as the log has it under the same id."""

    id: str
    at: datetime
    what: str


@dataclass(frozen=True)
class Stage:
    """Milliseconds, wall clock, of the questions that came to this stage."""

    name: str
    p50: float
    p95: float
    questions: int


@dataclass(frozen=True)
class Figures:
    """One moment's figures; of the last hour where nothing else is said."""

    in_progress: int
    waiting: int
    """For the model."""
    last_minute: int
    questions: int
    outcomes: Counter[str]
    refusals: Counter[str]
    tokens: int
    stages: tuple[Stage, ...]
    faults: tuple[Fault, ...]
    """The newest first, however old."""
    uptime_s: float


class Recent(logging.Handler):
    """A watcher of questions, and a handler of the log for what goes wrong besides."""

    def __init__(self, on_error: Callable[[], None]) -> None:
        """`on_error` is called for each error that is logged."""
        super().__init__(logging.ERROR)
        self._on_error = on_error
        self._began = time.monotonic()
        self._changing = threading.Lock()
        self._in_progress = self._waiting = 0
        self._asked: deque[Asked] = deque(maxlen=_MOST)
        self._faults: deque[Fault] = deque(maxlen=_FAULTS)

    def begun(self) -> None:
        """One more."""
        with self._changing:
            self._in_progress += 1

    def waits(self, waiting: bool) -> None:
        """One more in line, or one fewer."""
        with self._changing:
            self._waiting += 1 if waiting else -1

    def ended(self, asked: Asked) -> None:
        """Remember it for an hour."""
        with self._changing:
            self._in_progress -= 1
            self._asked.append(asked)

    def emit(self, record: logging.LogRecord) -> None:
        """Remember an error of the log; its line gets an id where it has none."""
        error = record.exc_info[1] if record.exc_info else None
        id = id_of(error) or asked_id.get() or secrets.token_hex(6)
        record.id = id
        what = str(record.msg) + (f"（{type(error).__name__}）" if error else "")
        fault = Fault(id, datetime.fromtimestamp(record.created, UTC), what)
        with self._changing:
            self._faults.appendleft(fault)
        self._on_error()

    def figures(self, now: datetime | None = None) -> Figures:
        """How it stands."""
        now = now or datetime.now(UTC)
        with self._changing:
            while self._asked and self._asked[0].at <= now - _HOUR:
                self._asked.popleft()
            asked, faults = list(self._asked), tuple(self._faults)
            in_progress, waiting = self._in_progress, self._waiting
        minute = now - timedelta(minutes=1)
        return Figures(
            in_progress=in_progress,
            waiting=waiting,
            last_minute=sum(one.at > minute for one in asked),
            questions=len(asked),
            outcomes=Counter(one.outcome for one in asked),
            refusals=Counter(one.refusal for one in asked if one.refusal),
            tokens=sum(sum(one.tokens.values()) for one in asked),
            stages=_stages(asked),
            faults=faults,
            uptime_s=time.monotonic() - self._began,
        )


def _stages(asked: Sequence[Asked]) -> tuple[Stage, ...]:
    took: dict[str, list[float]] = {}
    for one in asked:
        for name, ms in one.stages_ms.items():
            took.setdefault(name, []).append(ms)
    return tuple(Stage(name, *_p50_p95(each), len(each)) for name, each in took.items())


def _p50_p95(values: Sequence[float]) -> tuple[float, float]:
    if len(values) == 1:
        return values[0], values[0]
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return cuts[49], cuts[94]
