"""讲话摘编: quotes on a topic with their date and occasion, on request."""

from qa.briefing.model import Speech, Speeches
from qa.briefing.wording import source
from qa.briefing.work import Work
from qa.ingest.provision import Provision
from qa.retrieval.passage import Filters

_USUAL = 6
_KEPT = 0.6
"""A quote belongs to the topic when its score reaches this share of the best one's."""


def write(work: Work) -> Speeches | str:
    """The nearest quotes, the earliest first."""
    found = work.desk.search(work.subject.name, (), Filters(levels=("讲话",)), work.most(_USUAL))
    passages = [p for p in found.passages if p.provision.kind == "quote"]
    least = max((p.score for p in passages), default=0.0) * _KEPT
    quotes = [_speech(p.provision) for p in passages if p.score >= least]
    if not quotes:
        return f"汇编的论述摘编里没有关于“{work.subject.name}”的内容。"
    return Speeches(tuple(sorted(quotes, key=lambda quote: quote.date)))


def _speech(provision: Provision) -> Speech:
    said = [part.text for part in provision.parts if part.label != "出处"]
    told = next((part.text for part in provision.parts if part.label == "出处"), "")
    return Speech(
        date=provision.date or "",
        occasion=told.lstrip("—－- ").strip(),
        paragraphs=tuple(said),
        source=source(provision, "\n".join(said)),
    )
