"""An index in Milvus beside one in files: the bank, and copies of statutes at several sizes.

    python -m evals.milvus 法规文件夹 2000 50000

Without `QA_MILVUS_URI` it is Milvus Lite, in a folder of its own. The sizes are made as those of
`evals.growth`.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from evals.growth import Law, Space, multiplied, read
from qa.evaluation.bank import BANKS, BankQuestion, load_bank
from qa.evaluation.measures.retrieval import tight
from qa.index import store
from qa.index.embedding import Embedder
from qa.index.vectorstore import vector_store
from qa.retrieval.passage import Retrieval
from qa.retrieval.search import Search
from qa.settings import Settings
from qa.volume import Volume

_CUTOFFS = (1, 5, 10)


def main() -> None:
    """Measure the bank, and every size that is asked for; a line of JSON each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="法规文件（.md、.txt）的文件夹")
    parser.add_argument("sizes", type=int, nargs="*", help="条文单元数")
    parser.add_argument("--base", type=int, default=1500, help="真正计算向量的条文数")
    asked = parser.parse_args()
    bank = load_bank(BANKS / "compilation.jsonl")
    with tempfile.TemporaryDirectory(prefix="qa-milvus-") as scratch:
        folder = Path(scratch)
        own: dict[str, object] = {"indexes_dir": folder / "indexes"}
        if "QA_MILVUS_URI" not in os.environ:
            own["milvus_uri"] = str(folder / "milvus.db")
        files = Settings().model_copy(update=own)
        milvus = files.model_copy(update={"store": "milvus"})
        embedder = Embedder(files)
        print(json.dumps(side_by_side(files, milvus, bank, embedder)), flush=True)
        laws = [*read(asked.folder, asked.base)] if asked.sizes else []
        space = Space(laws) if laws else None
        for size in asked.sizes:
            assert space
            print(json.dumps(grown(laws, space, size, milvus, bank[::4], embedder)), flush=True)


def side_by_side(
    files: Settings, milvus: Settings, bank: Sequence[BankQuestion], embedder: Embedder
) -> dict[str, dict[str, float]]:
    """The recall on the bank, and how long the searches take, of both stores in turns."""
    volumes = {each.store: Volume.open(each, embedder) for each in (files, milvus)}
    texts = {p.id: tight(p.text) for p in volumes["files"].provisions}
    recalls: dict[str, list[list[float]]] = {name: [] for name in volumes}
    times = {name: Times() for name in volumes}
    for question in bank:
        wanted = [tight(words) for words in question.evidence]
        volumes["files"].search(question.question, question.turns)  # its vector is kept
        for name, volume in volumes.items():
            found = times[name].of(partial(volume.search, question.question, question.turns))
            if question.answerable:
                said = [texts[each.provision.id] for each in found.passages]
                recalls[name].append(
                    [
                        float(np.mean([any(w in text for text in said[:k]) for w in wanted]))
                        for k in _CUTOFFS
                    ]
                )
    return {
        name: {
            "provisions": len(volumes[name].provisions),
            **{
                f"recall@{k}": float(mean)
                for k, mean in zip(_CUTOFFS, np.mean(recalls[name], axis=0), strict=True)
            },
            **times[name].figures,
        }
        for name in volumes
    }


def grown(
    laws: Sequence[Law],
    space: Space,
    size: int,
    settings: Settings,
    bank: Sequence[BankQuestion],
    embedder: Embedder,
) -> dict[str, float]:
    """Fill Milvus with so many provisions, and ask it questions of the bank."""
    corpus = multiplied(laws, size)
    kept = vector_store(settings, "growth")
    before = _bytes(settings)
    started, used = time.perf_counter(), time.process_time()
    built = store.put(corpus, "growth|milvus", space.embed, settings.indexes_dir, None, kept)
    figures = {
        "build_s": time.perf_counter() - started,
        "build_cpu_s": time.process_time() - used,
    }
    index = store.open_index(built, corpus.fingerprint, "growth|milvus", kept)
    search = Search(index, corpus.catalog, embedder, settings)
    search("数据")
    times = Times()
    for question in bank:
        times.of(partial(search, question.question))
    held = len(index.provisions)
    files = sum(path.stat().st_size for path in built.rglob("*") if path.is_file())
    return {
        "provisions": held,
        **figures,
        "milvus_bytes": (_bytes(settings) - before) / held,
        "folder_bytes": files / held,
        **times.figures,
    }


class Times:
    """Of searches whose questions' vectors are kept: on the clock, and of the processor.

    The processor's are of this process, in which Milvus Lite runs too.
    """

    def __init__(self) -> None:
        """Nothing yet."""
        self._clock: list[float] = []
        self._processor: list[float] = []

    def of(self, search: Callable[[], Retrieval]) -> Retrieval:
        """What it finds."""
        started = time.process_time()
        found = search()
        self._processor.append((time.process_time() - started) * 1e3)
        self._clock.append(found.timings_ms["total"])
        return found

    @property
    def figures(self) -> dict[str, float]:
        """Milliseconds."""
        return {
            f"{name}_ms_p{p}": float(np.percentile(times, p))
            for name, times in (("clock", self._clock), ("processor", self._processor))
            for p in (50, 95)
        }


def _bytes(settings: Settings) -> int:
    """On the disk, in Milvus Lite; nothing is known of a server's."""
    files = Path(settings.milvus_uri).rglob("*")
    return sum(path.stat().st_size for path in files if path.is_file())


if __name__ == "__main__":
    main()
