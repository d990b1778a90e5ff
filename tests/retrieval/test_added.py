"""Laws of other forms, added to the volume: how their places are named, what stands above them."""

import shutil
from pathlib import Path

import pytest

from qa.assistant import Assistant
from qa.index import store
from qa.index.embedding import Embedder
from qa.index.vectors import VectorCache
from qa.ingest.corpus import read_corpus
from qa.ingest.formats import Limits
from qa.ingest.intake import entry_for, propose
from qa.ingest.shelf import Shelf
from qa.settings import Settings
from qa.volume import Volume

CODE = """中华人民共和国国务院令
第999号
现公布《湖泊观测条例》，自2021年9月1日起施行。
2021年7月30日
湖泊观测条例
第一编 总则
第一条 为了规范湖泊水位观测，制定本条例。
第二条 湖泊水位由水行政主管部门每日观测一次。
第二编 观测站
第三条 观测站应当配备备用电源。
第四条 观测人员应当取得观测资格证书。
"""
AMENDMENT = """湖泊观测条例修正案（二）
（2022年5月1日某会议通过）
一、将湖泊观测条例第二条修改为：“湖泊水位每日观测两次。”
二、在湖泊观测条例第三条后增加一条，作为第三条之一：“观测站应当保存观测记录五年。
“观测记录不得涂改。”
三、本修正案自2022年6月1日起施行。
"""


@pytest.fixture(scope="module")
def assistant(
    one_document: Path,
    embedder: Embedder,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Assistant:
    folder = tmp_path_factory.mktemp("added")
    corpus_dir = Path(shutil.copytree(one_document, folder / "corpus"))
    shelf = Shelf(corpus_dir)
    for name, text in (("条例", CODE), ("修正案", AMENDMENT)):
        path = folder / f"{name}.txt"
        path.write_text(text.replace("\n", "\n\n"), encoding="utf-8")
        proposal = propose(path, lambda _: {}, shelf.catalog, Limits())
        shelf.add(proposal, entry_for(proposal, shelf.catalog), "test")
    corpus = read_corpus(corpus_dir)
    assert corpus.differences() == ()
    cache = VectorCache(folder / "vectors.sqlite")
    built = store.build(corpus, embedder, cache, folder / "indexes")
    index = store.open_index(built, corpus.fingerprint, embedder.fingerprint)
    there = settings.model_copy(update={"corpus_dir": corpus_dir})
    return Assistant(Volume(index, corpus.catalog, embedder, there), embedder, there)


def first(assistant: Assistant, question: str) -> str:
    return assistant.search(question).passages[0].provision.name


def test_the_items_of_an_amendment_are_called_articles(assistant: Assistant) -> None:
    assert first(assistant, "湖泊观测条例修正案（二）第二条") == "《湖泊观测条例修正案（二）》二、"
    assert first(assistant, "湖泊观测条例第二条") == "《湖泊观测条例》第二条"


def test_a_part_of_a_code_is_found_by_its_number(assistant: Assistant) -> None:
    found = assistant.search("湖泊观测条例第二编").passages
    direct = [p.provision.locator for p in found if p.score == 1]
    assert direct == ["第三条", "第四条"]


@pytest.mark.parametrize(
    ("question", "place"),
    [
        ("湖泊观测条例是为了什么制定的", "第一条"),
        ("湖泊观测条例规定观测站要有什么设备", "第三条"),
        ("湖泊观测条例是第几号国务院令公布的", "题注"),
    ],
)
def test_what_stands_above_the_title_answers_for_the_order_alone(
    assistant: Assistant, question: str, place: str
) -> None:
    assert first(assistant, question) == f"《湖泊观测条例》{place}"
