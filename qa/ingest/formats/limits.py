"""How much a file may cost."""

from dataclasses import dataclass
from typing import Self

from qa.settings import Settings


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
            memory_mb=settings.ingest_memory_mb,
            threads=settings.threads,
        )
