"""What an index says of itself, and whether its files are whole."""

import hashlib
from pathlib import Path

from pydantic import ValidationError

from qa.errors import IndexFault
from qa.hub import sha256
from qa.index.segment import Extent
from qa.ingest.provision import Frozen

FORMAT = 7
"""Raised when the files of an index change their shape."""

_ALWAYS_READ = 64 * 2**20
"""Bytes up to which a file's checksum is compared at every opening."""


class Sum(Frozen):
    """By which a file is known to be whole."""

    size: int
    sha256: str


class Manifest(Frozen):
    """What an index was built from, and the checksums of its files."""

    format: int
    built: str
    """ISO time, UTC."""
    corpus: str
    """Fingerprint of the corpus: sources, catalog, errata and parser."""
    embedder: str
    """Fingerprint of the embedding model and its prompts."""
    provisions: int
    pieces: int
    """Of all segments, with those of provisions that were removed."""
    questions: int
    """The same of recorded questions."""
    segments: tuple[Extent, ...]
    files: dict[str, Sum]
    """By path in the folder."""
    sha256: str = ""
    """Of all of the above."""

    @property
    def summed(self) -> str:
        """The checksum that it ought to have."""
        told = self.model_dump_json(exclude={"sha256"})
        return hashlib.sha256(told.encode()).hexdigest()


def manifest_of(folder: Path) -> Manifest:
    """What an index was built from; its files are not looked at.

    Raises:
        IndexFault: there is none, or its manifest is damaged.
    """
    try:
        manifest = Manifest.model_validate_json((folder / "manifest.json").read_bytes())
    except FileNotFoundError:
        raise IndexFault("还没有索引；请先建立：qa index build。") from None
    except ValidationError as error:
        raise IndexFault("索引的 manifest.json 损坏；请重建：qa index build。") from error
    if manifest.format == FORMAT and manifest.sha256 != manifest.summed:
        raise IndexFault("索引的 manifest.json 损坏；请重建：qa index build。")
    return manifest


def manifests(indexes_dir: Path) -> dict[str, Manifest]:
    """The manifests of the indexes that lie in a folder, by the indexes' names."""
    found = sorted(indexes_dir.glob("[!.]*/manifest.json"))
    return {path.parent.name: manifest_of(path.parent) for path in found}


def check(folder: Path) -> None:
    """Read an index whole and compare every checksum.

    Raises:
        IndexFault: a file is missing or damaged.
    """
    check_files(folder, manifest_of(folder), whole=True)


def check_files(folder: Path, manifest: Manifest, *, whole: bool = False) -> None:
    """Compare sizes and checksums; a large file is only read when it was touched since.

    An index of a million provisions has gigabytes; `qa index check` reads them all.
    """
    written = (folder / "manifest.json").stat().st_mtime_ns
    for name, known in manifest.files.items():
        path = folder / name
        stat = path.stat() if path.is_file() else None
        if stat and stat.st_size == known.size:
            untouched = stat.st_size > _ALWAYS_READ and stat.st_mtime_ns <= written
            if (untouched and not whole) or sha256(path) == known.sha256:
                continue
        raise IndexFault(f"索引文件 {name} 缺失或损坏；请重建：qa index build。")
