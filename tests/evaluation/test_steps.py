import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import Result

from qa.assistant import Assistant
from qa.evaluation.bank import BANKS, load_bank
from qa.evaluation.measures.retrieval import measure
from qa.evaluation.pool import Pool, Setup
from qa.evaluation.steps import ALL, LISTS, STEPS, bank_pool, start, table
from qa.index.embedding import Embedder
from qa.retrieval.passage import Retrieval, Turn
from qa.settings import Settings

BANK = [question for question in load_bank(BANKS / "compilation.jsonl") if question.answerable]
SOME = BANK[::12]
BEFORE = (Turn("user", "山东省公共数据开放办法第五条讲什么"),)


@pytest.fixture(scope="module")
def pool(settings: Settings, embedder: Embedder, assistant: Assistant) -> Pool:
    """Some questions of the bank over the index that the assistant has opened."""
    return bank_pool(settings, SOME, embedder)


def asked(pool: Pool, setup: Setup, question: str, history: tuple[Turn, ...] = ()) -> Retrieval:
    return pool.search(setup, pool.index.dense)(question, history)


def ids(retrieval: Retrieval) -> list[str]:
    return [passage.provision.id for passage in retrieval.passages]


def test_with_all_steps_the_order_is_that_of_the_search_itself(
    pool: Pool, assistant: Assistant
) -> None:
    search = pool.search(ALL, pool.index.dense)
    for question in SOME:
        theirs = search(question.question, question.turns)
        assert ids(theirs) == ids(assistant.search(question.question, question.turns))


def test_the_steps_lead_from_the_start_to_the_whole_and_each_changes_something() -> None:
    setup = start()
    assert (setup.text, setup.words, setup.questions, setup.named) == (1, 1, 0, 0)
    assert not (setup.direct or setup.turns or setup.linked or setup.context or setup.asked_words)
    for step in STEPS:
        after = replace(setup, **step.on)
        assert after != setup, step.name
        assert replace(ALL, **step.off) != ALL, step.name
        setup = after
    assert setup == ALL


def test_without_the_look_up_a_numbered_article_is_only_one_of_many(pool: Pool) -> None:
    question = "数安法第27条"
    assert asked(pool, ALL, question).direct
    without = asked(pool, replace(ALL, direct=False), question)
    assert not without.direct
    assert all(passage.score < 1 for passage in without.passages)


def test_without_agreement_no_passage_is_said_to_agree(pool: Pool) -> None:
    question = "公共数据开放办法对数据开放的原则怎么说"
    assert any("文件相符" in passage.why for passage in asked(pool, ALL, question).passages)
    without = asked(pool, replace(ALL, named=0), question)
    assert not any("相符" in passage.why for passage in without.passages)


def test_without_turns_one_of_two_named_documents_may_come_alone_at_first(pool: Pool) -> None:
    question = "网络安全法和山东省公共数据开放办法对个人信息怎么规定"
    with_turns = asked(pool, ALL, question).passages[:4]
    assert len({passage.provision.document_id for passage in with_turns}) == 2
    without = asked(pool, replace(ALL, turns=False), question).passages
    scores = [passage.score for passage in without if "同一主题" not in passage.why]
    assert scores[:8] == sorted(scores[:8], reverse=True)
    assert [*with_turns] != [*without[:4]]


def test_without_links_nothing_comes_along(pool: Pool) -> None:
    def reasons(setup: Setup) -> str:
        return "".join(p.why for p in asked(pool, setup, "数安法第27条").passages)

    assert "援引" in reasons(ALL)
    assert "援引" not in reasons(replace(ALL, linked=False))


def test_without_context_a_question_stands_alone(pool: Pool) -> None:
    assert asked(pool, ALL, "那第六条呢", BEFORE).documents == ("sd-open-data",)
    assert asked(pool, replace(ALL, context=False), "那第六条呢", BEFORE).documents == ()


def test_without_the_names_set_aside_other_words_count_less(pool: Pool) -> None:
    question = "山东省公共数据开放办法里，开放平台由谁建设"
    without = asked(pool, replace(ALL, words_without_names=False), question)
    assert ids(asked(pool, ALL, question)) != ids(without)


def test_an_index_without_recorded_questions_has_none_of_them(pool: Pool) -> None:
    words, vectors = pool.megabytes("asked words"), pool.megabytes("asked vectors")
    recorded = pool.index.manifest.questions
    assert recorded > 0
    # A vector has 384 numbers of 4 bytes; the store keeps a little more.
    assert vectors == pytest.approx(recorded * 384 * 4 / 1e6, rel=0.1)
    assert 0 < words < pool.megabytes("start")


def test_recalls_are_those_of_the_evaluation(pool: Pool, assistant: Assistant) -> None:
    found = pool.measure([ALL])[ALL]
    for n, question in enumerate(SOME):
        passages = assistant.search(question.question, question.turns, top_k=10).passages
        theirs = measure(question, [passage.provision.text for passage in passages])
        for key, values in found.recalls.items():
            assert values[n] == pytest.approx(theirs[key]), question.id


def test_a_row_gains_what_lies_between_it_and_the_row_before(pool: Pool) -> None:
    few = replace(pool, questions=pool.questions[:3])
    done: list[tuple[int, int]] = []
    found = table(few, STEPS, lambda *step: done.append(step), timed=True)
    assert found.questions == 3 and done[-1] == (3, 3)
    assert [row.name for row in found.added] == ["起点", *(step.name for step in STEPS)]
    assert [row.name for row in found.without] == [step.name for step in (*LISTS, *STEPS)]
    for before, row in zip(found.added, found.added[1:], strict=False):
        assert row.gain is not None
        for key, gain in row.gain.items():
            assert gain.mean == pytest.approx(row.recall[key] - before.recall[key])
            assert gain.low <= gain.mean <= gain.high
    whole = found.added[-1].recall
    for row in found.without:
        assert row.gain is not None
        assert row.gain["recall@5"].mean == pytest.approx(
            whole["recall@5"] - row.recall["recall@5"]
        )
    assert found.ms is not None and found.ms > 0
    assert found.added[0].mb == pytest.approx(pool.megabytes("start"))


@pytest.mark.slow
def test_the_command_prints_the_tables_or_json(
    qa_eval: Callable[..., Result], tmp_path: Path
) -> None:
    bank = tmp_path / "bank.jsonl"
    bank.write_text("".join(q.model_dump_json() + "\n" for q in SOME[:2]), "utf-8")
    arguments = ("steps", "--questions", bank, "--outside", 2)
    ran = qa_eval(*arguments)
    assert ran.exit_code == 0, ran.output
    assert "题库 2 题，STARD 2 题。" in ran.output
    for words in (
        "| 逐项加上 |",
        "| 从全部里去掉 |",
        "| 常见问法进 BM25 |",
        "（RRF）",
        "比 1 : 1.5 |",
    ):
        assert words in ran.output
    found = json.loads(qa_eval(*arguments[:-1], 1, "--json").stdout)
    assert set(found) == {"machine", "embedding_ms", "bank", "outside"}
    assert set(found["outside"]["added"][1]["gain"]) == {"recall@1", "recall@5", "recall@10"}
    assert found["outside"]["ms"] is None
