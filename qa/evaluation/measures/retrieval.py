"""Was the evidence found, and how far up: recall, reciprocal rank, discounted gain."""

from collections.abc import Sequence

import ir_measures
import numpy as np
from ir_measures import RR, Qrel, ScoredDoc, nDCG

from qa.evaluation.bank import BankQuestion

CUTOFFS = (1, 5, 10)
DEPTH = 10
"""Passages that are looked at."""


def measure(question: BankQuestion, texts: Sequence[str]) -> dict[str, float]:
    """`recall@1`, `recall@5`, `recall@10`, `mrr@10`, `ndcg@10`; none without evidence.

    texts: the passages, best first.
    """
    if not question.answerable:
        return {}
    recalls = {f"recall@{k}": recall(question.evidence, texts[:k]) for k in CUTOFFS}
    return {**recalls, **ranking(question.evidence, texts[:DEPTH])}


def recall(evidence: Sequence[str], texts: Sequence[str]) -> float:
    """The share of the evidence that occurs in the texts, white space aside."""
    return float(np.mean([any(contains(text, words) for text in texts) for words in evidence]))


def ranking(evidence: Sequence[str], texts: Sequence[str]) -> dict[str, float]:
    """MRR (Voorhees 1999) and nDCG (Järvelin & Kekäläinen 2002) with binary relevance.

    A passage is relevant when it contains any of the evidence. Evidence that no passage
    contains counts as one more relevant passage that was not found.
    """
    relevant = [n for n, text in enumerate(texts) if any(contains(text, e) for e in evidence)]
    missed = sum(not any(contains(text, e) for text in texts) for e in evidence)
    documents = [f"found-{n}" for n in relevant] + [f"missed-{n}" for n in range(missed)]
    found = ir_measures.calc_aggregate(
        [RR @ DEPTH, nDCG @ DEPTH],
        [Qrel("q", document, 1) for document in documents],
        [ScoredDoc("q", f"found-{n}", -float(n)) for n in range(len(texts))],
    )
    return {"mrr@10": float(found[RR @ DEPTH]), "ndcg@10": float(found[nDCG @ DEPTH])}


def contains(text: str, words: str) -> bool:
    """Whether the words occur in the text, white space aside."""
    return tight(words) in tight(text)


def tight(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())
