"""The corpus as it is in use: its index, opened or built first, and what reads it."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from filelock import FileLock

from qa.answering.amendments import Amendments
from qa.answering.refusal import Refuser
from qa.errors import IndexFault
from qa.index import store
from qa.index.embedding import Embedder
from qa.index.manifest import Manifest, manifest_of
from qa.index.stored import store_vectors, stored_vectors
from qa.index.vectors import VectorCache
from qa.index.vectorstore import vector_store
from qa.ingest.catalog import OWN, Catalog, load_catalog
from qa.ingest.corpus import fingerprint, read_corpus
from qa.ingest.provision import Provision
from qa.retrieval.search import Search
from qa.settings import Settings

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]


class Volume:
    """An opened index with what reads it; the façade replaces it as a whole."""

    @classmethod
    def open(
        cls, settings: Settings, embedder: Embedder, progress: Progress | None = None
    ) -> "Volume":
        """The index of the corpus, built first where it is missing, old or damaged.

        Raises:
            QAError: corpus, model or index cannot be used.
        """
        catalog = load_catalog(settings.corpus_dir)
        corpus = fingerprint(settings.corpus_dir, catalog)
        kept = vector_store(settings, embedder.fingerprint)
        model = embedder.fingerprint + kept.mark
        folder = store.folder_of(settings.indexes_dir, corpus, model)
        try:
            index = store.open_index(folder, corpus, model, kept)
        except IndexFault as fault:
            with _building(settings):
                try:
                    index = store.open_index(folder, corpus, model, kept)
                except IndexFault:
                    log.warning("%s 现在自动重建。", fault)
                    build_index(settings, embedder, progress)
                    index = store.open_index(folder, corpus, model, kept)
        return cls(index, catalog, embedder, settings)

    def __init__(
        self, index: store.Index, catalog: Catalog, embedder: Embedder, settings: Settings
    ) -> None:
        """Take them; what reads them is made at once."""
        self.index = index
        self.manifest = index.manifest
        self.catalog = catalog
        self.search = Search(index, catalog, embedder, settings)
        self.refusal = Refuser(index, catalog.documents, settings.exact_up_to)
        self.amendments = Amendments(self.search.correspondence, self.search.reading.editions)
        self.provisions = index.provisions

    @property
    def source_note(self) -> str:
        """What the answers rest on: `依据 2023 年 11 月汇编`."""
        notes = []
        added = sum(1 for entry in self.catalog.documents if entry.source)
        for source in self.catalog.sources:
            if source.title == OWN:
                continue
            year, _, month = (source.compiled or "").partition("-")
            date = f" {year} 年{f' {int(month)} 月' if month else ''}汇编" if year else ""
            by = f"（{source.compiled_by}）" if source.compiled_by else ""
            notes.append(f"依据{date}《{source.title}》{by}")
        return "；".join([*notes, *([f"另收入 {added} 份文件"] if added else [])])

    def warm(self) -> None:
        """Do now what the first question would otherwise wait for."""
        self.search.reading.warm()
        self.search("数据")

    def provision(self, provision_id: str) -> Provision:
        """A provision by its id; `KeyError` where there is none."""
        return self.provisions[self.provisions.position(provision_id)]

    def neighbours(self, provision_id: str) -> tuple[Provision | None, Provision | None]:
        """The provisions before and after one in its document."""
        at = self.provisions.position(provision_id)
        here = self.provisions[at]
        around = [
            self.provisions[n] if 0 <= n < len(self.provisions) else None for n in (at - 1, at + 1)
        ]
        before, after = (
            p if p is not None and p.document_id == here.document_id else None for p in around
        )
        return before, after


def build_index(
    settings: Settings,
    embedder: Embedder | None = None,
    progress: Progress | None = None,
    *,
    from_scratch: bool = False,
    known: store.Index | None = None,
) -> None:
    """Read the corpus and build its index; what has not changed is taken from the last ones.

    Args:
        from_scratch: compute every vector, also those that are cached or came with the corpus.
        known: the index to go on from; else the newest that lies there.

    Raises:
        QAError: corpus or model cannot be used.
    """
    embedder = embedder or Embedder(settings)
    kept = vector_store(settings, embedder.fingerprint)
    with TemporaryDirectory(prefix="qa-vectors-") as scratch, _building(settings):
        if known and not (known.folder and known.folder.is_dir()):
            known = None  # another process has built meanwhile
        if not known and not from_scratch:
            known = store.latest(settings.indexes_dir, embedder.fingerprint + kept.mark, kept)
        corpus = read_corpus(settings.corpus_dir, known.before if known else None)
        for difference in corpus.differences():
            log.warning("语料与目录不符：%s", difference)
        folder = Path(scratch) if from_scratch else settings.cache_dir
        stored = {} if from_scratch else stored_vectors(settings.corpus_dir)
        cache = VectorCache(folder / "vectors.sqlite", stored)
        try:
            store.build(corpus, embedder, cache, settings.indexes_dir, progress, known, kept)
        finally:
            cache.close()


def lies_ready(settings: Settings, embedder: Embedder) -> Manifest | None:
    """What the index of the corpus as it lies on the disk says of itself; None without one.

    Raises:
        QAError: the corpus cannot be used.
    """
    corpus = fingerprint(settings.corpus_dir, load_catalog(settings.corpus_dir))
    model = embedder.fingerprint + vector_store(settings, embedder.fingerprint).mark
    try:
        return manifest_of(store.folder_of(settings.indexes_dir, corpus, model))
    except IndexFault:
        return None


@contextmanager
def _building(settings: Settings) -> Iterator[None]:
    """One build at a time, of all processes that share the folder."""
    try:
        settings.indexes_dir.mkdir(parents=True, exist_ok=True)
        lock = FileLock(settings.indexes_dir / ".lock", is_singleton=True)
        lock.acquire()
    except OSError as error:
        raise store.unwritable(settings.indexes_dir, error) from error
    try:
        yield
    finally:
        lock.release()


def renew_vectors(settings: Settings, progress: Progress | None = None) -> Path:
    """Store the vectors of the whole corpus beside it, computing what is not cached.

    Raises:
        QAError: corpus or model cannot be used.
    """
    corpus = read_corpus(settings.corpus_dir)
    embedder = Embedder(settings)
    stored = stored_vectors(settings.corpus_dir)
    cache = VectorCache(settings.cache_dir / "vectors.sqlite", stored)
    try:
        return store_vectors(settings.corpus_dir, store.vectors(corpus, embedder, cache, progress))
    finally:
        cache.close()
