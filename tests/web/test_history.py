"""The list of conversations, what is suggested next, and the 摘录夹: shown literally."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from qa.answering.answer import Answer, Citation, Done, Retrieved
from qa.assistant import Assistant
from qa.records.clips import Clip
from qa.records.conversations import Summary
from qa.retrieval.passage import Filters
from qa.web import clipboard, history
from qa.web.answers import markdown_of, text_of
from qa.web.conversation import Conversation, Exchange
from qa.web.messages import acts_html
from qa.web.suggestions import MOST, suggestions

NASTY = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
NOW = datetime.now(UTC)


def test_conversations_stand_under_their_days_and_pinned_ones_first() -> None:
    days = [timedelta(0), timedelta(0), timedelta(1), timedelta(5)]
    html = history.groups(
        [Summary(str(n), "题", n == 0, NOW - age) for n, age in enumerate(days)], "1"
    )
    assert re.findall(r"<h3>(.*?)</h3>", html) == ["置顶", "今天", "昨天", "更早"]
    assert re.findall(r'data-id="(\d)" [^>]*class=here', html) == ["1"]


def test_titles_quotes_and_notes_are_never_markup() -> None:
    listed = history.html([Summary("1", NASTY, False, NOW)], "1")
    clips = clipboard.html([Clip(1, "p", NASTY, NASTY, NASTY, f"</textarea>{NASTY}", NOW)])
    for html in (listed, clips):
        assert "<script" not in html and "<img" not in html and "&lt;script" in html
    assert clips.count("</textarea>") == 1


def test_a_clip_quotes_only_what_stands_in_the_provision(assistant: Assistant) -> None:
    provision = assistant.search("数据安全法第二十一条").passages[0].provision
    words = provision.text[:20]
    assert clipboard.quoted(provision, f'["{words}", "捏造的话"]') == words
    for other in ('["捏造的话"]', "[", None, "[]"):
        assert clipboard.quoted(provision, other) == provision.text


def test_an_answer_is_copied_with_what_it_cites() -> None:
    citation = Citation(1, "p", "数据安全法", "第四十八条第二款", ())
    exchange = Exchange(1, "罚多少", answer=Answer("**罚**款[1]", (citation,)))
    assert text_of(exchange) == "罚多少\n\n罚款[1]\n\n引用：\n[1] 《数据安全法》第四十八条第二款"
    assert markdown_of(exchange).startswith("## 罚多少\n\n**罚**款[1]")


def test_only_a_stored_exchange_has_buttons_and_only_the_last_is_put_otherwise() -> None:
    done = Exchange(1, "问", answer=Answer("答"), entry=7, verdict="down")
    assert 'id="entry-7"' in acts_html(done, last=True)
    assert "down chosen" in acts_html(done, last=True)
    assert "mend" in acts_html(done, last=True) and "mend" not in acts_html(done, last=False)
    assert acts_html(Exchange(1, "问", answer=Answer("答")), last=True) == ""


def answered(assistant: Assistant, question: str) -> Conversation:
    retrieved, *_, done = assistant.ask(question, mode="extract")
    assert isinstance(retrieved, Retrieved) and isinstance(done, Done)
    return (Exchange(1, question, retrieved.retrieval, answer=done.answer),)


@pytest.mark.parametrize(
    "question",
    [
        "数据安全法第二十七条讲什么",
        "个人信息泄露了单位要做什么",
        "不履行数据安全保护义务会受什么处罚",  # nothing belongs to what it cites
    ],
)
def test_suggestions_lead_to_answers(assistant: Assistant, question: str) -> None:
    conversation = answered(assistant, question)
    found = suggestions(assistant, conversation)
    assert 0 < len(found) <= MOST
    for each in found:
        *_, done = assistant.ask(each, mode="extract")
        assert not getattr(done, "answer").refused, each  # noqa: B009


def test_a_duty_suggests_its_penalty(assistant: Assistant) -> None:
    first, *_ = suggestions(assistant, answered(assistant, "数据安全法第二十七条讲什么"))
    assert first == "《中华人民共和国数据安全法》第四十五条规定了什么法律责任？"


def test_suggestions_stay_within_the_filters_and_find_their_provision(assistant: Assistant) -> None:
    conversation = answered(assistant, "数据安全法第二十七条讲什么")
    regions = [Filters(regions=(region,)) for region in ("国家", "山东")]
    national, provincial = (suggestions(assistant, conversation, each) for each in regions)
    assert national and set(national) != set(provincial)
    for filters, questions in zip(regions, (national, provincial), strict=True):
        for question in questions:
            first = assistant.search(question, (), filters).passages[0]
            assert first.provision.name in question
            assert assistant.reading.admits(filters, first.provision)
    assert suggestions(assistant, conversation, Filters(years=(1999,))) == ()


def test_a_refusal_suggests_nothing(assistant: Assistant) -> None:
    assert suggestions(assistant, answered(assistant, "今天天气怎么样")) == ()
