"""One line a question, whichever way it was asked and however it ended; no words, no secrets."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from qa.answering.answer import Event, Retrieved
from qa.assistant import Assistant
from qa.errors import SettingsError
from qa.llm.stop import Stop
from qa.retrieval.passage import Filters
from qa.settings import Settings
from qa.web.asking import Asking
from qa.web.monitoring import lines
from qa.web.monitoring.asked import Asked, Asker
from qa.web.monitoring.lines import Lines as Writer
from qa.web.monitoring.watch import Watch, Watched
from tests.llm import faulty as faults
from tests.llm.faulty import Fault, Handler, faulty
from tests.web.monitoring.conftest import Lines
from tests.web.sites import Site

QUESTION = "数据安全法第四十八条罚多少"
ABSENT = "数据安全法第五十六条"
RIGHT = "发生数据安全事件时，应当立即采取处置措施，按照规定及时告知用户并向有关主管部门报告[1]。"
KEYED = {"Accept": "application/json, text/event-stream"}


def questions(logged: Lines) -> list[dict[str, Any]]:
    return [line for line in logged() if line["event"] == "question"]


def key_of(site: Site, name: str) -> str:
    accounts = site.records.accounts
    return accounts.create_key(accounts.named(site.add(name, "user")).id, "测试")


def tool(name: str, **arguments: str) -> dict[str, object]:
    call = {"name": name, "arguments": arguments}
    return {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}


def test_every_way_for_programs_writes_one_line_without_words_or_keys(
    site: Site, logged: Lines, log_file: Path
) -> None:
    key = key_of(site, "周行")
    chat = {"messages": [{"role": "user", "content": QUESTION}]}
    with site.client(Authorization=f"Bearer {key}", **KEYED) as client:
        for path, body, status in (
            ("api/ask", {"question": QUESTION, "stream": False}, 200),
            ("api/ask", {"question": ABSENT, "stream": True}, 200),
            ("v1/chat/completions", chat, 200),
            ("v1/chat/completions", {**chat, "stream": True}, 200),
            ("mcp", tool("search_provisions", question=QUESTION), 200),
            ("mcp", tool("read_provision", document="dsl", locator="第一条"), 200),
            ("api/search", {"question": QUESTION}, 200),
            ("api/ask", {"question": "罚" * 2001, "stream": False}, 400),
        ):
            assert client.post(path, json=body).status_code == status, path
    found = questions(logged)
    assert [(line["way"], line["mode"], line["outcome"]) for line in found] == [
        ("api", "extract", "answered"),
        ("api", "extract", "refused"),
        ("v1", "extract", "answered"),
        ("v1", "extract", "answered"),
        ("mcp", "search", "answered"),
        ("api", "search", "answered"),
        ("api", "extract", "failed"),
    ]
    assert [line["refusal"] for line in found].count("article") == 1
    assert found[-1]["fault"] == "QuestionError"
    assert len({line["id"] for line in found}) == len(found)
    (user,) = {line["user"] for line in found}
    assert len(user) == 16
    first = found[0]
    assert first["passages"] > 0 and first["cited"] > 0 and first["model"] is None
    assert {
        "question",
        "embedding",
        "dense",
        "lexical",
        "fusion",
        "first_evidence",
        "total",
    } <= set(first["stages_ms"])
    text = log_file.read_text("utf-8")
    for secret in (QUESTION, ABSENT, "罚罚", "周行", key, key.removeprefix("dlq_")):
        assert secret not in text


@pytest.fixture
def watch(settings: Settings) -> Watch:
    return Watch([Writer(b"secret", with_text=settings.log_text)])


def ended(asking: Asking) -> None:
    for _ in asking.watch():
        pass


def test_the_page_writes_one_line_and_another_when_it_is_stopped(
    assistant: Assistant, watch: Watch, logged: Lines
) -> None:
    watched = Watched(assistant, watch, 7)
    ended(Asking(watched, QUESTION, (), Filters()))
    stop = Stop()
    events = watched.ask(QUESTION, (), Filters(), stop=stop)
    assert isinstance(next(events), Retrieved)
    stop()
    assert [*events] == []
    assert [(line["way"], line["outcome"]) for line in questions(logged)] == [
        ("page", "answered"),
        ("page", "stopped"),
    ]


def test_an_error_that_nobody_foresaw_is_found_by_the_id_that_the_reader_is_told(
    watch: Watch, logged: Lines, log_file: Path
) -> None:
    def ask(_: Stop) -> Iterator[Event]:
        raise KeyError(QUESTION)
        yield

    class Broken:
        def ask(self, *_: object, stop: Stop) -> Iterator[Event]:
            return watch.watched(Asker(7, "page", QUESTION), ask)(stop)

    asking = Asking(Broken(), QUESTION, (), Filters())
    *_, (exchange,) = asking.watch()
    question, error = logged()
    assert (question["outcome"], question["fault"]) == ("failed", "KeyError")
    assert (error["level"], error["id"]) == ("ERROR", question["id"])
    assert error["exc_info"].startswith("KeyError: ") and "test_lines.py" in error["exc_info"]
    assert exchange.fault and f"编号（{question['id']}）" in exchange.fault
    assert QUESTION not in log_file.read_text("utf-8")


def right(handler: Handler) -> None:
    handler.begin()
    handler.say(RIGHT)
    handler.say("", "stop")
    handler.end()


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [(right, "answered"), (faults.fine, "fell_back"), (faults.hang, "timed_out")],
)
def test_a_model_is_named_and_its_failure_is_an_outcome(
    fault: Fault, outcome: str, assistant: Assistant, watch: Watch, logged: Lines
) -> None:
    patience = 0.5 if outcome == "timed_out" else 60
    with faulty(fault) as endpoint:
        settings = Settings(
            llm_api_base=endpoint.address, llm_model="some-model", llm_timeout_s=patience
        )
        writing = Assistant.open(settings, writes=True, embedder=assistant._embedder)
        [*Watched(writing, watch, 7).ask("发生数据安全事件要怎么办", (), Filters(), stop=Stop())]
        writing.close()
    (line,) = questions(logged)
    assert line["outcome"] == outcome
    if outcome == "answered":
        assert line["model"] == "some-model"
        assert line["tokens"]["prompt"] > 0
        assert {"model", "check", "waiting"} <= set(line["stages_ms"])
    else:
        assert line["fault"] == {"fell_back": "LLMError", "timed_out": "LLMTimeout"}[outcome]
        assert line["stages_ms"]["model"] > 0


@pytest.mark.parametrize("logged", [{"log_text": True}], indirect=True)
def test_the_words_are_there_only_where_they_are_switched_on(
    assistant: Assistant, logged: Lines
) -> None:
    for with_text in (True, False):
        watch = Watch([Writer(b"secret", with_text=with_text)])
        [*Watched(assistant, watch, 7).ask(QUESTION, (), Filters(), stop=Stop())]
    with_words, without = questions(logged)
    assert with_words["text"] == QUESTION
    assert "text" not in without


def test_one_user_is_the_same_in_every_line_and_another_in_another_installation(
    logged: Lines,
) -> None:
    def line(secret: bytes, user_id: int) -> str:
        asker = Asker(user_id, "page", QUESTION)
        asked = Asked("1", datetime.now(UTC), asker, "extract", "answered")
        Writer(secret, with_text=False).ended(asked)
        return str(questions(logged)[-1]["user"])

    assert line(b"a", 1) == line(b"a", 1)
    assert len({line(b"a", 1), line(b"a", 2), line(b"b", 1)}) == 3


def test_a_failed_sign_in_is_a_line_without_name_or_password(
    site: Site, logged: Lines, log_file: Path
) -> None:
    with site.client() as client:
        said = client.post("sign-in", data={"name": "吴用", "password": "hunter22222"})
    assert said.status_code == 401
    (line,) = [line for line in logged() if line["event"] == "sign-in failed"]
    assert line["address"] == "127.0.0.1" and len(line["who"]) == 16
    assert not {"吴用", "hunter22222"} & set(log_file.read_text("utf-8").split('"'))


@pytest.mark.parametrize(
    "logged", [{"llm_api_key": "quite-secret", "metrics_token": "another-secret"}], indirect=True
)
def test_keys_and_passwords_are_taken_out_of_any_line(logged: Lines, log_file: Path) -> None:
    said = (
        "Authorization: Bearer abc.def dlq_AbCdEf123456 sk-1234567890 quite-secret another-secret "
        "postgresql://qa:pass@host/qa qa_session=abc.def; rest"
    )
    logging.getLogger("some.library").warning(said)
    (line,) = logged()
    for secret in ("abc.def", "AbCdEf", "sk-1", "quite", "another", "qa:pass"):
        assert secret not in log_file.read_text("utf-8")
    assert line["event"].endswith("rest") and "host/qa" in line["event"]


def test_a_renewed_index_is_a_line(assistant: Assistant, logged: Lines) -> None:
    assistant.renew()
    (line,) = [line for line in logged() if line["event"] == "index renewed"]
    assert line["provisions"] == assistant.manifest.provisions


def test_the_file_is_rotated_by_its_size(tmp_path: Path) -> None:
    file = tmp_path / "qa.log"
    handler = lines.handler(Settings(log_file=file, log_megabytes=0.01, log_files=2))
    for n in range(400):
        handler.handle(logging.LogRecord("qa", logging.INFO, "", 1, "%d %s", (n, "一" * 20), None))
    handler.close()
    kept = sorted(each.name for each in tmp_path.iterdir())
    assert kept == ["qa.log", "qa.log.1", "qa.log.2"]
    assert all(each.stat().st_size <= 0.011 * 2**20 for each in tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="QA_LOG_FILE"):
        lines.handler(Settings(log_file=tmp_path / "file" / "qa.log"))
