"""Changes by hand in a written briefing: a text at its place, a point taken away.

A place is the path of a text from the briefing down: `parts/0/content/groups/1/points/2/text`.
"""

from collections.abc import Callable
from dataclasses import dataclass, is_dataclass, replace
from typing import Any

from qa.answering.checked import UNSUPPORTED
from qa.briefing.model import (
    Answered,
    Briefing,
    Part,
    Point,
    PointGroup,
    Points,
    Questions,
    Quiz,
    QuizItem,
    Source,
)
from qa.errors import BriefingError

LONGEST = 3000
"""Characters of one text."""
_OPEN: dict[type, tuple[str, ...]] = {
    Briefing: ("title",),
    Point: ("text",),
    Answered: ("question",),
    QuizItem: ("stem", "options", "answer"),
}
"""What may be rewritten, and of what; all else is the volume's own."""
_CHECKED = {(Point, "text"), (QuizItem, "answer")}
_REMOVABLE = (Point, Answered, QuizItem)
_EMPTY = "这一部分的内容都已移除。"
_ELSEWHERE = "这份简报已在别的窗口改过，这一处没有存下；请刷新页面再改。"


@dataclass(frozen=True)
class Statement:
    """A text at its place."""

    text: str
    """With the mark, where it has one."""
    sources: tuple[Source, ...] | None
    """What it must rest on; None where nothing is cited, as in a question."""


def statement_at(briefing: Briefing, place: str) -> Statement:
    """The text at a place.

    Raises:
        BriefingError: there is none, or it may not be rewritten.
    """
    steps = place.split("/")
    owner, value = _walk(briefing, steps)
    field = steps[-1] if not steps[-1].isdecimal() else steps[-2]
    if not isinstance(value, str) or field not in _OPEN.get(type(owner), ()):
        raise BriefingError(_ELSEWHERE)
    if (type(owner), field) not in _CHECKED:
        return Statement(value, None)
    return Statement(value, owner.sources if isinstance(owner, Point) else (owner.source,))


def with_text(
    briefing: Briefing,
    place: str,
    was: str,
    text: str,
    is_right: Callable[[str, tuple[Source, ...]], bool],
) -> tuple[Briefing, Statement]:
    """The briefing with another text at a place, marked where its sources do not support it.

    Args:
        was: the text that is rewritten, without a mark.

    Raises:
        BriefingError: the text is empty or too long, or another one stands there by now.
    """
    before = statement_at(briefing, place)
    if unmarked(before.text) != was:
        raise BriefingError(_ELSEWHERE)
    text = unmarked(text.strip())
    if place == "title":
        text = " ".join(text.split())
    if not text:
        raise BriefingError("文字不能是空的；这一条不要了，请点“移除”。")
    if len(text) > LONGEST:
        raise BriefingError(f"这一处有 {len(text)} 个字，最多 {LONGEST} 个；请写短一些。")
    if before.sources is not None and not is_right(text, before.sources):
        text += UNSUPPORTED
    changed = _changed(briefing, place.split("/"), lambda _: text)
    return changed, Statement(text, before.sources)


def without(briefing: Briefing, place: str, was: str) -> Briefing:
    """The briefing without the point, the answered question or the quiz item at a place.

    Args:
        was: its text, or its question, without a mark.

    Raises:
        BriefingError: there is no such thing by now.
    """
    _, value = _walk(briefing, place.split("/"))
    if not isinstance(value, _REMOVABLE) or unmarked(_said(value)) != was:
        raise BriefingError(_ELSEWHERE)
    changed: Briefing = _changed(briefing, place.split("/"), lambda _: None)
    return replace(changed, parts=tuple(_noted(part) for part in changed.parts))


def unmarked(text: str) -> str:
    """A text without the mark at its end."""
    return text.removesuffix(UNSUPPORTED)


def is_marked(text: str) -> bool:
    """Whether a text bears the mark that its sources do not support it."""
    return text.endswith(UNSUPPORTED)


def _said(value: Point | Answered | QuizItem) -> str:
    if isinstance(value, Point):
        return value.text
    return value.question if isinstance(value, Answered) else value.stem


def _walk(briefing: Briefing, steps: list[str]) -> tuple[Any, Any]:
    """What stands at a path, and the nearest object that holds it."""
    owner: Any = None
    value: Any = briefing
    for step in steps:
        if is_dataclass(value):
            owner = value
        value = _below(value, step)
    return owner, value


def _below(value: Any, step: str) -> Any:
    if isinstance(value, tuple) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    if is_dataclass(value) and step in value.__dataclass_fields__:
        return getattr(value, step)
    raise BriefingError(_ELSEWHERE)


def _changed(value: Any, steps: list[str], change: Callable[[Any], Any]) -> Any:
    """The same with what is at the path changed; None takes it out of what holds it."""
    if not steps:
        return change(value)
    below = _changed(_below(value, steps[0]), steps[1:], change)
    if isinstance(value, tuple):
        at = int(steps[0])
        return (*value[:at], *(() if below is None else (below,)), *value[at + 1 :])
    made = replace(value, **{steps[0]: below})
    return None if isinstance(made, PointGroup) and not made.points else made


def _noted(part: Part) -> Part:
    """A part whose content has all been taken away says so."""
    match part.content:
        case Points(groups=()) | Questions(items=()) | Quiz(items=()):
            return replace(part, content=None, note=_EMPTY)
    return part
