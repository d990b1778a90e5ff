import shutil
import time
from itertools import pairwise
from pathlib import Path

import pytest
import torch
from sentence_transformers import CrossEncoder

from qa.assistant import Assistant
from qa.errors import ModelError
from qa.index.weights import ensure_model
from qa.retrieval.fusion import Candidate
from qa.retrieval.rerank import Reranker
from qa.settings import Settings

QUESTION = "个人信息泄露了单位要做什么"


def cross_encoder(settings: Settings, folder: Path, outputs: int = 1) -> Path:
    """A real cross-encoder: the project's own encoder with a head of fixed random weights."""
    model = CrossEncoder(
        str(ensure_model(settings)), num_labels=outputs, device="cpu", local_files_only=True
    )
    read = model[0].model
    with torch.no_grad():
        read.bert.pooler.dense.weight.copy_(torch.eye(read.config.hidden_size))
        read.classifier.weight.normal_(generator=torch.Generator().manual_seed(7))
    model.save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="module")
def model(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return cross_encoder(settings, tmp_path_factory.mktemp("reranker"))


@pytest.fixture(scope="module")
def reranked(settings: Settings, model: Path) -> Assistant:
    return Assistant.open(settings.model_copy(update={"reranker": str(model)}))


def test_the_first_of_the_fused_order_come_in_the_order_of_the_model(
    assistant: Assistant, reranked: Assistant, model: Path
) -> None:
    before = assistant.search(QUESTION, top_k=30).passages
    after = reranked.search(QUESTION, top_k=8).passages
    pairs = [(QUESTION, passage.provision.search_text) for passage in after]
    scores = CrossEncoder(str(model), device="cpu", max_length=512).predict(
        pairs, activation_fn=torch.nn.Sigmoid()
    )
    assert [p.score for p in after] == pytest.approx(scores.tolist(), abs=0.01)
    assert all(a.score >= b.score for a, b in pairwise(after))
    assert {p.provision.id for p in after} <= {p.provision.id for p in before}
    assert [p.provision.id for p in after] != [p.provision.id for p in before[:8]]
    assert all(0 < p.score < 1 and p.why.endswith("，重排") for p in after)


def test_a_direct_hit_stays_first(reranked: Assistant) -> None:
    first, *others = reranked.search("数据安全法第二十一条").passages
    assert (first.provision.locator, first.direct) == ("第二十一条", True)
    assert not any(passage.direct for passage in others)


def test_what_is_not_read_again_stays_behind(
    settings: Settings, model: Path, assistant: Assistant
) -> None:
    three = Reranker(settings.model_copy(update={"reranker": str(model), "rerank_top": 3}))
    provisions = [p.provision for p in assistant.search(QUESTION).passages[:5]]
    fused = [Candidate(n, 0.9 - n / 100, {}, ()) for n in range(5)]
    started = time.perf_counter()
    found = three(QUESTION, fused, provisions)
    assert time.perf_counter() - started < 5
    assert {c.position for c in found[:3]} == {0, 1, 2}
    assert [c.position for c in found[3:]] == [3, 4]
    assert [c.reranked for c in found] == [True, True, True, False, False]
    assert all(a.score >= b.score for a, b in pairwise(found))
    assert three(QUESTION, [], provisions) == []


def test_a_model_that_is_not_there_is_named(settings: Settings) -> None:
    missing = settings.model_copy(update={"reranker": "nobody/no-such-reranker"})
    with pytest.raises(ModelError, match="找不到重排模型 nobody/no-such-reranker"):
        Reranker(missing)


def test_a_folder_that_is_no_reranker_is_named(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="无法打开重排模型"):
        Reranker(settings.model_copy(update={"reranker": str(tmp_path)}))


def test_a_bare_encoder_is_refused(settings: Settings) -> None:
    bare = settings.model_copy(update={"reranker": str(ensure_model(settings))})
    with pytest.raises(ModelError, match="不能用来重排"):
        Reranker(bare)


def test_a_model_of_several_scores_is_refused(settings: Settings, tmp_path: Path) -> None:
    several = cross_encoder(settings, tmp_path / "several", outputs=3)
    try:
        with pytest.raises(ModelError, match="打 3 个分"):
            Reranker(settings.model_copy(update={"reranker": str(several)}))
    finally:
        shutil.rmtree(several)
