"""What programs ask is counted, and nothing of it can be read afterwards."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from qa.answering.answer import Done, Event, Retrieved
from qa.assistant import Assistant
from qa.llm.stop import Stop
from qa.records.records import Records
from qa.settings import Settings
from qa.web.api.counting import Counting
from qa.web.monitoring.asked import Asker
from qa.web.monitoring.watch import Watch
from tests.records.conftest import rows
from tests.web.api.site import Served, served

QUESTION = "数据安全法第四十八条罚多少"
ABSENT = "数据安全法第五十六条"
ASKED = "SELECT mode, refused, fault, stopped, entry_id FROM asked ORDER BY id"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "qa.sqlite"


@pytest.fixture
def own(assistant: Assistant, settings: Settings, tmp_path: Path) -> Iterator[Served]:
    """A site of this test alone."""
    with served(assistant, settings, tmp_path) as running:
        yield running


def test_questions_by_program_are_counted_without_their_words(
    own: Served, assistant: Assistant, file: Path
) -> None:
    def tool(name: str, **arguments: str) -> dict[str, object]:
        call = {"name": name, "arguments": arguments}
        return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}

    chat = {"messages": [{"role": "user", "content": QUESTION}]}
    accepts = {"Accept": "application/json, text/event-stream"}
    with httpx.Client(
        base_url=own.address, headers=own.headers, timeout=30, trust_env=False
    ) as client:
        for path, body in (
            ("/api/ask", {"question": QUESTION, "stream": False}),
            ("/api/ask", {"question": ABSENT, "stream": True}),
            ("/v1/chat/completions", chat),
            ("/v1/chat/completions", {**chat, "stream": True}),
            ("/mcp", tool("search_provisions", question=QUESTION)),
            ("/mcp", tool("read_provision", document="dsl", locator="第一条")),
            ("/api/search", {"question": QUESTION}),
        ):
            assert client.post(path, json=body, headers=accepts).status_code == 200, path
        assert client.post("/api/ask", json={"question": "罚" * 2001}).status_code == 400
    assert rows(f"sqlite:///{file}", ASKED) == [
        ("extract", 0, None, 0, None),
        ("extract", 1, None, 0, None),
        ("extract", 0, None, 0, None),
        ("extract", 0, None, 0, None),
        ("search", 0, None, 0, None),
        ("extract", 0, "QuestionError", 0, None),
    ]
    measured = rows(
        f"sqlite:///{file}", "SELECT first_evidence_ms > 0, total_ms > 0 FROM asked ORDER BY id"
    )
    assert measured == [(1, 1)] * 4 + [(1, None), (None, None)]
    place = assistant.reading.locate("dsl", "第四十八条")
    assert place
    with closing(Records.open(f"sqlite:///{file}")) as records:
        (day,) = records.usage.by_day(1)
        assert (day.questions, day.refused, day.faults, day.users) == (6, 1, 1, 1)
        assert records.usage.top_cited(1, 1) == [(place.provision.id, 3)]
        assert records.usage.unanswered(1, 9) == []
        records.backup(file.with_name("all.sqlite"))
    stored = file.with_name("all.sqlite").read_bytes()
    assert place.provision.id.encode() in stored
    for words in (QUESTION, ABSENT, "罚多少", "罚罚"):
        assert words.encode() not in stored


def test_an_answer_that_is_given_up_is_counted_as_stopped(assistant: Assistant, file: Path) -> None:
    with closing(Records.open(f"sqlite:///{file}")) as records:
        user = records.accounts.proxied("测试")
        stop = Stop()

        def ask(stop: Stop) -> Iterator[Event]:
            return assistant.ask(QUESTION, mode="extract", stop=stop)

        asker = Asker(user.id, "api", QUESTION)
        events = Counting(assistant, records, Watch(())).counted(asker, ask)(stop)
        assert isinstance(next(events), Retrieved)
        stop()
        assert [*events] == []
    assert rows(f"sqlite:///{file}", ASKED) == [("extract", 0, None, 1, None)]


def test_an_answer_does_not_fail_with_its_count(
    assistant: Assistant, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def ask(stop: Stop) -> Iterator[Event]:
        return assistant.ask(QUESTION, mode="extract", stop=stop)

    with closing(Records.open(f"sqlite:///{file}")) as records:
        user = records.accounts.proxied("测试")
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("DROP TABLE asked")
        asker = Asker(user.id, "api", QUESTION)
        *_, last = Counting(assistant, records, Watch(())).counted(asker, ask)(Stop())
    assert isinstance(last, Done)
    assert last.answer.citations
    assert "没有计入使用情况" in caplog.text
    assert QUESTION not in caplog.text
