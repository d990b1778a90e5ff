import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qa.answering.answer import Delta, Done, Event, Retrieved, Waiting
from qa.assistant import Assistant
from qa.errors import CatalogError, CorpusError, QuestionError
from qa.index.embedding import Embedder
from qa.retrieval.passage import Filters
from qa.settings import Settings
from qa.volume import build_index

AMENDED = "《中华人民共和国网络安全法》：《中华人民共和国网络安全法》已于 2025 年 10 月 28 日修改"


def notices(assistant: Assistant, question: str) -> tuple[str, ...]:
    *_, done = assistant.ask(question)
    assert isinstance(done, Done)
    return done.answer.notices


def test_events_come_in_their_order_and_the_deltas_are_the_answer(assistant: Assistant) -> None:
    events: list[Event] = [*assistant.ask("个人信息泄露了单位要做什么")]
    assert isinstance(events[0], Retrieved)
    assert isinstance(events[-1], Done)
    deltas = [event for event in events[1:-1] if isinstance(event, Delta)]
    assert len(deltas) == len(events) - 2
    assert "".join(delta.text for delta in deltas) == events[-1].answer.text
    timings = events[-1].timings_ms
    assert timings["retrieval"] <= timings["first_evidence"] <= timings["first_token"]
    assert timings["first_token"] <= timings["total"]


def test_the_passages_are_there_before_the_answer_is_written(assistant: Assistant) -> None:
    stream = assistant.ask("数据分类分级")
    first = next(iter(stream))
    assert isinstance(first, Retrieved)
    assert first.retrieval.passages


def test_a_question_that_cannot_be_asked_is_said_at_once(assistant: Assistant) -> None:
    with pytest.raises(QuestionError, match="问题是空的"):
        next(assistant.ask("  "))
    with pytest.raises(QuestionError, match="20000 个字"):
        assistant.search("数" * 20_000)


def test_of_many_who_ask_at_once_everybody_sees_his_place_and_has_his_answer(
    settings: Settings, embedder: Embedder
) -> None:
    assistant = Assistant.open(settings.model_copy(update={"threads": 1}), embedder=embedder)
    together = threading.Barrier(8)

    def ask(_: int) -> list[Event]:
        together.wait()
        return [*assistant.ask("数据分类分级保护制度")]

    with ThreadPoolExecutor(8) as people:
        courses = list(people.map(ask, range(8)))
    assert all(isinstance(course[-1], Done) for course in courses)
    places = [[e.ahead for e in course if isinstance(e, Waiting)] for course in courses]
    assert max(max(told, default=0) for told in places) >= 3
    assert all(told == sorted(told, reverse=True) for told in places)
    for course in courses:
        first = next(n for n, event in enumerate(course) if isinstance(event, Retrieved))
        assert not any(isinstance(event, Waiting) for event in course[first:])


def test_an_amended_law_carries_its_notice_once(assistant: Assistant) -> None:
    (notice,) = notices(assistant, "网络安全法第二十一条和第三十七条")
    assert "已于 2025 年 10 月 28 日修改" in notice
    assert "2026 年 1 月 1 日起施行" in notice
    assert "数据安全法" not in notice


def test_a_law_asked_for_by_name_before_its_time_is_said_not_to_be_in_force(
    assistant: Assistant,
) -> None:
    def told(day: str) -> tuple[str, ...]:
        *_, done = assistant.ask("数据安全法第二十一条", filters=Filters(as_of=day))
        assert isinstance(done, Done) and done.answer.citations
        return done.answer.notices

    assert told("2019-01-01") == (
        "《中华人民共和国数据安全法》在2019年1月1日还没有施行，它自2021年9月1日起施行。",
    )
    assert told("2022-01-01") == ("依据2022年1月1日施行的文本。",)


def test_a_draft_carries_its_notice(assistant: Assistant) -> None:
    found = notices(assistant, "385行动里2025年省商务厅在数据应用上要做什么")
    assert any("会签稿" in notice for notice in found)


def test_a_law_in_force_carries_none(assistant: Assistant) -> None:
    assert notices(assistant, "数据安全法第二十一条") == ()


def test_a_misprint_is_noted_only_where_it_is_quoted(assistant: Assistant) -> None:
    (notice,) = notices(assistant, "数据安全法第四十八条罚多少")
    assert "五万元以上五十万元以下" in notice
    assert "第四十八条勘误：" in notice
    assert notices(assistant, "数据安全法第四十八条第一款") == ()
    assert len(notices(assistant, "数据安全法第四十八条第二款")) == 1


def test_a_paragraph_that_is_missing_is_noted_beside_the_article(assistant: Assistant) -> None:
    found = notices(assistant, "个人信息保护法第六十六条第三款")
    assert found == ("《中华人民共和国个人信息保护法》第六十六条没有第三款。",)


def test_documents_are_found_by_id_title_and_short_name(assistant: Assistant) -> None:
    for name in ("dsl", "中华人民共和国数据安全法", "数安法", "《数据安全法》"):
        assert assistant.find_document(name).id == "dsl"
    with pytest.raises(QuestionError, match=r"没有叫“民法典”的文件；用 qa corpus list"):
        assistant.find_document("民法典")


def test_neighbours_end_at_the_document(assistant: Assistant) -> None:
    found = assistant.search("数据安全法第一条、第五十五条和第三十条")
    first, last, middle = (passage.provision for passage in found.passages[:3])
    before, after = assistant.neighbours(middle.id)
    assert before and after
    assert (before.locator, after.locator) == ("第二十九条", "第三十一条")
    assert assistant.neighbours(first.id)[0] is None
    assert assistant.neighbours(last.id)[1] is None


def test_the_source_is_named_with_its_date(assistant: Assistant) -> None:
    assert assistant.source_note.startswith("依据 2023 年 11 月汇编《大数据领域法律法规、")
    assert len(assistant.documents) == 20


def test_several_threads_get_their_own_answers(assistant: Assistant) -> None:
    questions = ["数据安全法第二十一条", "个人信息泄露了单位要做什么", "公共数据哪些不能开放"]
    expected = {q: [p.provision.id for p in assistant.search(q).passages] for q in questions}
    wrong: list[str] = []

    def ask(question: str) -> None:
        for _ in range(3):
            if [p.provision.id for p in assistant.search(question).passages] != expected[question]:
                wrong.append(question)

    threads = [threading.Thread(target=ask, args=[q]) for q in questions * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def small(settings: Settings, corpus_dir: Path, tmp_path: Path) -> Settings:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "models").symlink_to(settings.cache_dir / "models")
    return settings.model_copy(
        update={
            "corpus_dir": corpus_dir,
            "indexes_dir": tmp_path / "indexes",
            "cache_dir": tmp_path / "cache",
        }
    )


@pytest.mark.slow
def test_a_missing_or_damaged_index_is_built_and_said(
    settings: Settings, corpus_dir: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = small(settings, corpus_dir, tmp_path)
    assistant = Assistant.open(own)
    assert "还没有索引" in caplog.text
    assert assistant.search("第十四条").passages[0].provision.locator == "第十四条"
    (index,) = own.indexes_dir.glob("[!.]*")
    (damaged,) = index.rglob("vectors.faiss")
    beside = damaged.with_name("damaged")
    beside.write_bytes(b"damaged")
    beside.replace(damaged)  # the old file stays mapped by the first assistant
    caplog.clear()
    again = Assistant.open(own)
    assert "vectors.faiss 缺失或损坏" in caplog.text
    assert again.search("数据开放").passages == assistant.search("数据开放").passages
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        Assistant.open(own)
    assert caplog.text == ""


def test_an_index_that_another_process_has_built_is_followed_once(
    settings: Settings, embedder: Embedder, corpus_dir: Path, tmp_path: Path
) -> None:
    own = small(settings, corpus_dir, tmp_path)
    assistant = Assistant.open(own, embedder=embedder)
    assert not assistant.follow()
    source = corpus_dir / "公共数据开放办法.txt"
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace("以开放为原则", "以尽早开放为原则"), encoding="utf-8")
    assert not assistant.follow()  # nobody has built it yet
    build_index(own, embedder)
    assert assistant.follow() and not assistant.follow()
    found = assistant.search("公共数据以尽早开放为原则").passages
    assert any("以尽早开放为原则" in passage.provision.text for passage in found)
    build_index(own, embedder)  # of the same corpus: other settings, or a damaged file
    assert assistant.follow() and not assistant.follow()


def test_a_corpus_that_cannot_be_read_is_said_and_nothing_is_written(
    settings: Settings, corpus_dir: Path, tmp_path: Path
) -> None:
    own = small(settings, corpus_dir, tmp_path)
    source = corpus_dir / "公共数据开放办法.txt"
    source.write_bytes(source.read_text(encoding="utf-8").encode("gb18030"))
    with pytest.raises(CorpusError, match=r"不是 UTF-8 编码（第 \d+ 个字节起）；请另存为 UTF-8"):
        Assistant.open(own)
    source.unlink()
    with pytest.raises(CorpusError, match=r"^找不到源文件 公共数据开放办法.txt；"):
        Assistant.open(own)
    catalog = corpus_dir / "catalog.toml"
    catalog.write_text(catalog.read_text(encoding="utf-8").replace("level =", "lvl ="), "utf-8")
    with pytest.raises(CatalogError, match=r"（sd-open-data）缺少字段 level；请补上"):
        Assistant.open(own)
    assert not [*own.indexes_dir.glob("[!.]*")]
