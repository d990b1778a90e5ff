"""To see inside: one line a question, figures for Prometheus, whether all is well."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from qa.assistant import Assistant
from qa.records.records import Records
from qa.settings import Settings
from qa.web.monitoring.lines import Lines, hashed
from qa.web.monitoring.metrics import Metrics
from qa.web.monitoring.readiness import Readiness
from qa.web.monitoring.recent import Recent
from qa.web.monitoring.watch import Watch

__all__ = ["Monitoring"]

_PROGRAM = logging.getLogger("qa")


class Monitoring:
    """What one site knows of itself."""

    def __init__(self, assistant: Assistant, records: Records, settings: Settings) -> None:
        """Watch over the parts of a site."""
        self.metrics = Metrics(assistant, settings)
        self.recent = Recent(on_error=self.metrics.errors.inc)
        self.readiness = Readiness(assistant, records, settings)
        self._secret = records.accounts.secret()
        lines = Lines(self._secret, with_text=settings.log_text)
        self.watch = Watch((self.metrics, self.recent, lines))

    def turned_away(self, name: str, address: str) -> None:
        """Somebody did not get in; the name may be a password in the wrong field."""
        self.metrics.sign_in_failures.inc()
        known = {"who": hashed(self._secret, name), "address": address}
        _PROGRAM.warning("sign-in failed", extra=known)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Remember the faults that are logged as long as this lasts: the lifespan of the site."""
        _PROGRAM.addHandler(self.recent)
        try:
            yield
        finally:
            _PROGRAM.removeHandler(self.recent)
            self.metrics.close()
