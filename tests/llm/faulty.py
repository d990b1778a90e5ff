"""A server that speaks the OpenAI protocol, badly: each request gets the next of its faults."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Fault = Callable[["Handler"], None]


@dataclass
class Faulty:
    address: str
    faults: list[Fault]
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    cut: threading.Event = field(default_factory=threading.Event)
    """Set when a client left while words were being written."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    told: Faulty

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.told.requests.append(json.loads(body))
        self.told.keys.append(self.headers["Authorization"])
        faults = self.told.faults
        (faults.pop(0) if len(faults) > 1 else faults[0])(self)

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def begin(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def say(self, text: str, finish: str | None = None) -> None:
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        self.send(f"data: {json.dumps(chunk | {'choices': [choice]})}\n\n")

    def send(self, text: str) -> None:
        raw = text.encode()
        self.wfile.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")
        self.wfile.flush()

    def end(self) -> None:
        self.send("data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")


def status(code: int) -> Fault:
    def fault(handler: Handler) -> None:
        # Real ones repeat the key, too.
        message = f"Incorrect API key provided: {handler.headers['Authorization']}"
        body = json.dumps({"error": {"message": message}}).encode()
        handler.send_response(code)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return fault


def fine(handler: Handler) -> None:
    handler.begin()
    for word in ("数据", "安全"):
        handler.say(word)
    handler.say("", "stop")
    handler.end()


def hang(handler: Handler) -> None:
    time.sleep(5)


def hang_with_pings(handler: Handler) -> None:
    handler.begin()
    for _ in range(50):
        handler.send(": ping\n\n")
        time.sleep(0.1)


def half_a_stream(handler: Handler) -> None:
    handler.begin()
    handler.say("数据")
    handler.close_connection = True


def half_an_answer(handler: Handler) -> None:
    handler.begin()
    handler.say("数据")
    handler.wfile.write(b"0\r\n\r\n")


def nothing(handler: Handler) -> None:
    handler.begin()
    handler.say("", "stop")
    handler.end()


def garbage(handler: Handler) -> None:
    handler.begin()
    handler.send("data: {not json\n\n")
    handler.end()


def drop(handler: Handler) -> None:
    handler.close_connection = True


def endless(handler: Handler) -> None:
    handler.begin()
    try:
        while True:
            handler.say("数据")
            time.sleep(0.02)
    except OSError:
        handler.told.cut.set()
        handler.close_connection = True


@contextmanager
def faulty(*faults: Fault) -> Iterator[Faulty]:
    """The faults in their order, the last one for ever."""
    told = Faulty("", list(faults))
    handler = type("Bound", (Handler,), {"told": told})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        told.address = f"http://127.0.0.1:{server.server_port}/v1"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield told
        finally:
            server.shutdown()
