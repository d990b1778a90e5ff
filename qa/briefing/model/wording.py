"""The parts that say and ask, statement by statement: points, articles, quotes, questions."""

from dataclasses import dataclass
from typing import Literal

from qa.briefing.model.cited import Point, Source, SubTopic

# ---- 要点 ----


@dataclass(frozen=True)
class PointGroup:
    """The points on one sub-topic."""

    subtopic: SubTopic
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Points:
    """要点: grouped by sub-topic, in the order of `SUB_TOPICS`."""

    groups: tuple[PointGroup, ...]
    kind: Literal["要点"] = "要点"


# ---- 条文原文 ----


@dataclass(frozen=True)
class FullText:
    """A provision in full, as printed."""

    provision_id: str
    locator: str
    headings: tuple[str, ...]
    """The headings above it, outermost first."""
    paragraphs: tuple[str, ...]
    notes: tuple[str, ...]
    """Its recorded misprints, a sentence each."""


@dataclass(frozen=True)
class TextGroup:
    """The provisions of one document."""

    document: str
    level: str
    """`法律`, `行政法规`, `地方性法规` …"""
    effective: str | None
    """ISO year, month or day."""
    notices: tuple[str, ...]
    """What a reader must know of the document: amended, draft."""
    provisions: tuple[FullText, ...]


@dataclass(frozen=True)
class Texts:
    """条文原文: by document, the highest rank of law first."""

    documents: tuple[TextGroup, ...]
    kind: Literal["条文原文"] = "条文原文"


# ---- 讲话摘编 ----


@dataclass(frozen=True)
class Speech:
    """A quote with its date and occasion."""

    date: str
    """ISO day."""
    occasion: str
    """The attribution as printed: `2014年2月27日在……会议上的讲话`."""
    paragraphs: tuple[str, ...]
    source: Source


@dataclass(frozen=True)
class Speeches:
    """讲话摘编: the earliest first."""

    quotes: tuple[Speech, ...]
    kind: Literal["讲话摘编"] = "讲话摘编"


# ---- 常见问答 ----


@dataclass(frozen=True)
class Answered:
    """A question and its answer, a cited statement at a time."""

    question: str
    answer: tuple[Point, ...]


@dataclass(frozen=True)
class Questions:
    """常见问答."""

    items: tuple[Answered, ...]
    kind: Literal["常见问答"] = "常见问答"


# ---- 自测题 ----


@dataclass(frozen=True)
class QuizItem:
    """A question with its key."""

    form: Literal["单选", "判断", "问答"]
    stem: str
    options: tuple[str, ...]
    """Without letters; of 判断 `正确` and `错误`; none for 问答."""
    key: int | None
    """The position of the one right option, from 0; None for 问答."""
    answer: str
    """What the article says, for the key."""
    source: Source


@dataclass(frozen=True)
class Quiz:
    """自测题: 单选, 判断, 问答, in this order."""

    items: tuple[QuizItem, ...]
    kind: Literal["自测题"] = "自测题"


# ---- 延伸阅读 ----


@dataclass(frozen=True)
class Listed:
    """A document of the appendix list."""

    title: str
    issued: str
    """ISO day; empty where the list gives none."""
    issuer: str
    source: Source


@dataclass(frozen=True)
class Further:
    """延伸阅读: provisions that the other parts do not quote, and listed documents."""

    provisions: tuple[Source, ...]
    """Each with its first sentence as the quote."""
    documents: tuple[Listed, ...]
    kind: Literal["延伸阅读"] = "延伸阅读"
