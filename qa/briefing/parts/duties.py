"""责任分工: departments and their tasks by year, from the task tables and the duty lists."""

import re
from collections.abc import Iterator

from qa.briefing.departments import is_for_all, is_same
from qa.briefing.model import Duties, Duty, Step
from qa.briefing.subject import provisions_of
from qa.briefing.wording import share, source, title_of
from qa.briefing.work import Work
from qa.ingest import forms
from qa.ingest.provision import Provision

_USUAL = 200
_SAID = 0.999
_YEAR = re.compile(r"^(20\d\d)\s*年$")
_TASK = re.compile(r"\s*(?=(?<![\d.．])\d{1,2}[.．](?!\d))")
_CLAUSE = re.compile(r"[，,；;]")
_LEADS, _ANSWERS, _HELPS = re.compile("牵头"), re.compile("责任单位|分工负责"), re.compile("配合")


def write(work: Work) -> Duties | str:
    """Of a department everything, and what is laid on all; of a topic the nearest tasks."""
    department = work.subject.department
    rows = [*_of_department(work, department)] if department else [*_of_topic(work)]
    rows = rows[: work.most(_USUAL)]
    if not rows:
        return f"关于“{work.subject.name}”，汇编里没有写明责任部门的任务。"
    named = [name for row in rows for name in (*row.lead, *row.others)]
    return Duties(department, tuple(dict.fromkeys(named)), tuple(rows))


def _of_department(work: Work, department: str) -> Iterator[Duty]:
    """In the order of the volume, those of the department itself first."""
    rows = [row for p in work.desk.provisions if p.departments for row in duties_of(p)]

    def is_own(row: Duty) -> bool:
        return any(is_same(department, name) for name in (*row.lead, *row.others))

    yield from (row for row in rows if is_own(row))
    yield from (row for row in rows if row.shared and not is_own(row))


def _of_topic(work: Work) -> Iterator[Duty]:
    """What was found for it, then what has all of its words; a document in its own order."""
    desk, words = work.desk, work.subject.words
    near = provisions_of(desk, work.subject)
    if work.subject.within:
        near.sort(key=lambda p: desk.position[p.id])
    said = [] if work.subject.within else desk.provisions
    saying = [p for p in said if p.departments and share(words, p.text) >= _SAID]
    for provision_id in dict.fromkeys(p.id for p in (*near, *saying)):
        if desk.by_id[provision_id].departments:
            yield from duties_of(desk.by_id[provision_id])


def duties_of(provision: Provision) -> Iterator[Duty]:
    """The tasks of a table row, of a department's entry, or of a section with duty lists."""
    if provision.kind == "section":
        yield from _of_section(provision)
        return
    names = provision.departments
    task = provision.parts[0].text if provision.kind == "row" else ""
    yield Duty(
        task=task.partition("：")[2] if task else "职责分工",
        group=forms.title_of(_innermost(provision)),
        lead=names,
        others=(),
        steps=tuple(_steps(provision)),
        shared=any(is_for_all(name) for name in names),
        source=source(provision, provision.text),
    )


def _steps(provision: Provision) -> Iterator[Step]:
    if provision.kind == "duty":
        text = "\n".join(part.text for part in provision.parts[1:])
        yield Step("", text)
    for part in provision.parts if provision.kind == "row" else ():
        if year := _YEAR.match(part.label):
            tasks = _TASK.split(part.text.partition("：")[2].strip())
            yield Step(year[1], "\n".join(task.strip() for task in tasks if task.strip()))


def _of_section(provision: Provision) -> Iterator[Duty]:
    """Each duty list answers for the words before it."""
    text, start = provision.text, 0
    for match in forms.DUTIES.finditer(text):
        lead, others = _roles(match[0], provision.departments)
        words = text[start : match.start()].strip()
        if start == 0:
            words = _without_heading(words)
        start = match.end()
        if lead or others:
            yield Duty(
                task=title_of(provision) or _first_clause(words),
                group=forms.title_of(_innermost(provision)),
                lead=lead,
                others=others,
                steps=(Step("", words),) if words else (),
                shared=any(is_for_all(name) for name in (*lead, *others)),
                source=source(provision, f"{words}{match[0]}" if words else match[0]),
            )


def _roles(listed: str, known: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who leads or answers, and who takes part; where nobody leads, all responsible answer."""
    told: dict[str, list[str]] = {"leads": [], "answers": [], "helps": []}
    role = "answers"
    for clause in _CLAUSE.split(listed):
        if _LEADS.search(clause):
            role = "leads"
        elif _HELPS.search(clause):
            role = "helps"
        elif _ANSWERS.search(clause):
            role = "answers"
        names = re.split(r"[、：:（）()]", clause)
        said = [name for name in known if any(name in each for each in names)]
        told[role] += [n for n in said if not any(n != m and n in m for m in said)]
    if told["leads"]:
        return tuple(told["leads"]), (*told["answers"], *told["helps"])
    return tuple(told["answers"]), tuple(told["helps"])


def _without_heading(words: str) -> str:
    heading = forms.heading_of(words.partition("\n")[0])
    if heading is None:
        return words
    first, _, rest = words.partition("\n" if heading.alone else "。")
    return rest.strip() or first


def _first_clause(words: str) -> str:
    return re.split("[，。；]", words)[0]


def _innermost(provision: Provision) -> str:
    return next((heading for heading in reversed(provision.headings) if heading), "")
