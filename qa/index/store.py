"""Built indexes: a folder each, named by what it was built from, checked when it is opened."""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from qa.errors import IndexFault
from qa.hub import sha256
from qa.index import segment
from qa.index.clauses import Clauses
from qa.index.dense import Dense
from qa.index.embedding import Embedder
from qa.index.growing import Held, Plan, plan
from qa.index.lexical import Lexical
from qa.index.manifest import FORMAT, Manifest, Sum, check_files, manifest_of
from qa.index.order import Order
from qa.index.provisions import Provisions
from qa.index.segment import Embed, Segment, pieces_and_questions
from qa.index.vectorfile import PLAIN, VectorStore
from qa.index.vectors import VectorCache, embed_cached, key_of
from qa.ingest.corpus import Before, Corpus, Parsed

_PARSED = TypeAdapter(dict[str, Parsed])
_HELD = TypeAdapter(tuple[Held, ...])
_SEGMENTS = "segments"
_ABANDONED_S = 3600
"""A build that has written nothing for an hour is dead."""


@dataclass(frozen=True)
class Index:
    """An opened index; it stays as it is, whatever is built meanwhile."""

    manifest: Manifest
    provisions: Provisions
    dense: Dense
    lexical: Lexical
    clauses: Clauses
    held: tuple[Held, ...] = ()
    """Its documents in the order of the volume, and where they lie."""
    folder: Path | None = None
    parsed: dict[str, Parsed] = field(default_factory=dict)
    """What reading the corpus has given besides."""

    @property
    def before(self) -> Before:
        """The corpus that it was built from, for reading what has changed since."""
        return Before(self.parsed, self.provisions.of, self._shared)

    def _shared(self, clauses: frozenset[int]) -> dict[str, int]:
        return self.clauses.shared(clauses, self.provisions.documents)


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
    store: VectorStore = PLAIN,
) -> Path:
    """Build the index of a corpus, check it, put it in place and clear away its forerunners.

    Of an index `known` of the same model the segments stay whose documents have not changed, but
    for the last small ones: their files are linked, so that neither time nor space is spent.
    """
    model = embedder.fingerprint + store.mark
    if known and known.manifest.embedder != model:
        known = None
    held = _vectors_at_hand(corpus, known)

    def embed(texts: list[str], questions: bool) -> NDArray[np.float32]:
        return embed_cached(embedder, cache, texts, progress, questions=questions, held=held)

    return put(corpus, model, embed, indexes_dir, known, store)


def put(
    corpus: Corpus,
    embedder: str,
    embed: Embed,
    indexes_dir: Path,
    known: Index | None = None,
    store: VectorStore = PLAIN,
) -> Path:
    """`build` with whatever embeds, by its fingerprint and the mark of the store.

    Raises:
        IndexFault: the folder cannot be written; what lay there stays.
    """
    folder = folder_of(indexes_dir, corpus.fingerprint, embedder)
    try:
        indexes_dir.mkdir(parents=True, exist_ok=True)
        _clear_abandoned(indexes_dir)
        beside = Path(tempfile.mkdtemp(prefix=".building-", dir=indexes_dir))
    except OSError as error:
        raise unwritable(indexes_dir, error) from error
    try:
        _write(corpus, embedder, embed, beside, known, store)
        _check(beside, corpus.fingerprint, embedder)
        shutil.rmtree(folder, ignore_errors=True)
        beside.rename(folder)
    except OSError as error:
        raise unwritable(indexes_dir, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    lying = [*indexes_dir.glob(f"[!.]*-{folder.name.partition('-')[2]}")]
    # Whoever still reads the last index, may go on reading what it has in the store.
    store.clear({part.name for each in lying for part in each.glob(f"{_SEGMENTS}/*")})
    for other in lying:
        if other != folder:
            shutil.rmtree(other, ignore_errors=True)
    return folder


def unwritable(indexes_dir: Path, error: OSError) -> IndexFault:
    """What is said where an index cannot be put into its folder; the one in use stays."""
    return IndexFault(
        f"索引写不到 {indexes_dir}（{error.strerror or error}），原来的索引没有动；"
        "请检查磁盘空间和目录权限，或用设置 QA_INDEXES_DIR 指定别处。"
    )


def vectors(
    corpus: Corpus, embedder: Embedder, cache: VectorCache, progress: Progress | None = None
) -> dict[str, NDArray[np.float32]]:
    """The vectors of everything that an index of the corpus holds, by their keys."""
    pieces, questions = pieces_and_questions(corpus.provisions)
    texts, asked = [piece.text for piece in pieces], [question.text for question in questions]
    of_texts = embed_cached(embedder, cache, texts, progress)
    of_asked = embed_cached(embedder, cache, asked, progress, questions=True)
    keys = [key_of(embedder.fingerprint, text) for text in texts]
    keys += [key_of(embedder.fingerprint, text, question=True) for text in asked]
    return dict(zip(keys, np.concatenate([of_texts, of_asked]), strict=True))


def open_index(folder: Path, corpus: str, embedder: str, store: VectorStore = PLAIN) -> Index:
    """Open an index after checking that it is whole and belongs to this corpus and model.

    Raises:
        IndexFault: it is missing, damaged or of something else; the sentence says which.
    """
    manifest = _check(folder, corpus, embedder)
    held = _HELD.validate_json((folder / "documents.json").read_bytes())
    parsed = _PARSED.validate_json((folder / "parsed.json").read_bytes())
    loaded = [Segment.load(folder / _SEGMENTS / e.name, e, store) for e in manifest.segments]
    return opened(manifest, loaded, held, folder=folder, parsed=parsed)


def opened(
    manifest: Manifest,
    loaded: Sequence[Segment],
    held: tuple[Held, ...],
    **more: object,
) -> Index:
    """An index of opened segments, with its documents in the order of the volume."""
    sizes = [each.extent.provisions for each in loaded]
    starts = dict(
        zip((each.extent.name for each in loaded), np.cumsum([0, *sizes]).tolist(), strict=False)
    )
    places = [starts[each.segment] + each.start + np.arange(each.count) for each in held]
    order = Order(np.concatenate([np.empty(0, np.int64), *places]), sum(sizes))
    counts = {each.id: each.count for each in held}
    return Index(
        manifest,
        Provisions([each.provisions for each in loaded], order, counts),
        Dense([each.vectors for each in loaded], sizes, order),
        Lexical([each.postings for each in loaded], order),
        Clauses([each.clauses for each in loaded], sizes, order),
        held,
        **more,  # type: ignore[arg-type]
    )


def latest(indexes_dir: Path, embedder: str, store: VectorStore = PLAIN) -> Index | None:
    """The newest sound index of any corpus by this model, to go on from; None without one."""
    name = folder_of(indexes_dir, "", embedder).name
    for folder in sorted(
        indexes_dir.glob(f"[!.]*{name}"), key=lambda path: path.stat().st_mtime, reverse=True
    ):
        try:
            return open_index(folder, manifest_of(folder).corpus, embedder, store)
        except IndexFault:
            continue
    return None


def _check(folder: Path, corpus: str, embedder: str) -> Manifest:
    """The manifest of a folder that is whole and belongs to this corpus and model."""
    manifest = manifest_of(folder)
    if (manifest.format, manifest.corpus, manifest.embedder) != (FORMAT, corpus, embedder):
        raise IndexFault("索引与现在的文件或向量模型不一致；请重建：qa index build。")
    check_files(folder, manifest)
    return manifest


def _vectors_at_hand(
    corpus: Corpus, known: Index | None
) -> dict[tuple[str, bool], NDArray[np.float32]]:
    """The vectors of the known segments that are written anew, by text and whether a question."""
    if known is None:
        return {}
    made = plan(corpus.marks, known.held, known.manifest.segments)
    again = {extent.name for extent in made.rewritten}
    found: dict[tuple[str, bool], NDArray[np.float32]] = {}
    for each in known.held:
        mark = corpus.marks.get(each.id)
        if mark and (each.segment in again or mark != each.mark):
            found |= _vectors_of(known, each.id)
    return found


def _vectors_of(known: Index, document_id: str) -> dict[tuple[str, bool], NDArray[np.float32]]:
    span = known.provisions.documents[document_id]
    positions = np.arange(span.start, span.stop)
    found: dict[tuple[str, bool], NDArray[np.float32]] = {}
    for questions, told in enumerate(pieces_and_questions(known.provisions.of(document_id))):
        held = known.dense.vectors(positions, questions=bool(questions))
        texts = ((piece.text, bool(questions)) for piece in told)
        found |= dict(zip(texts, held, strict=True))
    return found


def _clear_abandoned(indexes_dir: Path) -> None:
    """Remove what killed builds have left, but nothing that another build may be writing."""
    for beside in indexes_dir.glob(".building-*"):
        if time.time() - beside.stat().st_mtime > _ABANDONED_S:
            shutil.rmtree(beside, ignore_errors=True)


def _write(
    corpus: Corpus,
    embedder: str,
    embed: Embed,
    folder: Path,
    known: Index | None,
    store: VectorStore,
) -> None:
    """Write what is new as a segment, link the segments that stay, and describe it all."""
    segments = folder / _SEGMENTS
    segments.mkdir()
    if known:
        made = plan(corpus.marks, known.held, known.manifest.segments)
    else:
        made = Plan((), (), (), tuple(corpus.of))
    extents, held = [*made.kept], {each.id: each for each in made.staying}
    sums: dict[str, Sum] = {}
    for extent in made.kept:
        assert known and known.folder
        _link(known.folder / _SEGMENTS / extent.name, segments / extent.name)
        prefix = f"{_SEGMENTS}/{extent.name}/"
        sums |= {n: s for n, s in known.manifest.files.items() if n.startswith(prefix)}
    if made.written or not extents:
        new = (provision for name in made.written for provision in corpus.of[name])
        extent = segment.write(new, embed, segments, store)
        extents.append(extent)
        start = 0
        for name in made.written:
            count = len(corpus.of[name])
            held[name] = Held(
                id=name, mark=corpus.marks[name], segment=extent.name, start=start, count=count
            )
            start += count
    ordered = tuple(held[name] for name in corpus.of)
    (folder / "documents.json").write_bytes(_HELD.dump_json(ordered))
    (folder / "parsed.json").write_bytes(_PARSED.dump_json(corpus.parsed))
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if name not in sums:
            sums[name] = Sum(size=path.stat().st_size, sha256=sha256(path))
    manifest = Manifest(
        format=FORMAT,
        built=datetime.now(UTC).isoformat(timespec="milliseconds"),
        corpus=corpus.fingerprint,
        embedder=embedder,
        provisions=sum(each.count for each in ordered),
        pieces=sum(each.pieces for each in extents),
        questions=sum(each.questions for each in extents),
        segments=tuple(extents),
        files=dict(sorted(sums.items())),
    )
    manifest = manifest.model_copy(update={"sha256": manifest.summed})
    text = manifest.model_dump_json(indent=2)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8")


def _link(source: Path, target: Path) -> None:
    """The same files in another folder; copied where the disk knows no links."""

    def put(one: str, other: str) -> None:
        try:
            os.link(one, other)
        except OSError:
            shutil.copy2(one, other)

    shutil.copytree(source, target, copy_function=put)
