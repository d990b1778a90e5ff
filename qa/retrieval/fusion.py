"""Dense and lexical scores, and what a question names, fused into one order."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.index.dense import Nearness
from qa.ingest.provision import Provision
from qa.retrieval.names import plain
from qa.retrieval.question import Question

TEXT, QUESTIONS, WORDS, NAMED = 1.0, 0.5, 1.5, 0.3
"""Weights: cosine of the text, cosine of the questions it answers, BM25, and agreement with a
document, department, date, subject or year that the question names. Chosen by cross-validation
over the bank; the neighbourhood is flat (evals/README.md)."""

_TURNS = 5
"""How often each document that a question names has its turn."""
_UNIT = re.compile(r"[（(][^（）()]*[）)]$")
_MIN_SUBJECT = 4

Mask = NDArray[np.bool_]
Scores = NDArray[np.floating]


@dataclass(frozen=True)
class Candidate:
    """A provision in the fused order."""

    position: int
    score: float
    """In [0, 1]: relative to the best of every list and agreement with all that is named."""
    ranks: Mapping[str, int]
    """Its place, from 1, by `语义`, `问法` and `字词`."""
    named: tuple[str, ...]
    """What of the question it agrees with: `文件`, `部门`, `日期`, `事项`, `年份`."""


class Agreement:
    """Which provisions agree with what a question names."""

    def __init__(self, provisions: Sequence[Provision]) -> None:
        """Take the provisions in the order of the index."""
        self._documents = np.array([p.document_id for p in provisions])
        self._dates = np.array([p.date or "" for p in provisions])
        self._departments = [" ".join(p.departments) for p in provisions]
        self._subjects = [_subject(p) for p in provisions]
        self._years = [
            frozenset(part.label[:4] for part in p.parts if p.kind == "row") for p in provisions
        ]

    def with_question(self, question: Question) -> dict[str, Mask]:
        """A mask over the provisions for each kind of thing that the question names."""
        masks: dict[str, Mask] = {}
        if question.documents:
            masks["文件"] = np.isin(self._documents, question.documents)
        if question.departments:
            named = question.departments
            masks["部门"] = np.array([any(d in held for d in named) for held in self._departments])
        if question.dates:
            masks["日期"] = np.array([d.startswith(question.dates) for d in self._dates])
        said = plain(question.search_text)
        masks["事项"] = np.array([bool(s) and s in said for s in self._subjects])
        # All rows of a table share its years; a year tells only rows apart that agree otherwise.
        row = masks["事项"] | masks.get("部门", np.False_)
        years = frozenset(question.years)
        masks["年份"] = row & np.array([bool(years & held) for held in self._years])
        return {kind: mask for kind, mask in masks.items() if mask.any()}


def fuse(
    nearness: Nearness, words: Scores, agreement: Mapping[str, Mask], allowed: Mask
) -> list[Candidate]:
    """The fused order of the allowed provisions.

    Each list counts relative to its own best and middle, so that no scale of a model or of
    BM25 enters: 1 for the best provision, 0 for the middle one.
    """
    if not allowed.any():
        return []
    lists = {
        "语义": (TEXT, _relative(nearness.text, allowed)),
        "问法": (QUESTIONS, _relative(nearness.questions, allowed)),
        "字词": (WORDS, _relative(words, allowed)),
    }
    score = np.zeros(len(allowed))
    for weight, values in lists.values():
        score += weight * values
    for mask in agreement.values():
        score += NAMED * mask
    best = sum(weight for weight, _ in lists.values()) + NAMED * len(agreement)
    ranks = {name: _ranks(values) for name, (_, values) in lists.items()}
    pool = np.flatnonzero(allowed)
    order = pool[np.argsort(-score[pool], kind="stable")]
    return [
        Candidate(
            position=int(i),
            score=max(0.0, float(score[i] / best)),
            ranks={name: int(places[i]) for name, places in ranks.items()},
            named=tuple(kind for kind, mask in agreement.items() if mask[i]),
        )
        for i in order
    ]


def spread(
    candidates: Sequence[Candidate], owners: Sequence[str], documents: Sequence[str]
) -> list[Candidate]:
    """A question that names several documents hears from each of them in turn.

    `owners` has the document id of each candidate; documents come in the order of their best.
    """
    if len(documents) < 2:
        return [*candidates]
    queues: dict[str, list[Candidate]] = {}
    for candidate, owner in zip(candidates, owners, strict=True):
        if owner in documents and len(queues.setdefault(owner, [])) < _TURNS:
            queues[owner].append(candidate)
    turns = [
        queue[turn] for turn in range(_TURNS) for queue in queues.values() if turn < len(queue)
    ]
    taken = {candidate.position for candidate in turns}
    return [*turns, *(c for c in candidates if c.position not in taken)]


def _relative(values: Scores, allowed: Mask) -> Scores:
    middle = float(np.median(values[allowed]))
    reach = max(float(values[allowed].max()) - middle, 1e-9)
    relative: Scores = np.where(allowed, (values - middle) / reach, -np.inf)
    return relative


def _ranks(values: Scores) -> NDArray[np.int64]:
    """Places from 1, the highest first; equal ones in the order of the volume."""
    order = np.argsort(-values, kind="stable")
    ranks = np.empty(len(values), dtype=np.int64)
    ranks[order] = np.arange(1, len(values) + 1)
    return ranks


def _subject(provision: Provision) -> str:
    """What a table row is about: its first cell without the unit, for comparing."""
    if provision.kind != "row":
        return ""
    cell = provision.parts[0].text.partition("：")[2]
    subject = plain(_UNIT.sub("", cell))
    return subject if len(subject) >= _MIN_SUBJECT else ""
