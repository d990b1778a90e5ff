"""The lexical half: BM25 over characters and pairs of characters."""

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from qa.ingest.normalise import terms

K1, B = 1.2, 0.75
"""Robertson & Zaragoza 2009."""

_KEY_BYTES = 16

Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Counted:
    """How often each term stands in each text: what an index of changed texts goes on from."""

    keys: NDArray[np.uint8]
    """The hash of each text, (texts, 16)."""
    starts: NDArray[np.int64]
    """Where the terms of each text begin in the two below, (texts + 1,)."""
    terms: Ints
    """Positions in the vocabulary."""
    times: Ints


class Lexical:
    """BM25 (Lucene's form) over Han unigrams and bigrams, words and numbers."""

    def __init__(self, model: bm25s.BM25, counted: Counted) -> None:
        """Take a model that has been built or loaded, and what was counted for it."""
        self._model = model
        self._counted = counted

    @classmethod
    def build(cls, texts: Sequence[str], known: "Lexical | None" = None) -> "Lexical":
        """Index a text for each provision: what it says, and what people ask of it.

        The texts that `known` has are not counted again.
        """
        digests = [hashlib.blake2b(t.encode(), digest_size=_KEY_BYTES).digest() for t in texts]
        counts, words = _counts(texts, digests, known)
        order = sorted(range(len(words)), key=words.__getitem__)
        renumbered = np.empty(len(words), np.int32)
        renumbered[order] = np.arange(len(words), dtype=np.int32)
        matrix = csr_matrix(
            (counts[2], renumbered[counts[1]], counts[0]), shape=(len(texts), len(words))
        )
        matrix.sort_indices()
        used = np.flatnonzero(np.bincount(matrix.indices, minlength=len(words)))
        matrix = matrix[:, used]
        vocabulary = {words[order[n]]: at for at, n in enumerate(used)}
        keys = np.frombuffer(b"".join(digests), np.uint8).reshape(-1, _KEY_BYTES)
        counted = Counted(
            keys,
            matrix.indptr.astype(np.int64),
            matrix.indices.astype(np.int32),
            matrix.data.astype(np.int32),
        )
        return cls(_scored(matrix, vocabulary), counted)

    @classmethod
    def load(cls, folder: Path) -> "Lexical":
        """Read what `save` wrote."""
        model = bm25s.BM25.load(folder / "bm25", show_progress=False)
        with np.load(folder / "bm25" / "counted.npz", allow_pickle=False) as held:
            return cls(model, Counted(**{name: held[name] for name in held.files}))

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        self._model.save(folder / "bm25", show_progress=False)
        with (folder / "bm25" / "counted.npz").open("wb") as out:
            np.savez(out, **vars(self._counted))

    def scores(self, question: str) -> NDArray[np.float32]:
        """For each provision its BM25 score, 0 where no term occurs."""
        known = [term for term in terms(question) if term in self._model.vocab_dict]
        if not known:
            return np.zeros(int(self._model.scores["num_docs"]), dtype=np.float32)
        scores: NDArray[np.float32] = self._model.get_scores(known)
        return scores

    def words(self) -> list[str]:
        """The vocabulary, in its order."""
        return [word for word in self._model.vocab_dict if word]

    def rows(self) -> dict[bytes, int]:
        """The position of each text, by its hash."""
        return {key.tobytes(): n for n, key in enumerate(self._counted.keys)}

    def counted(self) -> Counted:
        """What was counted."""
        return self._counted


def _counts(
    texts: Sequence[str], digests: Sequence[bytes], known: Lexical | None
) -> tuple[tuple[NDArray[np.int64], Ints, Ints], list[str]]:
    """Starts, terms and times of all texts, and the words that the terms are positions of."""
    words = known.words() if known else []
    rows = known.rows() if known else {}
    place = {word: n for n, word in enumerate(words)}
    fresh: dict[int, tuple[Ints, Ints]] = {}
    for n, (text, digest) in enumerate(zip(texts, digests, strict=True)):
        if digest not in rows:
            found = Counter(terms(text))
            places = [place.setdefault(word, len(place)) for word in found]
            fresh[n] = (np.array(places, np.int32), np.array([*found.values()], np.int32))
    held = known.counted() if known else None
    pieces: list[tuple[Ints, Ints]] = []
    for n, digest in enumerate(digests):
        if n in fresh:
            pieces.append(fresh[n])
        else:
            assert held is not None
            row = rows[digest]
            span = slice(held.starts[row], held.starts[row + 1])
            pieces.append((held.terms[span], held.times[span]))
    starts = np.zeros(len(texts) + 1, np.int64)
    starts[1:] = np.cumsum([len(numbers) for numbers, _ in pieces])
    numbers: Ints = np.concatenate([np.empty(0, np.int32), *(p[0] for p in pieces)])
    times: Ints = np.concatenate([np.empty(0, np.int32), *(p[1] for p in pieces)])
    return (starts, numbers, times), list(place)


def _scored(matrix: csr_matrix, vocabulary: dict[str, int]) -> bm25s.BM25:
    """The model as bm25s builds it, term by term: the loop over the texts is theirs in Python."""
    texts, size = matrix.shape
    times = matrix.data.astype(np.float64)
    lengths = np.asarray(matrix.sum(axis=1)).ravel().astype(np.float64)
    mean = lengths.mean() if texts else 1.0
    having = np.bincount(matrix.indices, minlength=size)
    idf = np.array([math.log(1 + (texts - n + 0.5) / (n + 0.5)) for n in having], np.float32)
    length = np.repeat(lengths, np.diff(matrix.indptr))
    scores = idf[matrix.indices] * (times / (K1 * ((1 - B) + B * length / mean) + times))
    held = csr_matrix((scores.astype(np.float32), matrix.indices, matrix.indptr), matrix.shape)
    columns = held.tocsc()
    model = bm25s.BM25(k1=K1, b=B, method="lucene")
    model.scores = {
        "data": columns.data,
        "indices": columns.indices.astype(np.int32),
        "indptr": columns.indptr.astype(np.int64),
        "num_docs": texts,
    }
    model.nonoccurrence_array = None
    model.vocab_dict = vocabulary
    model.unique_token_ids_set = set(vocabulary.values())
    return model
