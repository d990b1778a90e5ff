"""What a file is: by its name, and by its first bytes, which must agree."""

import zipfile
from pathlib import Path
from typing import Literal

from qa.errors import DocumentError
from qa.ingest.formats.limits import Limits

Kind = Literal["text", "markdown", "pdf", "image", "word", "office", "html"]

SUFFIXES: dict[str, Kind] = {
    ".txt": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".pdf": "pdf",
    ".png": "image",
    ".jpg": "image",
    ".jpeg": "image",
    ".tif": "image",
    ".tiff": "image",
    ".bmp": "image",
    ".webp": "image",
    ".docx": "word",
    ".doc": "office",
    ".wps": "office",
    ".html": "html",
    ".htm": "html",
}
"""The endings that can be read."""

_SIGNATURES = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "压缩包"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Office 文件"),
    (b"\x89PNG\r\n\x1a\n", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"II*\x00", "图片"),
    (b"MM\x00*", "图片"),
    (b"GIF8", "图片"),
    (b"RIFF", "图片"),
    (b"{\\rtf", "RTF 文件"),
    (b"MZ", "程序"),
    (b"\x7fELF", "程序"),
    (b"\x1f\x8b", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"Rar!", "压缩包"),
)
_WANTED: dict[Kind, tuple[str, ...]] = {
    "pdf": ("PDF",),
    "image": ("图片",),
    "word": ("压缩包",),
    "office": ("旧版 Office 文件",),
}


def kind_of(path: Path, limits: Limits) -> Kind:
    """The kind of a file that is small enough and says of itself what its name says.

    Raises:
        DocumentError: it is missing, empty, too big, of no known kind or of another one.
    """
    if path.is_symlink() or not path.is_file():
        raise DocumentError(f"找不到文件 {path.name}；请重新选择。")
    size = path.stat().st_size
    if size == 0:
        raise DocumentError(f"{path.name} 是空的；请换上完整的文件。")
    if size > limits.bytes:
        raise DocumentError(
            f"{path.name} 有 {size / 2**20:.1f} MB，超过上限 {limits.megabytes:g} MB；"
            "请拆分后再加入，或请管理员调高设置 ingest_megabytes。"
        )
    suffix = path.suffix.lower()
    if suffix in (".docm", ".dotm"):
        raise DocumentError(f"{path.name} 是带宏的 Word 文件，不接收；请另存为 .docx。")
    if suffix not in SUFFIXES:
        known = "、".join(SUFFIXES)
        raise DocumentError(f"{path.name} 的格式不支持；可以加入的有 {known}。")
    kind = SUFFIXES[suffix]
    _refuse_liar(path, kind)
    return kind


def _refuse_liar(path: Path, kind: Kind) -> None:
    with path.open("rb") as file:
        head = file.read(1024)
    found = next((name for mark, name in _SIGNATURES if head.startswith(mark)), "")
    if head.startswith(b"BM") and kind == "image":
        found = "图片"
    if not found and b"%PDF-" in head:
        found = "PDF"
    if kind == "word" and found == "旧版 Office 文件":
        raise DocumentError(
            f"{path.name} 加了密码，或其实是旧版 .doc 文件；请去掉密码、另存为 .docx 后再加入。"
        )
    if kind == "office" and path.suffix.lower() == ".wps" and zipfile.is_zipfile(path):
        return
    if kind in _WANTED:
        right = found in _WANTED[kind]
    else:
        right = not found or (found == "程序" and head[:2] == b"MZ" and _is_text(head))
    if not right:
        content = f"内容却是{found}" if found else f"内容却不是 {path.suffix.lower()} 文件"
        raise DocumentError(f"{path.name} 与它的内容不符：{content}；请核对后用正确的文件。")


def _is_text(head: bytes) -> bool:
    """`MZ` may also be how a text begins."""
    return b"\x00" not in head
