"""The words of a provision that a briefing may take: whole sentences that stand by themselves."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from qa.answering.support import pairs
from qa.answering.units import sentences
from qa.briefing.model import Point, Source
from qa.ingest import forms
from qa.ingest.provision import Part, Provision

_OWN_NUMBER = re.compile(r"^第\S+?条(?:之\S+?)?[\s　]+")
_LEANS = re.compile(
    r"^(?:前[款条]|前两款|本款|上述|该|其(?!他)|此|这|但|同时|因此|审查时|依照前款|依据前款|有前款|单位有前款|拒绝"
    r"|接收方|已经建设完成|否则|必要时|对(?:其|此)|[（(])|前款|前两款|前条|本章规定|本节"
)
"""A sentence that cannot be understood without the one before it."""
_SHORT = 140
"""A paragraph of two sentences up to this many characters is taken whole."""
_LONGEST = 260
"""A list that is longer is no point: its article is read in full elsewhere."""


@dataclass(frozen=True)
class Wording:
    """Verbatim words that stand by themselves."""

    provision: Provision
    text: str
    label: str = ""
    """The 款 in which they stand; empty where it is the only one."""

    @property
    def plain(self) -> str:
        """In one line."""
        return self.text.replace("\n", "")

    @property
    def point(self) -> Point:
        """The words as a cited statement."""
        return Point(self.plain, (source(self.provision, self.text, self.label),))


def source(provision: Provision, quote: str, label: str = "") -> Source:
    """A citation of words of a provision, with what is recorded of misprints in them."""
    exact = label if provision.kind == "article" else ""
    return Source(
        provision_id=provision.id,
        document=provision.document,
        locator=provision.locator + exact,
        quote=quote,
        notes=tuple(note.note for note in provision.errata if note.printed in quote),
        page=provision.page_of(quote),
    )


def wordings(provision: Provision) -> list[Wording]:
    """The sentences and short lists of a provision that stand by themselves, in its order."""
    return [each for each in _all(provision) if not _LEANS.search(each.text)]


def opening(provision: Provision, limit: int = 60) -> str:
    """The first words of a provision, for a list of provisions."""
    bodies = (_body(p.text, n, provision) for n, p in enumerate(provision.parts[:3]))
    first = next((body for body in bodies if body), "").partition("。")[0]
    return first if len(first) <= limit else f"{first[:limit]}……"


def title_of(provision: Provision) -> str:
    """The heading that a section or a box has of its own; empty where there is none."""
    if provision.kind not in ("section", "box", "duty"):
        return ""
    first = provision.parts[0].text
    if box := forms.BOX.match(first):
        return forms.title_of(box[2])
    heading = forms.heading_of(first)
    return heading.title.removeprefix(heading.label) if heading else ""


def share(wanted: frozenset[str], text: str) -> float:
    """The share of some pairs of characters that a text has, in [0, 1]."""
    return len(wanted & pairs(text)) / max(1, len(wanted))


def _all(provision: Provision) -> Iterator[Wording]:
    if provision.kind in ("row", "entry"):
        return
    parts = [
        (part.label.partition("第（")[0], part, _body(part.text, n, provision))
        for n, part in enumerate(provision.parts)
        if part.label != "出处"
    ]
    for label, group in groupby(parts, key=lambda each: each[0]):
        yield from _of_paragraphs(provision, label, [(part, text) for _, part, text in group])


def _of_paragraphs(
    provision: Provision, label: str, paragraphs: list[tuple[Part, str]]
) -> Iterator[Wording]:
    listed = len(paragraphs) > 1 and paragraphs[0][1].endswith(("：", ":"))
    if listed:
        whole = "\n".join(text for _, text in paragraphs)
        if len(whole) <= _LONGEST:
            yield Wording(provision, whole, label)
        return
    for _, paragraph in paragraphs:
        for text in forms.DUTIES.split(paragraph):
            cut = _whole([piece.strip() for piece in sentences(text) if piece.strip()])
            if provision.kind == "article" and len(cut) == 2 and len(text) <= _SHORT:
                yield Wording(provision, text.strip(), label)
            else:
                whole_ones = (piece for piece in cut if piece.endswith(("。", "；", "”")))
                yield from (Wording(provision, piece, label) for piece in whole_ones)


def _whole(pieces: list[str]) -> list[str]:
    """The pieces of a sentence that semicolons cut, together again where that is not too long."""
    found: list[str] = []
    for piece in pieces:
        if found and found[-1].endswith("；") and len(found[-1]) + len(piece) <= _LONGEST:
            found[-1] += piece
        else:
            found.append(piece)
    return found


def _body(text: str, n: int, provision: Provision) -> str:
    """A paragraph without its own number and its own heading."""
    if n:
        return text
    if provision.kind == "article":
        return _OWN_NUMBER.sub("", text)
    if provision.kind == "quote":
        return text
    heading = forms.heading_of(text)
    if forms.BOX.match(text) or (heading and heading.alone):
        return ""
    if heading and "。" in text:
        return text.partition("。")[2]
    return text
