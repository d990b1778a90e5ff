"""Conversations and clips as files: whole, literal, and only for their owner."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from urllib.parse import unquote

import httpx
import pytest
from docx import Document
from markdown_it import MarkdownIt

from qa.answering.answer import Answer, Citation
from qa.assistant import Assistant
from qa.retrieval.passage import Filters
from qa.web.asking import Asking
from qa.web.conversation import Conversation, Exchange
from qa.web.kept import Kept
from tests.web.sites import Site

MISPRINTED, AMENDED, REFUSED = (
    "数据安全法第四十八条罚多少",
    "网络安全法第二十一条",
    "今天天气怎么样",
)
NASTY = "<script>alert('1')</script> *星* [链](http://x.example) # | `码`"


@dataclass(frozen=True)
class Mine:
    """What one user has."""

    client: httpx.Client
    user: int
    id: str
    conversation: Conversation

    def words(self, path: str) -> str:
        """The paragraphs of a Word file."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return "\n".join(each.text for each in Document(BytesIO(answer.content)).paragraphs)

    def shown(self, path: str) -> str:
        """What a viewer of Markdown makes of a file, as HTML."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return str(MarkdownIt("commonmark").enable("table").render(answer.text))


@pytest.fixture(scope="module")
def mine(site: Site, assistant: Assistant) -> Iterator[Mine]:
    """Answers, a refusal, a stop, a fault and a citation of what is gone; and three clips."""
    records = site.records
    user = records.accounts.named(site.add("exporter", "user")).id
    kept = Kept(records, lambda: {})
    id = records.conversations.begin(user, NASTY)
    keep = kept.keeper(user, id)
    for question in (MISPRINTED, AMENDED, REFUSED):
        *_, _last = Asking(assistant, question, (), Filters(), keep).watch()
    keep(Exchange(4, "停", text="写到一半", stopped=True))
    keep(Exchange(5, NASTY, fault="问题太长。"))
    gone = Citation(1, "gone", "旧办法", "第一条", ("旧的话",))
    keep(Exchange(6, "旧问", answer=Answer("旧答[1]", (gone,), mode="llm", model="小模型")))
    for place in ("数据安全法第四十八条", "网络安全法第二十一条"):
        found = assistant.search(place).passages[0].provision
        records.clips.add(user, found.id, found.document, found.locator, found.text)
    records.clips.add(user, "gone", NASTY, NASTY, NASTY)
    records.clips.annotate(user, records.clips.list(user)[0].id, NASTY)
    with site.signed_in("exporter") as client:
        yield Mine(client, user, id, kept.open(user, id))


def text(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


@pytest.mark.parametrize("form", ["docx", "md"])
def test_a_conversation_has_every_question_quote_place_and_notice(
    mine: Mine, assistant: Assistant, form: str
) -> None:
    path = f"export/conversation/{mine.id}.{form}"
    shown = mine.words(path) if form == "docx" else text(mine.shown(path))
    assert assistant.source_note in shown and "不构成法律意见" in shown
    for exchange in mine.conversation:
        assert exchange.question in shown
    for answer in (each.answer for each in mine.conversation[:3]):
        assert answer
        for notice in answer.notices:
            assert notice in shown
        for citation in answer.citations:
            assert f"[{citation.n}] 《{citation.document}》{citation.locator}" in shown
            provision = assistant.provision(citation.provision_id)
            lines = (line for quote in citation.quotes for line in quote.split("\n"))
            assert all(line.strip() in shown for line in (*lines, *provision.text.split("\n")))
    refusal = mine.conversation[2].answer
    assert refusal and refusal.refused and refusal.text.split("\n")[0] in shown
    assert "注：勘误：" in shown and "注：已修改" in shown
    assert "写到一半" in shown and "没有核对" in shown and "问题太长。" in shown
    assert "大模型（小模型）" in shown
    assert "旧的话" in shown and "现在的汇编里没有这一条" in shown


@pytest.mark.parametrize("path", ["export/conversation/{}.md", "export/clips.md"])
def test_markdown_shows_markup_as_it_was_typed(mine: Mine, path: str) -> None:
    page = mine.shown(path.format(mine.id))
    assert "<script" not in page and "<a " not in page and "<em>" not in page
    assert NASTY in text(page)


def test_clips_keep_their_order_quotes_and_notes(mine: Mine, assistant: Assistant) -> None:
    words = mine.words("export/clips.docx")
    held = [assistant.search(q).passages[0].provision for q in (MISPRINTED, AMENDED)]
    at = [words.index(f"{provision.name}\n{provision.text}") for provision in held]
    assert at == sorted(at)
    assert f"注：{NASTY} 〔勘误：" in words and "〔已修改〕" in words
    assert assistant.document("csl").note in words


def test_the_file_is_called_like_the_conversation(mine: Mine) -> None:
    answer = mine.client.get(f"export/conversation/{mine.id}.docx")
    named = answer.headers["content-disposition"]
    assert named.startswith("attachment; filename=\"export.docx\"; filename*=UTF-8''")
    name = unquote(named.rpartition("''")[2])
    assert "星" in name and name.endswith(".docx")
    assert not set(name) & set('<>:"/\\|?*')
    assert "摘录夹.md" in unquote(mine.client.get("export/clips.md").headers["content-disposition"])


def test_what_belongs_to_another_cannot_be_told_from_what_is_not_there(
    mine: Mine, site: Site
) -> None:
    site.add("stranger", "admin")
    with site.signed_in("stranger") as client:
        answers = [client.get(f"export/conversation/{id}.docx") for id in (mine.id, "0" * 32)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert answers[0].text == answers[1].text
        assert "没有找到这个对话；" in answers[0].text
        empty = client.get("export/clips.docx")
        assert empty.status_code == 404 and "摘录夹是空的" in empty.text
        begun = site.records.conversations.begin(site.records.accounts.named("stranger").id, "问")
        assert "请等回答完成" in client.get(f"export/conversation/{begun}.md").text


def test_an_unknown_form_gets_a_sentence(mine: Mine) -> None:
    answer = mine.client.get("export/clips.pdf")
    assert answer.status_code == 404 and "只能导出为 Word" in answer.text
