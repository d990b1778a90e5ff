import re

import pytest

from qa.assistant import Assistant
from qa.briefing.model import Duties
from qa.briefing.request import Request
from qa.ingest.readers import read_lines
from qa.settings import Settings

LIST = re.compile(r"[（(][^（）()]{0,30}(?:牵头单位|责任单位)[^（）()]*[）)]")
DEPARTMENTS = ("省商务厅", "省公安厅", "省财政厅", "省教育厅", "省司法厅")


def tight(text: str) -> str:
    return re.sub(r"\s|</?p>", "", text)


@pytest.fixture(scope="module")
def printed(settings: Settings, assistant: Assistant) -> list[tuple[str, str]]:
    """Department and yearly cells of every line of the task tables, off the source itself."""
    (source,) = {entry.file for entry in assistant._volume.catalog.sources}
    lines = [line.text.split("\t") for line in read_lines(settings.corpus_dir / source)]
    rows = [cells for cells in lines if len(cells) == 5]
    return [(tight(cells[1]), tight(cell)) for cells in rows for cell in cells[2:] if tight(cell)]


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_the_list_of_a_department_is_complete_against_the_tables(
    assistant: Assistant, printed: list[tuple[str, str]], department: str
) -> None:
    content = assistant.brief(Request(department=department, parts=("责任分工",))).parts[0].content
    assert isinstance(content, Duties)
    written = tight("".join(step.text for row in content.rows for step in row.steps))
    wanted = [cell for name, cell in printed if department in name]
    assert wanted
    assert [cell for cell in wanted if cell not in written] == []


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_the_list_of_a_department_is_complete_against_the_duty_lists(
    assistant: Assistant, settings: Settings, department: str
) -> None:
    """Every `（牵头单位：……）` of the source that names it, and its entry of 附件 1."""
    content = assistant.brief(Request(department=department, parts=("责任分工",))).parts[0].content
    assert isinstance(content, Duties)
    quoted = tight("".join(row.source.quote for row in content.rows))
    (source,) = {entry.file for entry in assistant._volume.catalog.sources}
    text = tight("".join(line.text for line in read_lines(settings.corpus_dir / source)))
    lists = LIST.findall(text)
    assert len(lists) > 90
    assert [each for each in lists if department in each and each not in quoted] == []
    entry = f"）{department}"
    assert any(row.source.locator.endswith(entry) for row in content.rows)


def test_every_row_of_a_department_names_it_or_all(assistant: Assistant) -> None:
    content = assistant.brief(Request(department="商务厅", parts=("责任分工",))).parts[0].content
    assert isinstance(content, Duties)
    assert content.department == "省商务厅"
    own = [row for row in content.rows if "省商务厅" in (*row.lead, *row.others)]
    assert own
    assert content.rows[: len(own)] == tuple(own)
    assert all(row.shared for row in content.rows[len(own) :])
    assert {step.year for row in own for step in row.steps} >= {"2024", "2025"}


def test_who_leads_and_who_takes_part_are_told_apart(assistant: Assistant) -> None:
    request = Request(document="sd-digital-gov", parts=("责任分工",))
    content = assistant.brief(request).parts[0].content
    assert isinstance(content, Duties)
    (row,) = (r for r in content.rows if r.source.locator == "二、（一）1.")
    assert row.lead == ("省发展改革委", "省大数据局")
    assert row.others == ("省政府有关部门",)
