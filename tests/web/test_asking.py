import threading
from collections.abc import Iterator

import pytest

from qa.answering.answer import Answer, Citation, Delta, Done, Event, Retrieved
from qa.errors import QuestionError
from qa.llm.stop import Stop
from qa.retrieval.passage import Filters, Retrieval, Turn
from qa.web.asking import Asking
from qa.web.conversation import Conversation, Exchange

RETRIEVED = Retrieved(Retrieval("问", ()))
FINAL = Answer("定稿[1]", (Citation(1, "p", "法", "第一条", ()),))


class Scripted:
    """An assistant that goes through given events, each when it is let, and then fails."""

    def __init__(self, *events: Event, error: Exception | None = None) -> None:
        self.events, self.error = events, error
        self.go_on = threading.Semaphore(len(events))
        self.heard: tuple[Turn, ...] = ()
        self.stop: Stop | None = None

    def ask(
        self, question: str, history: tuple[Turn, ...], filters: Filters, *, stop: Stop
    ) -> Iterator[Event]:
        self.heard, self.stop = history, stop
        for event in self.events:
            with stop.ending(self.go_on.release):
                self.go_on.acquire()
            yield event
        if self.error:
            raise self.error


def asked(assistant: Scripted, before: Conversation = ()) -> Asking:
    return Asking(assistant, "问", before, Filters())


def last(asking: Asking) -> Exchange:
    return [conversation[-1] for conversation in asking.watch()][-1]


def test_passages_come_before_words_and_the_checked_answer_replaces_them() -> None:
    assistant = Scripted(RETRIEVED, Delta("草"), Delta("稿"), Done(FINAL))
    assistant.go_on = threading.Semaphore(0)
    seen = []
    for (exchange,) in asked(assistant).watch():
        seen.append((exchange.retrieval is not None, exchange.text, exchange.answer))
        assistant.go_on.release()
    assert seen == [
        (False, "", None),
        (True, "", None),
        (True, "草", None),
        (True, "草稿", None),
        (True, "草稿", FINAL),
    ]


def test_it_stands_behind_what_was_said_before() -> None:
    before = (Exchange(1, "甲", answer=Answer("乙")),)
    assistant = Scripted(RETRIEVED, Done(FINAL))
    *_, conversation = asked(assistant, before).watch()
    assert conversation[:-1] == before and conversation[-1].number == 2
    assert assistant.heard == (Turn("user", "甲"), Turn("assistant", "乙"))


def test_a_question_that_cannot_be_taken_ends_in_its_sentence() -> None:
    ended = last(asked(Scripted(error=QuestionError("问题太长。"))))
    assert ended.fault == "问题太长。" and not ended.pending


def test_an_unforeseen_error_is_logged_and_told_without_its_details(
    caplog: pytest.LogCaptureFixture,
) -> None:
    fault = last(asked(Scripted(error=ValueError("内部细节")))).fault
    assert fault is not None and "内部细节" not in fault and "管理员" in fault
    assert "内部细节" in caplog.text


def test_after_a_stop_nothing_more_arrives() -> None:
    assistant = Scripted(RETRIEVED, Delta("草"), Delta("稿"), Done(FINAL))
    assistant.go_on = threading.Semaphore(2)
    asking = asked(assistant)
    watched = asking.watch()
    while not next(watched)[-1].text:
        pass
    asking.stop()
    ((rest,),) = watched
    assert rest.stopped and rest.text == "草" and rest.answer is None
    assert assistant.stop and assistant.stop.given


def test_what_is_answered_cannot_be_stopped_any_more() -> None:
    asking = asked(Scripted(RETRIEVED, Done(FINAL)))
    assert last(asking).answer is FINAL
    asking.stop()
    assert last(asking).answer is FINAL and not last(asking).stopped


def test_who_leaves_waits_until_the_last_words_are_shown() -> None:
    assistant = Scripted(RETRIEVED, Delta("草"))
    assistant.go_on = threading.Semaphore(0)
    asking = asked(assistant)
    watched = asking.watch()
    next(watched)
    left = threading.Event()

    def leave() -> None:
        asking.leave()
        left.set()

    threading.Thread(target=leave, daemon=True).start()
    assert not left.wait(0.3)
    ((shown,),) = watched
    assert shown.stopped and left.wait(5)
