"""What became of a law when it was amended, where a question asks for just that."""

import re
from collections import Counter
from collections.abc import Sequence

from qa.answering.answer import Answer, Citation
from qa.answering.literal import literal
from qa.ingest.catalog import DocumentEntry
from qa.ingest.editions import Editions, chinese_date, start_of
from qa.ingest.provision import Provision
from qa.ingest.versions import Change
from qa.retrieval.correspondence import Correspondence
from qa.retrieval.names import plain
from qa.retrieval.passage import Retrieval

_ASKS = re.compile(
    r"(?P<added>(?:新增|增加|加入|添加)了?(?:的是)?(?:哪些?|什么|几|多少))"
    r"|(?P<deleted>(?:删去|删除|删掉|删|取消|去掉)了(?:哪些?|什么|几|多少))"
    r"|新[旧老](?!动能)"
    r"|(?:修改|修订|修正)(?:之?以?前后|了(?:什么|哪些?|多少|些)|[的有]?(?:哪些|什么)?内容)"
    r"|(?:有(?:什么|哪些|何)|的)(?:变化|改动|修改)|改了(?:什么|哪些?)"
    r"|(?:(?:修改|修订|修正)之?以?前|以前|原来|[旧原老](?:法|文本|条文)).{0,6}"
    r"(?:不同|区别|差别|差异|变化|改动)"
    r"|[旧老]法.{0,8}[和与跟、及同]新法|新法.{0,8}[和与跟、及同][旧老]法"
)
_NO_SUBJECT = re.compile(
    r"规定|条文|条款|内容|方面|不同|区别|差别|差异|变化|改动|变动|修[改订正]|分别|这次|最近|新增|哪些|什么|怎么"
    r"|\d+年|[法律对关于在的与和跟同比了有是呢吗吧里中前后新旧老上其它现被把就这那请问几条款项多少主要重大]|原(?!则|因|料|始)|[^\w]"
)
"""What a question for the changes says besides their subject."""
_SHORTEST_SUBJECT, _SHORT_SUBJECT = 2, 4
_NEAREST = 5
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
        texts = editions.of(retrieval.documents[0])
        question = plain(retrieval.question)
        for name in sorted({n for e in texts for n in (e.title, *e.names)}, key=len, reverse=True):
            question = question.replace(plain(name), "法")
        if not (asks := _ASKS.search(question)):
            return None
        at = [entry.id for entry in texts].index(retrieval.documents[0])
        old, new = texts[max(at, 1) - 1], texts[max(at, 1)]
        changes = self._correspondence.changes(old.id, new.id)
        if named := [p.provision for p in retrieval.passages if p.direct]:
            found = _of_articles(changes, named, exactly=bool(retrieval.earlier))
            return _answer(old, new, found, whole=False)
        if kind := next((kind for kind in _ONLY if asks[kind]), None):
            changes = tuple(change for change in changes if change.kind == kind)
        on_subject = _on_subject(changes, _NO_SUBJECT.sub("", _ASKS.sub("", question)), retrieval)
        return _answer(old, new, on_subject or changes, whole=not on_subject)

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


def _of_articles(
    changes: Sequence[Change], named: Sequence[Provision], *, exactly: bool
) -> Sequence[Change]:
    """The changes of articles; a number that is not one of a text `exactly` may be of either."""
    if exactly:
        ids = {provision.id for provision in named}
        return [c for c in changes if ids & {p.id for p in (c.old, c.new) if p}]
    numbers = {provision.locator for provision in named}
    return [c for c in changes if numbers & {p.locator for p in (c.old, c.new) if p}]


def _on_subject(changes: Sequence[Change], subject: str, retrieval: Retrieval) -> list[Change]:
    """The changes of what a question is about: by its word, else by what was found for it."""
    real = [change for change in changes if change.kind not in ("same", "moved")]
    if len(subject) < _SHORTEST_SUBJECT:
        return []
    having = [c for c in real if any(subject in p.text for p in (c.old, c.new) if p)]
    if having or len(subject) < _SHORT_SUBJECT:
        return having
    near = {p.provision.id for p in retrieval.passages[:_NEAREST]}
    return [c for c in real if near & {p.id for p in (c.old, c.new) if p}]


def _number(provision: Provision, title: str, change: Change) -> str:
    """A sentence that says which article of the other text a provision is."""
    is_old = change.old is not None and change.old.id == provision.id
    other = change.new if is_old else change.old
    if other is None:
        why = "修改时删去了" if is_old else "它是修改时新增的"
        return f"{literal(f'{provision.name}在《{title}》')}里没有对应的条文：{why}。"
    words = "文字没有改动" if change.kind in ("same", "moved") else "文字有修改"
    return literal(f"{provision.name}，在《{title}》里是{other.locator}，{words}。")


def _answer(
    old: DocumentEntry, new: DocumentEntry, changes: Sequence[Change], *, whole: bool
) -> Answer:
    since = chinese_date(start_of(new))
    titles = literal(f"《{new.title}》（自{since}起施行）与此前的《{old.title}》")
    lines = [f"{titles}逐条对照："]
    found = [c for c in changes if c.kind != "same"]
    if whole:
        counts: Counter[str] = Counter(change.kind for change in found)
        told = [f"{name} {counts[k]} 条" for k, name in _KINDS.items() if counts[k]]
        lines[0] += f"{'，'.join(told) or '没有不同'}。"
        found = [change for change in found if change.kind != "moved"]
    citations: list[Citation] = []
    shown = found if whole else changes
    for change in shown[:_SHOWN]:
        lines.append(_item(change, citations))
    if len(shown) > _SHOWN:
        lines.append(f"这里列出前 {_SHOWN} 处；全部对照见资料库里的“对照”。")
    return Answer(text="\n\n".join(lines), citations=tuple(citations))


def _item(change: Change, citations: list[Citation]) -> str:
    """The article with its old and its new words; they are added to the citations."""
    kept = [p for p in (change.old, change.new) if p]
    name = literal(" → ".join(dict.fromkeys(p.locator for p in kept)))
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
            text = literal(provision.text).replace("\n", "\n    ")
            lines.append(f"  - {label}：{text} [{len(citations)}]")
    return "\n".join(lines)


def _both(change: Change) -> list[tuple[str, Provision | None]]:
    return [("原文", change.old), ("现文", change.new)]
