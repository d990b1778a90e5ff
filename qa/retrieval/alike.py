"""Questions that ask alike, put together; nobody has named the subjects beforehand."""

from collections.abc import Sequence

import numpy as np
from sentence_transformers.util import community_detection

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
    found = community_detection(vectors, threshold=NEAR, min_community_size=1)
    return tuple(tuple(at[n] for n in group) for group in found)
