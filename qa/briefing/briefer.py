"""From a request to a briefing, part by part; a part that fails leaves a note in its place."""

import datetime
import logging
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass

from qa.briefing.desk import Desk
from qa.briefing.model import Briefing, Part, Source
from qa.briefing.parts import WRITERS, WRITTEN_LAST
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
_PROPOSED = 60


def brief(
    desk: Desk,
    request: Request,
    progress: Progress | None = None,
    made: datetime.date | None = None,
) -> Briefing:
    """Write a briefing out of the volume's own words; no model is needed.

    made: the day on its title page; today's where none is given.

    Raises:
        BriefingError: it cannot be made as asked for; the sentence says what to do.
    """
    template = template_for(request)
    plans = plans_for(request, template)
    subject = subject_of(desk, request, template)
    parts = _parts(desk, subject, plans, progress)
    cited = _cited(parts)
    documents = dict.fromkeys(desk.by_id[each].document_id for each in cited)
    notices = [note for each in documents for note in desk.catalog.document(each).notices]
    return Briefing(
        title=_title(template, subject),
        made=(made or datetime.date.today()).isoformat(),
        basis=desk.basis,
        notices=tuple(dict.fromkeys(notices)),
        parts=tuple(parts),
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
        provisions=tuple(_proposed(p, subject.why.get(p.id, "")) for p in held),
    )


def _parts(
    desk: Desk, subject: Subject, plans: tuple[PartPlan, ...], progress: Progress | None
) -> list[Part]:
    """The parts in the order of the plan; those that depend on the others are written last."""
    written: dict[int, Part] = {}
    order = sorted(range(len(plans)), key=lambda n: plans[n].kind in WRITTEN_LAST)
    for done, n in enumerate(order):
        if progress:
            progress(plans[n].kind, done, len(plans))
        cited = _cited([written[each] for each in sorted(written)])
        written[n] = _part(plans[n], Work(desk, subject, plans[n].limit, cited))
    if progress:
        progress("", len(plans), len(plans))
    return [written[n] for n in range(len(plans))]


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


def _cited(parts: list[Part]) -> tuple[str, ...]:
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


def _proposed(provision: Provision, why: str) -> Proposed:
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
