"""From a request to a briefing, part by part; a part that fails leaves a note in its place."""

import datetime
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass

from qa.briefing.desk import Desk
from qa.briefing.lookup import MOST_PROVISIONS
from qa.briefing.model import Briefing, Part, PartKind, Source
from qa.briefing.parts import WRITERS, WRITTEN_LAST
from qa.briefing.phrasing import KINDS as PHRASED
from qa.briefing.phrasing import Phraser
from qa.briefing.plan import PartPlan, Template, plans_for, template_for
from qa.briefing.request import Outline, Proposed, Request
from qa.briefing.subject import Subject, provisions_of, subject_of
from qa.briefing.subtopics import subtopic_of
from qa.briefing.wording import opening, wordings
from qa.briefing.work import Work
from qa.errors import QAError
from qa.ingest.provision import Provision

log = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]
"""Called with the part that is being written, how many are written, and how many there are."""
_PROPOSED = MOST_PROVISIONS
"""Whoever ticks should see all of what may be ticked."""


def brief(
    desk: Desk,
    request: Request,
    progress: Progress | None = None,
    made: datetime.date | None = None,
    phraser: Phraser | None = None,
) -> Briefing:
    """Write a briefing out of the volume's own words; no model is needed.

    Args:
        made: the day on its title page; today's where none is given.
        phraser: says the longest statements shorter; none: every word is the volume's own.

    Raises:
        BriefingError: it cannot be made as asked for; the sentence says what to do.
    """
    template = template_for(request)
    plans = plans_for(request, template)
    subject = subject_of(desk, request, template)
    steps = len(plans) + (len(PHRASED) if phraser else 0)
    parts = tuple(_parts(desk, subject, plans, progress, steps))
    told: tuple[str, ...] = ()
    if phraser:
        parts, told = _phrased(parts, phraser, progress, steps)
    if progress:
        progress("", steps, steps)
    cited = _cited(parts)
    documents = dict.fromkeys(desk.by_id[each].document_id for each in cited)
    notices = [note for each in documents for note in desk.catalog.document(each).notices]
    return Briefing(
        title=_title(template, subject),
        made=(made or datetime.date.today()).isoformat(),
        basis=desk.basis,
        notices=tuple(dict.fromkeys((*notices, *told))),
        parts=parts,
        index=desk.index,
        made_for=_made_for(request, template, subject),
    )


def outline(desk: Desk, request: Request) -> Outline:
    """What a briefing would be made of, to be ticked and pruned before it is written.

    Raises:
        BriefingError: it cannot be made as asked for.
    """
    template = template_for(request)
    plans = plans_for(request, template)
    subject = subject_of(desk, request, template)
    held = provisions_of(desk, subject)[:_PROPOSED]
    return Outline(
        title=_title(template, subject),
        template=template.name,
        parts=tuple(plan.kind for plan in plans),
        provisions=tuple(proposed(p, subject.why.get(p.id, "")) for p in held),
    )


def _parts(
    desk: Desk,
    subject: Subject,
    plans: tuple[PartPlan, ...],
    progress: Progress | None,
    steps: int,
) -> list[Part]:
    """The parts in the order of the plan; those that depend on the others are written last."""
    written: dict[int, Part] = {}
    order = sorted(range(len(plans)), key=lambda n: plans[n].kind in WRITTEN_LAST)
    for done, n in enumerate(order):
        if progress:
            progress(plans[n].kind, done, steps)
        cited = _cited([written[each] for each in sorted(written)])
        written[n] = _part(plans[n], Work(desk, subject, plans[n].limit, cited))
    return [written[n] for n in range(len(plans))]


def _phrased(
    parts: tuple[Part, ...], phraser: Phraser, progress: Progress | None, steps: int
) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """The parts with what a model says shorter, and what the reader is to be told of it."""

    def told(kind: PartKind, done: int, count: int) -> None:
        if progress:
            at = steps - len(PHRASED) + PHRASED.index(kind)
            progress(f"{kind}（改写第 {done + 1} 处，共 {count} 处）", at, steps)

    phrased = phraser(parts, told)
    return phrased.parts, (phrased.notice,) if phrased.notice else ()


def _part(plan: PartPlan, work: Work) -> Part:
    title = plan.title or plan.kind
    try:
        content = WRITERS[plan.kind](work)
    except QAError as error:
        return Part(plan.kind, title, None, f"这一部分没有写成：{error}", failed=True)
    except Exception:  # whatever breaks in one part must not lose the others; the log has it all
        log.exception("简报的“%s”部分出错", plan.kind)
        note = "这一部分没有写成：程序出错，详情在日志里；其余部分不受影响。"
        return Part(plan.kind, title, None, note, failed=True)
    if isinstance(content, str):
        return Part(plan.kind, title, None, content)
    return Part(plan.kind, title, content)


def _cited(parts: Sequence[Part]) -> tuple[str, ...]:
    """Ids of the provisions that parts cite, in their order."""
    found = (_ids(part.content) for part in parts if part.content is not None)
    return tuple(dict.fromkeys(each for ids in found for each in ids))


def _ids(value: object) -> Iterator[str]:
    if isinstance(value, Source):
        yield value.provision_id
    elif isinstance(value, tuple):
        for each in value:
            yield from _ids(each)
    elif is_dataclass(value):
        for field in fields(value):
            if field.name == "provision_id":
                yield str(getattr(value, field.name))
            yield from _ids(getattr(value, field.name))


def proposed(provision: Provision, why: str) -> Proposed:
    """A provision as an outline shows it."""
    told = (subtopic_of(each.text, provision) for each in wordings(provision))
    return Proposed(
        provision_id=provision.id,
        document=provision.document,
        locator=provision.locator,
        opening=opening(provision),
        subtopic=next((each for each in told if each), None),
        why=why,
    )


def _title(template: Template, subject: Subject) -> str:
    return template.title.replace("{}", subject.name)


def _made_for(request: Request, template: Template, subject: Subject) -> dict[str, str]:
    made_for = {"模板": template.name, "主题": request.topic.strip(), "文件": request.document}
    made_for["部门"] = subject.department
    made_for["对比"] = "、".join(request.compare or ())
    return {key: value for key, value in made_for.items() if value}
