"""Killed at any moment while documents come and go, the corpus and its index open and answer."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.index.embedding import Embedder
from qa.ingest.catalog import load_catalog
from qa.ingest.corpus import read_corpus
from qa.ingest.formats import Limits
from qa.ingest.intake import Proposal, entry_for, propose
from qa.ingest.shelf import Shelf
from qa.settings import Settings
from qa.volume import build_index

ROUNDS, MOST_ROUNDS = 50, 150
"""On a busy machine the moments of a round are not those of the one that was timed."""
STATES = {"没有收入", "每日", "每周"}
LAKES = """\
# 示范省湖泊条例

第一条 为了保护湖泊，制定本条例。

第二条 湖泊的水位由水行政主管部门{often}观测一次。

第三条 本条例自2019年7月1日起施行。
"""
QUESTION = "湖泊条例第二条"


@pytest.fixture
def own(settings: Settings, corpus_dir: Path, tmp_path: Path) -> Settings:
    folders = {name: tmp_path / name.removesuffix("_dir") for name in ("indexes_dir", "cache_dir")}
    return settings.model_copy(update={"corpus_dir": corpus_dir, **folders})


@pytest.fixture
def texts(corpus_dir: Path, tmp_path: Path) -> list[Proposal]:
    """Two texts of a regulation, read from two files."""
    corpus = read_corpus(corpus_dir)
    found = []
    for often in ("每日", "每周"):
        path = tmp_path / f"湖泊{often}.md"
        path.write_text(LAKES.format(often=often), encoding="utf-8")
        found.append(propose(path, corpus.shared, corpus.catalog, Limits()))
    return found


def come_and_go(settings: Settings, embedder: Embedder, texts: list[Proposal]) -> None:
    """A document is added, replaced and removed, wherever an earlier hand has left off."""
    shelf = Shelf(settings.corpus_dir)
    if "lakes" not in {entry.id for entry in shelf.catalog.documents}:
        shelf.add(texts[0], entry_for(texts[0], shelf.catalog, id="lakes"), "x")
        build_index(settings, embedder)
    shelf.replace("lakes", texts[1], "x")
    build_index(settings, embedder)
    shelf.remove("lakes")
    build_index(settings, embedder)


@pytest.mark.slow
def test_fifty_kills_leave_a_corpus_and_an_index_that_open_and_answer(
    own: Settings, embedder: Embedder, texts: list[Proposal]
) -> None:
    come_and_go(own, embedder, texts)  # now all vectors are known, and a round is quick
    started = time.monotonic()
    come_and_go(own, embedder, texts)
    whole = time.monotonic() - started
    chance = random.Random(7)
    seen: set[str] = set()
    fell_into_a_build = False
    for number in range(MOST_ROUNDS):
        if number >= ROUNDS and seen == STATES and fell_into_a_build:
            break
        child = os.fork()
        if child == 0:
            try:
                while True:
                    come_and_go(own, embedder, texts)
            finally:
                os._exit(1)
        time.sleep(chance.uniform(0, whole))
        os.kill(child, signal.SIGKILL)
        assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
        fell_into_a_build |= any(own.indexes_dir.glob(".building-*"))
        seen.add(state(own, embedder))
    assert seen == STATES
    assert fell_into_a_build


def state(settings: Settings, embedder: Embedder) -> str:
    """Which text of the regulation is there, once the corpus is open and has answered."""
    entries = {entry.id: entry for entry in load_catalog(settings.corpus_dir).documents}
    assert all((settings.corpus_dir / e.source).is_file() for e in entries.values() if e.source)
    assert read_corpus(settings.corpus_dir).differences() == ()
    assistant = Assistant.open(settings, embedder=embedder)
    assert assistant.is_current
    *_, done = assistant.ask("公共数据开放办法第三条", mode="extract")
    assert "公共数据" in done.answer.text and done.answer.citations
    if "lakes" not in entries:
        assert "lakes" not in {p.provision.document_id for p in assistant.search(QUESTION).passages}
        return "没有收入"
    first = assistant.search(QUESTION).passages[0].provision
    assert (first.document_id, first.locator) == ("lakes", "第二条")
    return next(often for often in ("每日", "每周") if often in first.text)
