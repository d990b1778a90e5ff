"""Every character of a text is in a provision once, in a heading, or left out by name."""

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from qa.ingest import corpus as reading
from qa.ingest.accounting import account, total
from qa.ingest.corpus import Corpus, parse, parse_whole
from qa.ingest.draft import Draft
from qa.ingest.readers import Line
from qa.ingest.titles import title_of

Document = tuple[str, Sequence[Line], list[Draft]]


@pytest.fixture(scope="module")
def documents(corpus: Corpus, volume: list[Line]) -> list[Document]:
    split = reading.split(volume, corpus.catalog.sources[0], corpus.catalog)
    return [(entry.title, lines, parse(lines)[0].drafts) for entry, lines in split]


def faults(lines: Sequence[Line], drafts: Sequence[Draft]) -> tuple[str, ...]:
    return account(lines, "", drafts).faults


def test_every_character_of_the_volume_is_accounted_for(
    corpus: Corpus, documents: list[Document]
) -> None:
    assert len(documents) == 20
    for title, lines, drafts in documents:
        told = account(lines, "", drafts)
        assert told.faults == (), title
        assert told.size == sum(len("".join(line.text.split())) for line in lines), title
    assert total(corpus.accounts.values()).size > 270_000
    assert corpus.stray == ()


@pytest.mark.parametrize("what", ["gone", "twice", "swapped", "misprinted", "longer", "shorter"])
def test_a_change_to_any_provision_is_noticed(documents: list[Document], what: str) -> None:
    chance = random.Random(what)
    for title, lines, drafts in documents:
        for _ in range(3):
            n = chance.randrange(len(drafts) - 1)
            changed = [*drafts]
            if what == "gone":
                del changed[n]
            elif what == "twice":
                changed.insert(n, drafts[n])
            elif what == "swapped":
                changed[n : n + 2] = [drafts[n + 1], drafts[n]]
            else:
                changed[n] = respelt(drafts[n], what, chance)
            assert faults(lines, changed), f"{title} {drafts[n].locator}"


def respelt(draft: Draft, what: str, chance: random.Random) -> Draft:
    """The draft with a character changed in its last part."""
    part = draft.parts[-1]
    at = chance.randrange(len(part.label) + 1 if part.label else 0, len(part.text))
    while not part.text[at].strip():
        at -= 1
    new = {"misprinted": "謬", "longer": f"{part.text[at]}謬", "shorter": ""}[what]
    text = f"{part.text[:at]}{new}{part.text[at + 1 :]}"
    return replace(draft, parts=[*draft.parts[:-1], part.model_copy(update={"text": text})])


def test_a_heading_that_is_forgotten_is_noticed(documents: list[Document]) -> None:
    for title, lines, drafts in documents:
        bare = [replace(draft, headings=()) for draft in drafts]
        if any(draft.headings for draft in drafts) and account(lines, "", drafts).named:
            assert faults(lines, bare), title


def test_what_is_left_out_is_named() -> None:
    text = (
        "# 某办法\n（2020年1月）\n目录\n第一章 总则\n第二章 附则\n## 第一章 总则\n"
        "**第一条** 甲。\n- （一）乙。\n## 第二章 附则\n第二条 丙。\n"
        "| 项目 | 标准 |\n|--|--|\n| 丁 | 1 |"
    )
    lines = [Line(n, line) for n, line in enumerate(text.split("\n"), start=1)]
    title = title_of(lines)
    drafts = parse_whole(lines, title)[0].drafts
    told = account(lines, title, drafts)
    assert told.faults == ()
    assert told.left_out == {"目录": 12, "排版标记": 22}
    assert told.size == len("".join(text.split()))
    assert told.sentence.endswith("，未收入 34（目录 12、排版标记 22）")


def test_a_fault_is_said_whole_with_its_line(tmp_path: Path) -> None:
    lost = "没有标题的一段，" * 30
    lines = [Line(1, "第一条 甲。"), Line(2, lost), Line(3, "第二条 乙。")]
    drafts = parse(lines)[0].drafts
    drafts[0].parts.pop()
    assert faults(lines, drafts) == (
        f"第 2 行起的文字没有归入任何条文，共 {len(lost)} 字：“{lost}”。",
    )


WORDS = ["项目", "单位", "标准", "名称", "备注", "序号", "责任单位", "完成时限", "2024年", "指标"]
CELLS = ["甲", "乙丙", "1", "12.5%", "省大数据局", "建设统一平台。", "", "登记；推进", "无", "—"]


def table(chance: random.Random) -> list[str]:
    """Rows as they come: a title, a header on each page, groups, cells too many or too few."""
    n = chance.randint(2, 5)
    header = "\t".join(chance.sample(WORDS, n))
    rows = ["汇总表" + "\t" * (n - 1)] if chance.random() < 0.2 else []
    rows += [header] if chance.random() < 0.9 else []
    for number in range(1, chance.randint(2, 9)):
        kind = chance.random()
        if kind < 0.1:
            rows.append(chance.choice(["第一类", "其他"]) + "\t" * (n - 1))
        elif kind < 0.2:
            rows += ["", header]
        else:
            cells = [chance.choice(["", "甲", str(number)]), *chance.choices(CELLS, k=n - 1)]
            rows.append("\t".join(cells + ["多出一格"] * (kind > 0.9)))
    return rows


@pytest.mark.parametrize("seed", range(10))
def test_tables_of_any_make_are_kept_to_the_last_cell(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(20):
        texts = [
            "一、任务",
            "",
            "表1 指标表",
            "",
            *table(chance),
            "",
            "（一）登记。做好。",
            "",
            "说明。",
        ]
        lines = [Line(n, text) for n, text in enumerate(texts, start=1)]
        drafts = parse(lines)[0].drafts
        assert faults(lines, drafts) == (), texts
