"""Source files become lines that remember where they stood."""

from pathlib import Path
from typing import NamedTuple

from qa.errors import CorpusError


class Line(NamedTuple):
    """A physical line of a source."""

    number: int
    """1-based."""
    text: str
    page: int | None = None
    """The page on which it begins, 1-based; none where the source has no pages."""


def read_lines(path: Path) -> list[Line]:
    """The lines of a UTF-8 text, trailing white space and invisible characters removed.

    Raises:
        CorpusError: the file is missing, empty or not UTF-8.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise CorpusError(
            f"找不到源文件 {path.name}；请把它放回 {path.parent.name} 文件夹，或改正 catalog.toml。"
        ) from None
    except UnicodeDecodeError as error:
        raise CorpusError(
            f"源文件 {path.name} 不是 UTF-8 编码（第 {error.start + 1} 个字节起）；请另存为 UTF-8。"
        ) from None
    except OSError as error:
        raise CorpusError(f"读不了源文件 {path.name}：{error.strerror}。") from error
    if not content.strip():
        raise CorpusError(f"源文件 {path.name} 是空的；请换上完整的文件。")
    lines = content.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return [Line(number, _clean(text)) for number, text in enumerate(lines, start=1)]


def _clean(text: str) -> str:
    """Without control and zero-width characters, which carry no word of the law."""
    visible = "".join(c for c in text if c == "\t" or c.isprintable() or c == "\u3000")
    return visible.replace("\u200b", "").replace("\ufeff", "").rstrip(" \u3000")
