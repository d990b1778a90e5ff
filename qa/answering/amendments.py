"""What became of a law when it was amended, where a question asks for just that."""

import re
from collections import Counter
from collections.abc import Sequence

from qa.answering.answer import Answer, Citation
from qa.ingest.catalog import DocumentEntry
from qa.ingest.editions import Editions, chinese_date, start_of
from qa.ingest.provision import Provision
from qa.ingest.versions import Change
from qa.retrieval.correspondence import Correspondence
from qa.retrieval.passage import Retrieval

_ASKS = re.compile(
    r"(?P<added>(?:新增|增加|加入|添加)了?(?:的是)?(?:哪|什么|几|多少))"
    r"|(?P<deleted>(?:删去|删除|删掉|删|取消|去掉)了(?:哪|什么|几|多少))"
    r"|新[旧老](?!动能)|(?:修改|修订|修正)(?:之?以?前后|了(?:什么|哪|多少|些)|[的有]?(?:哪些|什么)?内容)"
    r"|(?:有(?:什么|哪些|何)|的)(?:变化|改动|修改)|与?(?:原|旧)(?:法|文本|条文).{0,6}(?:不同|区别|变化)"
    r"|改了(?:什么|哪)"
)
_KINDS = {"changed": "修改", "added": "新增", "deleted": "删去", "moved": "只改了条号"}
_ONLY = ("added", "deleted")
_SHOWN = 8


class Amendments:
    """Compares the texts of the laws of one corpus."""

    def __init__(self, correspondence: Correspondence, editions: Editions) -> None:
        """Take what compares texts, and what knows of which law they are."""
        self._correspondence = correspondence
        self._editions = editions

    def __call__(self, retrieval: Retrieval) -> Answer | None:
        """The changes of the one law named, or of its articles named; None for other questions."""
        editions = self._editions
        laws = {editions.first(each) for each in retrieval.documents}
        if len(laws) != 1 or not laws <= editions.several:
            return None
        if retrieval.counterpart:
            return self._numbers(retrieval)
        if not (asks := _ASKS.search(retrieval.question)):
            return None
        texts = editions.of(retrieval.documents[0])
        at = [entry.id for entry in texts].index(retrieval.documents[0])
        old, new = texts[max(at, 1) - 1], texts[max(at, 1)]
        changes = self._correspondence.changes(old.id, new.id)
        # a number may be meant as that of the old text or of the new one
        named = {p.provision.locator for p in retrieval.passages if p.direct}
        if named:
            changes = tuple(c for c in changes if {p.locator for p in (c.old, c.new) if p} & named)
        elif kind := next((kind for kind in _ONLY if asks[kind]), None):
            changes = tuple(change for change in changes if change.kind == kind)
        return _answer(old, new, changes, whole=not named)

    def _numbers(self, retrieval: Retrieval) -> Answer | None:
        """Which article of another text the articles named are; None where there is no other."""
        editions = self._editions
        lines: list[str] = []
        citations: list[Citation] = []
        for provision in (p.provision for p in retrieval.passages if p.direct):
            at, asked = provision.document_id, retrieval.counterpart
            other = editions.before(at)
            if asked != "before":
                there = editions.at(at, "" if asked == "now" else asked)
                other = there if there != at else other
            if other is None:
                return None
            title = next(entry.title for entry in editions.of(other) if entry.id == other)
            change = self._correspondence.change_of(provision, other)
            lines.append(_number(provision, title, change))
            lines.append(_item(change, citations))
        return Answer(text="\n\n".join(lines), citations=tuple(citations)) if lines else None


def _number(provision: Provision, title: str, change: Change) -> str:
    """A sentence that says which article of the other text a provision is."""
    is_old = change.old is not None and change.old.id == provision.id
    other = change.new if is_old else change.old
    if other is None:
        why = "修改时删去了" if is_old else "它是修改时新增的"
        return f"{provision.name}在《{title}》里没有对应的条文：{why}。"
    words = "文字没有改动" if change.kind in ("same", "moved") else "文字有修改"
    return f"{provision.name}，在《{title}》里是{other.locator}，{words}。"


def _answer(
    old: DocumentEntry, new: DocumentEntry, changes: Sequence[Change], *, whole: bool
) -> Answer:
    since = chinese_date(start_of(new))
    lines = [f"《{new.title}》（自{since}起施行）与此前的《{old.title}》逐条对照："]
    found = [c for c in changes if c.kind != "same"]
    if whole:
        counts: Counter[str] = Counter(change.kind for change in found)
        told = [f"{name} {counts[k]} 条" for k, name in _KINDS.items() if counts[k]]
        lines[0] += f"{'，'.join(told) or '没有不同'}。"
        found = [change for change in found if change.kind != "moved"]
    citations: list[Citation] = []
    for change in found[:_SHOWN] if whole else changes:
        lines.append(_item(change, citations))
    if whole and len(found) > _SHOWN:
        lines.append(f"这里列出前 {_SHOWN} 处；全部对照见资料库里的“对照”。")
    return Answer(text="\n\n".join(lines), citations=tuple(citations))


def _item(change: Change, citations: list[Citation]) -> str:
    """The article with its old and its new words; they are added to the citations."""
    kept = [p for p in (change.old, change.new) if p]
    name = " → ".join(dict.fromkeys(p.locator for p in kept))
    lines = [f"- **{name}**（{_KINDS.get(change.kind, '没有改动')}）"]
    shown = [("现文", change.new)] if change.kind in ("same", "moved") else _both(change)
    for label, provision in shown:
        if provision:
            citations.append(
                Citation(
                    n=len(citations) + 1,
                    provision_id=provision.id,
                    document=provision.document,
                    locator=provision.locator,
                    quotes=(provision.text,),
                    page=provision.page_of(),
                )
            )
            text = provision.text.replace("\n", "\n    ")
            lines.append(f"  - {label}：{text} [{len(citations)}]")
    return "\n".join(lines)


def _both(change: Change) -> list[tuple[str, Provision | None]]:
    return [("原文", change.old), ("现文", change.new)]
