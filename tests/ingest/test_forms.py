import tomllib
from pathlib import Path

import pytest

from qa.ingest import corpus, forms
from qa.ingest.accounting import account
from qa.ingest.catalog import Catalog, DocumentEntry, SourceEntry
from qa.ingest.forms import Form
from qa.ingest.readers import read_lines

FORMS = sorted((Path(__file__).parent / "forms").glob("*.txt"))


@pytest.mark.parametrize("path", FORMS, ids=[path.stem for path in FORMS])
def test_a_form_gives_every_provision_in_order(path: Path) -> None:
    expected = tomllib.loads(path.with_suffix(".toml").read_text(encoding="utf-8"))
    catalog = Catalog(
        sources=(SourceEntry(file=path.name, title="示范汇编"),),
        documents=tuple(
            DocumentEntry(id=f"d{number}", title=title, level="法律", region="国家")
            for number, title in enumerate(expected["documents"])
        ),
    )
    found: list[dict[str, object]] = []
    counts = dict.fromkeys(expected["counts"], 0)
    for entry, lines in corpus.split(read_lines(path), catalog.sources[0], catalog):
        outline, joins = corpus.parse(lines)
        assert account(lines, "", outline.drafts).faults == ()
        kinds = [draft.kind for draft in outline.drafts]
        held = {
            "provisions": len(kinds),
            "articles": kinds.count("article"),
            "chapters": outline.chapters,
            "article_sections": outline.sections,
            "quotes": kinds.count("quote"),
            "boxes": kinds.count("box"),
            "duties": kinds.count("duty"),
            "rows": kinds.count("row") + kinds.count("entry"),
            "page_cuts": joins,
        }
        counts = {name: number + held[name] for name, number in counts.items()}
        found += [
            {
                "document": entry.title,
                "locator": draft.locator,
                "kind": draft.kind,
                "headings": list(draft.headings),
                "text": draft.text,
            }
            for draft in outline.drafts
        ]
    assert found == [p | {"text": p["text"].removeprefix("\n")} for p in expected["provision"]]
    assert counts == expected["counts"]


@pytest.mark.parametrize(
    ("lines", "form"),
    [
        (["第一条 甲。", "第二条 乙。"], Form.ARTICLES),
        (["第一条 甲。", "——2016年4月19日在会上的讲话"], Form.QUOTES),
        (["一、甲", "（一）乙。"], Form.OUTLINE),
        (["没有标题的一段话。"], Form.OUTLINE),
        ([], Form.OUTLINE),
    ],
)
def test_the_form_is_read_off_the_lines(lines: list[str], form: Form) -> None:
    assert forms.form_of(lines) is form


@pytest.mark.parametrize(
    ("line", "mark", "title"),
    [
        ("第一章 总 则", "第一章", "总 则"),
        ("第二章民事权利", "第二章", "民事权利"),
        ("第一分编 物权", "第一分编", "物权"),
        ("第3节 其他，以及例外", "第3节", "其他，以及例外"),
    ],
)
def test_a_chapter_is_told_with_and_without_a_space(line: str, mark: str, title: str) -> None:
    match = forms.CHAPTER.match(line)
    assert match is not None and (match[1], match[3]) == (mark, title)


@pytest.mark.parametrize("line", ["第二章规定的义务，由主管部门监督。", "第一章", "第三条 章程"])
def test_a_sentence_about_a_chapter_is_no_chapter(line: str) -> None:
    assert forms.CHAPTER.match(line) is None


@pytest.mark.parametrize("line", ["第二条规定的记录，应当保存。", "第一章 总则", "依照第三条 执行"])
def test_a_sentence_about_an_article_is_no_article(line: str) -> None:
    assert forms.ARTICLE.match(line) is None


@pytest.mark.parametrize(
    ("line", "bare"),
    [
        ("# 中华人民共和国数据安全法", "中华人民共和国数据安全法"),
        ("### 第一章 总则", "第一章 总则"),
        ("<!-- INFO END -->", ""),
        ("- （一）甲；", "（一）甲；"),
        ("——**2023年9月4日**", "——2023年9月4日"),
        ("<p>1.甲。</p> <p>2.乙。</p>", "1.甲。 2.乙。"),
        ("- 甲", "- 甲"),
        ("-5 摄氏度", "-5 摄氏度"),
    ],
)
def test_marks_of_a_typesetter_are_no_text(line: str, bare: str) -> None:
    assert forms.unmarked(line) == bare


@pytest.mark.parametrize(
    "text",
    [
        "建设登记平台，",
        "《数据交易场所",
        "（牵头单位：市大数据局；",
        "介绍机构（含分支机构）",
        "建设",
    ],
)
def test_an_open_sentence_goes_on_behind_a_page_end(text: str) -> None:
    assert forms.is_unfinished(text)


@pytest.mark.parametrize(
    "text",
    ["做完。", "包括：", "他说“做完。”", "做完。（责任单位：市大数据局）", "（责任单位：甲）", ""],
)
def test_a_finished_sentence_does_not_go_on(text: str) -> None:
    assert not forms.is_unfinished(text)
