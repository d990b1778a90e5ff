import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as trying
from hypothesis import strategies as st
from tokenizers import Tokenizer

from qa.index.tokens import Tokens, write_usual
from qa.index.weights import ensure_model
from qa.ingest.provision import Provision
from qa.settings import Settings

ALPHABET = st.one_of(
    st.characters(min_codepoint=0x20, max_codepoint=0x7E),
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
    st.sampled_from("，。；：、“”‘’《》（）【】…—·～％％①⑴Ⅲ½℃→　\u00a0\n\t▁１２ＡＢ"),
)


@pytest.fixture(scope="module")
def source(settings: Settings) -> Path:
    return ensure_model(settings)


@pytest.fixture(scope="module")
def whole(source: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(source / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


@pytest.fixture(scope="module")
def written(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokens")
    write_usual(source, folder)
    return folder


@pytest.fixture(scope="module")
def tokens(source: Path, written: Path) -> Tokens:
    return Tokens(source, written)


def test_the_volume_needs_the_usual_pieces_alone_and_has_the_tokens_of_all(
    written: Path,
    whole: Tokenizer,
    provisions: dict[tuple[str, str], Provision],
    tmp_path: Path,
) -> None:
    tokens = Tokens(tmp_path / "not there", written)  # the whole tokenizer would be read from here
    texts = [provision.search_text for provision in provisions.values()]
    texts += [question for each in provisions.values() for question in each.questions]
    assert [tokens(text) for text in texts] == [
        encoded.ids for encoded in whole.encode_batch(texts)
    ]


@trying(max_examples=500, deadline=None)
@given(text=st.text(ALPHABET, max_size=80))
def test_any_usual_text_has_the_tokens_of_the_whole_tokenizer(
    text: str, tokens: Tokens, whole: Tokenizer
) -> None:
    assert tokens(text) == whole.encode(text).ids


@pytest.mark.parametrize(
    "text",
    [
        "Закон о персональных данных, статья 21",
        "データの分類 第二十一条",
        "개인정보 보호법",
        "قانون البيانات",
        "é è ü ñ",
        "😀数据安全",
        "\u200b零\ufeff",
        "𠮷野家",
        "<mask> 数据 </s> <s>",
        "",
    ],
)
def test_other_scripts_have_them_too(text: str, tokens: Tokens, whole: Tokenizer) -> None:
    assert tokens(text) == whole.encode(text).ids


def test_the_usual_pieces_are_two_fifths_of_all(written: Path, source: Path) -> None:
    some = json.loads((written / "tokenizer.json").read_bytes())["model"]["vocab"]
    all_of_them = json.loads((source / "tokenizer.json").read_bytes())["model"]["vocab"]
    assert len(some) == len(np.load(written / "ids.npy")) < 0.42 * len(all_of_them)


def test_a_tokenizer_of_another_kind_is_used_as_it_is(
    source: Path, whole: Tokenizer, tmp_path: Path
) -> None:
    other, kept = tmp_path / "model", tmp_path / "kept"
    other.mkdir()
    kept.mkdir()
    shutil.copy(source / "tokenizer.json", other)
    described = json.loads((other / "tokenizer.json").read_bytes())
    described["post_processor"] = None
    (other / "tokenizer.json").write_text(json.dumps(described), encoding="utf-8")
    write_usual(other, kept)
    assert not list(kept.iterdir())
    assert Tokens(other, kept)("数据安全") == whole.encode("数据安全", add_special_tokens=False).ids
