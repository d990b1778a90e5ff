from pathlib import Path

import pytest

from qa.evaluation.bank import BankQuestion
from qa.evaluation.llamaindex import Defaults
from qa.evaluation.measures import score
from qa.settings import Settings


@pytest.mark.slow
def test_llamaindex_with_its_defaults_answers_like_a_search(
    settings: Settings, corpus_dir: Path
) -> None:
    steps: list[tuple[int, int]] = []
    own = settings.model_copy(update={"corpus_dir": corpus_dir})
    defaults = Defaults(own, lambda *step: steps.append(step))
    question = BankQuestion(
        id="a",
        type="lookup",
        question="公共数据开放应当遵循什么原则",
        answerable=True,
        evidence=("公共数据开放应当遵循需求导向",),
    )
    found = defaults.answer(question)
    assert set(found) == {"question", "passages", "missing", "timings_ms"}
    passages = found["passages"]
    assert set(passages[0]) == {"provision_id", "document", "locator", "text", "score", "why"}
    assert passages[0]["document"] == "公共数据开放办法.txt"
    assert [p["score"] for p in passages] == sorted((p["score"] for p in passages), reverse=True)
    # 1,024 tokens are some 900 characters; two articles and more in a chunk.
    assert all(len(p["text"]) < 1200 for p in passages)
    assert max(len(p["text"]) for p in passages) > 600
    assert steps[-1][0] == steps[-1][1] == len(passages)
    assert score(question, found).values["recall@10"] == 1.0
    again = defaults.answer(question)
    assert again["passages"] == passages
