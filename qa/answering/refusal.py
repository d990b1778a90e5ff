"""When the corpus does not answer: say so, and say what it holds that is nearest."""

import re

from qa.answering.answer import Answer, Citation
from qa.retrieval.names import plain
from qa.retrieval.passage import Passage, Retrieval

NEAR_QUESTION = {"han": 0.90, "latin": 0.86}
NEAR_TEXT = {"han": 0.88, "latin": 0.80}
"""Cosines of multilingual-e5-small: a question that stays below both is about nothing here.

Of the answerable questions of the bank none does, of 20 everyday questions about other things 17
do (evals/README.md). Latin script lies lower than Chinese against the same Chinese text.
"""

_ASK_SOMETHING = "请输入要在汇编里查的问题，例如“数据安全法第二十一条讲什么”。"
_NEAREST = 3
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[^\W_]")
_SMALL_TALK = re.compile(
    r"(?:你好|您好|大家好|在吗|早上好|下午好|晚上好|谢谢你?|多谢|再见|你是谁|测试|hi|hello|hey|thanks"
    r"|thank you|test)(?:[啊呀吗呢了,.!?~\s])*"
)
_QUOTED = re.compile(r"[“\"「『]([^“”\"「」『』]{3,100})[”\"」』]")
_ASKS_FOR_ENTRY = re.compile(
    r"谁|哪个(?:部门|单位)|哪些(?:部门|单位)|发文|印发|发布|出台|什么时候|哪年|哪天|何时|日期|序号"
)


def refusal(retrieval: Retrieval) -> Answer | None:
    """The refusal that a question deserves, or None where it can be answered."""
    reason = _reason(retrieval)
    if reason is None:
        return None
    nearest = [] if reason == _ASK_SOMETHING else _nearest(retrieval)
    citations = tuple(
        Citation(n, p.provision.id, p.provision.document, p.provision.locator, ())
        for n, p in enumerate(nearest, start=1)
    )
    text = reason
    if citations:
        places = "\n".join(f"- 《{c.document}》{c.locator} [{c.n}]" for c in citations)
        text += f"\n\n汇编中与此最接近的内容：\n\n{places}"
    return Answer(text=text, citations=citations, refused=True, refusal_reason=reason)


def _reason(retrieval: Retrieval) -> str | None:
    asked = plain(retrieval.question)
    if not _WORD.search(asked) or _SMALL_TALK.fullmatch(asked):
        return _ASK_SOMETHING
    answered = any(passage.direct for passage in retrieval.passages)
    if retrieval.missing and not answered:
        return "".join(retrieval.missing)
    known = answered or retrieval.documents
    if retrieval.strangers and not known and not _is_entry(retrieval):
        names = "、".join(f"《{name}》" for name in retrieval.strangers)
        return f"汇编没有收录{names}，不能据此回答。"
    if not retrieval.passages:
        return "在所选的范围内没有找到相关内容；可以放宽筛选条件再问。"
    if answered or retrieval.follows_up or _is_near(retrieval) or _quotes(retrieval):
        return None
    return "汇编里没有找到能回答这个问题的内容。"


def _is_near(retrieval: Retrieval) -> bool:
    script = "han" if _HAN.search(retrieval.question) else "latin"
    return (
        retrieval.nearest_question >= NEAR_QUESTION[script]
        or retrieval.nearest_text >= NEAR_TEXT[script]
    )


def _quotes(retrieval: Retrieval) -> bool:
    """The question puts words in quotation marks that stand in a passage."""
    quotes = [plain(match[1]) for match in _QUOTED.finditer(retrieval.question)]
    texts = [plain(passage.provision.text) for passage in retrieval.passages]
    return any(quote in text for quote in quotes for text in texts)


def _is_entry(retrieval: Retrieval) -> bool:
    """The question asks for what the list of policy documents says of a title."""
    if not _ASKS_FOR_ENTRY.search(retrieval.question):
        return False
    names = {plain(name) for name in retrieval.strangers}
    entries = [p.provision for p in retrieval.passages if p.provision.kind == "entry"]
    return any(name in plain(entry.text) for entry in entries for name in names)


def _nearest(retrieval: Retrieval) -> list[Passage]:
    """The nearest passages, those first that mention or belong to what was asked for by name."""
    names = [plain(name) for name in retrieval.strangers]

    def mentions(passage: Passage) -> bool:
        return any(name in plain(passage.provision.text) for name in names)

    def rank(passage: Passage) -> tuple[bool, bool]:
        return not mentions(passage), passage.provision.document_id not in retrieval.documents

    return sorted(retrieval.passages, key=rank)[:_NEAREST]
