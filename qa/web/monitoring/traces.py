"""Where the spans of `qa.tracing` go: nowhere, unless OpenTelemetry's own variables say so."""

import os
from typing import TYPE_CHECKING

from opentelemetry import trace

from qa.errors import SettingsError

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

_ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")


def configure() -> bool:
    """Have spans exported if the environment asks for it; whether it does.

    Raises:
        SettingsError: the exporter is not installed, or is one that is not offered.
    """
    if found := provider():
        trace.set_tracer_provider(found)
    return found is not None


def provider() -> "TracerProvider | None":
    """What exports spans over OTLP, if the environment asks for it.

    `OTEL_TRACES_EXPORTER=otlp` or an endpoint switches it on, `OTEL_TRACES_EXPORTER=none` or
    `OTEL_SDK_DISABLED=true` off; the other `OTEL_*` variables mean what the SDK says.

    Raises:
        SettingsError: the exporter is not installed, or is one that is not offered.
    """
    chosen = os.environ.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    disabled = os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"
    if disabled or chosen == "none" or not (chosen or any(map(os.environ.get, _ENDPOINTS))):
        return None
    if chosen not in ("", "otlp"):
        raise SettingsError(
            f"OTEL_TRACES_EXPORTER 是 {chosen}，这里只有 otlp；请改为 otlp，不要跟踪就改为 none。"
        )
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise SettingsError(
            "要送出 OpenTelemetry 的跟踪，请先安装：pip install 'data-law-qa[telemetry]'。"
        ) from error
    named = os.environ.get("OTEL_SERVICE_NAME") or "data-law-qa"
    made = TracerProvider(resource=Resource.create({"service.name": named}))
    made.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return made
