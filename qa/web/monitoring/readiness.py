"""Whether this process can answer questions: quickly told, and nothing is changed by looking."""

import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from qa.assistant import Assistant
from qa.errors import QAError
from qa.records.records import Records
from qa.settings import Settings
from qa.web.monitoring.state import disk_free, model_state

_PATIENCE_S, _MOST_PATIENCE_S = 0.03, 1.0
"""How long who asks is kept waiting, and how long while nothing is known that can be believed: who
asks every ten seconds meets a slow disk too. A look that takes longer goes on without him."""
_FRESH_S = 1.0
_STALE_S = 5.0
"""From so old a look on, what it saw is not believed any more."""


@dataclass(frozen=True)
class Checks:
    """What was seen in one look; each is `ok` or one word for what is wrong."""

    index: str
    database: str
    disk: str
    model: str
    """`none`, `loading`, `ready`, `failed`: answers are quoted as long as it is not ready, so it
    does not count."""

    @property
    def ready(self) -> bool:
        """Whether questions can be answered."""
        return {self.index, self.database, self.disk} == {"ok"}


class Readiness:
    """Looks at most once a second, one look at a time."""

    def __init__(self, assistant: Assistant, records: Records, settings: Settings) -> None:
        """Take what there is to look at."""
        self._assistant, self._records, self._settings = assistant, records, settings
        self._looking = ThreadPoolExecutor(1, "readiness")
        self._look: Future[Checks] | None = None
        self._seen: tuple[float, Checks] | None = None

    def __call__(self) -> Checks:
        """How it stands, by a look of the last seconds."""
        if self._seen is None or self._age > _FRESH_S:
            if self._look is None or self._look.done():
                self._look = self._looking.submit(self._check)
            wait([self._look], _MOST_PATIENCE_S if self._age > _STALE_S else _PATIENCE_S)
        if self._age > _STALE_S:
            return Checks("ok", "busy", "ok", model_state(self._assistant))
        assert self._seen
        return self._seen[1]

    @property
    def _age(self) -> float:
        return time.monotonic() - self._seen[0] if self._seen else float("inf")

    def _check(self) -> Checks:
        began = time.monotonic()
        seen = Checks(
            index="ok" if self._assistant.manifest.provisions else "empty",
            database=self._database(),
            disk=self._disk(),
            model=model_state(self._assistant),
        )
        self._seen = began, seen
        return seen

    def _database(self) -> str:
        try:
            self._records.try_writing()
        except QAError:
            return "not writable"
        return "ok"

    def _disk(self) -> str:
        try:
            free = disk_free(self._settings)
        except OSError:
            return "not readable"
        return "ok" if free >= self._settings.disk_free_mb * 2**20 else "low"
