"""The kinds of parts, and what every statement of them rests on."""

from dataclasses import dataclass
from typing import Literal, get_args

from qa.ingest.provision import on_page

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
    page: int | None = None
    """The page of the original on which the words begin; none where that has no pages."""

    @property
    def name(self) -> str:
        """For a footnote: `《中华人民共和国数据安全法》第四十八条第二款`, with the page if any."""
        return f"《{self.document}》{on_page(self.locator, self.page)}"


@dataclass(frozen=True)
class Point:
    """One or two sentences, and what they rest on."""

    text: str
    sources: tuple[Source, ...]
