import json
from pathlib import Path

import pytest

from qa.errors import CatalogError
from qa.ingest.corpus import read_corpus
from qa.ingest.questions import load_questions
from qa.settings import Settings


def test_every_provision_has_questions(settings: Settings) -> None:
    corpus = read_corpus(settings.corpus_dir)
    assert [p.name for p in corpus.provisions if not p.questions] == []
    assert corpus.idle == ()


def test_no_question_of_the_bank_is_among_them(settings: Settings) -> None:
    bank = Path("evals/questions/compilation.jsonl").read_text(encoding="utf-8").splitlines()
    asked = {"".join(json.loads(line)["question"].split()) for line in bank}
    written = {
        "".join(q.split()) for qs in load_questions(settings.corpus_dir).values() for q in qs
    }
    assert not asked & written


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("{", "第 1 行不可用"),
        ('{"provision": "a", "place": "b"}', "第 1 行不可用"),
        ('{"provision":"a","place":"b","questions":["c"]}\n' * 2, "第 2 行的 provision 重复"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, lines: str, says: str) -> None:
    (tmp_path / "questions.jsonl").write_text(lines, encoding="utf-8")
    with pytest.raises(CatalogError, match=says):
        load_questions(tmp_path)


def test_a_corpus_without_questions_has_none(tmp_path: Path) -> None:
    assert load_questions(tmp_path) == {}
