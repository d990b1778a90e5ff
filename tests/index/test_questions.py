import numpy as np
import pytest

from qa.index.embedding import Embedder
from qa.index.questions import store_vectors, stored_vectors
from qa.ingest.corpus import Corpus, read_corpus
from qa.settings import Settings


@pytest.fixture(scope="module")
def corpus(settings: Settings) -> Corpus:
    return read_corpus(settings.corpus_dir)


def test_stored_vectors_are_those_of_the_questions(corpus: Corpus, embedder: Embedder) -> None:
    questions = [question for p in corpus.provisions for question in p.questions]
    stored = stored_vectors(corpus.folder, embedder, questions)
    assert stored is not None, "renew them: qa index questions"
    assert stored.shape == (len(questions), embedder.dimension)
    some = list(range(0, len(questions), 300))
    fresh = embedder.embed_questions([questions[i] for i in some])
    assert float((fresh * stored[some]).sum(axis=1).min()) > 0.998


def test_vectors_of_other_questions_are_not_used(corpus: Corpus, embedder: Embedder) -> None:
    assert stored_vectors(corpus.folder, embedder, ["数据出境要评估吗"]) is None


def test_what_is_stored_comes_back(
    tmp_path_factory: pytest.TempPathFactory, embedder: Embedder
) -> None:
    folder = tmp_path_factory.mktemp("corpus")
    questions = ["日志要留几个月", "刷脸的信息泄露了怎么办"]
    vectors = embedder.embed_questions(questions)
    store_vectors(folder, embedder, questions, vectors)
    back = stored_vectors(folder, embedder, questions)
    assert back is not None
    assert float(np.abs(back - vectors).max()) < 0.01
