"""Figures for Prometheus, by its own client library.

Several processes on one machine share their figures through the folder that the variable
`PROMETHEUS_MULTIPROC_DIR` names, as the library prescribes: empty at the start, the same for all.
"""

import os
import sys
from pathlib import Path
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, multiprocess
from prometheus_client.exposition import choose_encoder
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from qa import __version__
from qa.assistant import Assistant
from qa.settings import Settings
from qa.web.monitoring.asked import Asked
from qa.web.monitoring.state import State
from qa.web.monitoring.workers import Workers

_SHARED = "PROMETHEUS_MULTIPROC_DIR"
Joined = Literal["livesum", "max"]
"""How the values of several processes become one."""
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120)


class Metrics:
    """A watcher of questions that counts; one of them in a process that shares its figures."""

    def __init__(self, assistant: Assistant, settings: Settings) -> None:
        """Begin at zero."""
        self._state = State(assistant, settings)
        self._own = own = CollectorRegistry()

        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(name, about, labels, registry=own)

        def gauge(name: str, about: str, *labels: str, joined: Joined = "livesum") -> Gauge:
            return Gauge(name, about, labels, registry=own, multiprocess_mode=joined)

        def seconds(name: str, about: str, *labels: str) -> Histogram:
            return Histogram(name, about, labels, registry=own, buckets=_SECONDS)

        self._questions = counter(
            "qa_questions", "Questions that came to their end.", "way", "mode", "outcome"
        )
        self._refusals = counter("qa_refusals", "Refusals by their reason.", "reason")
        self._stages = seconds("qa_stage_seconds", "Time of each stage, wall clock.", "stage")
        self._tokens = counter("qa_tokens", "Tokens of the model.", "kind")
        self._in_progress = gauge("qa_questions_in_progress", "Questions being answered now.")
        self._waiting = gauge("qa_model_queue_length", "Answers in line for the model.")
        self._waited = seconds("qa_model_wait_seconds", "Time in line for the model.")
        self.requests = counter("qa_http_requests", "HTTP requests.", "method", "route", "status")
        self.errors = counter("qa_errors", "Errors that nobody foresaw, as logged.")
        self.sign_in_failures = counter("qa_sign_in_failures", "Sign-ins that were turned away.")
        build = gauge("qa_build_info", "The program.", "version", "python", joined="max")
        build.labels(__version__, sys.version.split()[0]).set(1)
        if not is_shared():
            ProcessCollector(registry=own)
            PlatformCollector(registry=own)
            GCCollector(registry=own)

    def begun(self) -> None:
        """One more."""
        self._in_progress.inc()

    def waits(self, waiting: bool) -> None:
        """One more in line, or one fewer."""
        self._waiting.inc(1 if waiting else -1)

    def ended(self, asked: Asked) -> None:
        """Count it."""
        self._in_progress.dec()
        self._questions.labels(asked.by.way, asked.mode, asked.outcome).inc()
        if asked.refusal:
            self._refusals.labels(asked.refusal).inc()
        for stage, ms in asked.stages_ms.items():
            if stage != "waiting":
                self._stages.labels(stage).observe(ms / 1e3)
        if "waiting" in asked.stages_ms:
            self._waited.observe(asked.stages_ms["waiting"] / 1e3)
        for kind, count in asked.tokens.items():
            self._tokens.labels(kind).inc(count)

    def text(self, accepted: str) -> tuple[bytes, str]:
        """All figures of all processes as the header `Accept` wants them, and their media type."""
        encode, media_type = choose_encoder(accepted)
        joined = CollectorRegistry()
        for collector in self._collectors():
            joined.register(collector)
        return encode(joined), media_type

    def close(self) -> None:
        """Take this process's present figures out of those that are shared."""
        if is_shared():
            multiprocess.mark_process_dead(os.getpid())  # type: ignore[no-untyped-call]

    def _collectors(self) -> list[Collector]:
        if not is_shared():
            return [self._own, self._state]
        workers = Workers(Path(os.environ[_SHARED]))
        workers.bury()
        joined = multiprocess.MultiProcessCollector(None)  # type: ignore[no-untyped-call]
        return [joined, workers, self._state]


def is_shared() -> bool:
    """Whether several processes share their figures."""
    return _SHARED in os.environ
