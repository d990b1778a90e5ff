"""Documents enter a corpus, are replaced and leave it."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from qa.errors import CatalogError
from qa.ingest.catalog import load_catalog
from qa.ingest.corpus import read_corpus
from qa.ingest.editions import Editions
from qa.ingest.formats import Limits
from qa.ingest.intake import Proposal, compared, entry_for, propose
from qa.ingest.shelf import Outdated, Shelf

LAKES = """\
# 示范省湖泊条例

2019年5月1日 示范省第十三届人民代表大会常务委员会第九次会议通过

## 第一章 总则

第一条 为了保护湖泊，制定本条例。

第二条 湖泊的水位由水行政主管部门每日观测一次。

第四条 本条例自2019年7月1日起施行。
"""
AMENDED = "省大数据主管部门每年评估一次公共数据开放的成效。"


@pytest.fixture(scope="module")
def lakes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "湖泊.md"
    path.write_text(LAKES, encoding="gb18030")
    return path


@pytest.fixture
def proposal(lakes: Path, corpus_dir: Path) -> Proposal:
    return proposed(lakes, corpus_dir)


def proposed(path: Path, corpus_dir: Path) -> Proposal:
    corpus = read_corpus(corpus_dir)
    return propose(path, corpus.shared, corpus.catalog, Limits())


def test_a_file_is_recognised_and_nothing_is_changed(proposal: Proposal, corpus_dir: Path) -> None:
    found = proposal.found
    assert (found.title, found.level) == ("示范省湖泊条例", "地方性法规")
    assert (found.days.issued, found.days.effective) == ("2019-05-01", "2019-07-01")
    assert (found.counts.articles, found.counts.chapters) == (3, 1)
    assert proposal.warnings == (
        "条号不连续：第四条之前缺第三条。",
        "看来是山东以外地方的文件；请核对效力层级和制定层面。",
    )
    assert len(load_catalog(corpus_dir).documents) == 1


def test_an_added_document_is_read_and_the_comments_stay(
    proposal: Proposal, corpus_dir: Path
) -> None:
    path = corpus_dir / "catalog.toml"
    path.write_text("# 说明\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    before = path.read_text(encoding="utf-8")
    shelf = Shelf(corpus_dir)
    entry = entry_for(proposal, shelf.catalog, id="lakes", level="地方性法规", names=("湖泊条例",))
    added = shelf.add(proposal, entry, "张三")
    assert path.read_text(encoding="utf-8").startswith(before)
    assert added.provenance is not None
    assert (added.provenance.file, added.provenance.by) == ("湖泊.md", "张三")
    assert added.provenance.sha256 == proposal.sha256
    corpus = read_corpus(corpus_dir)
    assert corpus.differences() == ()
    places = [p.locator for p in corpus.provisions if p.document_id == "lakes"]
    assert places == ["引言", "第一条", "第二条", "第四条"]
    assert shelf.orphans() == ()
    shelf.remove("lakes")
    assert path.read_text(encoding="utf-8").rstrip() == before.rstrip()
    assert shelf.orphans() == ()


def test_the_same_text_again_is_told_and_the_same_title_refused(
    lakes: Path, proposal: Proposal, corpus_dir: Path
) -> None:
    shelf = Shelf(corpus_dir)
    shelf.add(proposal, entry_for(proposal, shelf.catalog, id="lakes"), "张三")
    again = proposed(lakes, corpus_dir)
    assert [(each.entry.id, each.share) for each in again.alike] == [("lakes", 1.0)]
    with pytest.raises(CatalogError, match="已经有《示范省湖泊条例》（lakes）"):
        entry_for(again, shelf.catalog)


def test_another_file_takes_the_place_of_a_text(
    proposal: Proposal, corpus_dir: Path, tmp_path: Path
) -> None:
    shelf = Shelf(corpus_dir)
    shelf.add(proposal, entry_for(proposal, shelf.catalog, id="lakes"), "张三")
    whole = tmp_path / "全文.md"
    whole.write_text(LAKES.replace("第四条", "第三条"), encoding="utf-8")
    after = shelf.replace("lakes", proposed(whole, corpus_dir), "李四")
    assert after.provenance is not None and after.provenance.by == "李四"
    assert [p.locator for p in read_corpus(corpus_dir).provisions][-1] == "第三条"
    assert shelf.orphans() == ()


def test_a_new_text_supersedes_the_old_one_until_it_is_removed(
    corpus_dir: Path, tmp_path: Path
) -> None:
    shelf = Shelf(corpus_dir)
    before = shelf.catalog
    (old,) = before.documents
    source = corpus_dir / before.sources[0].file
    path = tmp_path / "新.md"
    path.write_text(f"{source.read_text(encoding='utf-8')}\n{AMENDED}\n", encoding="utf-8")
    found = proposed(path, corpus_dir)
    assert found.alike[0].share > 0.9
    with pytest.raises(CatalogError, match="effective"):
        entry_for(found, before, version_of=old.id, effective="明年")
    entry = entry_for(found, before, version_of=old.id, effective="2026-03-01")
    assert (entry.id, entry.title) == ("sd-open-data-2026", "山东省公共数据开放办法（2026年文本）")
    assert (entry.level, entry.region) == (old.level, old.region)
    shelf.add(found, entry, "张三")
    marked = shelf.catalog.document(old.id)
    assert (marked.status, marked.superseded) == ("amended", "2026-03-01")
    assert marked.notices == (
        "《山东省公共数据开放办法》修改后的文本自2026年3月1日起施行；这里是此前的文本。",
    )
    editions = Editions(shelf.catalog.documents)
    assert editions.at(old.id, "2026-02-28") == old.id
    assert editions.at(old.id, "2026-03-01") == entry.id
    assert editions.standing("2026-03-01") == {entry.id}
    texts = [p for p in read_corpus(corpus_dir).provisions if AMENDED in p.text]
    assert [p.document_id for p in texts] == [entry.id]
    shelf.remove(entry.id)
    assert shelf.catalog == before


def test_a_text_that_was_compared_with_another_one_does_not_take_its_place(
    proposal: Proposal, corpus_dir: Path, tmp_path: Path
) -> None:
    shelf = Shelf(corpus_dir)
    shelf.add(proposal, entry_for(proposal, shelf.catalog, id="lakes"), "张三")
    found = []
    for often in ("每周", "每月"):
        path = tmp_path / f"{often}.md"
        path.write_text(LAKES.replace("每日", often), encoding="utf-8")
        found.append(proposed(path, corpus_dir))
    weekly, monthly = found
    entry = entry_for(monthly, shelf.catalog, version_of="lakes", effective="2026-01-01")
    shelf.replace("lakes", weekly, "李四")
    before = (corpus_dir / "catalog.toml").read_bytes(), {*corpus_dir.glob("*.md")}
    for late in (
        lambda: shelf.replace("lakes", monthly, "王五"),
        lambda: shelf.add(monthly, entry, "王五"),
    ):
        with pytest.raises(Outdated, match="《示范省湖泊条例》刚由李四改过"):
            late()
    assert ((corpus_dir / "catalog.toml").read_bytes(), {*corpus_dir.glob("*.md")}) == before
    corpus = read_corpus(corpus_dir)
    again = compared(monthly, corpus.shared, corpus.catalog)
    assert again.alike[0].entry.id == "lakes"
    shelf.replace("lakes", again, "王五")
    assert "每月" in [p.text for p in read_corpus(corpus_dir).of["lakes"]][2]
    late_again = proposed(tmp_path / "每周.md", corpus_dir)
    shelf.remove("lakes")
    with pytest.raises(Outdated, match="刚被别人删去"):
        shelf.replace("lakes", late_again, "王五")


def test_what_is_printed_in_the_compilation_is_not_removed(corpus_dir: Path) -> None:
    with pytest.raises(CatalogError, match="印在汇编里"):
        Shelf(corpus_dir).remove("sd-open-data")


def test_a_kill_at_any_moment_leaves_a_corpus_that_can_be_read(
    proposal: Proposal, corpus_dir: Path
) -> None:
    chance = random.Random(7)
    shelf = Shelf(corpus_dir)
    entry = entry_for(proposal, shelf.catalog, id="lakes")
    seen: set[int] = set()
    kills = 0
    while kills < 20 or (len(seen) < 2 and kills < 200):
        kills += 1
        child = os.fork()
        if child == 0:
            try:
                while True:
                    held = {each.id for each in shelf.catalog.documents}
                    shelf.remove("lakes") if "lakes" in held else shelf.add(proposal, entry, "x")
            finally:
                os._exit(1)
        time.sleep(chance.uniform(0.0, 0.1))
        os.kill(child, signal.SIGKILL)
        assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
        seen.add(len(read_corpus(corpus_dir).catalog.documents))
    assert seen == {1, 2}
