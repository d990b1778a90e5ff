"""Direct look-up: a question that names its provision gets it, or hears that it is not there."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from qa.index.provisions import Provisions
from qa.ingest.catalog import DocumentEntry
from qa.ingest.numerals import to_han
from qa.ingest.provision import Provision
from qa.retrieval.names import plain
from qa.retrieval.passage import Passage
from qa.retrieval.question import Question
from qa.retrieval.references import Reference

_WHY = "按条号直接命中"
_WHY_UNNAMED = "按条号直接命中（未指明文件）"
_WHY_PLACE = "按章节序号直接命中"
_WHY_QUOTE = "所引原文仅见于此"
_MIN_HEADING = 4
_MOST_UNNAMED = 100
"""An article number that more documents than this have names none of them."""
_MOST_BELOW = 40
"""Of a 编 with hundreds of articles the first ones are shown."""
_SHORT = 12
"""A question no longer than this asks for nothing but the place that it names."""
_AMENDS = re.compile(r"修正案(?:（[一二三四五六七八九十]+）)?$|修改.*的决定$")
"""The title of a decision whose items are called 条."""
_NUMBERED = re.compile(r"第[一二三四五六七八九十]+[章编]|[一二三四五六七八九十]+、")


@dataclass(frozen=True)
class Found:
    """What the references of a question lead to."""

    passages: tuple[Passage, ...]
    missing: tuple[str, ...]


class DirectLookup:
    """Finds provisions by document and number."""

    def __init__(self, provisions: Provisions, documents: Sequence[DocumentEntry]) -> None:
        """Take the provisions, of which those of a document are read when it is named."""
        self._provisions = provisions
        self._titles = {entry.id: entry.title for entry in documents}

    def find(self, question: Question, allowed: frozenset[str]) -> Found:
        """The provisions that a question names, in its order, within the allowed documents."""
        passages: dict[str, Passage] = {}
        missing: list[str] = []
        for reference in question.references:
            if reference.stranger or reference.document_id not in {None, *allowed}:
                continue
            if reference.is_place_alone and not reference.document_id and _is_short(question):
                missing.append(
                    f"问题里的“{reference.place}”没有说明是哪部文件的哪一条；"
                    "请写明，例如“数据安全法第二十一条第三款”。"
                )
            found = [*self._passages(reference, question, allowed)]
            for passage in found:
                passages.setdefault(passage.provision.id, passage)
            if not found and reference.document_id and self._is_counted(reference):
                missing.append(self._not_there(reference, reference.document_id))
            missing += [
                f"{passage.provision.name}没有{passage.focus}。"
                for passage in found
                if passage.focus and not passage.provision.parts_at(passage.focus)
            ]
        for provision in self._quoted(question, allowed):
            passages.setdefault(provision.id, Passage(provision, 1.0, _WHY_QUOTE))
        return Found(tuple(passages.values()), tuple(missing))

    def _is_counted(self, reference: Reference) -> bool:
        """Its document numbers such places, so that one not found is not there."""
        if reference.part is None:
            return reference.article is not None or reference.box is not None
        held = self._provisions.of(reference.document_id or "")
        return any(_NUMBERED.match(heading) for p in held for heading in p.headings[:1])

    def _quoted(self, question: Question, allowed: frozenset[str]) -> Iterator[Provision]:
        """The provision that alone, in the documents named, has the words in quotation marks."""
        searched = [d for d in question.documents if d in allowed]
        for quote in question.quotes:
            having = [p for d in searched for p in self._provisions.of(d) if quote in plain(p.text)]
            if len(having) == 1:
                yield having[0]

    def _passages(
        self, reference: Reference, question: Question, allowed: frozenset[str]
    ) -> Iterator[Passage]:
        document_id = reference.document_id
        if document_id is None:
            if reference.article is not None:
                found = self._provisions.at_locator(reference.article_locator)
                for position in found.tolist() if len(found) <= _MOST_UNNAMED else ():
                    provision = self._provisions[position]
                    if provision.kind == "article" and provision.document_id in allowed:
                        yield Passage(provision, 1.0, _WHY_UNNAMED)
        elif reference.article is not None and self._articles(document_id):
            provision = self._at(document_id, reference.article_locator)
            if provision:
                yield Passage(provision, 1.0, _WHY, reference.place)
        elif reference.box is not None:
            provision = self._at(document_id, reference.locator)
            if provision:
                yield Passage(provision, 1.0, _WHY_PLACE)
        elif items := self._amending(reference, document_id):
            for provision in items:
                yield Passage(provision, 1.0, _WHY)
        else:
            for provision in self._under(reference, plain(question.text), document_id):
                yield Passage(provision, 1.0, _WHY_PLACE)

    def _amending(self, reference: Reference, document_id: str) -> list[Provision]:
        """`《刑法修正案（七）》第三条` is its 三、, with what stands below it."""
        if reference.article is None or not _AMENDS.search(self._titles[document_id]):
            return []
        mark = f"{to_han(reference.article)}、"
        return [p for p in self._provisions.of(document_id) if p.locator.startswith(mark)]

    def _under(self, reference: Reference, text: str, document_id: str) -> Iterator[Provision]:
        """The provisions below a chapter, a part or an item that is named by its number.

        An item without a part (`第（六）项`) is meant below the heading that the question says,
        or below the only part that has such an item.
        """
        held = self._provisions.of(document_id)
        number = reference.article or reference.item
        item = f"（{to_han(number)}）" if number is not None else ""
        if self._articles(document_id):
            if reference.part is not None:
                kind = reference.part_kind if reference.part_kind in "编篇" else "章"
                marks = [f"第{to_han(reference.part)}{kind} "]
                marks += [f"第{to_han(number)}节 "] if number is not None else []
                below = (
                    p for p in held if all(any(h.startswith(m) for h in p.headings) for m in marks)
                )
                yield from islice(below, _MOST_BELOW)
            return
        if reference.part is not None:
            prefix = f"{to_han(reference.part)}、{item}"
            yield from (p for p in held if p.locator.startswith(prefix))
        elif item:
            heads = {p.locator.partition(item)[0] for p in held if item in p.locator}
            heads = {head for head in heads if "·" not in head and "）" not in head}
            said = {head for head in heads if self._is_said(head, text, held)}
            for head in said or (heads if len(heads) == 1 else ()):
                yield from (p for p in held if p.locator.startswith(head + item))

    def _at(self, document_id: str, locator: str) -> Provision | None:
        found = self._provisions.at_locator(locator, document_id)
        return self._provisions[int(found[-1])] if len(found) else None

    def _articles(self, document_id: str) -> list[Provision]:
        return [p for p in self._provisions.of(document_id) if p.kind == "article"]

    def _is_said(self, head: str, text: str, held: Sequence[Provision]) -> bool:
        titles = {p.headings[0] for p in held if p.headings and p.locator.startswith(head)}
        names = {plain(title.rpartition("、")[2]) for title in titles}
        return bool(head) and any(len(name) >= _MIN_HEADING and name in text for name in names)

    def _not_there(self, reference: Reference, document_id: str) -> str:
        title, articles = self._titles[document_id], self._articles(document_id)
        if not articles:
            return f"汇编收录的《{title}》没有“{reference.locator}”。"
        return (
            f"汇编收录的《{title}》共 {len(articles)} 条（至{articles[-1].locator}），"
            f"没有{reference.article_locator or reference.locator}。"
        )


def _is_short(question: Question) -> bool:
    return len(plain(question.text)) <= _SHORT
