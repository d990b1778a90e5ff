"""The longest 要点 and answers in a model's words: said shorter, and checked like an answer.

What does not pass the check, what comes out no shorter, and what the time does not suffice for
stays as printed.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from qa.answering.checked import is_supported
from qa.answering.draft import goes_in_circles, sentences_of
from qa.answering.support import facts, pairs
from qa.answering.writer import Writer
from qa.briefing.model import Answered, Part, PartKind, Point, PointGroup, Points, Questions
from qa.errors import LLMError, SettingsError
from qa.ingest.provision import Provision
from qa.llm.stop import Stop

log = logging.getLogger(__name__)

Told = Callable[[PartKind, int, int], None]
"""Called before each statement with its part, how many of the part are tried, and how many there
are to try."""

KINDS: tuple[PartKind, ...] = ("要点", "常见问答")
SECONDS = 180.0
"""For all of them; with the extract a briefing is done within four minutes."""
_LONG: dict[PartKind, int] = {"要点": 110, "常见问答": 160}
"""Characters from which on a statement is unwieldy: a shorter one is best as printed."""
_LONGEST = 620
"""A longer text takes the model too long to read."""
_SHORTER = 0.75
"""What is not shorter than this share of the printed words is no gain."""
_SHORTEST = 12
_LEAST_OF_POINT = 0.3
"""A point that comes out shorter has lost what it is about."""
_LEAST_OF_QUESTION = 0.5
"""An answer keeps this share of the question's words that the printed one has."""
_WANTED = 0.5
"""What the model is asked for, as a share of the printed words."""
_TOKENS = 150
"""Of one statement, at most."""
_MOST_FIGURES = 2
"""A point has to keep its figures: with more of them there is nothing to be gained."""
_LEAST_SECONDS = 5.0
"""With less left no statement is begun."""
_MODAL = re.compile("应当|必须|不得|严禁|禁止|可以|有权|无权|鼓励")
_NEVER = re.compile("不得|严禁|禁止")
_LIST = re.compile(r"：\s*[（(]一[）)]")
_WHOLE = ("。", "！", "。”", "；”")


@dataclass(frozen=True)
class Phrased:
    """The parts with what was phrased, and the account of it for the reader."""

    parts: tuple[Part, ...]
    phrased: int
    tried: int
    notice: str


@dataclass(frozen=True)
class _Job:
    """A statement to be phrased."""

    question: str
    point: Point
    is_point: bool


class Phraser:
    """Has a model phrase parts of a briefing."""

    def __init__(
        self, writer: Writer, provisions: Mapping[str, Provision], seconds: float = SECONDS
    ) -> None:
        """Take who writes, the provisions by id, and the time for one briefing in all."""
        self._writer = writer
        self._provisions = provisions
        self._seconds = seconds

    def __call__(self, parts: tuple[Part, ...], told: Told) -> Phrased:
        """The same parts; the longest statements first, as far as the time goes."""
        end = time.monotonic() + self._seconds
        to_do = {n: [*_jobs(part)] for n, part in enumerate(parts)}
        to_do = {n: sorted(jobs, key=_length, reverse=True) for n, jobs in to_do.items() if jobs}
        done: dict[_Job, Point] = {}
        tried, fault = 0, ""
        for turn, (n, jobs) in enumerate(to_do.items()):
            # what a part leaves of its time goes to those behind it
            until = time.monotonic() + (end - time.monotonic()) / (len(to_do) - turn)
            for count, job in enumerate(jobs):
                if fault or until - time.monotonic() < _LEAST_SECONDS:
                    break
                told(parts[n].kind, count, len(jobs))
                tried += 1
                try:
                    point = self._phrased(job, until)
                except (LLMError, SettingsError) as error:
                    log.warning("简报改用原文：%s", error)
                    fault = str(error)
                    break
                if point:
                    done[job] = point
        made = tuple(_with(part, done) for part in parts)
        return Phrased(made, len(done), tried, self._notice(len(done), fault))

    def _phrased(self, job: _Job, until: float) -> Point | None:
        """The statement in fewer words; None where it is better left as printed."""
        stop = Stop()
        timer = threading.Timer(until - time.monotonic(), stop)
        timer.start()
        try:
            text = self._writer.said("briefing", _values(job), self._room(job), stop)
        finally:
            timer.cancel()
        if stop.given or goes_in_circles(text):
            return None
        said = "".join(sentence.text for sentence in sentences_of(text))
        log.debug("“%s”改写为“%s”", job.point.text, said)
        held = tuple(self._provisions[source.provision_id] for source in job.point.sources)
        gained = is_gain(said, job.point.text, held) and _keeps(said, job)
        return replace(job.point, text=said) if gained else None

    def _room(self, job: _Job) -> int:
        """Tokens that may be written: what comes out longer is no gain, and need not be ended."""
        return min(_TOKENS, round(self._writer.model.count_tokens(job.point.text) * _SHORTER))

    def _notice(self, count: int, fault: str) -> str:
        by = f"大模型（{self._writer.model.name}）"
        told = f"较长的要点和问答有 {count} 处由{by}改写得短一些，并按规则核对，其余是原文。"
        if fault:
            return f"{fault}{told if count else '要点和问答都用原文。'}"
        return told if count else f"{by}没有写出可用的改写，要点和问答都用原文。"


def is_gain(said: str, printed: str, provisions: tuple[Provision, ...]) -> bool:
    """A model's words may stand for the printed ones: shorter, whole, and right.

    Right is what answers are held to, and more strictly so: every figure and title, and every
    应当, 不得 or 可以, stands in the printed words; and no prohibition of theirs is lost.
    """
    if not said.endswith(_WHOLE) or not _SHORTEST <= len(said) <= _SHORTER * len(printed):
        return False
    known = {each for pair in facts(printed) for each in pair}
    modals = {*_MODAL.findall(said)}
    return (
        all({*pair} & known for pair in facts(said))
        and modals <= {*_MODAL.findall(printed)}
        and {*_NEVER.findall(printed)} <= modals
        and all(is_supported(s.text, provisions) for s in sentences_of(said))
    )


def _keeps(said: str, job: _Job) -> bool:
    """A point keeps its figures and its 应当 and 可以, an answer what it was asked for."""
    printed = job.point.text
    if job.is_point:
        return (
            len(said) >= _LEAST_OF_POINT * len(printed)
            and _figures(printed) <= _figures(said)
            and {*_MODAL.findall(printed)} <= {*_MODAL.findall(said)}
        )
    asked = pairs(job.question) & pairs(printed)
    return len(asked & pairs(said)) >= _LEAST_OF_QUESTION * len(asked)


def _jobs(part: Part) -> Iterator[_Job]:
    """The statements of a part that are too long to be handed out as they are.

    Of a point that lists something, or tells what fines there are, nothing can be left out.
    """
    for question, point in _statements(part):
        is_point = part.kind == "要点"
        whole = is_point and (_LIST.search(point.text) or len(_figures(point.text)) > _MOST_FIGURES)
        if not whole and _LONG[part.kind] <= len(point.text) <= _LONGEST:
            yield _Job(question, point, is_point=is_point)


def _statements(part: Part) -> Iterator[tuple[str, Point]]:
    """What may be phrased, each with the question that it answers."""
    if isinstance(part.content, Points):
        for group in part.content.groups:
            yield from ((_asked(group), point) for point in group.points)
    elif isinstance(part.content, Questions):
        for item in part.content.items:
            yield from ((item.question, point) for point in item.answer)


def _asked(group: PointGroup) -> str:
    return f"关于{group.subtopic}，这一段最要紧的是什么？"


def _values(job: _Job) -> dict[str, str]:
    limit = round(len(job.point.text) * _WANTED / 10) * 10
    return {"question": job.question, "text": job.point.text, "limit": str(limit)}


def _length(job: _Job) -> int:
    return len(job.point.text)


def _with(part: Part, done: Mapping[_Job, Point]) -> Part:
    """The part with each phrased statement in the place of the printed one."""
    new = {(job.question, job.point): point for job, point in done.items()}

    def stated(question: str, points: tuple[Point, ...]) -> tuple[Point, ...]:
        return tuple(new.get((question, point), point) for point in points)

    if isinstance(part.content, Points):
        groups = (PointGroup(g.subtopic, stated(_asked(g), g.points)) for g in part.content.groups)
        return replace(part, content=Points(tuple(groups)))
    if isinstance(part.content, Questions):
        items = (Answered(i.question, stated(i.question, i.answer)) for i in part.content.items)
        return replace(part, content=Questions(tuple(items)))
    return part


def _figures(text: str) -> frozenset[str]:
    return frozenset(full for _, full in facts(text) if full[:1].isdigit())
