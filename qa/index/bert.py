"""A BERT encoder as an ONNX graph with 8-bit weights, written from its safetensors alone.

Vaswani et al. 2017, Devlin et al. 2019. The graph reads the word embeddings of one text and gives
its pooled vector. One text, not a batch: nothing is padded, and the range by which activations are
rounded is that of the text itself, so that its vector depends on no other.

A few channels reach ten times as far as the others, and would make the steps of all ten times as
wide. Each is split into copies of a part of it (Zhao et al. 2019, outlier channel splitting), with
the same weights: the sum is the same, and the range that of the others.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

VERSION = 3
"""Raised when what is written changes."""

_LEAST = 63
"""Weights are rounded to -63 … 63: processors without VNNI add two products in 16 bits, and with
the full 8 bits the sum would not fit. It moves a cosine by less than a thousandth."""
_COPIES = 16
"""So many copies of channels are added to those that a layer reads."""
_ROWS_AT_ONCE = 16384
_OPSET, _IR = 20, 10
_FUSED = "com.microsoft"
"""ONNX Runtime's own operators."""

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Tensor = Callable[[str], Floats]


@dataclass(frozen=True)
class Bert:
    """The shape of an encoder, and how its vectors are pooled."""

    layers: int
    heads: int
    epsilon: float
    max_tokens: int
    mean: bool
    """Pooled by the mean over the tokens; else by the first one."""


def read_bert(folder: Path) -> Bert | None:
    """What a sentence-transformers folder says of its encoder; None where it is no plain BERT."""
    try:
        config = _json(folder / "config.json")
        modules = [each["type"].rpartition(".")[2] for each in _json(folder / "modules.json")]
        pooling = _json(folder / "1_Pooling" / "config.json")
        sentence = _json(folder / "sentence_bert_config.json")
    except (OSError, ValueError, KeyError, TypeError):
        return None
    pooled = [name for name in ("mean_tokens", "cls_token") if pooling.get(f"pooling_mode_{name}")]
    pooled += [f"{mode}_tokens" for mode in [pooling.get("pooling_mode")] if mode]
    plain = (
        config.get("model_type") == "bert"
        and config.get("hidden_act", "gelu") == "gelu"
        and config.get("position_embedding_type", "absolute") == "absolute"
        and modules in (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
        and pooled in (["mean_tokens"], ["cls_token"], ["cls_tokens"])
        and not sentence.get("do_lower_case")
        and (folder / "model.safetensors").is_file()
        and (folder / "tokenizer.json").is_file()
    )
    if not plain:
        return None
    positions = config["max_position_embeddings"]
    return Bert(
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        epsilon=config.get("layer_norm_eps", 1e-12),
        max_tokens=min(sentence.get("max_seq_length") or positions, positions),
        mean=pooled == ["mean_tokens"],
    )


def write_words(source: Path, folder: Path) -> None:
    """Write the word embeddings of a model folder: `words.npy` of int8 times `scales.npy`.

    Their shapes are (words, dimension) and (words, 1).
    """
    with _weights(source) as held:
        rows = held.slice("embeddings.word_embeddings.weight")
        count, width = rows.get_shape()
        words = np.lib.format.open_memmap(
            folder / "words.npy", mode="w+", dtype=np.int8, shape=(count, width)
        )
        scales = np.empty((count, 1), np.float32)
        for start in range(0, count, _ROWS_AT_ONCE):
            some = slice(start, min(start + _ROWS_AT_ONCE, count))
            values = rows[some].astype(np.float32, copy=False)
            scales[some] = _scales(values, 127)
            words[some] = np.rint(values / scales[some])
        words.flush()
        np.save(folder / "scales.npy", scales)


def write_graph(bert: Bert, source: Path, file: Path, reach: Mapping[str, Floats]) -> None:
    """Write the layers of a model folder's encoder.

    `reach` has the largest absolute value of each channel of the activations by their name. Where
    it has none they are not split, but are an output of the graph beside the vector.
    """
    with _weights(source) as held:
        _Graph(bert, held.tensor, reach).save(file)


def _scales(values: Floats, most: int) -> Floats:
    """What the integers -most … most of each last axis are to be multiplied by."""
    scales: Floats = np.abs(values).max(axis=-1, keepdims=True) / np.float32(most)
    return np.where(scales == 0, np.float32(1), scales)


class _Weights:
    """The tensors of a safetensors file, as BERT calls them."""

    def __init__(self, held: Any) -> None:
        self._held = held
        self._names = {name.removeprefix("bert."): name for name in held.keys()}  # noqa: SIM118

    def slice(self, name: str) -> Any:
        return self._held.get_slice(self._names[name])

    def tensor(self, name: str) -> Floats:
        values: Floats = self._held.get_tensor(self._names[name]).astype(np.float32, copy=False)
        return values


@contextmanager
def _weights(source: Path) -> Iterator[_Weights]:
    from safetensors import safe_open

    with safe_open(source / "model.safetensors", framework="numpy") as held:
        yield _Weights(held)


class _Graph:
    """The nodes and the weights, layer by layer."""

    def __init__(self, bert: Bert, tensor: Tensor, reach: Mapping[str, Floats]) -> None:
        self._bert, self._tensor, self._reach = bert, tensor, reach
        self._nodes: list[Any] = []
        self._weights: list[Any] = []
        self._unknown: dict[str, int] = {}
        """Activations of unknown reach, and how many channels they have."""

    def save(self, path: Path) -> None:
        import onnx
        from onnx import TensorProto, helper

        self._build()
        width = self._tensor("embeddings.LayerNorm.bias").size
        graph = helper.make_graph(
            self._nodes,
            "bert",
            [helper.make_tensor_value_info("words", TensorProto.FLOAT, [1, "tokens", width])],
            [
                helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, width]),
                *(
                    helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, "tokens", channels])
                    for name, channels in self._unknown.items()
                ),
            ],
            self._weights,
        )
        sets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)]
        onnx.save(helper.make_model(graph, opset_imports=sets, ir_version=_IR), path)

    def _build(self) -> None:
        x = self._normalised(self._placed(), "embeddings.LayerNorm")
        for n in range(self._bert.layers):
            x = self._layer(x, f"encoder.layer.{n}")
        if self._bert.mean:
            self._node("ReduceMean", [x, self._weight("over", np.array([1]))], "vector", keepdims=0)
        else:
            self._node("Gather", [x, self._weight("first", np.array(0))], "vector", axis=1)

    def _placed(self) -> str:
        """The words with their positions added; every token is of the first segment."""
        positions = self._tensor("embeddings.position_embeddings.weight")
        segment = self._tensor("embeddings.token_type_embeddings.weight")[0]
        count = self._node("Shape", ["words"], "count", start=1, end=2)
        zero = self._weight("zero", np.array([0]))
        table = self._weight("positions", positions + segment)
        return self._node("Add", ["words", self._node("Slice", [table, zero, count], "at")], "e")

    def _layer(self, x: str, name: str) -> str:
        attention = f"{name}.attention"
        parts = [self._pair(f"{attention}.self.{part}") for part in ("query", "key", "value")]
        weight, bias = (np.concatenate(each) for each in zip(*parts, strict=True))
        qkv = self._linear(*self._split(x, weight), bias, f"{attention}.qkv")
        each = [f"{attention}.{part}" for part in "qkv"]
        self._node("Split", [qkv], *each, axis=-1, num_outputs=3)
        heads = self._bert.heads
        seen = self._node(
            "MultiHeadAttention", each, f"{attention}.seen", domain=_FUSED, num_heads=heads
        )
        out = self._linear(seen, *self._pair(f"{attention}.output.dense"), f"{attention}.out")
        x = self._normalised(self._sum(x, out), f"{attention}.output.LayerNorm")
        out = self._forward(x, name)
        return self._normalised(self._sum(x, out), f"{name}.output.LayerNorm")

    def _forward(self, x: str, name: str) -> str:
        """The two layers on both sides of GELU; what is split after it is computed in copies."""
        weight, bias = self._pair(f"{name}.intermediate.dense")
        copied, share = self._copies(f"{name}.active", len(bias))
        from_x, weight = self._split(x, weight[copied])
        inner = self._linear(from_x, weight, bias[copied], f"{name}.inner")
        active = self._node("Gelu", [inner], f"{name}.active", domain=_FUSED)
        if len(copied) > len(bias):
            active = self._scaled(active, share[copied])
        weight, bias = self._pair(f"{name}.output.dense")
        return self._linear(active, weight[:, copied], bias, f"{name}.out")

    def _split(self, x: str, weight: Floats) -> tuple[str, Floats]:
        """Activations and the weights that read them, with copies of the channels that reach far.

        The weights are (outputs, channels).
        """
        channels = weight.shape[1]
        copied, share = self._copies(x, channels)
        more = copied[channels:]
        if not len(more):
            return x, weight
        part = self._scaled(x, share)
        again = self._weight(f"{x}.again", more)
        copies = self._node("Gather", [part, again], f"{x}.copies", axis=-1)
        return self._node("Concat", [part, copies], f"{x}.split", axis=-1), weight[:, copied]

    def _copies(self, x: str, channels: int) -> tuple[Ints, Floats]:
        """Each channel and then its copies, by number; and what part of it each of them is."""
        times = np.ones(channels, np.int64)
        if x in self._reach:
            for _ in range(_COPIES):
                times[np.argmax(self._reach[x] / times)] += 1
        else:
            self._unknown[x] = channels
        every = np.arange(channels)
        copied = np.concatenate([every, np.repeat(every, times - 1)])
        return copied, (1 / times).astype(np.float32)

    def _scaled(self, x: str, share: Floats) -> str:
        return self._node("Mul", [x, self._weight(f"{x}.share", share)], f"{x}.part")

    def _linear(self, x: str, weight: Floats, bias: Floats, name: str) -> str:
        """A linear layer in integers: one range for the activations of the text."""
        scales = _scales(weight, _LEAST)
        inputs = [
            x,
            self._weight(f"{name}.weight", np.rint(weight / scales).astype(np.int8).T),
            self._weight(f"{name}.scale", scales[:, 0]),
            self._weight(f"{name}.zero", np.zeros(len(scales), np.int8)),
            self._weight(f"{name}.bias", bias),
        ]
        return self._node("DynamicQuantizeMatMul", inputs, name, domain=_FUSED)

    def _sum(self, x: str, y: str) -> str:
        return self._node("Add", [x, y], f"{y}.sum")

    def _normalised(self, x: str, name: str) -> str:
        scale, shift = self._pair(name)
        inputs = [x, self._weight(f"{name}.weight", scale), self._weight(f"{name}.bias", shift)]
        return self._node("LayerNormalization", inputs, name, epsilon=self._bert.epsilon)

    def _pair(self, name: str) -> tuple[Floats, Floats]:
        return self._tensor(f"{name}.weight"), self._tensor(f"{name}.bias")

    def _weight(self, name: str, values: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self._weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(
        self, kind: str, inputs: list[str], *outputs: str, domain: str = "", **how: Any
    ) -> str:
        from onnx import helper

        self._nodes.append(helper.make_node(kind, inputs, [*outputs], domain=domain, **how))
        return outputs[0]


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
