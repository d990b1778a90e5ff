"""延伸阅读: provisions that no other part cites, and documents of the appendix list."""

from qa.briefing.model import Further, Listed, Source
from qa.briefing.saying import said
from qa.briefing.wording import opening, source, wordings
from qa.briefing.work import Work
from qa.ingest.provision import Provision
from qa.retrieval.passage import Filters

_USUAL = 12
_SAID = 0.5
"""A listed document whose title has this share of the topic's words is on the topic."""
_NEAR = 0.45
"""Of the best score: a provision further off is no reading for the topic."""


def write(work: Work) -> Further | str:
    """Two provisions for every listed document, as far as there are both."""
    limit = work.most(_USUAL)
    documents = _documents(work)[: max(limit // 3, 1)]
    provisions = _provisions(work)[: limit - len(documents)]
    if not documents and not provisions:
        return f"汇编里没有其他关于“{work.subject.name}”的内容。"
    return Further(tuple(provisions), tuple(documents))


def _provisions(work: Work) -> list[Source]:
    """The nearest ones that are left, of the whole volume."""
    found = work.desk.search(work.subject.name, (), None, 80).passages
    least = max((p.score for p in found), default=0.0) * _NEAR
    left = [
        p.provision
        for p in found
        if p.score >= least
        and p.provision.id not in work.cited
        and p.provision.kind in ("article", "section", "box")
    ]
    return [_first_sentence(provision) for provision in left]


def _first_sentence(provision: Provision) -> Source:
    first = next(iter(wordings(provision)), None)
    if first and len(first.plain) <= 120:
        return source(provision, first.text, first.label)
    return source(provision, opening(provision).removesuffix("……"))


def _documents(work: Work) -> list[Listed]:
    subject = work.subject
    if not subject.words or subject.department:
        return []
    found = work.desk.search(f"{subject.name} 文件", (), Filters(levels=("清单",)), 30).passages
    listed = [_listed(p.provision) for p in found if p.provision.kind == "entry"]
    named = work.desk.search.reading.named
    scored = [(said(subject.name, subject.words, each.title), each) for each in listed]
    fitting = [each for each in scored if each[0] >= _SAID]
    fitting.sort(key=lambda each: -each[0])
    return [each for _, each in fitting if named(each.title) not in subject.documents]


def _listed(provision: Provision) -> Listed:
    cells = {part.label: part.text.partition("：")[2].strip() for part in provision.parts}
    return Listed(
        title=cells.get("名称", "").removeprefix("《").removesuffix("》"),
        issued=provision.date or "",
        issuer=next((text for label, text in cells.items() if "单位" in label), ""),
        source=source(provision, provision.text),
    )
