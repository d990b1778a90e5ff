"""Gradio's own sessions and addresses: each session is good for one user only."""

import time

import httpx
import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse

from qa.web.gate import COOKIE
from tests.web.sites import Site


def join(client: httpx.Client, session: str, fn_index: int) -> httpx.Response:
    """Cause an event of the page 问答."""
    sent = {"data": [], "fn_index": fn_index, "session_hash": session, "trigger_id": None}
    return client.post("gradio_api/queue/join", json=sent)


def on_load(client: httpx.Client) -> int:
    """The number of the event that fills the masthead when the page is opened."""
    events = client.get("config").json()["dependencies"]
    number: int = next(e["id"] for e in events if e["targets"][0][1] == "load" and not e["inputs"])
    return number


def test_nobody_gets_anything_by_the_session_of_another(site: Site) -> None:
    with (
        site.signed_in(site.add("hash-owner", "user")) as mine,
        site.signed_in(site.add("hash-taker", "admin")) as other,
    ):
        number = on_load(mine)
        assert join(mine, "mine-alone", number).status_code == 200
        taken = (
            join(other, "mine-alone", number),
            other.get("gradio_api/queue/data?session_hash=mine-alone"),
            other.get("gradio_api/queue/data?session_hash=own&session_hash=mine-alone"),
            other.get("admin/gradio_api/queue/data?session_hash=mine-alone"),
            other.get("gradio_api/heartbeat/mine-alone"),
            other.post(
                "gradio_api/run/predict",
                json={"data": [], "fn_index": number, "session_hash": "mine-alone"},
            ),
            other.post(
                "gradio_api/cancel",
                json={"session_hash": "mine-alone", "fn_index": number, "event_id": "x"},
            ),
            other.post(
                "gradio_api/component_server",
                content=b'{"session_hash": "own", "session_hash": "mine-alone", "data": 1,'
                b' "component_id": 1, "fn_name": "copied"}',
            ),
            other.post(
                "gradio_api/component_server",
                data={"session_hash": "mine-alone", "component_id": "1", "fn_name": "copied"},
                files={"x": b""},
            ),
        )
        assert [answer.status_code for answer in taken] == [403] * 8 + [415]
        assert all("hash-owner" not in answer.text for answer in taken)
        with mine.stream("GET", "gradio_api/queue/data?session_hash=mine-alone") as answer:
            told = next(line for line in answer.iter_lines() if "process_completed" in line)
        assert "hash-owner" in told  # what was asked for is still there, for whose it is


def test_an_event_is_accepted_once_the_page_knows_that_its_stream_has_ended(site: Site) -> None:
    with site.signed_in(site.add("clicker", "user")) as client:
        number = on_load(client)
        join(client, "clicks", number)
        with client.stream("GET", "gradio_api/queue/data?session_hash=clicks") as answer:
            assert any("close_stream" in line for line in answer.iter_lines())
        ended = time.monotonic()
        assert join(client, "clicks", number).status_code == 200
        assert time.monotonic() - ended > 0.1


@pytest.mark.parametrize(
    "way",
    [
        *("call/x", "call/x/some-event", "call/v2/x/some-event"),
        *("file=/etc/passwd", "file=http://127.0.0.1/", "file/x", "proxy=https://x.hf.space/"),
        *("stream/x", "deep_link", "process_recording", "vibe-edit", "undo-vibe-edit"),
    ],
)
def test_what_no_page_uses_is_not_offered(way: str, site: Site) -> None:
    with site.signed_in(site.add("role-user", "user")) as client:
        for method in ("GET", "POST"):
            answer = client.request(method, f"gradio_api/{way}")
            assert (answer.status_code, answer.json()) == (404, {"error": "没有这个地址。"})


@pytest.mark.parametrize("path", ["/", "/gradio_api/queue/join", "/mcp", "/nothing"])
def test_a_websocket_is_for_nobody_from_outside(path: str, site: Site) -> None:
    with site.signed_in(site.add("role-user", "user")) as client:
        cookie = f"{COOKIE}={client.cookies[COOKIE]}"
    foreign = {"cookie": cookie, "origin": "https://evil.example"}
    for headers, status in (({}, 401), ({"cookie": f"{COOKIE}=forged"}, 401), (foreign, 403)):
        with (
            pytest.raises(WebSocketDenialResponse) as refused,
            TestClient(site.gate).websocket_connect(path, headers=headers),
        ):
            pass
        assert refused.value.status_code == status
