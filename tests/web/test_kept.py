"""Conversations come back as they were, and only to their owner."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from qa.answering.answer import Answer, Citation, Delta, Done
from qa.assistant import Assistant
from qa.errors import NotFound
from qa.records.records import Records
from qa.retrieval.passage import Filters
from qa.web.asking import Asking
from qa.web.conversation import Conversation, Exchange
from qa.web.kept import Kept, dumped, facts_of, loaded
from tests.web.test_asking import Scripted

VERSIONS = {"index": "i", "model": "m", "prompts": "p"}


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    opened = Records.open(f"sqlite:///{tmp_path / 'qa.sqlite'}")
    yield opened
    opened.close()


def kept(records: Records) -> Kept:
    return Kept(records, lambda: VERSIONS)


def users(records: Records) -> tuple[int, int]:
    for name in ("first", "second"):
        records.accounts.create(name, "user")
    return records.accounts.named("first").id, records.accounts.named("second").id


def ended(asking: Asking) -> Conversation:
    return [*asking.watch()][-1]


def test_an_answer_over_the_real_corpus_reads_back_exactly(assistant: Assistant) -> None:
    asking = Asking(assistant, "个人信息泄露了单位要做什么", (), Filters())
    exchange = ended(asking)[-1]
    assert exchange.answer and exchange.retrieval and exchange.retrieval.passages
    assert loaded(dumped(exchange), 1) == exchange


@pytest.mark.parametrize(
    "exchange",
    [
        Exchange(1, "问", fault="问题太长。"),
        Exchange(1, "问", text="写到一半", stopped=True),
        Exchange(1, "问", answer=Answer("不答", refused=True, refusal_reason="不答")),
    ],
)
def test_a_refusal_a_fault_and_a_stop_read_back_exactly(exchange: Exchange) -> None:
    assert loaded(dumped(exchange), 1) == exchange


@pytest.mark.parametrize(
    ("data", "question", "text"),
    [
        ('{"question": "旧问", "answer": {"text": "旧答", "gone": 1}, "odd": 2}', "旧问", "旧答"),
        ('{"question": "旧问", "number": "x", "text": "草"}', "旧问", "草"),
        ("[]", "", "这一问的记录已经读不出来了。"),
        ("{", "", "这一问的记录已经读不出来了。"),
    ],
)
def test_a_form_of_old_shows_question_and_text(data: str, question: str, text: str) -> None:
    exchange = loaded(data, 3)
    assert (exchange.number, exchange.question) == (3, question)
    assert exchange.answer and exchange.answer.text == text


def test_the_end_is_stored_before_it_is_shown_also_when_nobody_watches(
    records: Records, assistant: Assistant
) -> None:
    user, _ = users(records)
    id = records.conversations.begin(user, "问")
    keep = kept(records).keeper(user, id)
    stored: list[int] = []

    def slowly(exchange: Exchange) -> Exchange:
        result = keep(exchange)
        stored.append(len(records.conversations.entries(user, id)))
        return result

    asking = Asking(assistant, "数据安全法第二十一条讲什么", (), Filters(), slowly)
    for (exchange,) in asking.watch():
        assert exchange.pending or stored == [1]
    assert kept(records).open(user, id)[0].answer == exchange.answer
    Asking(assistant, "数据安全法第二十二条讲什么", (), Filters(), keep)  # left at once
    waited = threading.Event()
    for _ in range(100):
        if len(kept(records).open(user, id)) == 2:
            break
        waited.wait(0.1)
    assert [e.question for e in kept(records).open(user, id)] == [
        "数据安全法第二十一条讲什么",
        "数据安全法第二十二条讲什么",
    ]


def test_a_stop_is_stored_as_a_stop(records: Records) -> None:
    user, _ = users(records)
    id = records.conversations.begin(user, "问")
    assistant = Scripted(Delta("草"))
    assistant.go_on = threading.Semaphore(0)
    asking = Asking(assistant, "问", (), Filters(), kept(records).keeper(user, id))
    asking.stop()
    asking.stop()
    (only,) = kept(records).open(user, id)
    assert only.stopped and ended(asking)[-1].entry == only.entry


def test_an_answer_that_cannot_be_stored_is_shown_and_says_so(records: Records) -> None:
    user, _ = users(records)
    id = records.conversations.begin(user, "问")
    keep = kept(records).keeper(user, id)
    records.conversations.delete(user, id)
    exchange = ended(Asking(Scripted(Done(Answer("答"))), "问", (), Filters(), keep))[-1]
    assert exchange.answer == Answer("答")
    assert "没有存下来" in exchange.unkept and exchange.entry is None


def test_asking_again_takes_the_place_of_the_last_exchange(records: Records) -> None:
    user, _ = users(records)
    id = records.conversations.begin(user, "一")
    for n, question in enumerate(("一", "二"), start=1):
        kept(records).keeper(user, id)(Exchange(n, question, answer=Answer("答")))
    kept(records).keeper(user, id, instead_of=2)(Exchange(2, "二改", answer=Answer("答")))
    assert [e.question for e in kept(records).open(user, id)] == ["一", "二改"]


def test_nobody_opens_or_adds_to_the_conversation_of_another(records: Records) -> None:
    mine, other = users(records)
    id = records.conversations.begin(mine, "机密")
    kept(records).keeper(mine, id)(Exchange(1, "机密", answer=Answer("答")))
    with pytest.raises(NotFound):
        kept(records).open(other, id)
    with pytest.raises(NotFound):
        kept(records).keeper(other, id)(Exchange(2, "插话", answer=Answer("答")))
    assert len(kept(records).open(mine, id)) == 1


def test_verdicts_come_back_with_the_conversation(records: Records) -> None:
    user, _ = users(records)
    id = records.conversations.begin(user, "问")
    exchange = kept(records).keeper(user, id)(Exchange(1, "问", answer=Answer("答")))
    assert exchange.entry
    records.feedback.give(user, exchange.entry, "down", ["过时"], "<b>旧</b>")
    assert kept(records).open(user, id)[0].verdict == "down"
    assert kept(records).judged(user, id, (exchange,))[0].verdict == "down"


def test_the_counted_facts_name_what_was_cited_and_with_what() -> None:
    citation = Citation(1, "p1", "法", "第一条", ())
    exchange = Exchange(
        1, "问", answer=Answer("答[1]", (citation,)), timings_ms={"total": 3.0, "first_evidence": 1}
    )
    facts = facts_of(exchange, VERSIONS)
    assert (facts.cited, facts.total_ms, facts.versions) == (("p1",), 3.0, VERSIONS)
    assert exchange.answer
    refused = replace(exchange, answer=replace(exchange.answer, refused=True))
    assert facts_of(refused, VERSIONS).cited == () and facts_of(refused, VERSIONS).refused


def test_what_is_stored_is_json_without_what_the_database_knows() -> None:
    stored = json.loads(dumped(Exchange(1, "问", answer=Answer("答"), entry=7, verdict="up")))
    assert "entry" not in stored and "verdict" not in stored
