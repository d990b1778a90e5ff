"""What a briefing is about: the provisions found for it, near to far, by topic and sub-topic."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.answering.support import pairs
from qa.briefing.departments import department_named, is_same
from qa.briefing.desk import Desk
from qa.briefing.lookup import (
    document_named,
    documents_about,
    refuse_stranger,
    searched,
    short_title,
    ticked_of,
)
from qa.briefing.model import SUB_TOPICS, SubTopic
from qa.briefing.plan import Template
from qa.briefing.request import Request
from qa.briefing.saying import statutory
from qa.briefing.subtopics import SEARCHED
from qa.errors import BriefingError
from qa.ingest.provision import Provision
from qa.retrieval.passage import Filters, Passage

_SEARCHED = 60
"""Passages of the search for the topic itself."""
_SEARCHED_EACH = 25
"""Passages of the search for the topic and a sub-topic."""
_KEPT = 0.55
"""A provision belongs to a topic when its score reaches this share of the best one's."""
_MOST_FOUND = 60
_KEPT_SAID = 0.4
"""A provision that has all words of the topic belongs to it at a lower score."""
_KEPT_WHOLE = 0.25
"""A provision of a document that is about the topic as a whole belongs to it sooner."""
_TICKED = "您选定的条文"


@dataclass(frozen=True)
class Subject:
    """What to write about, and from what."""

    name: str
    """For titles and sentences: the topic, the document, the department, both documents."""
    words: frozenset[str]
    """The pairs of characters of the topic; empty where there is none beside a document."""
    documents: tuple[str, ...]
    """Ids of the documents that it is wholly about; all of it is in question."""
    within: bool
    """Nothing outside these documents is asked for."""
    department: str
    sides: tuple[str, str] | None
    """The documents that are compared."""
    near: Mapping[str, float]
    """How near the provisions come, in (0, 1], by id, the nearest first: to write from."""
    by_subtopic: Mapping[SubTopic, Mapping[str, float]]
    """The same for the topic together with each sub-topic."""
    why: Mapping[str, str]
    ticked: bool
    """The provisions were chosen by a person: nothing else is to be quoted in full."""


def subject_of(desk: Desk, request: Request, template: Template) -> Subject:
    """Search the volume for what is asked for.

    Raises:
        BriefingError: the topic is empty or not in the volume; no such document or department.
    """
    if template.needs == "compare" and request.compare:
        return _comparison(desk, request, request.compare)
    if template.needs == "department":
        return _of_department(desk, request)
    if template.needs == "document":
        entry = document_named(desk, request.document)
        return _within(desk, request, (entry.id,), request.topic.strip())
    topic = request.topic.strip() or template.topic
    named = tuple(desk.search.documents_named(topic)) if topic else ()
    named = tuple(dict.fromkeys(named))
    if request.document:
        named = (document_named(desk, request.document).id,)
    if named and not request.document:
        return _within(desk, request, named, topic)
    return _of_topic(desk, request, topic, named)


def _of_topic(desk: Desk, request: Request, topic: str, named: Sequence[str]) -> Subject:
    retrieval = searched(desk, topic, Filters(documents=tuple(named)), _SEARCHED)
    if not named:
        refuse_stranger(desk, topic, retrieval)
    words = pairs(topic)
    scores = {p.provision.id: p.score for p in retrieval.passages if _is_text(p)}
    best = max(scores.values(), default=1.0)

    about = tuple(named) or documents_about(desk, topic)

    def belongs(provision_id: str, score: float) -> bool:
        provision = desk.by_id[provision_id]
        if provision.document_id in about:
            return score >= best * _KEPT_WHOLE
        said = words <= pairs(provision.search_text)
        return score >= best * (_KEPT_SAID if said else _KEPT)

    kept = {each: score for each, score in scores.items() if belongs(each, score)}
    if not named:
        said = [p for words in statutory(topic) for p in desk.search.reading.find(f"“{words}”")]
        kept.update({p.id: best * _KEPT for p in said if p.kind == "article" and p.id not in kept})
    return _subject(
        desk,
        request,
        name=topic,
        asked=topic,
        documents=about,
        within=bool(named),
        near=dict([*kept.items()][:_MOST_FOUND]),
        why={p.provision.id: p.why for p in retrieval.passages},
    )


def _within(desk: Desk, request: Request, named: tuple[str, ...], topic: str) -> Subject:
    """Of whole documents: all of their provisions, those first that a topic is nearest to."""
    titles = "和".join(f"{short_title(desk.catalog.document(each))}" for each in named)
    held = [p for p in desk.provisions if p.document_id in named]
    asked = topic or titles
    retrieval = searched(desk, asked, Filters(documents=named), len(held))
    scores = {p.provision.id: p.score for p in retrieval.passages}
    near = {p.id: scores.get(p.id, 0.01) for p in held}
    return _subject(
        desk,
        request,
        name=titles,
        asked=asked,
        documents=named,
        within=True,
        near=dict(sorted(near.items(), key=lambda each: -each[1])),
        why={p.id: f"属于《{p.document}》" for p in held},
    )


def _comparison(desk: Desk, request: Request, compare: tuple[str, str]) -> Subject:
    left, right = (document_named(desk, name) for name in compare)
    if left.id == right.id:
        raise BriefingError(f"对比的两份文件都是《{left.title}》；请换一份。")
    subject = _within(desk, request, (left.id, right.id), request.topic.strip())
    return _replaced(subject, sides=(left.id, right.id))


def _of_department(desk: Desk, request: Request) -> Subject:
    department = department_named(desk, request.department.strip())
    held = [p for p in desk.provisions if any(is_same(department, name) for name in p.departments)]
    return _subject(
        desk,
        request,
        name=department,
        asked=f"{department}{request.topic}",
        documents=(),
        within=True,
        near={p.id: 1.0 for p in held},
        why={p.id: f"由{department}负责或参与" for p in held},
        department=department,
    )


def _subject(
    desk: Desk,
    request: Request,
    *,
    name: str,
    asked: str,
    documents: tuple[str, ...],
    within: bool,
    near: Mapping[str, float],
    why: Mapping[str, str],
    department: str = "",
) -> Subject:
    if request.provisions:
        near = dict.fromkeys(ticked_of(desk, request.provisions), 1.0)
        why = dict.fromkeys(near, _TICKED)
    return Subject(
        name=name,
        words=pairs(asked),
        documents=documents,
        within=within,
        department=department,
        sides=None,
        near=near,
        by_subtopic=_by_subtopic(desk, asked, near, documents if within else ()),
        why=why,
        ticked=bool(request.provisions),
    )


def _replaced(subject: Subject, *, sides: tuple[str, str]) -> Subject:
    return Subject(**{**subject.__dict__, "sides": sides})


def _by_subtopic(
    desk: Desk, asked: str, near: Mapping[str, float], documents: tuple[str, ...]
) -> dict[SubTopic, dict[str, float]]:
    """How near the provisions of the subject come to it together with each sub-topic."""
    found: dict[SubTopic, dict[str, float]] = {}
    for subtopic in SUB_TOPICS:
        question = f"{asked} {SEARCHED[subtopic]}"
        retrieval = searched(desk, question, Filters(documents=documents), _SEARCHED_EACH)
        scores = {p.provision.id: p.score for p in retrieval.passages}
        found[subtopic] = {each: scores[each] for each in scores if each in near}
    return found


def _is_text(passage: Passage) -> bool:
    """Speeches and lists of titles have parts of their own."""
    return passage.provision.kind not in ("quote", "entry")


def provisions_of(desk: Desk, subject: Subject) -> list[Provision]:
    """The provisions to write from, the nearest first."""
    return [desk.by_id[each] for each in subject.near]
