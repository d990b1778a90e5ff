"""Files made to do harm are refused with one sentence, or read; nothing of them is left."""

import resource
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from qa.errors import DocumentError
from qa.ingest.formats import Limits, checked_name, read_guarded
from qa.ingest.normalise import normalise
from qa.ingest.readers import Line
from qa.ingest.recognise import recognise
from tests.ingest import bombs

LIMITS = Limits(megabytes=60, seconds=60, memory_mb=1200)
MOST_S = 5.0
"""Of the processor: on a busy machine the clock says nothing."""
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]>>"

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "笑.docx": (lambda: bombs.word_saying(bombs.LAUGHS), "实体"),
    "外.docx": (lambda: bombs.word_saying(bombs.OUTSIDE), "实体"),
    "笑.html": (lambda: f"{bombs.LAUGHS}<html><body><p>&i;</p>".encode(), "实体"),
    "外.html": (lambda: f"{bombs.OUTSIDE}<html><body><p>&i;</p>".encode(), "实体"),
    "大部件.docx": (lambda: bombs.word({"customXml/a.xml": b" " * (20 * 2**20)}), "压缩炸弹"),
    "少报.docx": (bombs.word_understating, "打不开"),
    "环.pdf": (lambda: bombs.pdf_of(b"2 0 R", 5), "打不开"),
    "两环.pdf": (
        lambda: bombs.pdf_of(b"3 0 R", 5, b"<</Type/Pages/Kids[2 0 R]/Count 5/Parent 2 0 R>>"),
        "打不开",
    ),
    "十万页.pdf": (
        lambda: bombs.pdf_of(
            b"".join(b"%d 0 R " % n for n in range(3, 100_003)), 100_000, *[PAGE] * 100_000
        ),
        "100000 页，超过上限 1000 页",
    ),
    "胀.pdf": (lambda: bombs.pdf_drawn(b"q Q\n" * 15_000_000), "认出文字|中止|内存"),
    "层层.pdf": (bombs.pdf_of_forms, "中止|认出文字|还没有读完"),
    "锁.pdf": (bombs.locked_pdf, "密码"),
    "巨.png": (lambda: bombs.giant("png"), "3600 百万像素"),
    "巨.jpg": (lambda: bombs.giant("jpeg"), "4225 百万像素"),
    "巨.tif": (lambda: bombs.giant("tiff"), "3600 百万像素"),
    "巨.webp": (lambda: bombs.giant("webp"), "百万像素|打不开"),
    "深.html": (lambda: b"<html><body>" + b"<div>" * 100_000 + "第一条".encode(), "正文|嵌套"),
    "宽.html": (
        lambda: b"<html><body>" + b"<div>" * 200 + b"<p>aa</p>" * 90_000,
        "标记太多或嵌套太深",
    ),
    "长.txt": (lambda: b"a" * (50 * 2**20), "第 1 行有 52,428,800 个字"),
    "多.txt": (lambda: b"a\n" * (5 * 2**20), "行数超过上限"),
    "注.md": (lambda: b"<!--\n" * 150_000 + b"x" * 100_001, "个字，超过上限"),
    "字.pdf": (lambda: bombs.pdf_of_pieces(40_000), "第 1 页超过 60,000 个字"),
    "属性.html": (
        lambda: b"<html><body><p " + b"".join(b"a%d=1 " % n for n in range(300_000)) + b">a</p>",
        "一个标记带了 300,000 个属性",
    ),
    "批注.html": (lambda: b"<html><body><p>a</p>" + b"<!-- x -->" * 210_000, "标记太多"),
    "格.md": (lambda: (b"|" + b"a|" * 10_000 + b"\n") * 40, "的表格有 399,960 格"),
    "程序.pdf": (lambda: b"MZ\x90\x00" + bytes(600), "内容却是程序"),
    "网页.docx": (lambda: b"<html><body><p>a</p></body></html>", "内容却不是 .docx"),
    "压缩.png": (bombs.word, "内容却是压缩包"),
    "压缩.docx": (lambda: bombs.nested_zips(2), "不是 Word"),
}
READ: dict[str, Callable[[], bytes]] = {
    "套.docx": lambda: bombs.word({"word/embeddings/a.zip": bombs.nested_zips()}),
    "未完的注释.md": lambda: "第一条 内容。\n".encode() + b"<!--\n" * 20_000,
    "横线.md": lambda: "第一条 内容。\n".encode() + b"-" * 90_000 + b"x",
    "标题.html": lambda: f"<html><title>{'_-' * 50_000}</title><body><p>第一条 内容。</p>".encode(),
    "样式.docx": lambda: bombs.word_of_styles(5000),
    "层级.docx": lambda: bombs.word_of_levels(5000),
    "制表.docx": lambda: bombs.word_of_tabs(50_000),
    "表中表.docx": lambda: bombs.word_of_nested_tables(60, 5000),
    "批注.md": lambda: "<!-- 甲 -->\n".encode() * 60_000 + "第一条 内容。".encode(),
    "夹注.html": lambda: (
        b"<html><body>"
        + "<!-- x -->甲<p hidden>乙</p>".encode() * 20_000
        + "<p>第一条 内容。</p>".encode()
    ),
    "样式.html": lambda: (
        b"<html><style>"
        + b"a" * 500_000
        + b"/*" * 250_000
        + "</style><p>第一条 内容。</p>".encode()
    ),
    "国标.txt": lambda: (
        "第一条 内容。".encode("gb18030") + "\n数据安全法".encode("gb18030") * 60_000
    ),
    "编码.html": lambda: (
        "<html><meta charset=punycode><body><p>第一条 内容。</p>".encode() + b"<p>a" * 5000
    ),
}


SLOW: dict[str, str] = {
    "段": "内容\n" * 15_000,
    "表": "甲\t乙\n" * 12_000,
    "接": "数据安全的规定，应当符合要求，并且\n\n" * 8_000,
    "录": "目录\n第一章 总则\n" * 8_000,
    "附": "第一条 内容。\n第二条 内容。\n" + "附件1\n甲\n" * 6_000,
    "工": "一、甲\n（" + "分工负责" * 20_000,
    "注": "<!--" * 24_000,
    "日": "甲办法\n" + ("2020年1月1日" * 10_000 + "\n") * 3,
    "数": "一" * 99_000,
}
"""Texts on which a step that looks back at all that was before would take minutes."""


@pytest.fixture(autouse=True)
def nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No process, no temporary file, no handle and no thread is left; the time is kept."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    own = psutil.Process()
    handles, threads = own.num_fds(), threading.active_count()
    children = set(own.children(recursive=True))
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)

    yield
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = now.ru_utime + now.ru_stime - spent.ru_utime - spent.ru_stime
    assert set(own.children(recursive=True)) <= children
    assert not [*temporary.iterdir()]
    for thread in threading.enumerate():
        if thread.name.startswith("Thread-") and "_watch" in thread.name:
            thread.join(5)
    assert own.num_fds() <= handles and threading.active_count() <= threads
    assert took < MOST_S


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_made_to_do_harm_is_refused_with_one_sentence(name: str, tmp_path: Path) -> None:
    made, sentence = REFUSED[name]
    (tmp_path / name).write_bytes(made())
    with pytest.raises(DocumentError, match=sentence) as refusal:
        read_guarded(tmp_path / name, LIMITS)
    assert str(refusal.value).endswith("。") and "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", READ)
def test_what_is_odd_and_does_no_harm_is_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(READ[name]())
    found = read_guarded(tmp_path / name, LIMITS)
    assert any("第一条 内容。" in line.text for line in found.lines)


@pytest.mark.parametrize(
    ("made", "text"), [(bombs.pdf_of_lines, 60_000), (bombs.pdf_of_boxes, 2400)]
)
def test_a_page_drawn_all_over_is_read(
    made: Callable[[int], bytes], text: int, tmp_path: Path
) -> None:
    (tmp_path / "图.pdf").write_bytes(made(text))
    found = read_guarded(tmp_path / "图.pdf", LIMITS)
    assert "Words that can be read." in found.lines[0].text


@pytest.mark.parametrize("name", SLOW)
def test_a_text_made_to_be_slow_is_taken_apart(name: str) -> None:
    texts = enumerate(SLOW[name].split("\n"), start=1)
    begun = time.process_time()
    found = recognise([Line(number, text) for number, text in texts])
    for draft in found.drafts[:3]:
        normalise(draft.text)
    assert found.drafts
    assert time.process_time() - begun < MOST_S


def test_what_nobody_sees_is_shown_to_the_administrator_and_not_to_the_model(
    tmp_path: Path,
) -> None:
    text = "第一条 数据\u200b安全\u202e的\u2066规定\u2069。\U000e0049\U000e0067"
    (tmp_path / "办法.txt").write_text(text, encoding="utf-8")
    found = read_guarded(tmp_path / "办法.txt", LIMITS)
    assert [line.text for line in found.lines] == ["第一条 数据安全的规定。"]
    assert "不可见字符" in found.hidden[-1] and "“Ig”" in found.hidden[0]


def test_a_page_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "多.html").write_bytes(b"<html><body>" + b"<p>a</p>" * 60_000)
    with pytest.raises(DocumentError, match=r"算了 0\.5 秒还没有读完"):
        read_guarded(tmp_path / "多.html", Limits(page_seconds=0.5))


@pytest.mark.parametrize(
    "name",
    [
        *("../../x.txt", "C:\\x.txt", "a\x00.txt", "a\n.txt", "\x1b[31m.txt", "法\u202etxt.exe"),
        *("长" * 100 + ".txt", "a\u200b.txt", "..", "con", "~/../x", "a:b.txt", "\ud800.txt"),
    ],
)
def test_a_name_that_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(DocumentError, match=r"。$"):
        checked_name(name)
