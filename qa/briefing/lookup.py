"""What a request names, looked up in the volume; what is not there is refused with an offer."""

import re
from collections.abc import Sequence

from qa.briefing.desk import Desk
from qa.errors import BriefingError, QuestionError
from qa.ingest.catalog import DocumentEntry
from qa.retrieval.names import plain
from qa.retrieval.passage import Filters, Retrieval

MOST_PROVISIONS = 120
"""So many may be ticked; more is a volume of its own."""
_MIN_TITLE = 4
_OFFERED = 6
"""Passages whose documents are offered to who asks for a topic that is not in the volume."""


def short_title(entry: DocumentEntry) -> str:
    """A title as it is said."""
    return entry.title.removeprefix("中华人民共和国")


def searched(desk: Desk, text: str, filters: Filters, count: int) -> Retrieval:
    """The passages for a text.

    Raises:
        BriefingError: it is empty or too long.
    """
    try:
        return desk.search(text, (), filters, count)
    except QuestionError as error:
        if not text.strip():
            raise BriefingError("主题是空的；请写明简报要讲什么，例如“公共数据开放”。") from error
        raise BriefingError(f"主题太长了（{len(text)} 个字）；请用几个词写明。") from error


def document_named(desk: Desk, name: str) -> DocumentEntry:
    """A document by id, title or short name.

    Raises:
        BriefingError: there is none; offers those that are named alike.
    """
    reading = desk.search.reading
    found = reading.named(name) or next(iter(desk.search.documents_named(name)), None)
    if found is None:
        near = reading.nearest(name)
        like = "、".join(f"《{entry.title}》" for entry in near)
        offer = f"最接近的是：{like}" if like else "用 qa corpus list 查看全部文件"
        raise BriefingError(
            f"汇编没有收录“{name}”；{offer}。", offers=tuple(short_title(entry) for entry in near)
        )
    return desk.catalog.document(found)


def ticked_of(desk: Desk, provisions: Sequence[str]) -> list[str]:
    """The provisions that a person chose, each once.

    Raises:
        BriefingError: they are too many, or some are there no more.
    """
    ticked = [*dict.fromkeys(provisions)]
    if len(ticked) > MOST_PROVISIONS:
        raise BriefingError(
            f"选了 {len(ticked)} 条，一份简报最多收 {MOST_PROVISIONS} 条；"
            "请减少一些，或者分成几份。"
        )
    gone = [each for each in ticked if each not in desk.by_id]
    if gone:
        raise BriefingError(
            f"所选的条文里有 {len(gone)} 条已不在现在的语料里（文字改过）；请重新选择。"
        )
    return ticked


def refuse_stranger(desk: Desk, topic: str, retrieval: Retrieval) -> None:
    """A topic that the volume neither answers nor has in print makes no briefing."""
    if desk.refuser.reason(retrieval) is None or desk.search.reading.find(f"“{topic}”"):
        return
    nearest = "、".join(p.provision.name for p in retrieval.passages[:3])
    offer = f"最接近的是{nearest}。" if nearest else ""
    about = dict.fromkeys(p.provision.document_id for p in retrieval.passages[:_OFFERED])
    raise BriefingError(
        f"汇编里没有关于“{topic}”的内容，没有生成简报。{offer}请换一个主题。",
        offers=tuple(short_title(desk.catalog.document(each)) for each in about),
    )


def documents_about(desk: Desk, topic: str) -> tuple[str, ...]:
    """The documents whose titles have the topic: they are about it as a whole."""
    said = re.sub(r"\s", "", plain(topic))
    return tuple(
        entry.id
        for entry in desk.catalog.documents
        if len(said) >= _MIN_TITLE and said in plain(entry.title) and entry.level != "讲话"
    )
