"""When the corpus does not answer: say so, and say what it holds that is nearest.

Whether to answer is decided before any model, by rule and by what was retrieved.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from qa.answering.answer import Answer, Citation
from qa.answering.evidence import Evidence, Lack
from qa.answering.instructions import without_instructions
from qa.answering.kinds import kind_of, premise
from qa.answering.literal import literal
from qa.answering.outside import absent_laws, asks_of_mention, other_place
from qa.answering.sentences import CHINESE, ENGLISH, Sentences
from qa.index.store import Index
from qa.ingest.catalog import DocumentEntry
from qa.retrieval.names import DocumentNames, plain
from qa.retrieval.passage import Passage, Retrieval

NEAR_QUESTION = {"han": 0.90, "latin": 0.86}
NEAR_TEXT = {"han": 0.88, "latin": 0.80}
"""Cosines of multilingual-e5-small: a question that stays below both is about nothing here.

Of the answerable questions of the bank none does, of 20 everyday questions about other things 17
do (evals/README.md). Latin script lies lower than Chinese against the same Chinese text.
"""
RECORDED = 0.95
"""A question as near as this to a recorded one may call a law by a name that is not in print."""
SMALL_TALK = 0.92
"""Weather and food are small talk, unless a recorded question is as near as this."""

_NEAREST = 3
_HAN = re.compile(r"[\u4e00-\u9fff]")
_WORD = re.compile(r"[^\W_]")
_QUOTED = re.compile(r"[“\"「『]([^“”\"「」『』]{3,100})[”\"」』]")


@dataclass(frozen=True)
class Reason:
    """Why a question is refused."""

    kind: str
    """`blank`, `greeting`, `identity`, `instruction`, `article`, `law`, `place`, `chat`, `task`,
    `advice`, `opinion`, `filters`, `nothing`, or what `Lack.what` says."""
    sentence: str
    cites: bool = True
    """Whether the nearest provisions are named beside it."""


class Refuser:
    """Decides for one corpus which questions it does not answer, and says so."""

    def __init__(
        self, index: Index, documents: Iterable[DocumentEntry], exact_up_to: int = 5000
    ) -> None:
        """Take the index and the catalog's entries; a larger volume is not read as a whole."""
        documents = tuple(documents)
        self._names = DocumentNames(documents)
        self._evidence = Evidence(index, documents, exact_up_to)

    def __call__(self, retrieval: Retrieval) -> Answer | None:
        """The refusal that a question deserves, or None where it can be answered."""
        reason = self.reason(retrieval)
        if reason is None:
            return None
        laws = absent_laws(retrieval.question, retrieval.strangers, self._names)
        nearest = _nearest(retrieval, laws) if reason.cites else []
        citations = tuple(
            Citation(n, p.id, p.document, p.locator, (), p.page_of())
            for n, p in enumerate((passage.provision for passage in nearest), start=1)
        )
        text = literal(reason.sentence)
        if citations:
            places = "\n".join(
                f"- {literal(f'《{c.document}》{c.locator}')} [{c.n}]" for c in citations
            )
            text += f"\n\n{_sentences(retrieval).nearest}\n\n{places}"
        return Answer(
            text=text,
            citations=citations,
            refused=True,
            refusal_reason=reason.sentence,
            refusal_kind=reason.kind,
        )

    def reason(self, retrieval: Retrieval) -> Reason | None:
        """Why the question is refused, or None where it can be answered."""
        question, say = retrieval.question, _sentences(retrieval)
        if not _WORD.search(plain(question)):
            return Reason("blank", say.ask_something, cites=False)
        if not without_instructions(question):
            return Reason("instruction", say.instruction, cites=False)
        return self._not_here(retrieval) or self._no_question(retrieval) or self._unread(retrieval)

    def _not_here(self, retrieval: Retrieval) -> Reason | None:
        """An article, a law or a place that the question names and the volume does not hold."""
        say = _sentences(retrieval)
        answered = any(passage.direct for passage in retrieval.passages)
        if retrieval.missing and not answered:
            return Reason("article", say.article.format("".join(retrieval.missing)))
        question = retrieval.question
        named = answered or bool(retrieval.documents)
        if place := other_place(question, retrieval.passages, names_document=named):
            return Reason("place", say.place.format(place))
        if answered:
            return None
        laws = absent_laws(question, retrieval.strangers, self._names)
        in_print = retrieval.strangers or retrieval.nearest_question < RECORDED
        if (
            laws
            and not named
            and in_print
            and not _asks_for_entry(retrieval, laws)
            and not asks_of_mention(question, laws, retrieval.passages)
        ):
            return Reason("law", say.law.format(say.titles(laws)))
        return None

    def _no_question(self, retrieval: Retrieval) -> Reason | None:
        """Small talk, a task, a case of one's own, an opinion."""
        say = _sentences(retrieval)
        kind = kind_of(retrieval.question, names_document=bool(retrieval.documents))
        if kind is None or (kind == "chat" and retrieval.nearest_question >= SMALL_TALK):
            return None
        sentence: str = getattr(say, kind)
        return Reason(kind, sentence, cites=kind == "advice")

    def _unread(self, retrieval: Retrieval) -> Reason | None:
        """What the question hinges on is nowhere, or nothing comes near it."""
        say = _sentences(retrieval)
        if not retrieval.passages:
            return Reason("filters", say.filters)
        if any(passage.direct for passage in retrieval.passages) or retrieval.earlier:
            return None
        lack = None if premise(retrieval.question) else self._evidence.lack(retrieval)
        near = _is_near(retrieval) or _quotes(retrieval)
        if lack and (near or lack.what != "term"):
            return Reason(lack.what, _says_lack(say, lack))
        return None if near else Reason("nothing", say.nothing)


def _sentences(retrieval: Retrieval) -> Sentences:
    """In the language of the question."""
    question = retrieval.question
    return CHINESE if _HAN.search(question) or not _WORD.search(question) else ENGLISH


def _says_lack(say: Sentences, lack: Lack) -> str:
    words = lack.words
    if lack.what == "quote":
        return say.quote.format(words)
    if lack.what in ("circumstances", "person"):
        return say.circumstances.format(words)
    if lack.document is None:
        return say.term.format(words)
    return (say.money if lack.what == "money" else say.silent).format(lack.document, words)


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


_ASKS_FOR_ENTRY = re.compile(
    r"谁|哪个(?:部门|单位)|哪些(?:部门|单位)|发文|印发|发布|出台|什么时候|哪年|哪天|何时|日期|序号"
)


def _asks_for_entry(retrieval: Retrieval, laws: tuple[str, ...]) -> bool:
    """The question asks for what the list of policy documents says of a title."""
    if not _ASKS_FOR_ENTRY.search(retrieval.question):
        return False
    entries = [p.provision for p in retrieval.passages if p.provision.kind == "entry"]
    return any(plain(name) in plain(entry.text) for entry in entries for name in laws)


def _nearest(retrieval: Retrieval, laws: tuple[str, ...]) -> list[Passage]:
    """The nearest passages, those first that mention or belong to what was asked for by name."""
    names = [plain(name) for name in laws]

    def mentions(passage: Passage) -> bool:
        return any(name in plain(passage.provision.text) for name in names)

    def rank(passage: Passage) -> tuple[bool, bool]:
        return not mentions(passage), passage.provision.document_id not in retrieval.documents

    return sorted(retrieval.passages, key=rank)[:_NEAREST]
