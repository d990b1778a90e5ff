"""A .docx is an archive: what it holds is looked at before anything is unpacked."""

import lzma
import re
import zipfile
import zlib
from pathlib import Path

from qa.errors import DocumentError
from qa.ingest.formats.limits import Limits

_MEMBERS = 10_000
_RATIO = 100
"""Text of Word packs to a twentieth; a hundredth is a bomb."""
_SMALL = 2**20
"""Bytes below which the ratio does not matter."""
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError),
)
_MARKS = 6_000_000
"""Beginnings and ends of elements; a table of five thousand rows has some two million."""
_ENTITIES = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def check_archive(path: Path, limits: Limits) -> None:
    """Refuse an archive that is no Word document, or none that can be opened safely.

    Raises:
        DocumentError: damaged, a bomb, encrypted, with macros, or with XML entities.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_members(path, archive.infolist(), limits)
            marks = 0
            for member in archive.infolist():
                if member.filename.endswith((".xml", ".rels")):
                    content = archive.read(member)
                    _check_xml(path, content)
                    marks += content.count(b"<")
    except _DAMAGED as error:
        raise DocumentError(f"{path.name} 已损坏，打不开；请重新保存后再加入。") from error
    if marks > _MARKS:
        raise DocumentError(f"{path.name} 的标记太多（超过 {_MARKS:,} 个）；请拆分后再加入。")


def _check_members(path: Path, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = {member.filename for member in members}
    if len(members) > _MEMBERS or len(names) < len(members):
        raise DocumentError(f"{path.name} 的内部结构不正常（文件过多或重名）；不接收。")
    if any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) for name in names):
        raise DocumentError(f"{path.name} 内部有指向其他文件夹的路径；不接收。")
    if any(member.flag_bits & 1 for member in members):
        raise DocumentError(f"{path.name} 加了密码；请去掉密码后再加入。")
    if any(Path(name).name.lower() == "vbaproject.bin" for name in names):
        raise DocumentError(f"{path.name} 带有宏，不接收；请另存为不带宏的 .docx。")
    swollen = any(
        member.file_size > _SMALL and member.file_size > _RATIO * max(member.compress_size, 1)
        for member in members
    )
    # What an XML part unpacks to is held in memory several times.
    swollen |= any(m.file_size > limits.bytes for m in members if m.filename.endswith(".xml"))
    if swollen or sum(member.file_size for member in members) > limits.unpacked:
        raise DocumentError(f"{path.name} 解开后大得不正常（可能是压缩炸弹）；不接收。")
    if not {"[Content_Types].xml", "word/document.xml"} <= names:
        raise DocumentError(f"{path.name} 不是 Word 文件；请核对后用正确的文件。")


def _check_xml(path: Path, content: bytes) -> None:
    if b"\x00" in content or _ENTITIES.search(content):
        raise DocumentError(f"{path.name} 的 XML 里有实体或外部引用；不接收，请另存为新的 .docx。")
