"""An index that grows: segments are added, left out and rewritten; readers keep what they have."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa.errors import SettingsError
from qa.index import growing, store
from qa.index.manifest import check
from qa.index.vectorfile import Files
from qa.ingest.catalog import Catalog, DocumentEntry, SourceEntry
from qa.ingest.clauses import clauses_of
from qa.ingest.corpus import Corpus
from qa.ingest.provision import Part, Provision

WIDTH = 32
APPROXIMATE = Files(flat_up_to=100, effort=64)


def law(name: str, articles: int, said: str = "数据") -> list[Provision]:
    texts = [
        f"第{n}条 {name}的{said}，共{n * 7919 % 1009}项已经登记在册。" for n in range(articles)
    ]
    return [
        Provision(
            id=f"{name}-{n:012x}",
            document_id=name,
            document=name,
            kind="article",
            locator=f"第{n}条",
            headings=(),
            parts=(Part(label="", text=text, line=n + 1),),
            text=text,
            search_text=f"{name}\n{text}",
        )
        for n, text in enumerate(texts)
    ]


def corpus(**laws: list[Provision]) -> Corpus:
    entries = tuple(DocumentEntry(id=n, title=n, level="法律", region="国家") for n in laws)
    catalog = Catalog(sources=(SourceEntry(file="a.txt", title="a"),), documents=entries)
    marks = {name: str(hash(tuple(p.text for p in held))) for name, held in laws.items()}
    return Corpus(
        folder=Path(),
        catalog=catalog,
        of={**laws},
        marks=marks,
        counts={},
        totals={},
        stray=(),
        idle=(),
        fingerprint=f"{abs(hash(str(marks))):064x}"[::-1],
        parsed={},
    )


class Embedding:
    """Vectors drawn by the text, and how many were asked for."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, texts: list[str], questions: bool) -> NDArray[np.float32]:
        self.count += len(texts)
        drawn = [np.random.default_rng([*text.encode()]).standard_normal(WIDTH) for text in texts]
        vectors = np.array(drawn, np.float32).reshape(-1, WIDTH)
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Segments count as large from here on, so that tests need no thousands."""
    monkeypatch.setattr(growing, "SMALL", 30)


def put(
    held: Corpus, folder: Path, known: store.Index | None = None, files: Files = APPROXIMATE
) -> tuple[store.Index, int]:
    """The index of a corpus, and how many texts were embedded for it."""
    embed = Embedding()
    built = store.put(held, "model", embed, folder, known, files)
    return store.open_index(built, held.fingerprint, "model", files), embed.count


def same(one: store.Index, other: store.Index, *, words: bool = True) -> None:
    """Two indexes give the same, whatever segments they have."""
    assert [*one.provisions] == [*other.provisions]
    (vector,) = Embedding()(["问题"], True)
    near, also = one.dense.nearness(vector), other.dense.nearness(vector)
    assert np.allclose(near.text, also.text, atol=1e-3)
    clauses = clauses_of(p.text for p in one.provisions)
    assert one.before.shared(clauses) == other.before.shared(clauses)
    if words:
        assert np.array_equal(one.lexical.scores("jia的数据"), other.lexical.scores("jia的数据"))


def test_a_law_that_is_added_is_all_that_is_written(tmp_path: Path) -> None:
    first, _ = put(corpus(jia=law("jia", 200), yi=law("yi", 90)), tmp_path)
    laws = {"jia": law("jia", 200), "bing": law("bing", 20), "yi": law("yi", 90)}
    second, embedded = put(corpus(**laws), tmp_path, first)
    assert embedded == 20
    assert [e.provisions for e in second.manifest.segments] == [290, 20]
    whole, _ = put(corpus(**laws), tmp_path / "whole")
    same(second, whole)
    # The reader of before still reads, although its folder is gone.
    assert len([*first.provisions]) == 290
    assert first.folder and not first.folder.exists()


def test_small_segments_are_written_anew_with_what_is_added(tmp_path: Path) -> None:
    laws = {"jia": law("jia", 200), "yi": law("yi", 20)}
    index, _ = put(corpus(jia=laws["jia"]), tmp_path)
    index, _ = put(corpus(**laws), tmp_path, index)
    for name in ("bing", "ding", "wu"):
        laws[name] = law(name, 20)
        index, _ = put(corpus(**laws), tmp_path, index)
    assert len(index.manifest.segments) <= 3
    whole, _ = put(corpus(**laws), tmp_path / "whole")
    same(index, whole)


def test_a_law_that_is_removed_or_changed_is_found_no_more(tmp_path: Path) -> None:
    laws = {"jia": law("jia", 200), "yi": law("yi", 90), "bing": law("bing", 80)}
    first, _ = put(corpus(**laws), tmp_path)
    left = {"jia": law("jia", 200), "bing": law("bing", 80, "电子数据")}
    second, embedded = put(corpus(**left), tmp_path, first)
    assert embedded == 80
    whole, _ = put(corpus(**left), tmp_path / "whole")
    same(second, whole, words=False)  # what was removed still counts as written
    (vector,) = Embedding()([laws["yi"][5].search_text], False)
    for found in (second.dense.best(vector, 300), second.lexical.best("yi的数据", 300)):
        assert found.min() >= 0
        assert {second.provisions[n].document_id for n in found.tolist()} <= {"jia", "bing"}
    with pytest.raises(KeyError):
        second.provisions.position(laws["yi"][0].id)
    assert second.provisions[second.provisions.position(left["bing"][7].id)] == left["bing"][7]


def test_the_clauses_that_documents_share_are_counted_as_by_reading_them(tmp_path: Path) -> None:
    laws = {"jia": law("jia", 200), "yi": law("yi", 90), "bing": law("bing", 80)}
    first, _ = put(corpus(**laws), tmp_path)
    left = {"ding": law("ding", 30), "bing": law("bing", 80, "电子数据"), "jia": law("jia", 200)}
    second, _ = put(corpus(**left), tmp_path, first)
    said = ["第九条 这一条哪里都没有。", *(p.text for p in left["bing"][:7]), laws["yi"][3].text]
    said += [left["jia"][1].text] * 2
    clauses = clauses_of(said)
    read = {name: len(clauses & clauses_of(p.text for p in held)) for name, held in left.items()}
    assert second.before.shared(clauses) == {n: count for n, count in read.items() if count}
    assert second.before.shared(clauses) == {"ding": 7, "bing": 8, "jia": 7}
    assert second.before.shared(frozenset()) == {}


def test_a_segment_of_which_little_is_left_is_written_anew(tmp_path: Path) -> None:
    first, _ = put(corpus(jia=law("jia", 40), yi=law("yi", 90)), tmp_path)
    second, _ = put(corpus(jia=law("jia", 40)), tmp_path, first)
    assert [e.provisions for e in second.manifest.segments] == [40]


def test_a_failed_addition_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    first, _ = put(corpus(jia=law("jia", 200)), tmp_path)

    def fail(texts: list[str], questions: bool) -> NDArray[np.float32]:
        raise KeyboardInterrupt

    more = corpus(jia=law("jia", 200), yi=law("yi", 20))
    with pytest.raises(KeyboardInterrupt):
        store.put(more, "model", fail, tmp_path, first, APPROXIMATE)
    assert first.folder
    assert [path.name for path in tmp_path.iterdir()] == [first.folder.name]
    check(first.folder)


@pytest.mark.parametrize("factory", ["IVF{lists},SQ8", "HNSW32_SQ8", "IVF4,PQ8x4"])
def test_a_large_segment_finds_what_comparing_all_would_find(factory: str, tmp_path: Path) -> None:
    files = Files(flat_up_to=100, factory=factory, effort=64)
    index, _ = put(corpus(jia=law("jia", 1500)), tmp_path, files=files)
    (part,) = index.dense.parts
    assert not part.is_flat
    allowed = np.arange(1500) % 3 == 0
    for n in (3, 300, 900):
        (vector,) = Embedding()([f"jia\n{index.provisions[n].text}"], False)
        cosines = index.dense.nearness(vector).text
        assert cosines.argmax() == n
        best = set(np.argsort(-cosines)[:10].tolist())
        assert len(best & set(index.dense.best(vector, 50).tolist())) >= 9
        among = index.dense.best(vector, 50, allowed)
        assert n in among
        assert allowed[among].all()


def test_a_kind_of_index_that_there_is_not_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ann_factory"):
        put(corpus(jia=law("jia", 200)), tmp_path, files=Files(100, "没有"))
