"""Spans of the stages: for who collects them, and nowhere else."""

import gzip
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry import trace
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from qa import tracing
from qa.assistant import Assistant
from qa.errors import QuestionError, SettingsError
from qa.settings import Settings
from qa.web.monitoring import traces
from tests.llm.faulty import faulty
from tests.web.monitoring.test_lines import right

QUESTION = "发生数据安全事件要怎么办"
SEARCHED = {"question", "embedding", "dense", "lexical", "fusion", "retrieval"}


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("qa"))
    yield exporter
    provider.shutdown()


def finished(spans: InMemorySpanExporter) -> dict[str, ReadableSpan]:
    return {span.name: span for span in spans.get_finished_spans()}


def test_each_stage_of_an_answer_is_a_span_of_one_trace_and_none_has_words(
    assistant: Assistant, spans: InMemorySpanExporter
) -> None:
    with faulty(right) as endpoint:
        settings = Settings(llm_api_base=endpoint.address, llm_model="some-model")
        writing = Assistant.open(settings, writes=True, embedder=assistant._embedder)
        [*writing.ask(QUESTION)]
        writing.close()
    found = finished(spans)
    assert set(found) == {*SEARCHED, "ask", "model", "check"}
    assert len({span.context.trace_id for span in found.values() if span.context}) == 1
    ask, retrieval = found["ask"], found["retrieval"]
    for name, above in (("retrieval", ask), ("dense", retrieval), ("model", ask), ("check", ask)):
        parent = found[name].parent
        assert parent and above.context and parent.span_id == above.context.span_id, name
    assert ask.attributes and ask.attributes["gen_ai.request.model"] == "some-model"
    assert not any("事件" in span.to_json(indent=None) for span in found.values())


def test_of_an_error_a_span_has_the_kind_alone(
    assistant: Assistant, spans: InMemorySpanExporter
) -> None:
    with pytest.raises(QuestionError):
        [*assistant.ask("罚" * 2001)]
    span = finished(spans)["ask"]
    assert span.status.description == "QuestionError"
    assert not span.events


def test_nothing_is_collected_unless_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith("OTEL_"):
            monkeypatch.delenv(name)
    assert traces.configure() is False
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    for name, value in (("OTEL_TRACES_EXPORTER", "none"), ("OTEL_SDK_DISABLED", "true")):
        with monkeypatch.context() as off:
            off.setenv(name, value)
            assert traces.configure() is False
    assert not isinstance(trace.get_tracer_provider(), TracerProvider)
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "zipkin")
    with pytest.raises(SettingsError, match="只有 otlp"):
        traces.configure()


def test_switched_on_by_its_environment_the_spans_arrive_at_the_collector(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bodies: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding") == "gzip"
            bodies.append(gzip.decompress(body) if packed else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    provider = traces.provider()
    assert provider
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("qa"))
    with tracing.stage("ask"):
        pass
    provider.shutdown()
    server.shutdown()
    (sent,) = bodies
    (of_service,) = ExportTraceServiceRequest.FromString(sent).resource_spans
    names = {one.key: one.value.string_value for one in of_service.resource.attributes}
    assert names["service.name"] == "data-law-qa"
    assert [span.name for span in of_service.scope_spans[0].spans] == ["ask"]
