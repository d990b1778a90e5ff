"""罚则一览, 责任分工 and 指标 laid out as tables."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from qa.briefing.model import (
    Consequence,
    Duties,
    Duty,
    Indicator,
    Indicators,
    IndicatorTable,
    Penalties,
    Penalty,
    Source,
)
from qa.export.briefing.sheet import (
    Band,
    Block,
    Cell,
    Charts,
    Heading,
    Line,
    Picture,
    Table,
    Text,
    Words,
    cell,
    plain,
)

_CHARTED = 18
"""Small charts in one picture; more would not go on a page with their caption."""


def penalties(found: Penalties) -> Iterator[Block]:
    """A table for each document: who, what, which article, what penalty; amounts in bold."""
    for document, rows in groupby(found.rows, key=lambda row: row.source.document):
        yield Heading(f"《{document}》", 2)
        yield Table(
            ("违法主体", "违法行为", "处罚", "依据"),
            (2.3, 5, 6.2, 2.1),
            tuple(map(_penalty, rows)),
        )


def duties(found: Duties) -> Iterator[Block]:
    """A department's own tasks apart from those of all; else all in one table."""
    columns = ("任务", "责任部门", "具体内容", "出处")
    widths = (2.5, 2.8, 8, 2.3)
    if not found.department:
        yield Table(columns, widths, (*_banded(found.rows),))
        return
    own = [row for row in found.rows if not row.shared]
    shared = [row for row in found.rows if row.shared]
    for title, rows in ((f"写明由{found.department}负责或参与", own), ("各部门共同承担", shared)):
        if rows:
            yield Heading(f"{title}（{len(rows)} 项）", 2)
            yield Table(columns, widths, (*_banded(rows),))


def indicators(found: Indicators) -> Iterator[Block]:
    """Of each table small charts of the rows that have numbers, then all rows."""
    for table in found.tables:
        yield Heading(table.title, 2)
        numbered = [*enumerate(table.rows, start=1)]
        charted = [(n, row) for n, row in numbered if _points(row) > 1]
        for at in range(0, len(charted), _CHARTED):
            rows = tuple(charted[at : at + _CHARTED])
            yield Picture(Charts(rows), "每图左上角的数字是下表的序号；单位见表。")
        yield _table(table, numbered)
        yield Text(plain(f"出处：《{table.document}》。"), "remark")
        for number, row in numbered:
            for note in row.source.notes:
                yield Text(plain(f"第 {number} 行勘误：{note}"), "remark")


def _penalty(row: Penalty) -> tuple[Cell, ...]:
    acts = tuple(map(plain, filter(None, (row.violation, *row.items))))
    measures = tuple(line for each in row.consequences for line in _consequence(each))
    return (cell(row.who or "（条文未写明）"), acts, measures, _place(row.source))


def _consequence(consequence: Consequence) -> Iterator[Line]:
    case = (Words(consequence.case, strong=True), Words("：")) if consequence.case else ()
    for words in filter(None, (consequence.measures, consequence.persons)):
        yield (*case, *_emphasised(words, consequence.amounts))
        case = ()


def _emphasised(text: str, amounts: Sequence[str]) -> Iterator[Words]:
    longest = sorted(amounts, key=len, reverse=True)
    pattern = "|".join(map(re.escape, longest)) or "(?!)"
    end = 0
    for found in re.finditer(pattern, text):
        yield Words(text[end : found.start()])
        yield Words(found[0], strong=True)
        end = found.end()
    yield Words(text[end:])


def _banded(rows: Sequence[Duty]) -> Iterator[tuple[Cell, ...] | Band]:
    def above(row: Duty) -> str:
        return f"《{row.source.document}》{row.group}"

    for band, held in groupby(rows, key=above):
        yield Band(band)
        for row in held:
            yield cell(row.task), _responsible(row), (*_steps(row),), _place(row.source)


def _responsible(row: Duty) -> Cell:
    lead, others = "、".join(row.lead), "、".join(row.others)
    if lead and others:
        return plain(f"牵头：{lead}"), plain(f"参与：{others}")
    return cell(lead or others)


def _steps(row: Duty) -> Iterator[Line]:
    for step in row.steps:
        if step.year:
            yield plain(f"{step.year} 年", strong=True)
        yield from cell(step.text)


def _place(source: Source) -> Cell:
    return (*cell(source.locator), *(plain(f"勘误：{note}") for note in source.notes))


def _table(table: IndicatorTable, numbered: Sequence[tuple[int, Indicator]]) -> Table:
    years = sorted({value.year for row in table.rows for value in row.values})
    has_nature = any(row.nature for row in table.rows)
    rows: list[tuple[Cell, ...] | Band] = []
    for group, held in groupby(numbered, key=lambda each: each[1].group):
        if group:
            rows.append(Band(group))
        for number, row in held:
            printed = {value.year: value.printed for value in row.values}
            values = (cell(printed.get(year, "")) for year in years)
            nature = (cell(row.nature),) if has_nature else ()
            rows.append((cell(str(number)), cell(row.name), cell(row.unit), *values, *nature))
    return Table(
        ("序号", "指标", "单位", *(f"{year} 年" for year in years), *["属性"][: int(has_nature)]),
        (1.2, 5.2, 1.8, *(2.0 for _ in years), *[1.8][: int(has_nature)]),
        tuple(rows),
    )


def _points(row: Indicator) -> int:
    return sum(value.number is not None for value in row.values)
