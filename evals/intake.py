"""How long a law takes from the file to the answers, and back, in a corpus of a given size.

    python -m evals.intake 文件夹 100000

The corpus is made of any folder of statutes, as in `evals.growth`, but written to the disk, a file
and an entry of the catalog a copy. Then a law of about 80 articles goes the way of the page 管理:
preview, confirmation, index; and it is taken out again. Meanwhile a thread asks the questions of
the bank, one after the other.
"""

import argparse
import json
import os
import random
import re
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from evals.growth import Law, Space, read
from qa import volume
from qa.assistant import Assistant
from qa.index import store
from qa.index.embedding import Embedder
from qa.index.vectorfile import Files
from qa.ingest.corpus import read_corpus
from qa.ingest.formats import Limits
from qa.ingest.intake import entry_for, propose
from qa.ingest.shelf import Shelf
from qa.settings import PROJECT, Settings

_BANK = PROJECT / "evals" / "questions" / "compilation.jsonl"
_FIGURE = re.compile("[一二三四五六七八九](?=[十百千万亿个年月日元倍人周次小])")
_NEW = 10**6
_IDLE = 172
_PAUSE_S = 0.02
"""Between two questions: a site where somebody always asks."""
_STAGES: tuple[tuple[Any, str], ...] = (
    (volume, "read_corpus"),
    (store, "embed_cached"),
    (store, "build"),
    (store, "open_index"),
    (volume, "Search"),
    (volume, "Refuser"),
)
"""What the renewal of the index is made of; `build` has `embed_cached` in it."""


def main() -> None:
    """Measure one size, and print a line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="法规文件（.md、.txt）的文件夹")
    parser.add_argument("size", type=int, help="条文单元数")
    parser.add_argument("--base", type=int, default=1500, help="真正计算向量的条文数")
    asked = parser.parse_args()
    laws = [_bare(law) for law in read(asked.folder, asked.base)]
    with tempfile.TemporaryDirectory(prefix="qa-intake-") as scratch:
        print(json.dumps(measured(laws, asked.size, Path(scratch)), ensure_ascii=False))


def measured(laws: Sequence[Law], size: int, folder: Path) -> dict[str, Any]:
    """Seconds, of the wall clock; milliseconds of the questions."""
    documents = written(laws, size, folder / "corpus")
    folders = {f"{name}_dir": folder / name for name in ("corpus", "indexes", "cache")}
    settings = Settings().model_copy(update={**folders, "llm": "none"})
    embedder, files = Embedder(Settings()), Files.of(settings)
    corpus = read_corpus(settings.corpus_dir)
    space = Space(laws)
    store.put(corpus, embedder.fingerprint, space.embed, settings.indexes_dir, None, files)
    assistant = Assistant.open(settings, embedder=embedder)
    assistant.warm()
    law = min(laws, key=lambda each: abs(len(each.provisions) - 80))
    file = folder / "新法.md"
    file.write_text(_text(law, _NEW), encoding="utf-8")
    figures: dict[str, Any] = {
        "provisions": len(corpus.provisions),
        "documents": documents,
        "load": os.getloadavg()[0],
    }
    with asking(assistant) as waited:
        while len(waited) < _IDLE:
            time.sleep(0.1)
    figures["search_idle_ms"] = _spread(waited)
    shelf = Shelf(settings.corpus_dir)
    with asking(assistant) as waited, timed(_STAGES) as stages:
        started, used = time.perf_counter(), _used()
        now = assistant.corpus_now()
        proposal = propose(file, now.shared, now.catalog, Limits.of(settings))
        figures["preview_s"] = time.perf_counter() - started
        confirmed = time.perf_counter()
        entry = shelf.add(proposal, entry_for(proposal, shelf.catalog), "eval")
        figures["catalog_s"] = time.perf_counter() - confirmed
        stages.clear()
        renewed = time.perf_counter()
        assistant.renew(rebuild=True)
        figures["renew_s"] = time.perf_counter() - renewed
        figures["whole_s"] = time.perf_counter() - started
        figures["whole_cpu_s"] = _used() - used - sum(spent for _, spent in waited) / 1e3
    figures |= {"renew": dict(stages), "search_adding_ms": _spread(waited)}
    figures["alike"] = len(proposal.alike)
    found = assistant.search(f"{entry.title}第三条").passages[0].provision
    assert found.document_id == entry.id
    with asking(assistant) as waited, timed(_STAGES) as stages:
        started = time.perf_counter()
        shelf.remove(entry.id)
        figures["remove_catalog_s"] = time.perf_counter() - started
        assistant.renew(rebuild=True)
        figures["remove_s"] = time.perf_counter() - started
    figures |= {"remove_renew": dict(stages), "search_removing_ms": _spread(waited)}
    assert entry.id not in {each.id for each in assistant.documents}
    return figures


def written(laws: Sequence[Law], size: int, folder: Path) -> int:
    """Write a corpus of copies of statutes, of so many provisions; how many copies it has."""
    folder.mkdir()
    entries, held = [], 0
    while held < size:
        number = len(entries)
        law = laws[number % len(laws)]
        text = _text(law, number)
        (folder / f"law-{number}.md").write_text(text, encoding="utf-8")
        entries.append(
            f'[[document]]\nid = "law-{number}"\ntitle = "{_title(law, number)}"\n'
            'level = "法律"\nregion = "国家"\nissuer = "全国人民代表大会常务委员会"\n'
            f'effective = "2020-01-01"\nsource = "law-{number}.md"\n'
            f'provenance = {{file = "{law.title}.md", sha256 = "{number:064x}", '
            'added = "2026-01-01T00:00:00+00:00", by = "eval", parser = 4}\n'
            f"expect = {{articles = {len(law.provisions)}}}\n"
        )
        held += len(law.provisions)
    (folder / "catalog.toml").write_text("\n".join(entries), encoding="utf-8")
    return len(entries)


def _title(law: Law, number: int) -> str:
    return f"{law.title}（第{number}号）"


def _text(law: Law, number: int) -> str:
    """A copy of a statute as a file: another number in its title, others in its text."""
    draw = random.Random(number)

    def other(text: str) -> str:
        return _FIGURE.sub(lambda _: draw.choice("一二三四五六七八九"), text)

    articles = [f"{p.locator} {other(p.text[len(p.locator) :].strip())}" for p in law.provisions]
    return "\n\n".join([f"# {_title(law, number)}", *articles]) + "\n"


def _bare(law: Law) -> Law:
    """A statute without its headings, which do not go into the files."""
    return Law(
        law.title,
        [
            p.model_copy(update={"headings": (), "search_text": f"{law.title}\n{p.text}"})
            for p in law.provisions
        ],
    )


@contextmanager
def asking(assistant: Assistant) -> Iterator[list[tuple[float, float]]]:
    """Of each question the milliseconds that it waits, and of them those of the processor.

    A thread asks one after the other meanwhile.
    """
    asked = cycle(json.loads(line)["question"] for line in _BANK.read_text("utf-8").splitlines())
    waited: list[tuple[float, float]] = []
    over = threading.Event()

    def ask() -> None:
        while not over.wait(_PAUSE_S):
            started, used = time.perf_counter(), time.thread_time()
            assistant.search(next(asked))
            wall, spent = time.perf_counter() - started, time.thread_time() - used
            waited.append((wall * 1e3, spent * 1e3))

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield waited
    finally:
        over.set()
        thread.join()


@contextmanager
def timed(stages: Sequence[tuple[Any, str]]) -> Iterator[dict[str, float]]:
    """The seconds that functions take, by their names."""
    taken: dict[str, float] = defaultdict(float)
    plain = [getattr(module, name) for module, name in stages]

    def clocked(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **more: Any) -> Any:
            started = time.perf_counter()
            try:
                return call(*args, **more)
            finally:
                taken[name] += time.perf_counter() - started

        return run

    for (module, name), call in zip(stages, plain, strict=True):
        setattr(module, name, clocked(name, call))
    try:
        yield taken
    finally:
        for (module, name), call in zip(stages, plain, strict=True):
            setattr(module, name, call)


def _used() -> float:
    """The processor's seconds of this process, and of the child that has read the file."""
    return sum(os.times()[:4])


def _spread(waited: Sequence[tuple[float, float]]) -> dict[str, float]:
    walls = [wall for wall, _ in waited]
    p50, p95 = np.percentile(walls, [50, 95])
    return {"questions": len(walls), "p50": p50, "p95": p95, "longest": max(walls)}


if __name__ == "__main__":
    main()
