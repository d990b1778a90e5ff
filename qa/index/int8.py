"""The encoder in 8-bit integers on ONNX Runtime: the quick way of a plain BERT, without torch."""

import json
import logging
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from qa.errors import ModelError
from qa.hub import sha256
from qa.index.bert import VERSION, Bert, write_graph, write_words
from qa.index.tokens import Tokens, write_usual

log = logging.getLogger(__name__)

Vectors = NDArray[np.float32]

_GRAPH, _SUMS = "graph.onnx", "sums.json"
_STOP = "session.force_spinning_stop"
_TYPICAL = (
    "国家建立数据分类分级保护制度，根据数据在经济社会发展中的重要程度，对数据实行分类分级保护。",
    "第二十一条　违反本法规定的，由有关主管部门责令改正，可以并处五万元以上五十万元以下罚款。",
    "到2025年，数字经济核心产业增加值占地区生产总值比重达到10%左右，建成5G基站25万个。",
    "《中华人民共和国网络安全法》 第三章 网络运行安全：（一）总体要求。——坚持统筹发展和安全。",
    "单位把客户的手机号卖给别人，会被罚多少钱？",
    "The operator shall notify the individuals concerned within 72 hours of a data breach.",
    "query: 数据安全负责人要做什么",
)
"""Which channels reach far hangs little on the text."""


class Words:
    """The embeddings of words, which are mapped: of 250,000 a corpus uses a few thousand."""

    def __init__(self, folder: Path) -> None:
        """Open what `write_words` wrote."""
        self._words = np.load(folder / "words.npy", mmap_mode="r")
        self._scales = np.load(folder / "scales.npy", mmap_mode="r")

    def of(self, ids: Sequence[int]) -> Vectors:
        """Those of a text, (1, tokens, dimension)."""
        found: Vectors = (self._words[ids] * self._scales[ids])[None]
        return found


class Int8Engine:
    """Vectors of texts, each text by itself."""

    def __init__(self, bert: Bert, source: Path, kept: Path, threads: int) -> None:
        """Open what was written of a model folder into `kept`, writing it first where need be.

        Raises:
            ModelError: it cannot be written or read.
        """
        self.max_tokens = bert.max_tokens
        _prepare(bert, source, kept)
        self._tokens = Tokens(source, kept)
        self._words = Words(kept)
        # One question is quickest on all cores; many texts are, each on a core of its own.
        self._wide = _session(kept, threads)
        self._narrow = _session(kept, 1) if threads > 1 else self._wide
        self._threads = threads
        self._turn = threading.Lock()

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, special ones included."""
        return len(self._tokens(text))

    def embed(self, texts: Sequence[str]) -> Iterator[tuple[list[int], Vectors]]:
        """Positions and L2-normalised vectors, (positions, dimension), as they get ready."""
        if len(texts) == 1:
            with self._turn:
                yield [0], self._run(self._wide, texts[0])
            return
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        with ThreadPoolExecutor(self._threads) as pool:
            found = pool.map(lambda i: self._run(self._narrow, texts[i]), order)
            for position, vector in zip(order, found, strict=True):
                yield [position], vector

    def _run(self, session: onnxruntime.InferenceSession, text: str) -> Vectors:
        ids = self._tokens(text)
        if len(ids) > self.max_tokens:
            ids = [*ids[: self.max_tokens - 1], ids[-1]]  # it ends as every text does
        (vector,) = session.run(None, {"words": self._words.of(ids)})
        found: Vectors = vector / np.linalg.norm(vector, axis=1, keepdims=True)
        return found


def folder_for(cache_dir: Path, digest: str) -> Path:
    """Where the encoder of these weights is kept."""
    return cache_dir / "models" / "int8" / f"{digest[:16]}-{VERSION}"


def _session(kept: Path, threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    # LayerNormalization fused with the sum before it is four times slower on processors.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.add_session_config_entry(_STOP, "1")
    try:
        return onnxruntime.InferenceSession(
            str(kept / _GRAPH), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # whatever the library raises of a model that it cannot run
        raise ModelError(
            f"无法打开量化的向量模型（{type(error).__name__}）；"
            "请把设置 QA_EMBEDDER_DTYPE 改为 float32，或升级 onnxruntime。"
        ) from error


def _prepare(bert: Bert, source: Path, kept: Path) -> None:
    """Have the files in `kept`, whole; written beside, then renamed."""
    if _is_whole(kept):
        return
    if kept.exists():
        log.warning("缓存里量化的向量模型已损坏，正在重新准备。")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=".new-", dir=kept.parent))
        try:
            _write(bert, source, beside)
            sums = {file.name: sha256(file) for file in sorted(beside.iterdir())}
            (beside / _SUMS).write_text(json.dumps(sums, indent=2), encoding="utf-8")
            beside.chmod(0o755)
            shutil.rmtree(kept, ignore_errors=True)
            try:
                beside.rename(kept)
            except OSError:
                # Another process was faster; its files are as good as these.
                if not _is_whole(kept):
                    raise
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise ModelError(
            f"无法写入模型缓存 {kept.parent}（{error.strerror or error}）；"
            "请检查磁盘空间和目录权限，或用设置 QA_CACHE_DIR 指定别处。"
        ) from error


def _write(bert: Bert, source: Path, folder: Path) -> None:
    """The files of an encoder; a first graph tells how far its activations reach."""
    write_usual(source, folder)
    write_words(source, folder)
    write_graph(bert, source, folder / _GRAPH, reach={})
    write_graph(bert, source, folder / _GRAPH, _reach(source, folder))


def _reach(source: Path, folder: Path) -> dict[str, Vectors]:
    """The largest absolute value of each channel of what the graph gives beside the vector."""
    tokens, words = Tokens(source, folder), Words(folder)
    session = _session(folder, 1)
    names = [output.name for output in session.get_outputs()][1:]
    found = [session.run(names, {"words": words.of(tokens(text))}) for text in _TYPICAL]
    return {
        name: np.max([np.abs(values[0]).max(axis=0) for values in each], axis=0)
        for name, each in zip(names, zip(*found, strict=True), strict=True)
    }


def _is_whole(kept: Path) -> bool:
    try:
        sums = json.loads((kept / _SUMS).read_bytes())
        return all(sha256(kept / name) == checksum for name, checksum in sums.items())
    except (OSError, ValueError):
        return False
