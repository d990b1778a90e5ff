"""Whether the volume holds what a question hinges on: a quotation, a year, a sum, a rare term.

Nothing here asks a model. What a question hinges on must occur somewhere; where it occurs nowhere,
the passages cannot answer, however near they are.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from qa.answering.terms import Words, phrases, solid
from qa.index.store import Index
from qa.ingest.catalog import DocumentEntry
from qa.ingest.editions import Editions
from qa.ingest.normalise import terms
from qa.retrieval.names import plain
from qa.retrieval.passage import Retrieval

QUOTED_SHARE = 0.75
"""A quotation is known when one provision has this share of its pairs of characters."""
CLEARLY_ASKED = 0.94
"""A question as near as this to a recorded one asks what that one asks, in whatever words.

With each recorded question compared with the others, 12 of 3,801 would be refused for a term.
"""
ROUGHLY_ASKED = 0.93
"""The same, for a term that the volume has and the one document named has not: 1 of 134."""
_QUOTED_IN = 50
"""Of a large volume so many provisions are read to find a quotation."""
_LONG_TERM = 3
"""Characters that such a term has at least."""

_HAN = re.compile(r"[\u4e00-\u9fff]")
_QUOTATION = re.compile(r"[“\"「『]([^“”\"「」『』]{5,100})[”\"」』]")
_ASKS_FOR_OCCASION = re.compile(
    r"哪|什么(?:时候|会|地方|场合)|何时|何地|场合|出自|出处|日期|谁说|when|where|which|occasion|source",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"说|讲|提|话|会上|发言|出自|指示|\bsa(?:y|id)\b|speech|remark|quote", re.IGNORECASE
)
_OCCASION = re.compile(
    r"座谈会|会议|大会|博会|博览会|论坛|贺信|讲话|考察|调研|会上|学习|峰会|meeting|symposium|speech",
    re.IGNORECASE,
)
_CIRCUMSTANCES = re.compile(
    r"(?:(?:哪几位|哪些人|谁|哪些(?:专家|部长|领导|代表|嘉宾|企业家|人)).{0,16}"
    r"(?:发言|出席|参加|陪同|列席|主持|到场)|(?:发言|出席|参加|到场).{0,8}(?:是谁|有谁|名单)"
    r"|几点(?:钟|开始|结束|召开)|开了多(?:久|长)|持续了?多(?:久|长)"
    r"|who (?:spoke|attended|was present|chaired))",
    re.IGNORECASE,
)
"""Who was there and how long it took: the volume has the words that were said, no more."""
_WHO_IS = re.compile(
    r"(?:局长|主任|厅长|部长|处长|书记|省长|市长|县长|主席|校长|总经理|董事长)(?:现在)?"
    r"(?:是谁|叫什么|是哪位|的?(?:姓名|名字))"
)
_AUTHORITY = re.compile(
    r"国家(?!.{0,5}布局)[\u4e00-\u9fff]{2,5}?局(?=的|是|由|什么|主要|成立|在|有|怎么)"
)
"""An authority's own name; where it stands nowhere it did not exist yet, or is not spoken of."""
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_ASKS_FOR_MONEY = re.compile(
    r"(?:多少|几)个?(?:钱|亿元|万元|元|财政资金|资金|经费|预算)"
    r"|(?:资金|预算|经费|投资|手续费|月薪|工资|薪酬|注册资本|收费标准)[^，。]{0,10}(?:多少|几[万亿元])"
)
_MONEY = re.compile(r"\d[\d.]*[余多]?[万亿千百]*元|免费|无偿|不收费")
_SEVERAL_CLAUSES = re.compile(r"[，。！？；、：,!?;:\s](?=.)")
"""Several clauses tell a story in everyday words; only a plain question is held to its terms."""
_CIRCUMSTANCE = re.compile(
    r"[\u4e00-\u9fff\d]{2,10}?(?:之后|以后|后|时候?|期间|的话)(?![续果台间代])"
    r"|[\u4e00-\u9fff]{0,6}(?:员工?|者|人|工|户|客)的(?=个人信息|隐私|信息|数据)"
)
"""What a plain question begins with before it comes to its subject: when, or whose."""
_INTERROGATIVE = re.compile(r"多少|几|哪|什么|谁|怎么|如何|怎样|何|吗[?]?$")


@dataclass(frozen=True)
class Lack:
    """What a question hinges on and the volume does not have."""

    what: str
    """`quote`, `circumstances`, `person`, `year`, `money` or `term`."""
    words: str
    """The words that are missing."""
    document: str | None = None
    """The title of the one document that the question names, if it names one."""


class Evidence:
    """What one corpus says, and what people ask about it."""

    def __init__(self, index: Index, documents: Iterable[DocumentEntry], exact_up_to: int) -> None:
        """Take the index, and the catalog's entries, which know names and dates.

        Of a volume larger than `exact_up_to` only the documents that a question names are read;
        what is written anywhere, the lexical index tells.
        """
        self._entries = {entry.id: entry for entry in documents}
        self._editions = Editions(self._entries.values())
        self._provisions = index.provisions
        self._lexical = index.lexical
        titles = Counter(pair for e in self._entries.values() for pair in {*pairwise(e.title)})
        self._subject = {"".join(pair) for pair, count in titles.items() if count > 1}
        """The pairs of characters that the titles have in common: 数据, 信息, 网络."""
        self._words: Words | None = None
        if len(index.provisions) <= exact_up_to:
            self._words = Words.together(map(self._words_of, self._entries))

    def _texts(self, document_id: str) -> list[str]:
        return [solid(provision.search_text) for provision in self._provisions.of(document_id)]

    def _words_of(self, document_id: str) -> Words:
        """What a document says and is called, and what is asked of it."""
        entry, held = self._entries[document_id], self._provisions.of(document_id)
        asked = [solid(question) for provision in held for question in provision.questions]
        names = map(solid, (entry.title, *entry.names))
        return Words.of((*self._texts(document_id), *asked, *names))

    def _is_written(self, words: str) -> bool:
        """Whether the volume has these words anywhere."""
        if self._words:
            return words in self._words.written
        return bool(len(self._lexical.having(terms(words))))

    def _unknown(self, question: str) -> tuple[str, ...]:
        """The phrases of a question that the volume has nowhere."""
        if self._words:
            return self._words.unknown(question)
        known = (pair for pair in pairwise(question) if self._lexical.has("".join(pair)))
        return Words("", frozenset(known)).unknown(question)

    def lack(self, retrieval: Retrieval) -> Lack | None:
        """What the question hinges on and that is not here, or None."""
        question = retrieval.question
        if quote := self._unknown_quote(question):
            return Lack("quote", quote)
        if (match := _CIRCUMSTANCES.search(question)) and _OCCASION.search(question):
            return Lack("circumstances", match[0])
        if match := _WHO_IS.search(question):
            return Lack("person", match[0])
        named = retrieval.documents[0] if len(retrieval.documents) == 1 else None
        title = self._entries[named].title if named else None
        if year := self._unknown_year(retrieval, named):
            return Lack("year", f"{year}年" if _HAN.search(question) else year, title)
        money = _ASKS_FOR_MONEY.search(plain(question))
        if named and money and not any(_MONEY.search(text) for text in self._texts(named)):
            return Lack("money", money[0], title)
        term = self._unknown_term(retrieval, named)
        return Lack("term", term, title) if term else None

    def _unknown_quote(self, question: str) -> str | None:
        """A quotation whose occasion is asked for and that no provision comes near to."""
        for match in _QUOTATION.finditer(question):
            around = question[: match.start()] + question[match.end() :]
            asks_for_it = _ASKS_FOR_OCCASION.search(around) and _SAID.search(around)
            if asks_for_it and not self._comes_near(solid(match[1])):
                return match[1]
        return None

    def _comes_near(self, quote: str) -> bool:
        pairs = {a + b for a, b in pairwise(quote)}
        enough = QUOTED_SHARE * len(pairs)
        if self._words:
            texts = (text for document_id in self._entries for text in self._texts(document_id))
        else:
            nearest = self._lexical.best(quote, _QUOTED_IN).tolist()
            texts = (solid(self._provisions[n].search_text) for n in nearest)
        return any(sum(pair in text for pair in pairs) >= enough for text in texts)

    def _unknown_year(self, retrieval: Retrieval, named: str | None) -> str | None:
        """A year that the one document named, or the whole volume, never writes.

        The year as of which it is answered need not be written anywhere.
        """
        asked = _YEAR.findall(plain(retrieval.question))
        years: list[str] = [year for year in asked if year != retrieval.as_of[:4]]
        if named and years:
            entry = self._entries[named]
            written = "\n".join((*self._texts(named), entry.issued or "", entry.effective or ""))
            return next((year for year in years if year not in written), None)
        return next((year for year in years if not self._is_written(year)), None)

    def _unknown_term(self, retrieval: Retrieval, named: str | None) -> str | None:
        """A term of a plain question that was never written or asked here."""
        question, near = retrieval.question, retrieval.nearest_question
        if named and (elsewhere := self._only_in_another_text(question, named)):
            return elsewhere
        if (authority := _AUTHORITY.search(question)) and not self._is_written(authority[0]):
            return authority[0]
        simple = plain(question)
        if near >= CLEARLY_ASKED or not _HAN.search(simple) or _SEVERAL_CLAUSES.search(simple):
            return None
        if not _INTERROGATIVE.search(simple):
            return None
        simple = self._without_circumstance(simple, retrieval)
        unknown = self._unknown(simple)
        if not unknown and named and near < ROUGHLY_ASKED:
            unknown = self._words_of(named).unknown(simple, least=_LONG_TERM)
        return unknown[0] if unknown else None

    def _only_in_another_text(self, question: str, named: str) -> str | None:
        """What another text of the law has, and the one that is asked about has not."""
        mine, *others = (
            "\n".join(self._texts(each))
            for each in (named, *(e.id for e in self._editions.of(named) if e.id != named))
        )
        asked = solid(question)
        for phrase in filter(None, map(solid, phrases(question))):
            end = asked.find(phrase) + len(phrase)
            for other in others:
                if len(phrase) > 1 and phrase not in mine and phrase in other:
                    while end < len(asked) and phrase + asked[end] in other:  # 人工智 + 能
                        phrase, end = phrase + asked[end], end + 1
                    return phrase
        return None

    def _without_circumstance(self, question: str, retrieval: Retrieval) -> str:
        """A question without when or whose, where the rest is of the subjects of the volume.

        An employee may leave or be hired: the rules on personal information need not say so.
        """
        match = _CIRCUMSTANCE.match(question)
        if not match:
            return question
        rest = question[match.end() :]
        first = Words.of(tuple(solid(p.provision.text) for p in retrieval.passages[:1]))
        on_subject = any("".join(pair) in self._subject for pair in pairwise(rest))
        return rest if on_subject or not first.unknown(rest) else question
