from pathlib import Path

import numpy as np
import pytest

from qa.index.lexical import Lexical
from qa.index.order import Order
from qa.index.postings import Postings, merge
from qa.ingest.provision import Provision

TEXTS = [
    "第二十一条 国家建立数据分类分级保护制度，处五万元以上罚款。",
    "第二十二条 国家建立数据安全审查制度。2016年4月19日。",
    "公共数据以开放为原则，GDP增长百分之五。",
]


@pytest.fixture(scope="module")
def lexical() -> Lexical:
    return Lexical.build(TEXTS)


@pytest.mark.parametrize(
    ("question", "other", "best"),
    [
        ("第二十一条", "第21条", 0),
        ("五万元", "5万元", 0),
        ("2016年4月19日", "2016.4.19", 1),
        ("数据安全审查", "數據安全審查", 1),
        ("百分之五", "5%", 2),
        ("GDP", "gdp", 2),
        ("GDP", "ＧＤＰ", 2),
    ],
)
def test_two_spellings_score_alike(question: str, other: str, best: int, lexical: Lexical) -> None:
    scores = lexical.scores(question)
    assert np.argmax(scores) == best
    assert scores[best] > 0
    assert np.array_equal(scores, lexical.scores(other))


def test_a_text_without_a_common_term_scores_nothing(lexical: Lexical) -> None:
    assert lexical.scores("公共").tolist()[:2] == [0, 0]
    assert lexical.scores("鹿").tolist() == [0, 0, 0]
    assert lexical.scores("😀 ？！").tolist() == [0, 0, 0]
    assert lexical.scores("").tolist() == [0, 0, 0]


def test_pairs_count_more_than_the_same_characters_apart(lexical: Lexical) -> None:
    together, apart = lexical.scores("审查制度")[1], lexical.scores("审 度 查 制")[1]
    assert together > apart > 0


def test_scores_are_those_of_bm25() -> None:
    # One text of two terms (a, aa is no pair) and one of four; idf and length by hand:
    # Lucene: idf = ln(1 + (N - n + .5) / (n + .5)), tf / (tf + k1 (1 - b + b len / mean)).
    model = Lexical.build(["甲", "乙 丙 丁"])
    idf = np.log(1 + (2 - 1 + 0.5) / (1 + 0.5))
    expected = idf * 1 / (1 + 1.2 * (1 - 0.75 + 0.75 * 1 / 2))
    assert model.scores("甲")[0] == pytest.approx(expected, rel=1e-5)


def test_what_was_saved_scores_as_before(lexical: Lexical, tmp_path: Path) -> None:
    (part,) = lexical.parts
    part.save(tmp_path)
    loaded = Postings.load(tmp_path)
    assert isinstance(loaded.texts, np.memmap)
    again = Lexical([loaded], Order.plain(len(TEXTS)))
    assert np.array_equal(again.scores("数据安全"), lexical.scores("数据安全"))


def test_several_segments_score_as_one_corpus(lexical: Lexical, tmp_path: Path) -> None:
    parts = [Postings.of(TEXTS[:1]), Postings.of(TEXTS[1:])]
    apart = Lexical(parts, Order.plain(len(TEXTS)))
    merge(parts, tmp_path)
    merged = Lexical([Postings.load(tmp_path)], Order.plain(len(TEXTS)))
    everywhere = np.arange(len(TEXTS))
    for question in ("数据安全审查制度", "第二十一条", "公共数据 GDP", "鹿"):
        whole = lexical.scores(question)
        for other in (apart, merged):
            assert np.array_equal(other.scores(question), whole)
            assert np.allclose(other.scores_at(question, everywhere), whole)


def test_the_best_are_those_that_score_highest(provisions: dict[object, Provision]) -> None:
    lexical = Lexical.build([p.search_text for p in provisions.values()])
    for question in ("重要数据出境要做什么", "第二十一条", "公共数据"):
        scores = lexical.scores(question)
        least = np.sort(scores)[-50]
        assert (scores[lexical.best(question, 50)] >= least - 1e-5).all()
        allowed = np.arange(len(scores)) % 2 == 0
        found = lexical.best(question, 50, allowed)
        assert len(found) == 50
        assert allowed[found].all()


def test_words_are_found_in_all_texts_that_have_them() -> None:
    halves = [Postings.of(TEXTS[:2]), Postings.of(TEXTS[2:])]
    lexical = Lexical(halves, Order.plain(len(TEXTS)))
    assert lexical.having(["数据"]).tolist() == [0, 1, 2]
    assert lexical.having(["数据", "审查"]).tolist() == [1]
    assert lexical.having(["数据", "鹿"]).tolist() == []
    assert lexical.has("审查")
    assert not lexical.has("鹿角")
