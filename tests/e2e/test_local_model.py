"""The real local model writes: questions, a refusal, a follow-up, two at once, a kill."""

import os
import re
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from qa.answering.answer import Delta, Done, Retrieved
from qa.assistant import Assistant
from qa.briefing.model import Answered, Part, Point, Questions
from qa.briefing.phrasing import Phraser
from qa.briefing.wording import source
from qa.llm.local import LocalModel
from qa.retrieval.passage import Turn
from qa.settings import Settings

# what runs here runs in quicker tests too: counting the lines would take as long again
pytestmark = [pytest.mark.e2e, pytest.mark.no_cover]

PENALTY = "不履行数据安全保护义务，会被罚多少钱？"
AT_ONCE = (
    "“爱山东”日活跃用户数2025年要达到多少？",
    "个人信息泄露了，单位要马上做什么？",
)


@pytest.fixture(scope="module")
def writing(settings: Settings) -> Iterator[Assistant]:
    opened = Assistant.open(settings.model_copy(update={"llm": "local"}), writes=True)
    assert opened.model
    opened.model.wait(lambda *_: None)
    yield opened
    opened.close()


def asked(
    assistant: Assistant, question: str, history: tuple[Turn, ...] = ()
) -> tuple[list[Retrieved], str, Done]:
    *events, done = assistant.ask(question, history, mode="llm")
    assert isinstance(done, Done)
    retrieved = [event for event in events if isinstance(event, Retrieved)]
    return retrieved, "".join(e.text for e in events if isinstance(e, Delta)), done


def cites_what_was_retrieved(found: tuple[list[Retrieved], str, Done]) -> None:
    (first,), streamed, done = found
    answer = done.answer
    assert (answer.mode, answer.refused) == ("llm", False)
    assert answer.model == "Qwen2.5-Coder-1.5B-Instruct-Q4_K_M"
    assert streamed
    texts = {p.provision.id: p.provision.text for p in first.retrieval.passages}
    assert {citation.provision_id for citation in answer.citations} <= {*texts}
    for citation in answer.citations:
        assert citation.quotes
        assert all(quote in texts[citation.provision_id] for quote in citation.quotes)
    numbers = {int(n) for n in re.findall(r"\[(\d+)\]", answer.text)}
    assert numbers == {citation.n for citation in answer.citations}
    assert done.timings_ms["first_evidence"] < done.timings_ms["first_token"]


def test_the_penalty_is_that_of_the_law(writing: Assistant) -> None:
    found = asked(writing, PENALTY)
    cites_what_was_retrieved(found)
    assert "五万元以上五十万元以下罚款" in found[2].answer.text


def test_what_is_not_in_the_volume_is_refused_before_the_model(writing: Assistant) -> None:
    _, _, done = asked(writing, "《密码法》把密码分为哪三类？")
    assert done.answer.refused
    assert done.tokens == {}


def test_a_follow_up_is_answered_from_what_was_spoken_of(writing: Assistant) -> None:
    history = (
        Turn("user", "数据安全法第二十九条讲什么"),
        Turn("assistant", "《中华人民共和国数据安全法》第二十九条：应当加强风险监测。[1]"),
    )
    (first,), _, done = asked(writing, "不这么做会被罚多少？", history)
    assert first.retrieval.earlier == "数据安全法第二十九条讲什么"
    assert "第四十五条" in {citation.locator[:5] for citation in done.answer.citations}


def test_two_at_once_both_get_their_words(writing: Assistant) -> None:
    with ThreadPoolExecutor() as pool:
        for found in pool.map(lambda question: asked(writing, question), AT_ONCE):
            cites_what_was_retrieved(found)


def test_a_long_answer_of_a_briefing_is_said_shorter_and_keeps_its_citation(
    writing: Assistant,
) -> None:
    (provision,) = (p for p in writing.reading.provisions("sd-385") if p.locator == "二、（二）5.")
    printed = Point(provision.text, (source(provision, provision.text),))
    question = "村里搞数字乡村，省里要建个什么“大脑”来帮农民？"
    part = Part("常见问答", "常见问答", Questions((Answered(question, (printed,)),)))
    assert writing._writer
    phraser = Phraser(writing._writer, {provision.id: provision}, 60)
    made = phraser((part,), lambda *step: None)
    content = made.parts[0].content
    assert isinstance(content, Questions)
    ((said,),) = (item.answer for item in content.items)
    assert "数字乡村大脑" in said.text
    assert len(said.text) < len(printed.text)
    assert said.sources == printed.sources
    assert writing.check(said.text, said.sources)


def test_a_model_killed_in_mid_answer_leaves_the_extract_and_comes_back(
    writing: Assistant,
) -> None:
    model = writing.model
    assert isinstance(model, LocalModel)
    stream = writing.ask("网络运营者应当履行哪些安全保护义务，逐条说明", mode="llm")
    for event in stream:
        if isinstance(event, Delta):
            break
    killed = model.pid
    assert killed
    os.kill(killed, signal.SIGKILL)
    *_, done = stream
    assert isinstance(done, Done)
    assert done.answer.mode == "extract"
    assert done.answer.citations
    assert "意外中断" in done.answer.notices[0]
    deadline = time.monotonic() + 120
    while model.pid == killed or not model.ready():
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert asked(writing, PENALTY)[2].answer.mode == "llm"
