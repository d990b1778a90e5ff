"""The tokens of a text, with the pieces of the usual scripts alone in memory.

A unigram tokenizer (Kudo 2018) cuts a text into the likeliest of the pieces that it is made of, so
pieces with characters that a text has not play no part. A multilingual vocabulary has 250,000 of
them, and Chinese, English and figures need two fifths: read in a fifth of the time and of the
memory. The others are read when a text first needs them.
"""

import json
import re
import unicodedata
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

_USUAL = re.compile(
    r"[\x00-\x7f\xa0-\xbf×÷▁\u2010-\u205e\u2190-\u21ff\u2460-\u24ff\u25a0-\u25ff"
    r"\u3000-\u303f\u4e00-\u9fff～]*"
)
"""Chinese, ASCII, and the punctuation and signs beside them, after NFKC."""

_TOKENIZER, _IDS = "tokenizer.json", "ids.npy"


def write_usual(source: Path, folder: Path) -> None:
    """Write the usual part of a model folder's tokenizer into a folder, where it has such a part.

    That is `tokenizer.json`, and `ids.npy` with the id that each of its ids stands for.
    """
    whole = json.loads((source / _TOKENIZER).read_bytes())
    if not _can_be_cut(whole):
        return
    vocabulary = whole["model"]["vocab"]
    special = {token["content"] for token in whole["added_tokens"]}
    least = min(score for _, score in vocabulary)  # what an unknown character costs hangs on it
    kept = [
        n
        for n, (piece, score) in enumerate(vocabulary)
        if _USUAL.fullmatch(piece) or piece in special or score == least
    ]
    new = {old: n for n, old in enumerate(kept)}
    whole["model"]["vocab"] = [vocabulary[n] for n in kept]
    whole["model"]["unk_id"] = new[whole["model"]["unk_id"]]
    for token in whole["added_tokens"]:
        token["id"] = new[token["id"]]
    for token in whole["post_processor"]["special_tokens"].values():
        token["ids"] = [new[n] for n in token["ids"]]
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"))
    (folder / _TOKENIZER).write_text(text, encoding="utf-8")
    np.save(folder / _IDS, np.array(kept, np.int32))


class Tokens:
    """The tokens of texts, as a model folder's tokenizer has them."""

    def __init__(self, source: Path, folder: Path) -> None:
        """Open what `write_usual` made of the tokenizer of `source`."""
        self._source = source
        self._ids: Any = None
        if (folder / _IDS).is_file():
            self._ids = np.load(folder / _IDS)
            self._usual = _open(folder / _TOKENIZER)

    def __call__(self, text: str) -> list[int]:
        """The ids of a text, special ones included."""
        if self._ids is None or not _USUAL.fullmatch(unicodedata.normalize("NFKC", text)):
            whole: list[int] = self._whole.encode(text).ids
            return whole
        usual: list[int] = self._ids[self._usual.encode(text).ids].tolist()
        return usual

    @cached_property
    def _whole(self) -> Tokenizer:
        return _open(self._source / _TOKENIZER)


def _can_be_cut(whole: dict[str, Any]) -> bool:
    """Whether it is of the kind of XLM-RoBERTa's; what else there is stays whole."""
    return (
        whole["model"].get("type") == "Unigram"
        and whole["model"].get("unk_id") is not None
        and not whole["model"].get("byte_fallback")
        and (whole.get("post_processor") or {}).get("type") == "TemplateProcessing"
        and all(token["id"] < len(whole["model"]["vocab"]) for token in whole["added_tokens"])
    )


def _open(file: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer
