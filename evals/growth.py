"""How the index grows: build time, size, memory, search and recall at several sizes.

    python -m evals.growth 文件夹 2000 20000 200000

Takes any folder of statutes as Markdown or text. They are multiplied: each copy has another number
in its title and other numbers in its text, and vectors as far from the first one's as a provision
is from its nearest neighbour. What is embedded for real is a part of them, and the questions.
"""

import argparse
import hashlib
import json
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.index import store
from qa.index.embedding import Embedder
from qa.index.manifest import manifests
from qa.index.pieces import pieces_of
from qa.index.vectorfile import Files, VectorFile
from qa.index.vectors import VectorCache, embed_cached
from qa.ingest.catalog import Catalog, DocumentEntry, SourceEntry
from qa.ingest.corpus import Corpus
from qa.ingest.provision import Provision
from qa.ingest.readers import read_lines
from qa.ingest.recognise import recognise
from qa.retrieval.search import Search
from qa.settings import PROJECT, Settings

_FIGURE = re.compile("[一二三四五六七八九](?=[十百千万亿个年月日元倍人周次小])")
_FIGURES = re.compile(r"[\d一二三四五六七八九]+")
_BANK = PROJECT / "evals" / "questions" / "compilation.jsonl"
_EXACT = 40
"""So many questions are compared with all vectors."""
_AT_ONCE = 50_000

Vectors = NDArray[np.float32]


def main() -> None:
    """Measure every size that is asked for, a line of JSON each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="法规文件（.md、.txt）的文件夹")
    parser.add_argument("sizes", type=int, nargs="*", help="条文单元数")
    parser.add_argument("--base", type=int, default=1500, help="真正计算向量的条文数")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measure(asked.measure)))
        return
    laws = [*read(asked.folder, asked.base)]
    space = Space(laws)
    for size in asked.sizes:
        with tempfile.TemporaryDirectory(prefix="qa-growth-") as scratch:
            print(json.dumps(grow(laws, space, size, Path(scratch))), flush=True)


def grow(laws: Sequence["Law"], space: "Space", size: int, folder: Path) -> dict[str, float]:
    """Build an index of a size, measure it in a process of its own, and add a law to it."""
    kept = Files.of(Settings())
    corpus = multiplied(laws, size)
    started, used = time.perf_counter(), time.process_time()
    built = store.put(corpus, "growth", space.embed, folder, None, kept)
    figures: dict[str, float] = {
        "provisions": sum(map(len, corpus.of.values())),
        "build_s": time.perf_counter() - started,
        "build_cpu_s": time.process_time() - used,
        "build_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "disk_mb": sum(p.stat().st_size for p in built.rglob("*") if p.is_file()) / 1e6,
    }
    (folder / "catalog.json").write_text(corpus.catalog.model_dump_json())
    command = [sys.executable, "-m", "evals.growth", "-", "--measure", str(built)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures |= json.loads(told.splitlines()[-1])
    known = store.open_index(built, corpus.fingerprint, "growth", kept)
    law = max(laws, key=lambda each: -abs(len(each.provisions) - 80))
    later = multiplied(laws, size, Copy(law, 10**6))
    started = time.perf_counter()
    built = store.put(later, "growth", space.embed, folder, known, kept)
    put = time.perf_counter()
    store.open_index(built, later.fingerprint, "growth", kept)
    opened = time.perf_counter()
    figures |= {"add_s": opened - started, "add_write_s": put - started}
    started = time.perf_counter()
    known = store.open_index(built, later.fingerprint, "growth", kept)
    store.put(corpus, "growth", space.embed, folder, known, kept)
    return figures | {"remove_s": time.perf_counter() - started}


def measure(built: Path) -> dict[str, float]:
    """Open an index as the server does, and ask it every question of the bank."""
    settings = Settings()
    corpus = manifests(built.parent)[built.name].corpus
    catalog = Catalog.model_validate_json((built.parent / "catalog.json").read_bytes())
    embedder = Embedder(settings)
    asked = [json.loads(line)["question"] for line in _BANK.read_text("utf-8").splitlines()]
    before = _memory()
    started = time.perf_counter()
    index = store.open_index(built, corpus, "growth", Files.of(settings))
    search = Search(index, catalog, embedder, settings)
    opened = time.perf_counter() - started
    search("数据")
    whole, alone, used = [], [], []
    for question in asked:
        started = time.perf_counter()
        found = search(question)
        whole.append((time.perf_counter() - started) * 1e3)
        started = time.process_time()
        again = search(question)
        used.append((time.process_time() - started) * 1e3)
        alone.append(again.timings_ms["total"])
        assert found.passages
    after = _memory()
    return {
        "open_s": opened,
        "search_ms_p50": float(np.median(alone)),
        "search_ms_p95": float(np.percentile(alone, 95)),
        "search_cpu_ms_p50": float(np.median(used)),
        "search_cpu_ms_p95": float(np.percentile(used, 95)),
        "with_embedding_ms_p50": float(np.median(whole)),
        "with_embedding_ms_p95": float(np.percentile(whole, 95)),
        "rss_mb": after["VmRSS"],
        "rss_own_mb": after["RssAnon"],
        "rss_before_mb": before["VmRSS"],
        "recall_at_10": _recall(index, [embedder.embed_question(q) for q in asked[:_EXACT]]),
        "flat": float(all(isinstance(p, VectorFile) and p.is_flat for p in index.dense.parts)),
    }


def _memory() -> dict[str, float]:
    """Of this process, in MB: all that is in memory, and of it what is no mapped file."""
    lines = Path("/proc/self/status").read_text().splitlines()
    held = dict(line.split(":", 1) for line in lines)
    return {name: int(held[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon")}


def _recall(index: store.Index, asked: Sequence[Vectors]) -> float:
    """Of the ten nearest provisions, the share that the index finds."""
    size, dense = len(index.provisions), index.dense
    exact = np.empty((len(asked), size), dtype=np.float32)
    for start in range(0, size, _AT_ONCE):
        here = np.arange(start, min(size, start + _AT_ONCE))
        for n, vector in enumerate(asked):
            exact[n, here] = dense.nearness(vector, here).text
    shares = []
    for n, vector in enumerate(asked):
        found = dense.best(vector, Settings().candidates)
        near = dense.nearness(vector, found).text
        tenth = np.sort(exact[n])[-10]
        shares.append(min(1.0, float((near >= tenth - 1e-6).sum()) / 10))
    return float(np.mean(shares))


class Law:
    """A statute as it was read."""

    def __init__(self, title: str, provisions: Sequence[Provision]) -> None:
        """Take its title and its provisions."""
        self.title = title
        self.provisions = provisions


class Copy(Sequence[Provision]):
    """A statute with other numbers; its provisions are made when they are asked for."""

    def __init__(self, law: Law, number: int) -> None:
        """Take the statute, and the number of the copy."""
        self.law = law
        self.id = f"law-{number}"
        self.title = f"{law.title}（第{number}号）"
        self._number = number

    def __len__(self) -> int:
        return len(self.law.provisions)

    def __getitem__(self, index):  # type: ignore[no-untyped-def]
        if isinstance(index, slice):
            return [self[n] for n in range(len(self))[index]]
        first = self.law.provisions[range(len(self))[index]]
        draw = random.Random(self._number * 10_000 + index)

        def other(text: str) -> str:
            return _FIGURE.sub(lambda _: draw.choice("一二三四五六七八九"), text)

        text = other(first.text)
        place = " ".join((self.title, *first.headings))
        digest = hashlib.sha256(f"{self.id}\n{first.locator}\n{text}".encode()).hexdigest()
        return first.model_copy(
            update={
                "id": f"{self.id}-{digest[:12]}",
                "document_id": self.id,
                "document": self.title,
                "text": text,
                "search_text": f"{place}\n{text}",
                "parts": tuple(
                    part.model_copy(update={"text": other(part.text)}) for part in first.parts
                ),
            }
        )


def multiplied(laws: Sequence[Law], size: int, *more: Copy) -> Corpus:
    """A corpus of copies of statutes, of at least so many provisions."""
    copies, held = [], 0
    for number in count():
        if held >= size:
            break
        copies.append(Copy(laws[number % len(laws)], number))
        held += len(copies[-1])
    copies += more
    entries = tuple(
        DocumentEntry(id=each.id, title=each.title, level="法律", region="国家") for each in copies
    )
    source = SourceEntry(file="laws.txt", title="法规")
    return Corpus(
        folder=Path(),
        catalog=Catalog(sources=(source,), documents=entries),
        of={each.id: each for each in copies},
        marks={each.id: each.title for each in copies},
        counts={},
        totals={},
        stray=(),
        idle=(),
        fingerprint=hashlib.sha256(f"{size} {len(more)}".encode()).hexdigest(),
        parsed={},
    )


def read(folder: Path, most: int) -> Iterator[Law]:
    """The statutes of a folder, up to so many provisions."""
    held = 0
    for path in sorted(folder.iterdir()):
        if path.suffix not in (".md", ".txt") or held >= most:
            continue
        found = recognise(read_lines(path))
        provisions = [
            Provision(
                id=f"base-{n}",
                document_id="base",
                document=found.title,
                kind=draft.kind,
                locator=draft.locator,
                headings=draft.headings,
                parts=tuple(draft.parts),
                text=draft.text,
                search_text=f"{' '.join((found.title, *draft.headings))}\n{draft.text}",
            )
            for n, draft in enumerate(found.drafts)
            if draft.kind == "article"
        ]
        if 10 <= len(provisions) <= 300:
            held += len(provisions)
            yield Law(found.title, provisions)


class Space:
    """Vectors of the statutes, and of their copies about as far as neighbours are apart."""

    def __init__(self, laws: Sequence[Law]) -> None:
        """Embed the statutes; what was embedded before comes from the cache."""
        settings = Settings()
        texts = [
            piece.text for law in laws for p in (*law.provisions,) for piece in pieces_of(0, p)
        ]
        cache = VectorCache(settings.cache_dir / "vectors.sqlite")
        self._vectors = embed_cached(Embedder(settings), cache, texts)
        cache.close()
        self._place = {_bare(text): n for n, text in enumerate(texts)}
        cosines = self._vectors @ self._vectors.T
        np.fill_diagonal(cosines, -1)
        self._nearest = cosines.max(axis=1).clip(max=0.9999)
        self._draw = np.random.default_rng(0)

    def embed(self, texts: list[str], questions: bool) -> Vectors:
        """A vector for each text of a copy; there are no questions."""
        width = self._vectors.shape[1]
        if questions or not texts:
            return np.empty((0, width), np.float32)
        first = self._vectors[[self._place.get(_bare(text), 0) for text in texts]]
        aside = self._draw.standard_normal(first.shape, dtype=np.float32)
        aside -= (aside * first).sum(axis=1, keepdims=True) * first
        aside /= np.linalg.norm(aside, axis=1, keepdims=True)
        cosine = self._draw.choice(self._nearest, len(texts))[:, None].astype(np.float32)
        vectors: Vectors = cosine * first + np.sqrt(1 - cosine**2) * aside
        return vectors


def _bare(text: str) -> str:
    return re.sub(r"（第号）", "", _FIGURES.sub("", text))


if __name__ == "__main__":
    main()
