"""The files as they were handed over: kept beside the texts that were read from them.

`corpus/X.txt` is what is parsed; `corpus/originals/X.pdf` is the file itself, and
`corpus/originals/X.json` what reading it has told: pages, doubts, places on the page.
"""

import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from qa.errors import CorpusError
from qa.ingest.formats import Doubt, Place, Read
from qa.ingest.traces import Traces

FOLDER = "originals"
_PLAIN = ("text", "markdown")


@dataclass(frozen=True)
class Original:
    """A file with pages, as it was handed over."""

    path: Path
    pages: int
    traces: Traces


def original_of(corpus_dir: Path, file: str) -> Original | None:
    """The original of a source; none where that has no pages or is not kept."""
    told = corpus_dir / FOLDER / f"{Path(file).stem}.json"
    try:
        return _original(told, corpus_dir / file, told.stat().st_mtime_ns)
    except OSError:
        return None


@lru_cache(maxsize=16)
def _original(told: Path, source: Path, _: int) -> Original | None:
    """What lies there; read again when it was written again."""
    held = json.loads(told.read_text(encoding="utf-8"))
    beside = told.parent.glob("*")
    path = next((p for p in beside if p.stem == told.stem and p.suffix != ".json"), None)
    if path is None or not held.get("pages"):
        return None
    lines = dict(enumerate(source.read_text(encoding="utf-8").split("\n"), start=1))
    places = [Place.model_validate(each) for each in held["places"]]
    doubts = [Doubt.model_validate(each) for each in held["uncertain"]]
    return Original(path, int(held["pages"]), Traces(lines, places, doubts))


def keep(corpus_dir: Path, file: str, original: Path, read: Read) -> None:
    """Keep the text of a read file as a source, with the original where that is no plain text.

    Raises:
        CorpusError: the folder cannot be written to.
    """
    try:
        if read.how not in _PLAIN:
            folder = corpus_dir / FOLDER
            folder.mkdir(exist_ok=True)
            stem = Path(file).stem
            _copy(original, folder / f"{stem}{original.suffix.lower()}")
            told = read.model_dump(mode="json", exclude={"lines"})
            told["on_page"] = {line.number: line.page for line in read.lines if line.page}
            _write(folder / f"{stem}.json", json.dumps(told, ensure_ascii=False))
        _write(corpus_dir / file, text_of(read))
    except OSError as error:
        raise CorpusError(
            f"写不了文件夹 {corpus_dir}（{error.strerror}）；请检查权限和磁盘空间。"
        ) from error


def drop(corpus_dir: Path, file: str) -> None:
    """Delete a source and what belongs to it."""
    stem = Path(file).stem
    for path in (corpus_dir / FOLDER).glob("*"):
        if path.stem == stem:
            path.unlink(missing_ok=True)
    (corpus_dir / file).unlink(missing_ok=True)


def pages_of(corpus_dir: Path, file: str) -> Mapping[int, int]:
    """The page of the original on which each line of a source is printed; empty without pages."""
    path = corpus_dir / FOLDER / f"{Path(file).stem}.json"
    if not path.is_file():
        return {}
    told = json.loads(path.read_text(encoding="utf-8"))
    return {int(line): int(page) for line, page in told.get("on_page", {}).items()}


def text_of(read: Read) -> str:
    """The lines of a read file, each on the physical line that it has there."""
    texts: list[str] = []
    for line in read.lines:
        texts += [""] * (line.number - 1 - len(texts))
        texts.append(line.text)
    return "\n".join(texts) + "\n"


def _copy(source: Path, target: Path) -> None:
    beside = target.with_name(f".{target.name}.part")
    shutil.copyfile(source, beside)
    _settle(beside, target)


def _write(target: Path, text: str) -> None:
    beside = target.with_name(f".{target.name}.part")
    beside.write_text(text, encoding="utf-8")
    _settle(beside, target)


def _settle(beside: Path, target: Path) -> None:
    """Put a written file in its place at once; a crash leaves the old one or none."""
    with beside.open("rb") as written:
        os.fsync(written.fileno())
    beside.replace(target)
