"""条文原文: what the parts cite, in full, the highest rank of law first."""

from itertools import groupby

from qa.briefing.model import FullText, TextGroup, Texts
from qa.briefing.work import Work
from qa.ingest.provision import Provision

_USUAL = 20


def write(work: Work) -> Texts | str:
    """What a person ticked, else what the parts cite; the volume's order within a document."""
    desk, subject = work.desk, work.subject
    wanted = [*subject.near] if subject.ticked else [*work.cited]
    wanted += [] if subject.ticked or wanted else [*subject.near]
    provisions = [desk.by_id[each] for each in dict.fromkeys(wanted)]
    if not subject.ticked:
        provisions = [p for p in provisions if p.kind not in ("row", "entry", "quote")]
        provisions = provisions[: work.most(_USUAL)]
    if not provisions:
        return "前面各部分没有引用条文。"
    provisions.sort(key=desk.order)
    groups = groupby(provisions, key=lambda provision: provision.document_id)
    return Texts(tuple(_group(work, [*held]) for _, held in groups))


def _group(work: Work, provisions: list[Provision]) -> TextGroup:
    entry = work.desk.entry(provisions[0])
    return TextGroup(
        document=entry.title,
        level=entry.level,
        effective=entry.effective,
        notices=entry.notices,
        provisions=tuple(_full(provision) for provision in provisions),
    )


def _full(provision: Provision) -> FullText:
    return FullText(
        provision_id=provision.id,
        locator=provision.locator,
        headings=tuple(heading for heading in provision.headings if heading),
        paragraphs=tuple(provision.text.split("\n")),
        notes=tuple(note.note for note in provision.errata),
    )
