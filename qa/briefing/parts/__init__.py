"""The parts of a briefing, a module each, with the function that writes it.

A writer gives its content, or a Chinese sentence that says why there is none.
"""

from collections.abc import Callable, Mapping

from qa.briefing.model import Content, PartKind
from qa.briefing.parts import (
    contrast,
    duties,
    further,
    indicators,
    penalties,
    points,
    questions,
    quiz,
    speeches,
    texts,
    timeline,
)
from qa.briefing.work import Work

WRITERS: Mapping[PartKind, Callable[[Work], Content | str]] = {
    "要点": points.write,
    "条文原文": texts.write,
    "国家与山东对照": contrast.write,
    "时间线": timeline.write,
    "罚则一览": penalties.write,
    "责任分工": duties.write,
    "指标": indicators.write,
    "讲话摘编": speeches.write,
    "常见问答": questions.write,
    "自测题": quiz.write,
    "延伸阅读": further.write,
}
WRITTEN_LAST: tuple[PartKind, ...] = ("条文原文", "延伸阅读")
"""They depend on what the other parts cite."""
