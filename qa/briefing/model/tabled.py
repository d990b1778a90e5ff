"""The parts that set side by side: contrasts, dates, penalties, duties, indicators."""

from dataclasses import dataclass
from typing import Literal

from qa.briefing.model.cited import Point, Source

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
