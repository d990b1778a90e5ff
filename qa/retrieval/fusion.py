"""Reciprocal rank fusion of dense and lexical scores, and of what the question names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qa.ingest.provision import Provision
from qa.retrieval.names import plain
from qa.retrieval.question import Question

NAMED_WEIGHT = 1.0
"""What agreement with a named document, department or date counts, in first places of a list."""

_UNIT = re.compile(r"[（(][^（）()]*[）)]$")
_MIN_SUBJECT = 4


@dataclass(frozen=True)
class Candidate:
    """A provision in the fused order."""

    position: int
    score: float
    """In (0, 1]: relative to first place in every list and agreement with all that is named."""
    dense_rank: int
    lexical_rank: int
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

    def with_question(self, question: Question) -> dict[str, NDArray[np.bool_]]:
        """A mask over the provisions for each kind of thing that the question names."""
        masks: dict[str, NDArray[np.bool_]] = {}
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
    dense: NDArray[np.float32],
    lexical: NDArray[np.float32],
    agreement: dict[str, NDArray[np.bool_]],
    allowed: NDArray[np.bool_],
    k: int,
    candidates: int,
) -> list[Candidate]:
    """The fused order of the allowed provisions.

    A provision scores 1 / (k + rank) for its place in each list (Cormack et al. 2009), ranks
    from 1; behind the first `candidates` of a list it scores nothing there. Agreement with what
    the question names counts as a first place.
    """
    dense_rank = _ranks(np.where(allowed, dense, -np.inf))
    lexical_rank = _ranks(np.where(allowed & (lexical > 0), lexical, -np.inf))
    in_dense = allowed & (dense_rank <= candidates)
    in_lexical = allowed & (lexical > 0) & (lexical_rank <= candidates)
    score = in_dense / (k + dense_rank) + in_lexical / (k + lexical_rank)
    for mask in agreement.values():
        score = score + mask * NAMED_WEIGHT / (k + 1)
    best = (2 + NAMED_WEIGHT * len(agreement)) / (k + 1)
    pool = np.flatnonzero(in_dense | in_lexical)
    order = pool[np.lexsort((dense_rank[pool], -score[pool]))]
    return [
        Candidate(
            position=int(i),
            score=float(score[i] / best),
            dense_rank=int(dense_rank[i]),
            lexical_rank=int(lexical_rank[i]) if lexical[i] > 0 else len(lexical) + 1,
            named=tuple(kind for kind, mask in agreement.items() if mask[i]),
        )
        for i in order
    ]


def _subject(provision: Provision) -> str:
    """What a table row is about: its first cell without the unit, for comparing."""
    if provision.kind != "row":
        return ""
    cell = provision.parts[0].text.partition("：")[2]
    subject = plain(_UNIT.sub("", cell))
    return subject if len(subject) >= _MIN_SUBJECT else ""


def _ranks(scores: NDArray[np.floating]) -> NDArray[np.int64]:
    """Places from 1, the highest score first; equal scores in the order of the volume."""
    order = np.argsort(-scores, kind="stable")
    ranks = np.empty(len(scores), dtype=np.int64)
    ranks[order] = np.arange(1, len(scores) + 1)
    return ranks
