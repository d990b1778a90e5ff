"""Built indexes: a folder each, named by what it was built from, checked when it is opened."""

import hashlib
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter, ValidationError

from qa.errors import IndexFault
from qa.index.dense import Dense
from qa.index.embedding import Embedder
from qa.index.lexical import Lexical
from qa.index.pieces import Piece, pieces_of
from qa.index.vectors import VectorCache, embed_cached, key_of
from qa.ingest.corpus import Before, Corpus, Parsed
from qa.ingest.provision import Frozen, Provision

FORMAT = 4
"""Raised when the files of an index change their shape."""

_PARSED = TypeAdapter(dict[str, Parsed])
_ABANDONED_S = 3600
"""A build that has written nothing for an hour is dead."""


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
    questions: int
    files: dict[str, str]
    """SHA-256 of each file, by its path in the folder."""


@dataclass(frozen=True)
class Index:
    """An opened index."""

    manifest: Manifest
    provisions: tuple[Provision, ...]
    dense: Dense
    lexical: Lexical
    parsed: dict[str, Parsed] = field(default_factory=dict)
    """What reading the corpus has given besides."""

    @property
    def before(self) -> Before:
        """The corpus that it was built from, for reading what has changed since."""
        return Before(self.parsed, self.provisions)


Progress = Callable[[int, int], None]
"""Called with pieces embedded so far, and pieces in all."""


def folder_of(indexes_dir: Path, corpus: str, embedder: str) -> Path:
    """Where the index of this corpus and this model lies, by their fingerprints.

    Another corpus or model is another folder: a build never touches the index in use, and
    its last step is the renaming of a finished folder.
    """
    return indexes_dir / f"{corpus[:12]}-{hashlib.sha256(embedder.encode()).hexdigest()[:12]}"


def build(
    corpus: Corpus,
    embedder: Embedder,
    cache: VectorCache,
    indexes_dir: Path,
    progress: Progress | None = None,
    known: Index | None = None,
) -> Path:
    """Build the index of a corpus, check it, put it in place and clear away its forerunners.

    What an index `known` of the same model has of the same texts is taken from there.
    """
    folder = folder_of(indexes_dir, corpus.fingerprint, embedder.fingerprint)
    indexes_dir.mkdir(parents=True, exist_ok=True)
    _clear_abandoned(indexes_dir)
    beside = Path(tempfile.mkdtemp(prefix=".building-", dir=indexes_dir))
    try:
        _write(corpus, embedder, cache, beside, progress, known)
        _check(beside, corpus.fingerprint, embedder.fingerprint)
        shutil.rmtree(folder, ignore_errors=True)
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    for other in indexes_dir.glob(f"*-{folder.name.partition('-')[2]}"):
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return folder


def vectors(
    corpus: Corpus, embedder: Embedder, cache: VectorCache, progress: Progress | None = None
) -> dict[str, NDArray[np.float32]]:
    """The vectors of everything that an index of the corpus holds, by their keys."""
    texts = [piece.text for piece in _pieces(corpus.provisions)]
    asked = [question.text for question in _questions(corpus.provisions)]
    of_texts = embed_cached(embedder, cache, texts, progress)
    of_asked = embed_cached(embedder, cache, asked, progress, questions=True)
    keys = [key_of(embedder.fingerprint, text) for text in texts]
    keys += [key_of(embedder.fingerprint, text, question=True) for text in asked]
    return dict(zip(keys, np.concatenate([of_texts, of_asked]), strict=True))


def _pieces(provisions: Sequence[Provision]) -> list[Piece]:
    return [piece for n, p in enumerate(provisions) for piece in pieces_of(n, p)]


def _questions(provisions: Sequence[Provision]) -> list[Piece]:
    return [Piece(n, text) for n, p in enumerate(provisions) for text in p.questions]


def _held(known: Index) -> dict[tuple[str, bool], NDArray[np.float32]]:
    """The vectors of an index, by text and whether it is a question."""
    texts = [(piece.text, False) for piece in _pieces(known.provisions)]
    texts += [(question.text, True) for question in _questions(known.provisions)]
    return dict(zip(texts, known.dense.vectors(), strict=True))


def _clear_abandoned(indexes_dir: Path) -> None:
    """Remove what killed builds have left, but nothing that another build may be writing."""
    for beside in indexes_dir.glob(".building-*"):
        if time.time() - beside.stat().st_mtime > _ABANDONED_S:
            shutil.rmtree(beside, ignore_errors=True)


def open_index(folder: Path, corpus: str, embedder: str) -> Index:
    """Open an index after checking that it is whole and belongs to this corpus and model.

    Raises:
        IndexFault: it is missing, damaged or of something else; the sentence says which.
    """
    manifest = _check(folder, corpus, embedder)
    lines = (folder / "provisions.jsonl").read_text(encoding="utf-8").splitlines()
    provisions = tuple(Provision.model_validate_json(line) for line in lines)
    dense = Dense.load(folder, manifest.pieces)
    parsed = _PARSED.validate_json((folder / "parsed.json").read_bytes())
    return Index(manifest, provisions, dense, Lexical.load(folder), parsed)


def latest(indexes_dir: Path, embedder: str) -> Index | None:
    """The newest sound index of any corpus by this model, to go on from; None without one."""
    name = folder_of(indexes_dir, "", embedder).name
    for folder in sorted(
        indexes_dir.glob(f"[!.]*{name}"), key=lambda path: path.stat().st_mtime, reverse=True
    ):
        try:
            return open_index(folder, _manifest(folder).corpus, embedder)
        except IndexFault:
            continue
    return None


def _check(folder: Path, corpus: str, embedder: str) -> Manifest:
    """The manifest of a folder that is whole and belongs to this corpus and model."""
    manifest = _manifest(folder)
    if (manifest.format, manifest.corpus, manifest.embedder) != (FORMAT, corpus, embedder):
        raise IndexFault("索引与现在的文件或向量模型不一致；请重建：qa index build。")
    for name, checksum in manifest.files.items():
        path = folder / name
        if not path.is_file() or _sha256(path) != checksum:
            raise IndexFault(f"索引文件 {name} 缺失或损坏；请重建：qa index build。")
    return manifest


def manifests(indexes_dir: Path) -> dict[str, Manifest]:
    """The manifests of the indexes that lie in a folder, by the indexes' names."""
    found = sorted(indexes_dir.glob("[!.]*/manifest.json"))
    return {path.parent.name: _manifest(path.parent) for path in found}


def _manifest(folder: Path) -> Manifest:
    try:
        return Manifest.model_validate_json((folder / "manifest.json").read_bytes())
    except FileNotFoundError:
        raise IndexFault("还没有索引；请先建立：qa index build。") from None
    except ValidationError as error:
        raise IndexFault("索引的 manifest.json 损坏；请重建：qa index build。") from error


def _write(
    corpus: Corpus,
    embedder: Embedder,
    cache: VectorCache,
    folder: Path,
    progress: Progress | None,
    known: Index | None,
) -> None:
    provisions = corpus.provisions
    pieces, questions = _pieces(corpus.provisions), _questions(corpus.provisions)
    if known and known.manifest.embedder != embedder.fingerprint:
        known = None
    held = _held(known) if known else {}
    texts, asked = [piece.text for piece in pieces], [question.text for question in questions]
    of_pieces = embed_cached(embedder, cache, texts, progress, held=held)
    of_questions = embed_cached(embedder, cache, asked, progress, questions=True, held=held)
    owners = np.array([piece.provision for piece in (*pieces, *questions)], dtype=np.int32)
    Dense.build(np.concatenate([of_pieces, of_questions]), owners, len(pieces)).save(folder)
    said = ["\n".join((p.search_text, *p.questions)) for p in provisions]
    Lexical.build(said, known.lexical if known else None).save(folder)
    with (folder / "provisions.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(provision.model_dump_json() + "\n" for provision in provisions)
    (folder / "parsed.json").write_bytes(_PARSED.dump_json(corpus.parsed))
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = Manifest(
        format=FORMAT,
        built=datetime.now(UTC).isoformat(timespec="seconds"),
        corpus=corpus.fingerprint,
        embedder=embedder.fingerprint,
        provisions=len(provisions),
        pieces=len(pieces),
        questions=len(questions),
        files={str(path.relative_to(folder)): _sha256(path) for path in files},
    )
    text = json.dumps(manifest.model_dump(), ensure_ascii=False, indent=2)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
