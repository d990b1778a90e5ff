from pathlib import Path

import numpy as np

from qa.index import store
from qa.index.embedding import Embedder
from qa.index.pieces import pieces_of
from qa.index.stored import short, store_vectors, stored_vectors
from qa.index.vectors import VectorCache, embed_cached, key_of
from qa.ingest.corpus import read_corpus
from qa.settings import Settings


def test_every_text_and_question_of_the_corpus_has_its_vector(
    settings: Settings, embedder: Embedder
) -> None:
    corpus = read_corpus(settings.corpus_dir)
    stored = stored_vectors(settings.corpus_dir)
    texts = [piece.text for n, p in enumerate(corpus.provisions) for piece in pieces_of(n, p)]
    asked = [question for p in corpus.provisions for question in p.questions]
    keys = [short(key_of(embedder.fingerprint, text)) for text in texts]
    keys += [short(key_of(embedder.fingerprint, text, question=True)) for text in asked]
    assert {*keys} <= {*stored}, "renew them: qa index vectors"


def test_stored_vectors_are_what_the_model_gives(settings: Settings, embedder: Embedder) -> None:
    stored = stored_vectors(settings.corpus_dir)
    corpus = read_corpus(settings.corpus_dir)
    texts = [pieces_of(0, provision)[0].text for provision in corpus.provisions[::200]]
    asked = [provision.questions[0] for provision in corpus.provisions[:1000:200]]
    for given, fresh, question in (
        (texts, embedder.embed_passages(texts), False),
        (asked, embedder.embed_questions(asked), True),
    ):
        keys = [short(key_of(embedder.fingerprint, text, question=question)) for text in given]
        kept = np.stack([stored[key] for key in keys])
        assert float((fresh * kept).sum(axis=1).min()) > 0.998


def test_a_build_takes_stored_vectors_and_embeds_nothing(
    tmp_path: Path, settings: Settings, embedder: Embedder
) -> None:
    cache = VectorCache(tmp_path / "vectors.sqlite", stored_vectors(settings.corpus_dir))
    steps: list[tuple[int, int]] = []
    corpus = read_corpus(settings.corpus_dir)
    found = store.vectors(corpus, embedder, cache, lambda done, total: steps.append((done, total)))
    assert all(done == total for done, total in steps)
    assert len(found) > 6000


def test_what_is_stored_comes_back_by_its_key(tmp_path: Path, embedder: Embedder) -> None:
    text = "日志要留几个月"
    key = key_of(embedder.fingerprint, text, question=True)
    vector = embedder.embed_questions([text])
    store_vectors(tmp_path, {key: vector[0]})
    cache = VectorCache(tmp_path / "vectors.sqlite", stored_vectors(tmp_path))
    back = embed_cached(embedder, cache, [text], questions=True)
    assert float(np.abs(back - vector).max()) < 0.01


def test_a_corpus_without_the_file_has_none(tmp_path: Path) -> None:
    assert stored_vectors(tmp_path) == {}
