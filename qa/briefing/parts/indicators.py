"""指标: the rows of indicator tables on a topic, with their numbers read for a chart."""

import re
from itertools import groupby

from qa.briefing.model import Indicator, Indicators, IndicatorTable, Value
from qa.briefing.wording import share, source
from qa.briefing.work import Work
from qa.ingest.provision import Part, Provision

_YEAR = re.compile(r"^(20\d\d)\s*年$")
_NUMBER = re.compile(r"^\s*(\d+(?:\.\d+)?)(?![\d.]*[.．、])")
_NONE = "/"
_UNIT = re.compile(r"\s*[（(]([^（）()]+)[）)]$")
_SAID = 0.5
"""A row whose name has this share of the topic's words is on the topic."""
_SAID_BY_GROUP = 0.75
"""So is a row whose group or table has this share."""


def write(work: Work) -> Indicators | str:
    """The rows by table, in the order of the volume."""
    held = [p for p in work.desk.provisions if is_indicator(p) and _is_on_topic(work, p)]
    if work.limit and len(held) > work.limit:
        nearest = sorted(held, key=lambda p: -share(work.subject.words, p.text))[: work.limit]
        held = [p for p in held if p in nearest]
    if not held:
        return f"汇编的指标表里没有关于“{work.subject.name}”的指标。"
    tables = groupby(held, key=lambda p: (p.document, _table(p)))
    return Indicators(
        tuple(
            IndicatorTable(title, document, tuple(indicator_of(p) for p in rows))
            for (document, title), rows in tables
        )
    )


def is_indicator(provision: Provision) -> bool:
    """A row whose years hold numbers."""
    if provision.kind != "row":
        return False
    printed = [_printed(part) for part in provision.parts if _YEAR.match(part.label)]
    read = [text for text in printed if _NUMBER.match(text)]
    return bool(read) and all(text in read or text == _NONE for text in printed)


def indicator_of(provision: Provision) -> Indicator:
    """A row read."""
    first, *others = provision.parts
    name = _printed(first)
    unit = _UNIT.search(name)
    nature = next((_printed(p) for p in others if not _YEAR.match(p.label)), "")
    return Indicator(
        name=_UNIT.sub("", name),
        unit=unit[1] if unit else "",
        group=_group(provision),
        values=tuple(_value(part) for part in others if _YEAR.match(part.label)),
        nature=nature,
        source=source(provision, provision.text),
    )


def _is_on_topic(work: Work, provision: Provision) -> bool:
    subject = work.subject
    if subject.within:
        return provision.document_id in subject.documents
    group = f"{_group(provision)} {_table(provision)}"
    return (
        share(subject.words, _printed(provision.parts[0])) >= _SAID
        or share(subject.words, group) >= _SAID_BY_GROUP
    )


def _value(part: Part) -> Value:
    year = _YEAR.match(part.label)
    assert year
    printed = _printed(part)
    number = _NUMBER.match(printed)
    return Value(int(year[1]), printed, float(number[1]) if number else None)


def _printed(part: Part) -> str:
    """The cell without the header that is said before it."""
    return part.text.partition("：")[2].strip()


def _table(provision: Provision) -> str:
    return provision.locator.partition(" · ")[0]


def _group(provision: Provision) -> str:
    last = provision.headings[-1] if provision.headings else ""
    return "" if last == _table(provision) else last
