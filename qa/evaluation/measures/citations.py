"""Do the citations lead to the evidence, and do they quote what is there.

After ALCE (Gao et al. 2023, "Enabling Large Language Models to Generate Text with Citations",
EMNLP), whose entailment model is replaced by the bank's evidence, found by its words.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from qa.evaluation.bank import BankQuestion
from qa.evaluation.measures.retrieval import contains, recall


def measure(
    question: BankQuestion, answer: dict[str, Any], texts: Mapping[str, str]
) -> dict[str, float]:
    """`citation_precision`, `citation_recall`, `supported`.

    An answerable question that was refused has a recall of 0. An answer without citations
    has a precision of 0, as in ALCE.

    texts: the passages by provision id; a citation of any other provision is held to its quote.
    """
    citations = answer["citations"]
    values: dict[str, float] = {}
    if question.answerable:
        quotes = [citation["quote"] for citation in citations]
        values["citation_recall"] = recall(question.evidence, quotes)
    if answer["refused"]:
        return values
    cited = [texts.get(citation["provision_id"], citation["quote"]) for citation in citations]
    if question.answerable:
        precise = [any(contains(text, words) for words in question.evidence) for text in cited]
        values["citation_precision"] = float(np.mean(precise)) if precise else 0.0
    spans = [
        span in texts.get(citation["provision_id"], "")
        for citation in citations
        for span in citation["quote"].split("\n")
        if span
    ]
    values["supported"] = float(np.mean(spans)) if spans else 0.0
    return values
