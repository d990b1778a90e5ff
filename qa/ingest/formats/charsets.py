"""Bytes become text: UTF-8, GB18030 or UTF-16, whichever gives Chinese."""

import codecs
import re

from qa.errors import DocumentError
from qa.ingest.formats.plausible import commonness, is_garbled

_MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GUESSED = ("gb18030", "utf-16-le", "utf-16-be", "big5")
_DECLARABLE = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs"), "big5hkscs"),
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    **dict.fromkeys(("iso-8859-1", "windows-1252"), "cp1252"),
}
"""What a page may say of itself. Python knows more, among them some that decode no text, and one
whose time grows with the square of the length."""
_SAMPLE = 100_000
"""Characters by which a reading is judged."""
_DECLARED = re.compile(rb"""<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{3,20})""", re.IGNORECASE)


def decode(content: bytes, name: str) -> str:
    """The text of a file.

    Raises:
        DocumentError: no encoding gives a text.
    """
    for mark, encoding in _MARKED:
        if content.startswith(mark):
            text = _decoded(content, encoding)
            if text is None:
                break
            return text
    text = _decoded(content, "utf-8")
    if text is not None and "\x00" not in text:
        return text
    readings = [t for e in _GUESSED if (t := _decoded(content, e)) is not None]
    sound = [t for t in readings if "\x00" not in t and not is_garbled(t[:_SAMPLE])]
    if not sound:
        raise DocumentError(
            f"认不出 {name} 的文字编码（不是 UTF-8、GB18030 或 UTF-16）；请另存为 UTF-8。"
        )
    return max(sound, key=lambda text: commonness(text[:_SAMPLE]))


def decode_page(content: bytes, name: str) -> str:
    """The text of a web page, by what it declares where that is true."""
    declared = _DECLARED.search(content[:4096])
    if declared and not content.startswith(tuple(mark for mark, _ in _MARKED)):
        encoding = _DECLARABLE.get(declared[1].decode("ascii").lower())
        text = _decoded(content, encoding) if encoding else None
        if text is not None and not is_garbled(text[:_SAMPLE]):
            return text
    return decode(content, name)


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None
