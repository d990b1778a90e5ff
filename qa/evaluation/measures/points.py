"""Does the answer say what it should: key points covered, and at what length."""

import re
from itertools import pairwise
from typing import Any

import numpy as np

from qa.evaluation.bank import BankQuestion
from qa.ingest.normalise import normalise

ENOUGH = 0.6
"""The share of a point's pairs of characters that an answer must have."""
_MARK = re.compile(r"\[\d+\]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
_WORDS = re.compile(r"\w+")


def measure(question: BankQuestion, answer: dict[str, Any]) -> dict[str, float]:
    """`points`, `length`; a refused question covers no point and has no length.

    length: characters, citation marks and white space aside.
    """
    values: dict[str, float] = {}
    text = "" if answer["refused"] else _MARK.sub("", answer["text"])
    if question.answerable and question.points:
        values["points"] = float(np.mean([covers(text, point) for point in question.points]))
    if not answer["refused"]:
        values["length"] = float(len("".join(text.split())))
    return values


def covers(text: str, point: str) -> bool:
    """Every number of the point and enough of its pairs of characters occur, both normalised."""
    text, point = normalise(text), normalise(point)
    if not {*_NUMBER.findall(point)} <= {*_NUMBER.findall(text)}:
        return False
    wanted = _pairs(point)
    return len(wanted & _pairs(text)) >= ENOUGH * len(wanted)


def _pairs(text: str) -> set[tuple[str, str]]:
    """Neighbouring characters, punctuation and white space aside."""
    return {*pairwise("".join(_WORDS.findall(text)))}
