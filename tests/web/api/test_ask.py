"""`/api/ask`: events, or one object; and what a client that leaves brings about."""

import contextlib
import json
import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from qa.answering.answer import Done, Retrieved
from qa.assistant import Assistant
from qa.wire import ask_json
from tests.llm.faulty import Faulty, Handler
from tests.web.api.site import Served

QUESTION = "发生数据安全事件要怎么办，不履行义务罚多少"
RIGHT = "发生数据安全事件时，应当立即采取处置措施，按照规定及时告知用户并向有关主管部门报告[1]。"


def events(answer: httpx.Response) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def asked(api: httpx.Client, **body: object) -> list[tuple[str, Any]]:
    with api.stream("POST", "/api/ask", json={"question": QUESTION, **body}) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        return [*events(answer)]


def steady(found: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in found.items() if key != "timings_ms"}


def test_the_events_end_with_the_object_of_the_command(
    api: httpx.Client, assistant: Assistant
) -> None:
    (first, retrieved), *between, (last, done) = asked(api, mode="extract")
    assert (first, last) == ("retrieved", "done")
    assert {name for name, _ in between} == {"delta"}
    assert "".join(data["text"] for _, data in between) == done["answer"]["text"]
    assert retrieved["passages"] == done["passages"]
    found, *_, end = assistant.ask(QUESTION, mode="extract")
    assert isinstance(found, Retrieved)
    assert isinstance(end, Done)
    assert steady(done) == steady(json.loads(json.dumps(ask_json(found.retrieval, end))))


def test_who_wants_json_gets_the_same_object_at_once(api: httpx.Client) -> None:
    *_, (_, done) = asked(api)
    by_field = api.post("/api/ask", json={"question": QUESTION, "stream": False})
    by_header = api.post(
        "/api/ask", json={"question": QUESTION}, headers={"Accept": "application/json"}
    )
    assert steady(by_field.json()) == steady(by_header.json()) == steady(done)
    assert set(by_field.json()["answer"]["citations"][0]) == {
        "n",
        "provision_id",
        "document",
        "locator",
        "quote",
    }


def test_a_question_that_cannot_be_asked_is_refused_before_any_event(api: httpx.Client) -> None:
    for stream in (True, False):
        answer = api.post("/api/ask", json={"question": "数" * 2001, "stream": stream})
        assert answer.status_code == 400
        assert answer.json()["error"].startswith("问题有 2001 个字")
    answer = api.post("/api/ask", json={"question": QUESTION, "mode": "llm"})
    assert (answer.status_code, "没有大模型" in answer.json()["error"]) == (400, True)


def test_a_refusal_is_an_answer(api: httpx.Client) -> None:
    answer = api.post("/api/ask", json={"question": "数据安全法第五十六条", "stream": False}).json()
    assert answer["answer"]["refused"]
    assert answer["missing"] if "missing" in answer else answer["answer"]["refusal_reason"]


def test_the_words_of_a_model_come_as_they_are_written(
    writing_site: Served, endpoint: Faulty
) -> None:
    go_on = threading.Event()

    def slowly(handler: Handler) -> None:
        handler.begin()
        handler.say(RIGHT[:10])
        assert go_on.wait(10)
        handler.say(RIGHT[10:])
        handler.say("", "stop")
        handler.end()

    endpoint.faults[:] = [slowly]
    body = {"question": QUESTION}
    with httpx.stream(
        "POST",
        f"{writing_site.address}/api/ask",
        json=body,
        headers=writing_site.headers,
        trust_env=False,
        timeout=20,
    ) as answer:
        arriving = events(answer)
        assert next(arriving)[0] == "retrieved"
        assert next(arriving) == ("delta", {"text": RIGHT[:10]})
        go_on.set()
        *_, (name, done) = arriving
    assert name == "done"
    assert done["answer"]["mode"] == "llm"
    assert done["answer"]["text"].startswith(RIGHT)


def endless(endpoint: Faulty, begun: threading.Event) -> None:
    def talking(handler: Handler) -> None:
        handler.begin()
        try:
            for n in range(2000):
                handler.say(f"第{n}句话说的是数据。")
                begun.set()
                time.sleep(0.02)
        except OSError:
            endpoint.cut.set()
            handler.close_connection = True

    endpoint.cut.clear()
    endpoint.faults[:] = [talking]


@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions"])
@pytest.mark.parametrize("stream", [True, False])
def test_a_client_that_leaves_ends_the_writing(
    path: str, stream: bool, writing_site: Served, endpoint: Faulty
) -> None:
    begun = threading.Event()
    endless(endpoint, begun)
    body = {"stream": stream}
    chat = {"messages": [{"role": "user", "content": QUESTION}]}
    body |= chat if path.startswith("/v1") else {"question": QUESTION}
    leave = contextlib.suppress(httpx.ReadTimeout)  # where nothing comes to be read
    with (
        httpx.Client(headers=writing_site.headers, trust_env=False, timeout=2) as client,
        leave,
        client.stream("POST", f"{writing_site.address}{path}", json=body) as answer,
    ):
        for _ in answer.iter_raw():
            if begun.is_set():
                break
    assert begun.is_set()
    assert endpoint.cut.wait(3)


def test_neither_keys_nor_questions_are_logged(
    api: httpx.Client, site: Served, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        for logger in ("httpx", "httpcore"):  # the client of this test names what it asks for
            caplog.set_level(logging.WARNING, logger=logger)
        asked(api)
        api.post("/api/ask", json={"question": "数" * 2001})
    assert site.key not in caplog.text
    assert QUESTION not in caplog.text
