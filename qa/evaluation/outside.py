"""Laypeople's questions about other law than the volume's: STARD (evals/outside/).

Su et al. 2024, Findings of EMNLP. The pool is every article that answers any of the questions.
"""

import gzip
import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from qa.errors import QuestionBankError
from qa.evaluation.pool import Asked, Known, Pool
from qa.index import segment
from qa.index.embedding import Embedder
from qa.index.growing import Held
from qa.index.manifest import FORMAT, Manifest
from qa.index.store import Index, Progress, opened
from qa.index.vectorfile import Files, Vectors
from qa.index.vectors import VectorCache, embed_cached
from qa.ingest.catalog import Catalog, DocumentEntry
from qa.ingest.normalise import simplified
from qa.ingest.provision import Part, Provision
from qa.retrieval.question import cleaned
from qa.settings import PROJECT, Settings

STARD = PROJECT / "evals" / "outside" / "stard.jsonl.gz"
"""A line an article (`id`, `article`, `text`), then a line a question (`question`, `gold`)."""
_ARTICLE = re.compile(r"(.+)(第[一二三四五六七八九十百千零〇]+条(?:之[一二三四五六七八九十]+)?)")
_STATE = "中华人民共和国"


@dataclass(frozen=True)
class OutsideQuestion:
    """A question, and the ids of the articles that answer it."""

    id: str
    text: str
    gold: tuple[str, ...]


@dataclass(frozen=True)
class Outside:
    """Questions with a pool of articles that we know nothing else of."""

    catalog: Catalog
    """The laws under their titles, with and without the state's name."""
    provisions: tuple[Provision, ...]
    questions: tuple[OutsideQuestion, ...]


def load_outside(path: Path = STARD, most: int | None = None) -> Outside:
    """Read the questions, all or the first, and the articles that answer any of them.

    Raises:
        QuestionBankError: the file is missing or damaged.
    """
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
    except (OSError, EOFError, ValueError) as error:
        raise QuestionBankError(f"读不了 {path.name}；请放回随项目而来的文件。") from error
    asked = [line for line in lines if "question" in line][:most]
    wanted = {gold for line in asked for gold in line["gold"]}
    laws: dict[str, DocumentEntry] = {}
    articles = {
        line["id"]: _provision(line["article"], line["text"], laws)
        for line in lines
        if "article" in line and line["id"] in wanted
    }
    questions = tuple(
        OutsideQuestion(
            line["id"], line["question"], tuple(articles[gold].id for gold in line["gold"])
        )
        for line in asked
    )
    catalog = Catalog(sources=(), documents=tuple(laws.values()))
    return Outside(catalog, tuple(articles.values()), questions)


def outside_pool(
    settings: Settings,
    embedder: Embedder,
    progress: Progress | None = None,
    most: int | None = None,
) -> Pool:
    """The questions, all or the first, over their articles; a second time the vectors are cached.

    Raises:
        QAError: the file or the cache cannot be used.
    """
    outside = load_outside(most=most)
    texts = [simplified(cleaned(question.text)) for question in outside.questions]
    cache = VectorCache(settings.cache_dir / "vectors.sqlite")
    try:
        index = _index(outside, embedder, cache, progress)
        vectors = embed_cached(embedder, cache, texts, progress, questions=True)
    finally:
        cache.close()
    return Pool(
        index=index,
        catalog=outside.catalog,
        embedder=Known(embedder, dict(zip(texts, vectors, strict=True))),
        settings=settings,
        questions=tuple(
            Asked(question.text, tuple(frozenset({gold}) for gold in question.gold))
            for question in outside.questions
        ),
    )


def _index(
    outside: Outside, embedder: Embedder, cache: VectorCache, progress: Progress | None
) -> Index:
    """An index of the articles in memory, like that of the volume."""
    by_document: dict[str, list[Provision]] = {}
    for provision in outside.provisions:
        by_document.setdefault(provision.document_id, []).append(provision)
    ordered = (provision for held in by_document.values() for provision in held)

    def embed(texts: list[str], questions: bool) -> Vectors:
        return embed_cached(embedder, cache, texts, progress, questions=questions)

    with tempfile.TemporaryDirectory(prefix="qa-outside-") as scratch:  # mapped, it stays readable
        folder = Path(scratch)
        extent = segment.write(ordered, embed, folder, Files(flat_up_to=10**6))
        loaded = segment.Segment.load(folder / extent.name, extent)
    held, start = [], 0
    for name, own in by_document.items():
        held.append(Held(id=name, mark="", segment=extent.name, start=start, count=len(own)))
        start += len(own)
    manifest = Manifest(
        format=FORMAT,
        built="",
        corpus=STARD.name,
        embedder=embedder.fingerprint,
        provisions=extent.provisions,
        pieces=extent.pieces,
        questions=extent.questions,
        segments=(extent,),
        files={},
    )
    return opened(manifest, [loaded], tuple(held))


def _provision(name: str, text: str, laws: dict[str, DocumentEntry]) -> Provision:
    """The article; its law is put among the laws where it is new."""
    found = _ARTICLE.fullmatch(name)
    if not found:
        raise QuestionBankError(f"{STARD.name} 里的“{name}”不是法条的名称。")
    title, locator = found.groups()
    if title not in laws:
        short = title.removeprefix(_STATE)
        laws[title] = DocumentEntry(
            id=f"law-{len(laws)}",
            title=title,
            names=(short,) if short != title else (),
            level="法律",
            region="国家",
        )
    printed = f"{locator} {text}"
    return Provision(
        id=f"{laws[title].id}-{locator}",
        document_id=laws[title].id,
        document=title,
        kind="article",
        locator=locator,
        headings=(),
        parts=(Part(label="", text=printed, line=1),),
        text=printed,
        search_text=f"{title}\n{printed}",
    )
