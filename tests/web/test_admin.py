"""What the page 管理 changes: drafts, the catalog and errata, and the index under a running use."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.answering.answer import Done, Retrieved
from qa.assistant import Assistant
from qa.errors import CatalogError, IndexFault, QuestionBankError, RunError
from qa.evaluation.bank import LineError, load_bank, parse_line
from qa.evaluation.drafts import Drafts
from qa.evaluation.runs import Runs
from qa.index.embedding import Embedder
from qa.ingest.catalog import load_catalog
from qa.ingest.editing import Editor, Marking
from qa.settings import Settings
from qa.web.admin.rebuilding import Rebuild, Rebuilding

NOTE = "《山东省公共数据开放办法》已修改，引用前请核对现行文本。"
ERRATUM = {
    "document": "sd-open-data",
    "locator": "",
    "printed": "可以有条件件开放",
    "correct": "可以有条件开放",
    "note": "多一“件”字。",
    "basis": "通读判断",
}


@pytest.fixture
def own(settings: Settings, embedder: Embedder, corpus_dir: Path, tmp_path: Path) -> Assistant:
    """An assistant over the one-document corpus, to be renewed at will."""
    return Assistant.open(
        settings.model_copy(
            update={"corpus_dir": corpus_dir, "indexes_dir": tmp_path / "indexes", "llm": "none"}
        ),
        embedder=embedder,
    )


def mark(folder: Path, document_id: str, marking: Marking) -> None:
    editor = Editor(folder)
    editor.mark(editor.catalog.document(document_id), marking)


def asked(assistant: Assistant) -> Done:
    *_, done = assistant.ask("公共数据开放办法第二条讲什么", mode="extract")
    assert isinstance(done, Done)
    return done


def test_a_draft_is_no_question_until_somebody_completes_it(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "drafts.jsonl")
    drafts.add(7, "<b>“公共数据”</b>\n是什么\u2028？")
    (line,) = drafts.text.splitlines()
    with pytest.raises(LineError, match="answerable"):
        parse_line(line)
    completed = line.replace('"answerable": null', '"answerable": false')
    bank = tmp_path / "bank.jsonl"
    bank.write_text(completed + "\n", encoding="utf-8")
    (question,) = load_bank(bank)
    assert (question.id, question.question) == ("draft-7", "<b>“公共数据”</b>\n是什么\u2028？")


def test_a_question_becomes_a_draft_only_once_and_clearing_forgets_it(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "runs" / "drafts.jsonl")
    drafts.add(1, "甲")
    drafts.add(2, "乙")
    with pytest.raises(QuestionBankError, match="已经在草稿里"):
        drafts.add(1, "甲")
    assert [draft["question"] for draft in drafts.all()] == ["甲", "乙"]
    drafts.clear()
    assert drafts.all() == []
    drafts.add(1, "甲")


def test_marking_a_document_keeps_every_other_line(settings: Settings, tmp_path: Path) -> None:
    folder = copied(settings.corpus_dir, tmp_path)
    before = (folder / "catalog.toml").read_text(encoding="utf-8").splitlines()
    mark(folder, "dsl", Marking("amended", False, NOTE))
    after = (folder / "catalog.toml").read_text(encoding="utf-8").splitlines()
    added = ['status = "amended"', f'note = "{NOTE}"']
    at = after.index(added[1])
    assert after[at - 1] == added[0]
    assert after[: at - 1] + after[at + 1 :] == before
    mark(folder, "dsl", Marking(None, False, ""))
    assert (folder / "catalog.toml").read_text(encoding="utf-8").splitlines() == before


@pytest.mark.parametrize(
    ("marking", "said"), [(Marking("repealed", False, " "), "还要写 note"), (None, "没有 id")]
)
def test_a_wrong_marking_changes_nothing(
    corpus_dir: Path, marking: Marking | None, said: str
) -> None:
    before = (corpus_dir / "catalog.toml").read_bytes()
    document = "sd-open-data" if marking else "no-such"
    with pytest.raises(CatalogError, match=said):
        mark(corpus_dir, document, marking or Marking(None, False, ""))
    assert (corpus_dir / "catalog.toml").read_bytes() == before
    assert not [*corpus_dir.glob(".*.part")]


def test_who_marks_a_document_that_was_marked_meanwhile_is_told(corpus_dir: Path) -> None:
    editor = Editor(corpus_dir)
    seen = editor.catalog.document("sd-open-data")
    editor.mark(seen, Marking("amended", False, NOTE))
    before = (corpus_dir / "catalog.toml").read_bytes()
    with pytest.raises(CatalogError, match="《山东省公共数据开放办法》的状态刚被别人改过"):
        editor.mark(seen, Marking("repealed", False, "已废止。"))
    assert (corpus_dir / "catalog.toml").read_bytes() == before


def test_an_erratum_is_added_and_changed(settings: Settings, tmp_path: Path) -> None:
    folder = copied(settings.corpus_dir, tmp_path)
    editor = Editor(folder)
    count = len(editor.errata)
    text = (folder / "errata.toml").read_text(encoding="utf-8")
    editor.add_erratum({**ERRATUM, "printed": "公共数据开放", "correct": "", "note": "试。"})
    assert (folder / "errata.toml").read_text(encoding="utf-8").startswith(text)
    added = editor.errata[-1]
    assert (len(editor.errata), added.correct, added.note) == (count + 1, None, "试。")
    editor.change_erratum(added, {**ERRATUM, "printed": "公共数据开放", "note": "改。"})
    assert editor.errata[-1].note == "改。"
    with pytest.raises(CatalogError, match="刚被别人改过"):
        editor.change_erratum(added, ERRATUM)


@pytest.mark.parametrize("which", [0, 7, -1])
def test_a_deleted_erratum_takes_nothing_with_it(
    settings: Settings, tmp_path: Path, which: int
) -> None:
    folder = copied(settings.corpus_dir, tmp_path)
    before = Editor(folder).errata
    lines = (folder / "errata.toml").read_text(encoding="utf-8").splitlines()
    Editor(folder).remove_erratum(before[which])
    assert Editor(folder).errata == tuple(one for one in before if one != before[which])
    left = (folder / "errata.toml").read_text(encoding="utf-8").splitlines()
    comments = [line for line in lines if line.startswith("#")]
    assert [line for line in left if line.startswith("#")] == comments
    with pytest.raises(CatalogError, match="刚被别人改过"):
        Editor(folder).remove_erratum(before[which])


def test_what_was_added_and_deleted_leaves_the_file_as_it_was(
    settings: Settings, tmp_path: Path
) -> None:
    folder = copied(settings.corpus_dir, tmp_path)
    text = (folder / "errata.toml").read_text(encoding="utf-8")
    Editor(folder).add_erratum({**ERRATUM, "printed": "公共数据开放", "correct": ""})
    Editor(folder).remove_erratum(Editor(folder).errata[-1])
    assert (folder / "errata.toml").read_text(encoding="utf-8").rstrip() == text.rstrip()


def test_an_erratum_of_words_that_are_not_there_changes_nothing(corpus_dir: Path) -> None:
    with pytest.raises(CatalogError, match="没有这些字"):
        Editor(corpus_dir).add_erratum({**ERRATUM, "printed": "没有这些字"})
    assert not (corpus_dir / "errata.toml").exists()


def test_the_first_erratum_makes_the_file(corpus_dir: Path) -> None:
    Editor(corpus_dir).add_erratum(ERRATUM)
    assert [one.printed for one in Editor(corpus_dir).errata] == [ERRATUM["printed"]]


def test_a_rebuild_brings_a_new_note_into_the_answers_of_the_running_assistant(
    own: Assistant, corpus_dir: Path
) -> None:
    assert NOTE not in asked(own).answer.notices
    mark(corpus_dir, "sd-open-data", Marking("amended", False, NOTE))
    assert not own.is_current
    assert NOTE not in asked(own).answer.notices
    over: list[Rebuild] = []
    rebuilding = Rebuilding(own)
    rebuilding.start(over.append)
    rebuilding.wait()
    assert over == [Rebuild(active=False)] == [rebuilding.now]
    assert own.is_current
    assert NOTE in asked(own).answer.notices


def test_a_question_under_way_ends_on_the_index_it_began_with(
    own: Assistant, corpus_dir: Path
) -> None:
    events = own.ask("公共数据开放办法第二条讲什么", mode="extract")
    assert isinstance(next(events), Retrieved)
    mark(corpus_dir, "sd-open-data", Marking("amended", False, NOTE))
    own.renew()
    *_, done = events
    assert isinstance(done, Done)
    assert done.answer.citations
    assert NOTE not in done.answer.notices
    assert NOTE in asked(own).answer.notices


def test_an_evaluation_ends_on_the_index_it_began_with(
    own: Assistant, settings: Settings, corpus_dir: Path, tmp_path: Path
) -> None:
    runs = Runs(settings.model_copy(update={"runs_dir": tmp_path / "runs"}), own)
    asked_of = own.manifest.corpus
    mark(corpus_dir, "sd-open-data", Marking("amended", False, NOTE))
    runs.add_bank(bank(tmp_path / "many.jsonl", 300))
    name = runs.start("many", "extract")
    until(lambda: runs.progress is not None and runs.progress.done >= 2)
    own.renew()
    since = runs.progress.done if runs.progress else 0
    until(lambda: runs.progress is not None and runs.progress.done >= since + 5)
    runs.stop()
    runs.wait(60)
    (entry,) = runs.archive.entries()
    assert entry.header.corpus == asked_of != own.manifest.corpus
    results = (runs.archive.folder(name) / "results.jsonl").read_text(encoding="utf-8")
    assert results.count("\n") > since and NOTE not in results
    with pytest.raises(RunError, match="不能接着做"):
        runs.resume(name)


def bank(path: Path, count: int) -> Path:
    """So many times the same question."""
    one = {
        "type": "lookup",
        "question": "公共数据开放办法第二条讲什么",
        "answerable": True,
        "evidence": ["公共数据"],
    }
    lines = (json.dumps({"id": f"m{n}", **one}, ensure_ascii=False) for n in range(count))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def until(reached: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not reached():
        assert time.monotonic() < end, "took too long"
        time.sleep(0.01)


def test_a_rebuild_of_a_broken_corpus_says_so_and_leaves_the_old_index_in_use(
    own: Assistant, corpus_dir: Path
) -> None:
    (corpus_dir / "catalog.toml").write_text("[[document]\n", encoding="utf-8")
    rebuilding = Rebuilding(own)
    rebuilding.start(lambda over: None)
    rebuilding.wait()
    assert rebuilding.now is not None
    assert "不合 TOML 语法" in rebuilding.now.fault
    assert asked(own).answer.citations


def test_only_one_rebuild_at_a_time(own: Assistant) -> None:
    rebuilding = Rebuilding(own)
    rebuilding.start(lambda over: None)
    with pytest.raises(IndexFault, match="正在重建"):
        rebuilding.start(lambda over: None)
    rebuilding.wait()
    rebuilding.start(lambda over: None)
    rebuilding.wait()


def copied(corpus: Path, tmp_path: Path) -> Path:
    """The real corpus, to be changed at will."""
    folder = tmp_path / "whole"
    folder.mkdir()
    for path in corpus.iterdir():
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    load_catalog(folder)
    return folder
