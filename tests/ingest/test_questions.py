import json
from pathlib import Path

import pytest

from qa.errors import CatalogError
from qa.ingest.corpus import Before, read_corpus
from qa.ingest.formats import Limits
from qa.ingest.intake import entry_for, propose
from qa.ingest.questions import inherited, load_questions
from qa.ingest.shelf import Shelf
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


def test_an_amended_text_inherits_the_questions_that_it_still_answers(settings: Settings) -> None:
    old = read_corpus(settings.corpus_dir).of["csl"]
    amended = [
        p.model_copy(update={"id": f"new-{n}", "locator": f"第{n}条", "text": p.text})
        for n, p in enumerate(old[10:30], start=1)
    ]
    shortened = amended[0].model_copy(update={"text": amended[0].text[:20]})
    asked_anew = amended[1].model_copy(update={"questions": ("现在怎么问",)})
    bare = [p.model_copy(update={"questions": ()}) for p in (shortened, *amended[2:])]
    found = inherited(old, [bare[0], asked_anew, *bare[1:]])
    assert found[0].questions == ()
    assert found[1].questions == ("现在怎么问",)
    assert [p.questions for p in found[2:]] == [p.questions for p in old[12:30]]
    assert all(p.questions for p in found[2:])


def test_new_questions_of_the_old_text_reach_the_amended_one(
    corpus_dir: Path, tmp_path: Path
) -> None:
    corpus = read_corpus(corpus_dir)
    text = (corpus_dir / corpus.catalog.sources[0].file).read_text(encoding="utf-8")
    path = tmp_path / "new.txt"
    path.write_text(text.replace("为原则", "作为原则"), encoding="utf-8")
    proposal = propose(path, corpus.shared, corpus.catalog, Limits())
    fields = {"version_of": "sd-open-data", "effective": "2026-03-01"}
    Shelf(corpus_dir).add(proposal, entry_for(proposal, corpus.catalog, **fields), "test")
    first = read_corpus(corpus_dir)
    line = {"provision": first.of["sd-open-data"][2].id, "place": "第三条", "questions": ["为何"]}
    (corpus_dir / "questions.jsonl").write_text(json.dumps(line), encoding="utf-8")
    known = Before(first.parsed, first.of.__getitem__, first.shared)
    new = read_corpus(corpus_dir, known).of["sd-open-data-2026"]
    assert [p.locator for p in new if p.questions] == ["第三条"]
