"""常见问答: everyday questions on the topic, answered with quotations as the assistant answers."""

import re
from collections.abc import Iterator
from itertools import zip_longest

from qa.answering.support import pairs
from qa.briefing.model import Answered, Point, Questions
from qa.briefing.subject import provisions_of
from qa.briefing.subtopics import rank, subtopic_of
from qa.briefing.wording import share, source
from qa.briefing.work import Work
from qa.ingest.provision import Provision
from qa.retrieval.passage import Filters

_USUAL = 8
_TRIED_EACH = 2
"""Questions of one provision that are tried before it is passed over."""
_TRIED = 3
"""Times as many questions as are wanted."""
_LENGTH = range(8, 46)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_ASKS = re.compile(r"[?？]|吗|什么|哪|多少|多久|几|怎么|怎样|如何|是否|能不能|谁|有没有|该不该")
_TALK = re.compile(r"写(?:论文|材料|稿)|引用|讲话|出自|原话|老板|小王|同事|我|你|咱|啥|咋|\s")
_LONGEST = 600
"""Characters of an answer; a longer one is no answer to be handed out."""
_OWN_NUMBER = re.compile(r"^第\S+?条(?:之\S+?)?[\s　]+")


def write(work: Work) -> Questions | str:
    """Questions that are recorded with the provisions and that the assistant answers from them."""
    items: list[Answered] = []
    asked: list[frozenset[str]] = []
    answered_from: set[str] = set()
    tried = 0
    for provision, question in _candidates(work):
        if len(items) >= work.most(_USUAL) or tried >= work.most(_USUAL) * _TRIED:
            break
        if provision.id in answered_from:
            continue
        words = pairs(question)
        if any(len(words & other) > 0.6 * len(words) for other in asked):
            continue
        tried += 1
        if answered := _answered(work, provision, question):
            items.append(answered)
            answered_from.add(provision.id)
            asked.append(words)
    if not items:
        return f"没有与“{work.subject.name}”有关、能据汇编作答的常见问题。"
    return Questions(tuple(items))


def _candidates(work: Work) -> Iterator[tuple[Provision, str]]:
    """Provisions of each sub-topic in turn, the nearest first; chatty questions last."""
    by_topic: dict[int, list[Provision]] = {}
    for provision in provisions_of(work.desk, work.subject):
        if provision.kind in ("article", "section", "box"):
            topic = rank(subtopic_of(provision.text, provision))
            by_topic.setdefault(topic, []).append(provision)
    found = [
        (provision, question)
        for turn in zip_longest(*by_topic.values())
        for provision in turn
        if provision
        for question in _best(work, provision)
    ]
    yield from sorted(found, key=lambda each: bool(_TALK.search(each[1])))


def _best(work: Work, provision: Provision) -> list[str]:
    fitting = [question for question in provision.questions if _is_fit(question)]
    fitting.sort(key=lambda q: (bool(_TALK.search(q)), -share(work.subject.words, q)))
    return fitting[:_TRIED_EACH]


def _is_fit(question: str) -> bool:
    """In Chinese, short, and really a question."""
    return len(question) in _LENGTH and bool(_HAN.match(question) and _ASKS.search(question))


def _answered(work: Work, provision: Provision, question: str) -> Answered | None:
    """The extractive answer, where it is none of a refusal and rests on the provision."""
    desk = work.desk
    documents = work.subject.documents if work.subject.within else ()
    retrieval = desk.search(question, (), Filters(documents=documents))
    if desk.refuser.reason(retrieval) is not None:
        return None
    answer = desk.extractor.answer(retrieval)
    if not answer.citations or answer.citations[0].provision_id != provision.id:
        return None
    points = []
    for citation in answer.citations:
        held = desk.by_id[citation.provision_id]
        label = citation.locator.removeprefix(held.locator)
        text = "\n".join(_OWN_NUMBER.sub("", quote) for quote in citation.quotes)
        quote = "\n".join(citation.quotes)
        points.append(Point(text, (source(held, quote, label),)))
    if sum(len(point.text) for point in points) > _LONGEST:
        points = points[:1]
    if len(points[0].text) > _LONGEST:
        return None
    return Answered(question if question.endswith(("？", "?")) else f"{question}？", tuple(points))
