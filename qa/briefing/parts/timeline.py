"""时间线: when documents were issued and took effect, and what is to be reached by when."""

import re
from collections.abc import Iterator

from qa.answering.support import pairs
from qa.briefing.model import Event, Timeline
from qa.briefing.parts.duties import duties_of
from qa.briefing.subject import provisions_of
from qa.briefing.wording import share, source, title_of, wordings
from qa.briefing.work import Work
from qa.ingest.catalog import DocumentEntry
from qa.ingest.provision import Provision

_USUAL = 15
_TAKES_EFFECT = re.compile(r"本\S{1,2}自\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日起施行")
_ANCHOR = re.compile(
    r"(?P<lead>(?:争取|力争)?(?:到|至|展望|截至))?\s*(?P<year>20[1-4]\d)\s*年"
    r"(?P<month>\s*\d{1,2}\s*月)?(?P<end>\s*(?:年\s*)?(?:底|末))?(?P<before>\s*之?前)?"
    r"(?!\s*[—–-])(?!代|度|远景|\d)"
)
_ENDS = re.compile(r"[；。\n]")
_ISSUED = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月，[^，。]{2,30}印发了?《")
_SHORTEST = 8
_LEAST_SAID = 0.34
"""A target of a topic has at least this share of the topic's words, or stands where all do."""

_ONLY_AROUND = 0.2
"""The same words in the sentence around it, or in its headings, count less."""
_ALIKE = 0.8
"""Targets that share so much are one, printed in two plans."""


def write(work: Work) -> Timeline | str:
    """The documents found first, up to half of the limit, and the nearest targets."""
    dated = [*_of_documents(work)]
    targets = [*_targets(work)]
    limit = work.most(_USUAL)
    dated = dated[: limit // 2]
    targets.sort(key=lambda each: -each[0])
    events = [*dated, *(event for _, event in targets[: limit - len(dated)])]
    if not events:
        return f"关于“{work.subject.name}”，汇编里没有写明日期、期限或目标年份。"
    return Timeline(tuple(sorted(events, key=lambda event: f"{event.date}-99-99"[:10])))


# ---- documents ----


def _of_documents(work: Work) -> Iterator[Event]:
    """Of the documents that the provisions belong to, when they took effect or were issued."""
    held = [] if work.subject.department else provisions_of(work.desk, work.subject)
    for document_id in dict.fromkeys((*work.subject.documents, *(p.document_id for p in held))):
        entry = work.desk.catalog.document(document_id)
        event = _effect(work, entry) or _issue(work, entry)
        if event:
            yield event


def _effect(work: Work, entry: DocumentEntry) -> Event | None:
    for provision in reversed(work.desk.search.reading.provisions(entry.id)):
        if match := _TAKES_EFFECT.search(provision.text):
            when = f"{match[1]} 年 {int(match[2])} 月 {int(match[3])} 日"
            date = f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
            text = f"《{entry.title}》施行"
            return Event(date, when, "施行", text, source(provision, match[0]))
    return None


def _issue(work: Work, entry: DocumentEntry) -> Event | None:
    """As the list of documents has it, or the text itself."""
    for provision in work.desk.search.reading.provisions(entry.id)[:1]:
        if match := _ISSUED.search(provision.text):
            date = f"{match[1]}-{int(match[2]):02}"
            when = f"{match[1]} 年 {int(match[2])} 月"
            words = match[0].removesuffix("《")
            return Event(date, when, "发文", f"《{entry.title}》印发", source(provision, words))
    for row in (p for p in work.desk.provisions if p.kind == "entry" and p.date):
        cells = {part.label: part.text for part in row.parts}
        named = cells.get("名称", "").partition("：")[2]
        if row.date and work.desk.search.reading.named(named) == entry.id:
            year, month, day = row.date.split("-")
            when = f"{year} 年 {int(month)} 月 {int(day)} 日"
            text = f"《{entry.title}》发文"
            return Event(row.date, when, "发文", text, source(row, cells["发文日期"]))
    return None


# ---- targets ----


def _targets(work: Work) -> Iterator[tuple[float, Event]]:
    subject = work.subject
    seen: list[frozenset[str]] = []
    for provision in provisions_of(work.desk, subject):
        if provision.kind == "row" and subject.department:
            yield from ((1.0, event) for event in _of_row(provision))
        if work.desk.is_law(provision) or provision.kind == "row":
            continue
        headed = share(subject.words, f"{provision.headings} {title_of(provision)}")
        for wording in wordings(provision):
            for event in _in(wording.text, provision):
                around = max(share(subject.words, wording.text), headed) - _ONLY_AROUND
                said = max(share(subject.words, event.text), around)
                words = pairs(event.text)
                known = any(len(words & other) > _ALIKE * len(words) for other in seen)
                if (subject.within or said >= _LEAST_SAID) and not known:
                    seen.append(words)
                    yield subject.near[provision.id] * (0.5 + said), event


def _in(text: str, provision: Provision) -> Iterator[Event]:
    """A sentence with several years is cut before each of them."""
    anchors = [match for match in _ANCHOR.finditer(text) if _is_ahead(match)]
    for n, anchor in enumerate(anchors):
        stop = anchors[n + 1].start() if n + 1 < len(anchors) else len(text)
        end = _ENDS.search(text, anchor.end(), stop)
        words = text[anchor.start() : end.start() if end else stop].rstrip("，、； ")
        if len(words) - len(anchor[0]) >= _SHORTEST:
            when = re.sub(r"^(?:争取|力争)?(?:到|至|展望|截至)\s*", "", anchor[0]).strip()
            month = re.sub(r"\D", "", anchor["month"] or "")
            date = anchor["year"] + (f"-{int(month):02}" if month else "")
            yield Event(date, when, "目标", words, source(provision, words))


def _of_row(provision: Provision) -> Iterator[Event]:
    """The first task of a table row in each year."""
    for duty in duties_of(provision):
        for step in duty.steps:
            first = re.sub(r"^\d{1,2}[.．]\s*", "", step.text.partition("\n")[0])
            when = f"{step.year} 年"
            yield Event(step.year, when, "目标", first, source(provision, first))


def _is_ahead(anchor: re.Match[str]) -> bool:
    """`到 2025 年`, `2025 年底前`; `2020 年，……达到` tells what was."""
    lead = anchor["lead"] or ""
    return bool(lead and "截至" not in lead) or bool(anchor["end"] or anchor["before"])
