import gzip
import json
from pathlib import Path

import pytest

from qa.errors import QuestionBankError
from qa.evaluation.outside import STARD, load_outside


def test_every_question_of_stard_is_answered_by_articles_of_the_pool() -> None:
    outside = load_outside()
    assert (len(outside.provisions), len(outside.questions)) == (1445, 1543)
    ids = {provision.id for provision in outside.provisions}
    assert len(ids) == 1445
    gold = [key for question in outside.questions for key in question.gold]
    assert set(gold) == ids
    assert all(question.gold and question.text.strip() for question in outside.questions)
    assert len({question.id for question in outside.questions}) == 1543
    assert STARD.stat().st_size < 300_000
    assert "THUIR" in STARD.with_name("LICENSE").read_text("utf-8")


def test_an_article_has_its_law_its_number_and_its_words() -> None:
    outside = load_outside(most=1)
    assert [p.name for p in outside.provisions] == [
        "《中华人民共和国民法典》第五十四条",
        "《个体工商户条例》第二条",
    ]
    first = outside.provisions[0]
    assert first.search_text.startswith("中华人民共和国民法典\n第五十四条 自然人从事工商业经营")
    assert outside.catalog.document(first.document_id).names == ("民法典",)
    (question,) = outside.questions
    assert question.gold == tuple(p.id for p in outside.provisions)


def test_a_missing_or_damaged_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(QuestionBankError, match="读不了 none"):
        load_outside(tmp_path / "none")
    cut = tmp_path / "cut.gz"
    cut.write_bytes(STARD.read_bytes()[:1000])
    with pytest.raises(QuestionBankError, match="读不了 cut"):
        load_outside(cut)
    odd = tmp_path / "odd.gz"
    lines = [{"id": 0, "article": "序言", "text": "无"}, {"id": "q", "question": "？", "gold": [0]}]
    odd.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    with pytest.raises(QuestionBankError, match="“序言”不是法条的名称"):
        load_outside(odd)
