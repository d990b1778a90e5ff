from qa.ingest.accounting import account
from qa.ingest.corpus import parse
from qa.ingest.outlines import read_outline
from qa.ingest.pages import Block
from qa.ingest.readers import Line
from qa.ingest.tables import Table, read_table


def block(*rows: str, line: int = 1) -> Block:
    cells = tuple(tuple(row.split("|")) for row in rows)
    return Block(line, "", cells, tuple(range(line, line + len(cells))))


def cells(table: Table) -> list[list[str]]:
    return [row.cells for row in table.rows]


TASKS = ("任务|部门|年度目标|", "||2024 年|2025 年")


def test_a_header_of_two_lines_names_each_column() -> None:
    assert read_table([block(*TASKS, "甲|乙|1|2")]).header == ("任务", "部门", "2024 年", "2025 年")


def test_a_header_printed_on_every_page_counts_once() -> None:
    table = read_table([block(*TASKS, "甲|乙|1|2"), block(*TASKS, "丙|丁|3|4")])
    assert cells(table) == [["甲", "乙", "1", "2"], ["丙", "丁", "3", "4"]]


def test_the_task_is_carried_down_and_over_a_page_end() -> None:
    table = read_table([block(*TASKS, "甲|乙|1|2", "|丙|3|4"), block(*TASKS, "|丁|5|6")])
    assert [row[0] for row in cells(table)] == ["甲", "甲", "甲"]


def test_a_row_cut_by_a_page_end_is_joined_cell_by_cell() -> None:
    table = read_table([block(*TASKS, "甲|乙|创新应|接"), block(*TASKS, "||用，打造|口。")])
    assert cells(table) == [["甲", "乙", "创新应用，打造", "接口。"]]


def test_a_repeated_task_at_a_page_end_carries_its_department() -> None:
    table = read_table([block(*TASKS, "甲|乙|1|2"), block(*TASKS, "甲||3|4", "甲||5|6")])
    assert [row[1] for row in cells(table)] == ["乙", "乙", ""]


def test_an_empty_cell_of_an_indicator_table_stays_empty() -> None:
    table = read_table([block("指标|2020 年|2025 年", "甲|1|2", "|3|4")])
    assert cells(table)[1] == ["", "3", "4"]


def test_a_lone_cell_names_the_rows_below_it() -> None:
    table = read_table([block("指 标|2025 年", "产业|", "甲|1", "设施|", "乙|2")])
    assert table.header[0] == "指标"
    assert [row.group for row in table.rows] == ["产业", "设施"]


def test_a_lone_cell_above_the_header_is_the_title() -> None:
    table = read_table([block("主要指标||", "指标|2020 年|2025 年", "甲|1|2")])
    assert table.title == "主要指标"
    assert cells(table) == [["甲", "1", "2"]]


def test_a_line_with_more_cells_than_the_header_keeps_them() -> None:
    drafts = read_outline([block("指标|2025 年", "甲|1|预期性", "乙")]).drafts
    assert [draft.text for draft in drafts] == ["指标：甲\n2025 年：1\n预期性", "指标：乙"]


def test_a_continued_line_with_more_cells_keeps_them() -> None:
    drafts = read_outline([block("指标|2025 年", "甲|1"), block("||预期性")]).drafts
    assert [draft.text for draft in drafts] == ["指标：甲\n2025 年：1\n预期性"]


def test_a_table_of_one_line_is_text_and_no_header() -> None:
    outline = read_outline([Block(1, "一、联系人"), block("张三|电话 1234", line=3)])
    assert [(d.locator, d.text) for d in outline.drafts] == [("张三", "张三\n电话 1234")]


def test_a_table_without_a_header_keeps_its_first_line() -> None:
    drafts = read_outline([block("张三|负责登记。", "李四|负责审核。")]).drafts
    assert [draft.text for draft in drafts] == ["张三\n负责登记。", "李四\n负责审核。"]


def test_a_lone_cell_without_rows_is_kept() -> None:
    drafts = read_outline([block("指标|2025 年", "甲|1", "注：均为预期性|")]).drafts
    assert drafts[-1].text == "指标：注：均为预期性"


def test_a_sentence_in_the_header_of_an_empty_column_is_owned_up() -> None:
    said = "五年前已经完成，不再列入"
    for name, faults in (("属性", 0), (said, 1)):
        lines = [Line(1, f"指标\t2025 年\t{name}"), Line(2, "甲\t1\t")]
        assert len(account(lines, "", parse(lines)[0].drafts).faults) == faults


def test_rows_numbered_from_one_are_entries_of_a_list() -> None:
    drafts = read_outline([block("序号|名称", "1|甲"), block("序号|名称", "2|乙")]).drafts
    assert [(d.kind, d.locator) for d in drafts] == [("entry", "第1项"), ("entry", "第2项")]


def test_a_row_without_a_short_first_cell_is_named_by_its_place() -> None:
    long = "这一格不是名称，而是一句很长的话，所以不能拿来称呼这一行"
    drafts = read_outline([block("指标|2025 年", "甲|1", "|2", f"{long}|3")]).drafts
    assert [draft.locator for draft in drafts] == ["甲", "第2行", "第3行"]
