"""Reading a question: what it names, and what it leaves to the conversation before it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.errors import QuestionError
from qa.retrieval.names import DepartmentNames, DocumentNames, plain
from qa.retrieval.passage import Turn
from qa.retrieval.references import Reference, references
from qa.retrieval.times import (
    AMENDED_LAW,
    Asked,
    Time,
    asked_of_time,
    is_earlier,
    says_former,
    time_of,
    time_of_source,
)

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(?:(\d{1,2})日)?")
_POINTS_BACK = re.compile(
    r"^(?:那|那么|那如果|这|它|他们|其|该|上述|前述|前面|刚才|不这么|不这样|如果不|另外|还有|为什么)"
    r"|(?:它|上述|前述|这条|该条|这一条|这个规定|这种情况|这样做)|呢[?]?$"
)
_FEWEST_WORDS = 4
_QUOTE = re.compile(r"[“\"「『]([^“”\"「」『』]{5,100})[”\"」』]")
_ANY_TIME = Time()
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")


@dataclass(frozen=True)
class Carried:
    """An article that was spoken of, in the text that was spoken of."""

    reference: Reference
    time: Time
    text: str | None
    """The id of that text, where an answer has named it."""


@dataclass(frozen=True)
class Question:
    """A question with everything that was read off it."""

    text: str
    """As typed, without control characters."""
    search_text: str
    """What is searched for: with the question before it, where this one points back."""
    words: str = ""
    """What is searched for by words: without the names and dates, which count as agreement."""
    documents: tuple[str, ...] = ()
    """Ids of the documents it names, or that the conversation is about."""
    references: tuple[Reference, ...] = ()
    strangers: tuple[str, ...] = ()
    """Titles that it names and the catalog does not have."""
    departments: tuple[str, ...] = ()
    not_departments: tuple[str, ...] = ()
    """Those that it names as not meant: 不是省政府办公厅发的."""
    dates: tuple[str, ...] = ()
    """ISO days or months."""
    years: tuple[str, ...] = ()
    quotes: tuple[str, ...] = ()
    """What it puts in quotation marks, for comparing."""
    time: Time = _ANY_TIME
    """The time whose rules it asks for."""
    of_time: Asked | None = None
    """It asks for another time or number of an article, and for nothing else."""
    amended_law: bool = False
    """It means the law that was amended, and names none: 旧法."""
    carried: "Carried | None" = None
    """The article of the conversation of whose time or number it asks."""
    gone: str = ""
    """A sentence that says that this article is not in the text asked for."""
    earlier: str = ""
    """The question before it that it goes on with, where it cannot be understood alone."""
    in_context: "Question | None" = None
    """The same question read as going on with the conversation, where that is possible."""


class QuestionReader:
    """Reads questions against the names of one corpus."""

    def __init__(
        self,
        documents: DocumentNames,
        departments: DepartmentNames,
        max_chars: int,
        *,
        amended: bool = False,
    ) -> None:
        """Take the names to look for, and the length beyond which a question is refused.

        Args:
            amended: there are laws of several texts, so that 旧法 may be one of these.
        """
        self._documents = documents
        self._departments = departments
        self._max_chars = max_chars
        self._amended = amended

    def read(self, text: str, history: Sequence[Turn] = ()) -> Question:
        """Read a question in its conversation.

        Raises:
            QuestionError: it is empty or too long.
        """
        text = self.checked(text)
        question = self._alone(text)
        asked = [turn.content for turn in history if turn.role == "user"]
        of_time_alone = question.of_time and not question.references
        if not asked or (question.documents and not of_time_alone):
            return question
        in_context = self._in_context(question, history, self._subject(asked))
        return in_context if _points_back(question) else replace(question, in_context=in_context)

    def checked(self, text: str) -> str:
        """The text of a question that may be asked, cleaned.

        Raises:
            QuestionError: it is empty or too long.
        """
        text = cleaned(text)
        if not text:
            raise QuestionError("问题是空的；请输入要问的内容。")
        if len(text) > self._max_chars:
            raise QuestionError(
                f"问题有 {len(text)} 个字，超过了 {self._max_chars} 个字；请缩短后再问。"
            )
        return text

    def _alone(self, text: str) -> Question:
        simple = plain(text)
        mentions = self._documents.mentions(simple)
        amended_law = self._amended and not mentions and bool(AMENDED_LAW.search(simple))
        spoken = AMENDED_LAW.sub("该法", text) if amended_law else text
        titles = [*self._documents.strangers(spoken)]
        refs = references(plain(spoken), self._documents)
        if titles and not mentions:  # 《某法》……它第五条
            refs = tuple(replace(r, stranger=r.stranger or titles[-1]) for r in refs)
        unknown = [r.stranger for r in refs if r.stranger]
        rest = simple
        excluded = self._departments.excluded(simple)
        named = [(m.start, m.end) for m in mentions] + [(d.start, d.end) for d in excluded]
        for start, end in sorted(named, reverse=True):
            rest = f"{rest[:start]} {rest[end:]}"
        former_name = any(says_former(simple[: m.start]) for m in mentions)
        time, of_time = time_of(simple, rest, former_name), None
        if self._amended and not unknown and not titles and len(mentions) <= 1:
            of_time = asked_of_time(rest)
        if of_time and of_time.counterpart:
            time = time_of_source(rest, of_time.counterpart, former_name)
        elif of_time and not refs and is_earlier(rest):
            time = replace(time, former=True)
        rest = _DATE.sub(" ", rest)
        return Question(
            text=text,
            search_text=text,
            words=simple if refs or len(rest.strip()) < _FEWEST_WORDS else rest,
            documents=tuple(dict.fromkeys(m.document_id for m in mentions)),
            references=refs,
            strangers=tuple(dict.fromkeys([*titles, *unknown])),
            departments=self._departments.mentioned(simple),
            not_departments=tuple(dict.fromkeys(d.name for d in excluded)),
            dates=tuple(_iso(match) for match in _DATE.finditer(simple)),
            years=tuple(_YEAR.findall(simple)),
            time=time,
            of_time=of_time,
            amended_law=amended_law,
            quotes=tuple(plain(match[1]) for match in _QUOTE.finditer(text)),
        )

    def _subject(self, asked: Sequence[str]) -> str:
        """The last question, with the one before it where that, too, only goes on."""
        last, *before = (cleaned(text) for text in reversed(asked))
        if before and _points_back(self._alone(last)):
            return f"{before[0]} {last}"
        return last

    def _in_context(self, question: Question, history: Sequence[Turn], before: str) -> Question:
        """Fill in what the question leaves out: the last document and article spoken of."""
        last: Reference | None = None
        answered: Reference | None = None
        documents: tuple[str, ...] = ()
        dates: tuple[str, ...] = ()
        time, then = question.time, _ANY_TIME
        text: str | None = None
        left = False  # the talk has gone over to what is no article
        for turn in reversed(history):
            said = self._alone(cleaned(turn.content))
            documents = documents or said.documents
            dates = dates or said.dates
            articles = [r for r in said.references if r.article]
            if turn.role == "assistant":
                # An answer names first what it is about, and behind it what that refers to.
                answered = articles[0] if articles else None
                continue
            if last is None and not any(r.is_place_alone for r in said.references):
                last = articles[-1] if articles else answered
                is_told = answered and last and answered.article_locator == last.article_locator
                text = answered.document_id if answered and is_told else None
            left = left or not (last or said.of_time)
            time = time or said.time
            then = then or (said.time if last else _ANY_TIME)
        if last and last.document_id is None and documents:
            last = replace(last, document_id=documents[-1])
        carried = None
        if last and not left and question.of_time and not question.references:
            carried = Carried(last, then, text)
            documents = tuple(filter(None, [last.document_id]))
        named = []
        for reference in question.references:
            if last and reference.is_place_alone:
                named.append(replace(last, paragraph=reference.paragraph, item=reference.item))
            elif reference.document_id is None and not reference.stranger and documents:
                named.append(replace(reference, document_id=documents[-1]))
            else:
                named.append(reference)
        return replace(
            question,
            search_text=f"{before} {question.text}",
            words=f"{self._alone(before).words} {question.words}",
            documents=question.documents or documents,
            references=tuple(named),
            dates=question.dates or dates,
            time=time,
            carried=carried,
            earlier=before,
        )


def cleaned(text: str) -> str:
    """Without control and invisible characters, white space as single spaces."""
    visible = "".join(c if c.isprintable() else " " for c in _INVISIBLE.sub("", text))
    return " ".join(visible.split())


def _points_back(question: Question) -> bool:
    incomplete = any(r.document_id is None and not r.stranger for r in question.references)
    going_on = incomplete or question.time.former or question.amended_law or question.of_time
    return bool(going_on or _POINTS_BACK.search(plain(question.text)))


def _iso(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    return f"{year}-{int(month):02}" + (f"-{int(day):02}" if day else "")
