"""Which provisions agree with what a question names: documents, and the columns of tables."""

import re
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from qa.index.provisions import Provisions
from qa.ingest.provision import Provision
from qa.retrieval.listed import asks_for_documents, departments_of, region, title
from qa.retrieval.names import plain
from qa.retrieval.question import Question

_UNIT = re.compile(r"[（(][^（）()]*[）)]$")
_GROUP = re.compile(
    r"^[一二三四五六七八九十]+、(?:深入开展)?|(?:建设|发展)?指标$|(?:行动)?任务分工$"
)
_ASKS_A_TABLE = re.compile("指标|任务|分工")
_MIN_SUBJECT = 4

Mask = NDArray[np.bool_]


class Agreement:
    """Which provisions agree with what a question names."""

    def __init__(self, index: Provisions) -> None:
        """Take the provisions of the index; those are read that have more than their text."""
        self._size = len(index)
        self._documents = index.documents
        self._noted = index.noted
        provisions = [index[n] for n in self._noted.tolist()]
        self._dates = [p.date or "" for p in provisions]
        self._departments = [departments_of(p) for p in provisions]
        self._subjects = [_subject(p) for p in provisions]
        self._groups = [_group(p) for p in provisions]
        self._years = [_years(p) for p in provisions]
        self._listed = np.array([p.kind == "entry" for p in provisions], dtype=np.bool_)
        self._titles = [title(p) for p in provisions]
        self._of_shandong = _array(region(p, "") == "山东" for p in provisions)

    def with_question(self, question: Question) -> dict[str, Mask]:
        """A mask over the provisions for each kind of thing that the question names.

        The documents of a list agree only with a question that asks for documents: others name
        an issuer or a year for what it did, not for what it issued.
        """
        said = plain(question.search_text)
        listed = self._listed & asks_for_documents(said)
        masks: dict[str, Mask] = {}
        masks["部门"] = self._with_departments(question) & (listed | ~self._listed)
        if question.not_departments:
            others = [not {*question.not_departments} & {*held} for held in self._departments]
            masks["部门"] |= listed & _array(others)
        if question.dates:
            masks["日期"] = _array(d.startswith(question.dates) for d in self._dates)
        masks["事项"] = _said(self._subjects, said)
        if _ASKS_A_TABLE.search(said):
            masks["组别"] = _said(self._groups, said)
        # All rows of a table share its years; a year tells only rows apart that agree otherwise.
        row = masks["事项"] | (masks["部门"] & ~self._listed)
        years = frozenset(question.years)
        masks["年份"] = (row | listed) & _array(bool(years & held) for held in self._years)
        if "山东" in said:
            masks["地区"] = listed & self._of_shandong
        found = {"文件": self._of(question.documents)} if question.documents else {}
        found |= {kind: self._among_all(mask) for kind, mask in masks.items()}
        return {kind: mask for kind, mask in found.items() if mask.any()}

    def not_asked_for(self, question: Question) -> Mask | None:
        """The listed documents, of which there is but the title; None where some are asked for.

        Those that the question names are not among them.
        """
        said = plain(question.search_text)
        if asks_for_documents(said):
            return None
        return self._among_all(self._listed & ~_said(self._titles, said))

    def _of(self, documents: Sequence[str]) -> Mask:
        mask = np.zeros(self._size, dtype=np.bool_)
        for document_id in documents:
            span = self._documents.get(document_id, range(0))
            mask[span.start : span.stop] = True
        return mask

    def _among_all(self, noted: Mask) -> Mask:
        mask = np.zeros(self._size, dtype=np.bool_)
        mask[self._noted[noted]] = True
        return mask

    def _with_departments(self, question: Question) -> Mask:
        named = question.departments
        # Some cells print two departments without a space between them.
        return _array(any(d in name for d in named for name in held) for held in self._departments)


def _said(names: Sequence[str], text: str) -> Mask:
    return _array(bool(name) and name in text for name in names)


def _array(flags: Iterable[bool]) -> Mask:
    return np.fromiter(flags, dtype=np.bool_)


def _years(provision: Provision) -> frozenset[str]:
    """The years that a row plans for, or in which a listed document was issued."""
    if provision.kind == "entry":
        return frozenset([(provision.date or "")[:4]])
    return frozenset(part.label[:4] for part in provision.parts if provision.kind == "row")


def _subject(provision: Provision) -> str:
    """What a table row is about: its first cell without the unit, for comparing."""
    if provision.kind != "row":
        return ""
    cell = provision.parts[0].text.partition("：")[2]
    subject = plain(_UNIT.sub("", cell))
    return subject if len(subject) >= _MIN_SUBJECT else ""


def _group(provision: Provision) -> str:
    """The group of rows that a row stands in, as people name it: `数字社会` of 数字社会建设指标."""
    if provision.kind != "row" or not provision.headings:
        return ""
    group = plain(_GROUP.sub("", provision.headings[-1]))
    return group if len(group) >= _MIN_SUBJECT else ""
