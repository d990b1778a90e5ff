"""Files from outside: refused with a sentence, and whoever reads them lives on."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from PIL import Image
from pypdf import PdfWriter

from qa.errors import DocumentError
from qa.ingest.formats import Limits, checked_name, read_guarded

LIMITS = Limits(megabytes=5, pages=20, megapixels=5, seconds=60, memory_mb=1500)


def word_with(name: str, content: bytes) -> bytes:
    """A Word document with one part more, or another one."""
    plain, changed = io.BytesIO(), io.BytesIO()
    document = docx.Document()
    document.add_paragraph("第一条 内容。")
    document.save(plain)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return changed.getvalue()


def pdf_of(pages: int, password: str = "") -> bytes:
    writer, file = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(file)
    return file.getvalue()


def wide_picture() -> bytes:
    file = io.BytesIO()
    Image.new("1", (8_000, 8_000)).save(file, "png")
    return file.getvalue()


ENTITY = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    b"<w:body><w:p><w:r><w:t>&x;</w:t></w:r></w:p></w:body></w:document>"
)
REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("空.pdf", lambda: b"", "空的"),
    ("大.txt", lambda: b"a" * (6 * 2**20), "超过上限 5 MB"),
    ("表.xlsx", lambda: b"PK\x03\x04", "格式不支持"),
    ("宏.docm", lambda: word_with("a.xml", b"<a/>"), "宏"),
    ("有宏.docx", lambda: word_with("word/vbaProject.bin", b"macro"), "宏"),
    ("假.pdf", lambda: b"MZ\x90\x00" + bytes(100), "与它的内容不符"),
    ("假.docx", lambda: pdf_of(1), "与它的内容不符"),
    ("假.txt", lambda: pdf_of(1), "与它的内容不符"),
    ("假.html", lambda: b"just words", "不是网页"),
    ("乱.txt", lambda: bytes(range(128, 256)) * 9, "编码"),
    ("锁.pdf", lambda: pdf_of(1, "secret"), "密码"),
    ("锁.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "密码"),
    ("厚.pdf", lambda: pdf_of(21), "超过上限 20 页"),
    ("坏.pdf", lambda: b"%PDF-1.7\nnothing", "打不开"),
    ("炸弹.docx", lambda: word_with("word/media/a.bin", bytes(40 * 2**20)), "压缩炸弹"),
    ("实体.docx", lambda: word_with("word/document.xml", ENTITY), "实体"),
    ("外.docx", lambda: word_with("../../outside.xml", b"<a/>"), "其他文件夹"),
    ("宽.png", wide_picture, "百万像素"),
]


@pytest.mark.parametrize(
    ("name", "made", "sentence"), REFUSED, ids=[name for name, _, _ in REFUSED]
)
def test_a_dangerous_or_wrong_file_is_refused_with_one_sentence(
    name: str, made: Callable[[], bytes], sentence: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(made())
    with pytest.raises(DocumentError, match=sentence) as refusal:
        read_guarded(tmp_path / name, LIMITS)
    assert str(refusal.value).endswith("。")
    assert "Traceback" not in str(refusal.value)


def test_a_file_that_takes_too_long_is_given_up_and_the_next_one_is_read(tmp_path: Path) -> None:
    (tmp_path / "办法.txt").write_text("第一条 内容。\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="没有读完"):
        read_guarded(tmp_path / "办法.txt", Limits(seconds=0.01))
    assert read_guarded(tmp_path / "办法.txt", LIMITS).lines[0].text == "第一条 内容。"


def test_memory_beyond_the_limit_ends_the_child_only(tmp_path: Path) -> None:
    (tmp_path / "办法.docx").write_bytes(word_with("a.xml", b"<a/>"))
    with pytest.raises(DocumentError, match="内存"):
        read_guarded(tmp_path / "办法.docx", Limits(memory_mb=40))


@pytest.mark.parametrize(
    "name", ["../a.txt", "a/b.txt", "C:\\a.txt", ".a", "nul.txt", "a\x00.txt", ""]
)
def test_a_name_that_is_a_path_is_refused(name: str) -> None:
    with pytest.raises(DocumentError):
        checked_name(name)


def test_an_ordinary_name_is_taken_as_it_is() -> None:
    assert (
        checked_name("网络数据安全管理条例（2024年）.pdf") == "网络数据安全管理条例（2024年）.pdf"
    )
