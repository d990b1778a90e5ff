"""How long the stages of an answer take: in milliseconds, and as OpenTelemetry spans.

The spans go nowhere unless a program that asks has set an OpenTelemetry SDK up.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from opentelemetry import trace
from opentelemetry.trace import Span, StatusCode

asked: ContextVar[str] = ContextVar("asked", default="")
"""The id of the question that this thread is at work on; empty where nobody gave it one."""

_tracer = trace.get_tracer("qa")


@contextmanager
def stage(name: str, took: dict[str, float] | None = None) -> Iterator[Span]:
    """A span around what is done inside.

    took: gets the milliseconds under the stage's name, added up where it comes again.
    """
    started = time.perf_counter()
    # of an error its kind alone: a sentence may hold words of the question
    with _tracer.start_as_current_span(
        name, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield span
        except Exception as error:
            span.set_status(StatusCode.ERROR, type(error).__name__)
            raise
        finally:
            if took is not None:
                took[name] = took.get(name, 0.0) + (time.perf_counter() - started) * 1e3
