"""Reading a question: what it names, and what it leaves to the conversation before it."""

import calendar
import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.errors import QuestionError
from qa.retrieval.names import DepartmentNames, DocumentNames, plain
from qa.retrieval.passage import Turn
from qa.retrieval.references import Reference, references

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_DATE = re.compile(r"(\d{4})年(\d{1,2})月(?:(\d{1,2})日)?")
_AS_OF = re.compile(
    r"(?<!\d)((?:19|20)\d\d)年(?:(\d{1,2})月(?:(\d{1,2})日)?)?"
    r"(?:的?时候|时|当时|那时|[底末](?!前)|版|的(?:规定|文本|版本|法))"
)
_FORMER = re.compile(
    r"(?:修改|修订|修正|改动)之?以?前(?!后)|(?:旧|老|原)(?:版|文本|条文|法)|原来的|以前的"
    r"|(?<![a-z])before (?:the |its )?(?:\w+ )?(?:amendment|revision)"
    r"|(?<![a-z])before it was (?:amended|revised)"
    r"|(?<![a-z])(?:old|former|previous|original|unamended) (?:text|version|wording|law)\b"
)
_FORMER_NAME = re.compile(r"(?<!新)[旧老原]的?$|(?<![a-z])(?:old|former|previous|original) $")
"""What stands before the name of a law: 原网络安全法."""
_TODAY = re.compile(r"现在|现行|目前|如今|修改[之以]?后|新法|\b(?:now|current(?:ly)?|today)\b")
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)年(?:(\d{1,2})月(?:(\d{1,2})日)?)?(之?以?前(?!后))?")
_DAY_BEFORE_ACT = re.compile(r"(?:进行)?的?(?:第.次)?(?:修改|修订|修正|通过|公布|发布|印发)")
_ENGLISH_DAY = re.compile(
    r"(?<![a-z])(?:in|as of|as at|on|during)(?: (?:(\d{1,2}) )?([a-z]{3,9})(?: (\d{1,2}),?)?)?"
    r" ((?:19|20)\d\d)\b"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_POINTS_BACK = re.compile(
    r"^(?:那|那么|那如果|这|它|他们|其|该|上述|前述|前面|刚才|不这么|不这样|如果不|另外|还有|为什么)"
    r"|(?:它|上述|前述|这条|该条|这一条|这个规定|这种情况|这样做)|呢[?]?$"
)
_FEWEST_WORDS = 4
_QUOTE = re.compile(r"[“\"「『]([^“”\"「」『』]{5,100})[”\"」』]")
_INVISIBLE = re.compile(r"[\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")


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
    as_of: str = ""
    """The last day of the time whose rules it asks for: 2025年时的规定."""
    day: str = ""
    """The last day of any time that it names: what it asks for, where a law has several texts."""
    former: bool = False
    """It asks for the text before the last change: 修改前的网络安全法."""
    earlier: str = ""
    """The question before it that it goes on with, where it cannot be understood alone."""
    in_context: "Question | None" = None
    """The same question read as going on with the conversation, where that is possible."""


class QuestionReader:
    """Reads questions against the names of one corpus."""

    def __init__(
        self, documents: DocumentNames, departments: DepartmentNames, max_chars: int
    ) -> None:
        """Take the names to look for, and the length beyond which a question is refused."""
        self._documents = documents
        self._departments = departments
        self._max_chars = max_chars

    def read(self, text: str, history: Sequence[Turn] = ()) -> Question:
        """Read a question in its conversation.

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
        question = self._alone(text)
        asked = [turn.content for turn in history if turn.role == "user"]
        if not asked or question.documents:
            return question
        in_context = self._in_context(question, history, self._subject(asked))
        return in_context if _points_back(question) else replace(question, in_context=in_context)

    def _alone(self, text: str) -> Question:
        simple = plain(text)
        mentions = self._documents.mentions(simple)
        titles = [*self._documents.strangers(text)]
        refs = references(simple, self._documents)
        if titles and not mentions:  # 《某法》……它第五条
            refs = tuple(replace(r, stranger=r.stranger or titles[-1]) for r in refs)
        unknown = [r.stranger for r in refs if r.stranger]
        rest = simple
        excluded = self._departments.excluded(simple)
        named = [(m.start, m.end) for m in mentions] + [(d.start, d.end) for d in excluded]
        for start, end in sorted(named, reverse=True):
            rest = f"{rest[:start]} {rest[end:]}"
        day = _day(rest)
        former = bool(_FORMER.search(rest)) or any(
            _FORMER_NAME.search(simple[: m.start]) for m in mentions
        )
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
            as_of=_as_of(simple),
            day=day,
            former=former,
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
        timely = question
        for turn in reversed(history):
            said = self._alone(cleaned(turn.content))
            if turn.role == "user" and not _names_time(timely):
                timely = said
            documents = documents or said.documents
            dates = dates or said.dates
            articles = [r for r in said.references if r.article]
            if turn.role == "assistant":
                # An answer names first what it is about, and behind it what that refers to.
                answered = articles[0] if articles else None
            elif last is None and not any(r.is_place_alone for r in said.references):
                last = articles[-1] if articles else answered
        if last and last.document_id is None and documents:
            last = replace(last, document_id=documents[-1])
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
            documents=documents,
            references=tuple(named),
            dates=question.dates or dates,
            as_of=timely.as_of,
            day=timely.day,
            former=timely.former,
            earlier=before,
        )


def cleaned(text: str) -> str:
    """Without control and invisible characters, white space as single spaces."""
    visible = "".join(c if c.isprintable() else " " for c in _INVISIBLE.sub("", text))
    return " ".join(visible.split())


def _points_back(question: Question) -> bool:
    incomplete = any(r.document_id is None and not r.stranger for r in question.references)
    return incomplete or question.former or bool(_POINTS_BACK.search(plain(question.text)))


def _as_of(text: str) -> str:
    match = _AS_OF.search(text)
    if not match:
        return ""
    year, month, day = match[1], match[2] or "12", match[3] or "31"
    return f"{year}-{int(month):02}-{int(day):02}"


def _names_time(question: Question) -> bool:
    """Whether it says of which time it speaks, be it today."""
    today = _TODAY.search(plain(question.text))
    return bool(question.as_of or question.day or question.former or today)


def _day(text: str) -> str:
    """The last day of the time that a text without names of laws speaks of; no day of an act."""
    for match in _DAY.finditer(text):
        if not _DAY_BEFORE_ACT.match(text, match.end()):
            first, last = _span(*map(int, (each or 0 for each in match.groups()[:3])))
            return (first - datetime.timedelta(1) if match[4] else last).isoformat()
    english = _ENGLISH_DAY.search(text)
    if not english:
        return ""
    day, month, other, year = english.groups()
    number = _MONTHS.index(month[:3]) + 1 if month and month[:3] in _MONTHS else 0
    return _span(int(year), number, int(day or other or 0) if number else 0)[1].isoformat()


def _span(year: int, month: int, day: int) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of a year, a month or a day; 0 is what is not said."""
    month = min(month, 12)
    days = calendar.monthrange(year, month or 12)[1]
    first = datetime.date(year, month or 1, min(day or 1, days))
    return first, datetime.date(year, month or 12, min(day or days, days))


def _iso(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    return f"{year}-{int(month):02}" + (f"-{int(day):02}" if day else "")
