"""How much a file may cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from qa.errors import DocumentError
from qa.settings import Settings

MOST_LINES = 200_000
"""Ten times as many as a thousand pages have; whoever asked for the file has to hold them."""
_LONGEST_LINE = 100_000
"""Characters; the longest paragraphs of laws have some thousands."""
_MOST_CHARACTERS = 10_000_000
"""Ten times as many as a thousand pages have."""
_MOST_CELLS = 300_000
"""Of all tables; one of five thousand rows and twenty columns has a third of them."""


@dataclass(frozen=True)
class Limits:
    """What reading one file may take. The defaults are those of the settings."""

    megabytes: float = 50
    """Of the file as it is; unpacked it may have ten times as much."""
    pages: int = 1000
    megapixels: float = 40
    """Of one image, or of one page as it is rendered for recognition."""
    seconds: float = 3600
    """Wall clock and processor; a scanned page takes about ten of them on one core."""
    page_seconds: float = 4
    """Of processor time for one page, or for a whole file of a format without pages."""
    recognition_seconds: float = 60
    """Of each core, for the recognition of one page."""
    memory_mb: int = 4096
    """Address space of the process that reads."""
    threads: int = 1
    """Cores that character recognition may use."""

    @property
    def bytes(self) -> int:
        """Of the file as it is."""
        return int(self.megabytes * 2**20)

    @property
    def unpacked(self) -> int:
        """Bytes of everything inside an archive."""
        return 10 * self.bytes

    @property
    def pixels(self) -> int:
        """Of one image."""
        return int(self.megapixels * 1e6)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """What the settings allow."""
        return cls(
            megabytes=settings.ingest_megabytes,
            pages=settings.ingest_pages,
            megapixels=settings.ingest_megapixels,
            seconds=settings.ingest_seconds,
            page_seconds=settings.ingest_page_seconds,
            memory_mb=settings.ingest_memory_mb,
            threads=settings.threads,
        )


def check_lines(lines: Iterable[str], name: str) -> None:
    """Refuse what is no document by the number of its lines or cells, or the length of a line.

    Raises:
        DocumentError: there are too many, or one is too long.
    """
    characters = cells = 0
    for number, line in enumerate(lines, start=1):
        characters += len(line)
        cells += line.count("\t")
        if number > MOST_LINES:
            raise too_long(name)
        if len(line) > _LONGEST_LINE:
            raise DocumentError(
                f"{name} 第 {number} 行有 {len(line):,} 个字，超过上限 {_LONGEST_LINE:,} 个；"
                "请分段、另存后再加入。"
            )
    if characters > _MOST_CHARACTERS:
        raise DocumentError(
            f"{name} 有 {characters:,} 个字，超过上限 {_MOST_CHARACTERS:,} 个；请拆分后再加入。"
        )
    if cells > _MOST_CELLS:
        raise DocumentError(
            f"{name} 的表格有 {cells:,} 格，超过上限 {_MOST_CELLS:,} 格；请拆分后再加入。"
        )


def too_long(name: str) -> DocumentError:
    """Why a file with too many lines is not taken."""
    return DocumentError(f"{name} 的行数超过上限 {MOST_LINES:,} 行；请拆分后再加入。")
