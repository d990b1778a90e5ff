"""What a briefing is: titled parts, each with content of its own shape, every statement cited.

Nothing here is laid out: whoever renders a briefing numbers the citations, draws the timeline
and the charts, and decides what becomes a table. `to_json` and `from_json` keep drafts.
"""

from dataclasses import dataclass, field
from typing import Annotated, Literal, get_args

from pydantic import Field, TypeAdapter, ValidationError

from qa.errors import BriefingError

PartKind = Literal[
    "要点",
    "条文原文",
    "国家与山东对照",
    "时间线",
    "罚则一览",
    "责任分工",
    "指标",
    "讲话摘编",
    "常见问答",
    "自测题",
    "延伸阅读",
]
PART_KINDS: tuple[PartKind, ...] = get_args(PartKind)
"""All kinds of parts, in their usual order."""

SubTopic = Literal[
    "定义",
    "适用范围",
    "主体与职责",
    "权利",
    "义务",
    "禁止",
    "程序与时限",
    "法律责任",
    "目标与指标",
    "任务分工",
]
SUB_TOPICS: tuple[SubTopic, ...] = get_args(SubTopic)


@dataclass(frozen=True)
class Source:
    """A citation: a provision, and the words of it that a statement rests on."""

    provision_id: str
    document: str
    locator: str
    """With the 款 or 项 where the words stand in one: `第四十八条第二款`."""
    quote: str
    """Verbatim words of the provision's text."""
    notes: tuple[str, ...] = ()
    """Recorded misprints within the quoted words, a sentence each."""

    @property
    def name(self) -> str:
        """For a footnote: `《中华人民共和国数据安全法》第四十八条第二款`."""
        return f"《{self.document}》{self.locator}"


# ---- 要点 ----


@dataclass(frozen=True)
class Point:
    """One or two sentences, and what they rest on."""

    text: str
    sources: tuple[Source, ...]


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


# ---- 国家与山东对照 ----


@dataclass(frozen=True)
class ContrastRow:
    """What both sides say on one subject."""

    subject: str
    left: Point | None
    """None where that side does not speak of it."""
    right: Point | None


@dataclass(frozen=True)
class Contrast:
    """国家与山东对照; of a comparison of two documents, these two."""

    left: str
    """The heading of the left column: `国家`, or a title."""
    right: str
    rows: tuple[ContrastRow, ...]
    kind: Literal["国家与山东对照"] = "国家与山东对照"


# ---- 时间线 ----


@dataclass(frozen=True)
class Event:
    """Something with a date."""

    date: str
    """ISO year, month or day: `2025`, `2021-09-01`."""
    when: str
    """As a reader sees it: `2025 年年底前`."""
    sort: Literal["发文", "施行", "目标"]
    """`目标` is a deadline or a target."""
    text: str
    source: Source

    @property
    def year(self) -> int:
        """For the axis of a picture."""
        return int(self.date[:4])


@dataclass(frozen=True)
class Timeline:
    """时间线: the earliest first."""

    events: tuple[Event, ...]
    kind: Literal["时间线"] = "时间线"


# ---- 罚则一览 ----


@dataclass(frozen=True)
class Consequence:
    """What follows in one case."""

    case: str
    """`拒不改正或者造成大量数据泄露等严重后果的`; empty for the plain case."""
    measures: str
    """What befalls the offender, verbatim; empty where only persons are named."""
    persons: str
    """What befalls those responsible, verbatim; empty where nothing is said."""
    amounts: tuple[str, ...]
    """The fines and detentions, verbatim, in order: `五万元以上五十万元以下罚款`."""


@dataclass(frozen=True)
class Penalty:
    """A violation and its consequences."""

    who: str
    """The offender; empty where the article names none."""
    violation: str
    """Verbatim: `不履行本法第二十七条……规定的数据安全保护义务`."""
    items: tuple[str, ...]
    """The acts, where the article lists them."""
    breached: tuple[str, ...]
    """The articles of the same document that are broken, as cited: `第二十七条`."""
    by: str
    """The authority, verbatim: `有关主管部门`; empty where none is named."""
    consequences: tuple[Consequence, ...]
    source: Source


@dataclass(frozen=True)
class Penalties:
    """罚则一览: the highest rank of law first, in the order of the articles."""

    rows: tuple[Penalty, ...]
    kind: Literal["罚则一览"] = "罚则一览"


# ---- 责任分工 ----


@dataclass(frozen=True)
class Step:
    """What is to be done, in one year where the text says one."""

    year: str
    """`2024`; empty where the text sets no year."""
    text: str
    """Verbatim; lines of a cell that numbers its tasks are apart by line feeds."""


@dataclass(frozen=True)
class Duty:
    """A task and who answers for it."""

    task: str
    group: str
    """The heading or the part of the table that it stands under."""
    lead: tuple[str, ...]
    """Departments that answer for it, or lead where the text tells the two apart."""
    others: tuple[str, ...]
    """Departments that take part."""
    steps: tuple[Step, ...]
    shared: bool
    """It is laid on all departments alike: `省直各部门单位`."""
    source: Source


@dataclass(frozen=True)
class Duties:
    """责任分工: of one department, or of all for one topic."""

    department: str
    """Empty where it is not about one department."""
    departments: tuple[str, ...]
    """All that are named in the rows, for a filter."""
    rows: tuple[Duty, ...]
    kind: Literal["责任分工"] = "责任分工"


# ---- 指标 ----


@dataclass(frozen=True)
class Value:
    """An indicator in one year."""

    year: int
    printed: str
    """`7 左右`; `/` where the table gives none."""
    number: float | None
    """For a chart."""


@dataclass(frozen=True)
class Indicator:
    """A row of an indicator table."""

    name: str
    """Without its unit."""
    unit: str
    """`万个`, `%`; empty where none is printed."""
    group: str
    """`数字政府建设指标`; empty where the table has no groups."""
    values: tuple[Value, ...]
    nature: str
    """`约束性` or `预期性`; empty where the table does not say."""
    source: Source


@dataclass(frozen=True)
class IndicatorTable:
    """The rows of one table."""

    title: str
    document: str
    rows: tuple[Indicator, ...]


@dataclass(frozen=True)
class Indicators:
    """指标: 2020 → 2022 → 2025, in tables to be charted."""

    tables: tuple[IndicatorTable, ...]
    kind: Literal["指标"] = "指标"


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


# ---- the whole ----

Content = Annotated[
    Points
    | Texts
    | Contrast
    | Timeline
    | Penalties
    | Duties
    | Indicators
    | Speeches
    | Questions
    | Quiz
    | Further,
    Field(discriminator="kind"),
]


@dataclass(frozen=True)
class Part:
    """A part under its heading; without content its note says why."""

    kind: PartKind
    title: str
    content: Content | None
    note: str = ""
    """Why there is no content: the part failed, or the volume has nothing for it."""
    failed: bool = False


@dataclass(frozen=True)
class Briefing:
    """A briefing, or the draft of one."""

    title: str
    made: str
    """ISO day."""
    basis: str
    """What it rests on: `依据 2023 年 11 月汇编《……》`."""
    notices: tuple[str, ...]
    """Of every document that is cited: amended, draft."""
    parts: tuple[Part, ...]
    index: str
    """Fingerprint of the corpus; another one now means that the text may have changed since."""
    made_for: dict[str, str] = field(default_factory=dict)
    """What was asked: `主题`, `文件`, `部门`, `对比`, `模板`, as far as given."""

    def part(self, kind: PartKind) -> Part | None:
        """The part of a kind, where there is one."""
        return next((part for part in self.parts if part.kind == kind), None)


_ADAPTER = TypeAdapter(Briefing)


def to_json(briefing: Briefing) -> str:
    """A briefing as JSON, to be kept."""
    return _ADAPTER.dump_json(briefing, indent=1).decode()


def from_json(text: str | bytes) -> Briefing:
    """A kept briefing.

    Raises:
        BriefingError: the text is no briefing.
    """
    try:
        return _ADAPTER.validate_json(text)
    except ValidationError as error:
        raise BriefingError("这份简报草稿损坏或由别的版本写成；请重新生成。") from error
