"""要点: a few checked sentences, grouped by sub-topic, from as many provisions as possible."""

from collections.abc import Iterator
from dataclasses import dataclass

from qa.answering.checked import is_supported
from qa.answering.support import pairs
from qa.briefing.model import SUB_TOPICS, PointGroup, Points, SubTopic
from qa.briefing.subject import provisions_of
from qa.briefing.subtopics import is_central, subtopic_of
from qa.briefing.wording import Wording, share, wordings
from qa.briefing.work import Work

_USUAL = 12
_MOST_EACH = 3
"""Points on one sub-topic."""
_SHORTEST = 16
_LEAST = 0.3
"""A weaker candidate is no point."""
_NO_MATCH = 0.5
"""What a provision counts that the search for the sub-topic did not bring."""
_ALIKE = 0.75
"""Two sentences that share so much say the same; the higher rank of law says it."""
_CENTRAL = 1.2
"""What a sentence counts more that has the very word of its sub-topic."""
_POLICY: tuple[SubTopic, ...] = ("目标与指标", "任务分工")


@dataclass(frozen=True)
class Candidate:
    """A sentence that could be a point."""

    wording: Wording
    subtopic: SubTopic
    score: float
    """In [0, 1]: how near its provision comes to topic and sub-topic, and its own words."""


def write(work: Work) -> Points | str:
    """The best sentence of each sub-topic, then the next best, until there are enough."""
    chosen = _chosen([*candidates(work)], work)
    if not chosen:
        return f"没有找到可以作为“{work.subject.name}”要点的完整句子。"
    groups = []
    for subtopic in SUB_TOPICS:
        held = [c for c in chosen if c.subtopic == subtopic]
        held.sort(key=lambda c: work.desk.order(c.wording.provision))
        if held:
            groups.append(PointGroup(subtopic, tuple(c.wording.point for c in held)))
    return Points(tuple(groups))


def candidates(work: Work) -> Iterator[Candidate]:
    """Every sentence of the subject's provisions that has a sub-topic."""
    subject = work.subject
    best = max(subject.near.values(), default=1.0)
    for provision in provisions_of(work.desk, subject):
        for wording in wordings(provision):
            subtopic = subtopic_of(wording.text, provision)
            if subtopic is None or len(wording.plain) < _SHORTEST:
                continue
            with_subtopic = subject.by_subtopic[subtopic]
            strongest = max(with_subtopic.values(), default=1.0)
            of_both = with_subtopic.get(provision.id, strongest * _NO_MATCH) / strongest
            whole = provision.document_id in subject.documents
            said = 1.0 if whole else 0.5 + 0.5 * share(subject.words, wording.text)
            near = 1.0 if subject.within else subject.near[provision.id] / best
            score = (0.5 * of_both + 0.5 * near) * said
            score *= _CENTRAL if is_central(wording.text, subtopic) else 1.0
            yield Candidate(wording, subtopic, min(score, 1.0))


def _chosen(found: list[Candidate], work: Work) -> list[Candidate]:
    """Round by round one candidate of each sub-topic, the best first."""
    limit = work.most(_USUAL)
    found = [c for c in found if c.score >= _LEAST]
    found.sort(key=lambda c: -c.score)
    sides = work.subject.sides
    queues = {
        (subtopic, side): [c for c in found if c.subtopic == subtopic and _on(c, side)]
        for side in sides or ("",)
        for subtopic in SUB_TOPICS
    }
    only_policy = all(subtopic in _POLICY for (subtopic, _), queue in queues.items() if queue)
    rounds = limit if only_policy else _MOST_EACH
    chosen: list[Candidate] = []
    for _ in range(rounds):
        turn = [_next(queue, chosen) for queue in queues.values()]
        drawn = sorted((c for c in turn if c is not None), key=lambda c: -c.score)
        for candidate in drawn:
            if len(chosen) < limit and _adds(candidate, chosen):
                chosen.append(candidate)
    return chosen


def _on(candidate: Candidate, side: str) -> bool:
    """It is of this document; of any where no documents are compared."""
    return side in ("", candidate.wording.provision.document_id)


def _next(queue: list[Candidate], chosen: list[Candidate]) -> Candidate | None:
    """The best candidate that adds something and passes the check of citations."""
    while queue:
        candidate = queue.pop(0)
        provision = candidate.wording.provision
        if _adds(candidate, chosen) and is_supported(candidate.wording.plain, (provision,)):
            return candidate
    return None


def _adds(candidate: Candidate, chosen: list[Candidate]) -> bool:
    words = pairs(candidate.wording.text)
    return all(
        (
            candidate.wording.provision.id != other.wording.provision.id
            or candidate.subtopic != other.subtopic
        )
        and len(words & (held := pairs(other.wording.text))) < _ALIKE * min(len(words), len(held))
        for other in chosen
    )
