"""Questions that ask alike, put together; nobody has named the subjects beforehand."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from qa.index.embedding import QuestionEmbedder

NEAR = 0.92
"""The cosine of multilingual-e5-small from which two questions are about the same.

The subjects of `tests/retrieval/test_alike.py` come out right from 0.89 to 0.92; of the 195 refused
questions of `tests/answering/refusals.jsonl`, nine pairs in ten stay as they are when every tenth
question is left out.
"""


def alike(questions: Sequence[str], embedder: QuestionEmbedder) -> tuple[tuple[int, ...], ...]:
    """The positions of the questions in groups, the largest first; each is in exactly one.

    A group is a central question, which comes first, and those that are near to it, nearest first.
    The order of the questions has no part in it, but for which of two that are equal comes first.
    """
    at = sorted(range(len(questions)), key=lambda n: questions[n])
    if not at:
        return ()
    vectors = np.stack([embedder.embed_question(questions[n]) for n in at])
    return tuple(tuple(at[n] for n in group) for group in _groups(vectors @ vectors.T))


def _groups(cosines: NDArray[np.float32]) -> list[list[int]]:
    """Greedily, whoever has the most neighbours first; those in a group already are left out.

    As sentence-transformers' `community_detection` does it, without torch, which would take more
    memory than everything else of the server.
    """
    nearest = np.argsort(-cosines, axis=1, kind="stable")
    near = [
        [int(n) for n in order if row[n] >= NEAR]
        for order, row in zip(nearest, cosines, strict=True)
    ]
    taken: set[int] = set()
    groups = []
    for group in sorted(near, key=len, reverse=True):
        fresh = [n for n in group if n not in taken]
        taken.update(fresh)
        if fresh:
            groups.append(fresh)
    return sorted(groups, key=len, reverse=True)
