"""Do the citations lead to the evidence, and do they quote what is there.

After ALCE (Gao et al. 2023, "Enabling Large Language Models to Generate Text with Citations",
EMNLP), whose entailment model is replaced by the bank's evidence, found by its words.
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from qa.answering.checked import UNSUPPORTED
from qa.evaluation.bank import BankQuestion
from qa.evaluation.measures.retrieval import contains, recall

_SENTENCE = re.compile(r"[^。！？\n]+[。！？]?")
_BELOW = re.compile(r"^> .*$", re.MULTILINE)
_NUMBER = re.compile(r"\[(\d+)\]")


def measure(
    question: BankQuestion, answer: dict[str, Any], texts: Mapping[str, str]
) -> dict[str, float]:
    """`citation_precision`, `citation_recall`, `citation_support`, `supported`.

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
        found = _supporting(answer["text"])
        right = [p or c["n"] in found for p, c in zip(precise, citations, strict=True)]
        values["citation_support"] = float(np.mean(right)) if right else 0.0
    spans = [
        span in texts.get(citation["provision_id"], "")
        for citation in citations
        for span in citation["quote"].split("\n")
        if span
    ]
    values["supported"] = float(np.mean(spans)) if spans else 0.0
    return values


def _supporting(text: str) -> set[int]:
    """The numbers behind an extract or a sentence that stood its check; not those of the law's
    words below an answer, which stand there whatever the sentence was worth."""
    return {
        int(number)
        for sentence in _SENTENCE.findall(_BELOW.sub("", text))
        if UNSUPPORTED not in sentence
        for number in _NUMBER.findall(sentence)
    }
