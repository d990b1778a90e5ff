"""A provision set for reading: its title, paragraphs with addresses, links, notes at the word."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from markupsafe import Markup

from qa.assistant import Assistant
from qa.ingest.provision import Part, Provision
from qa.web.library.addresses import Addresses, anchor
from qa.web.library.layers import Layer, marked, printed

_TITLED = ("section", "box", "duty")
_UNTITLED = re.compile(r"引言$|题注$|附件\d*$|第\d+段$")
_LONGEST_TITLE = 42
OUTERMOST = 3
"""The heading level of chapters: the site has the first, the document the second."""
_DEEPEST = 6
_DOCUMENT = re.compile(r"《([^《》]{2,60})》")
_ITEM = re.compile(r"[（(][一二三四五六七八九十]+[）)]|\d{1,2}[.．](?!\d)")
_FOOT = "出处"


@dataclass(frozen=True)
class Paragraph:
    """A printed paragraph."""

    html: Markup
    css: str
    """`paragraph` or `item`."""
    label: str = ""
    """`第二款`, `第一款第（三）项`; empty where nobody cites it by itself."""
    anchor: str = ""
    url: str = ""
    meant: bool = False
    """The address of the page names this very part."""


@dataclass(frozen=True)
class Unit:
    """A provision on a page."""

    provision: Provision
    anchor: str
    url: str
    level: int
    """Of its heading, 3 to 6."""
    title: Markup
    """Empty where it has none of its own."""
    run_in: Paragraph | None
    """What goes on in the line of the title."""
    paragraphs: tuple[Paragraph, ...]
    source: Markup
    """The attribution of a quote."""
    notes: tuple[str, ...]
    """Recorded misprints."""


Marks = Callable[[str], Iterable[tuple[int, int]]]
"""The stretches of a text that are to be marked; offsets as in a slice."""


def _unmarked(_: str) -> Iterable[tuple[int, int]]:
    return ()


class Typesetter:
    """Sets provisions for one request."""

    def __init__(
        self, assistant: Assistant, addresses: Addresses, marks: Marks = _unmarked
    ) -> None:
        """Take where links lead, and what is to be marked."""
        self._assistant = assistant
        self._addresses = addresses
        self._marks = marks

    def unit(self, provision: Provision, meant: str = "", level: int | None = None) -> Unit:
        """A provision with all that is to be shown of it; the part `meant` stands out.

        Args:
            level: of its heading, where it does not stand below the headings of its document.
        """
        parts = [part for part in provision.parts if part.label != _FOOT]
        feet = [part for part in provision.parts if part.label == _FOOT]
        title, run_in = Markup(), None
        end = title_end(provision)
        if end:
            first = parts.pop(0)
            title = self.html(provision, first.text, 0, end)
            if first.text[end:].strip():
                run_in = Paragraph(self.html(provision, first.text, end), "paragraph")
        return Unit(
            provision=provision,
            anchor=anchor(provision.locator),
            url=self._addresses.place(provision),
            level=level or min(len(provision.headings) + OUTERMOST, _DEEPEST),
            title=title,
            run_in=run_in,
            paragraphs=tuple(self._paragraphs(provision, parts, meant)),
            source=Markup("<br>").join(self.html(provision, part.text) for part in feet),
            notes=tuple(note.note for note in provision.errata),
        )

    def html(
        self, provision: Provision, text: str, start: int = 0, end: int | None = None
    ) -> Markup:
        """Text of a provision, or a stretch of it, with its links, misprints and marks."""
        layers = [*self._links(provision, text), *_misprints(provision, text)]
        layers += self._unsure(provision, text)
        layers += [Layer(*span, "mark") for span in self._marks(text)]
        return marked(text, layers, start, end)

    def _unsure(self, provision: Provision, text: str) -> Iterable[Layer]:
        """Characters of a scan that were not recognised for certain."""
        part = next((each for each in provision.parts if each.text == text), None)
        if part is None or part.page is None:
            return
        original = self._assistant.original(provision.document_id)
        for each in original.traces.unsure(part) if original else ():
            told = f"文字识别的把握不大（{each.confidence:.0%}），请对照原件第{part.page}页。"
            about = (("class", "misprint"), ("tabindex", "0"), ("role", "note"))
            note = (("data-note", told), ("aria-description", told))
            yield Layer(each.start, each.end, "span", (*about, *note))

    def _paragraphs(
        self, provision: Provision, parts: Iterable[Part], meant: str
    ) -> Iterable[Paragraph]:
        labelled: set[str] = set()
        for part in parts:
            cited = provision.kind == "article" and part.label not in labelled
            label = part.label if cited else ""
            labelled.add(part.label)
            yield Paragraph(
                html=self.html(provision, part.text),
                css="item" if _ITEM.match(part.text) else "paragraph",
                label=label,
                anchor=anchor(f"{provision.locator}{label}") if label else "",
                url=self._addresses.place(provision, label) if label else "",
                meant=bool(meant) and part.label.startswith(meant),
            )

    def _links(self, provision: Provision, text: str) -> Iterable[Layer]:
        """To the articles that it cites, to the documents that it names, and of its number."""
        if provision.kind == "article":
            if text.startswith(provision.locator):
                url = self._addresses.place(provision)
                number = (("class", "number"), ("href", url))
                yield Layer(0, len(provision.locator), "a", number)
            for cited in self._assistant.reading.related(provision).cites:
                for span in printed(text, cited.locator):
                    yield Layer(*span, "a", (("href", self._addresses.place(cited)),))
        for match in _DOCUMENT.finditer(text):
            named = self._assistant.reading.named(match[1])
            if named and named != provision.document_id:
                url = self._addresses.document(self._assistant.document(named).title)
                yield Layer(*match.span(1), "a", (("href", url),))


def title_end(provision: Provision) -> int:
    """Where a provision's own title ends, such as `（一）发展现状。`; 0 where it has none."""
    if provision.kind not in _TITLED or _UNTITLED.search(provision.locator):
        return 0
    if provision.headings and folded(provision.headings[-1]).startswith(folded(provision.locator)):
        return 0  # the heading above is its title
    first = provision.parts[0].text
    stop = first.find("。") + 1
    if not stop:
        return len(first) if len(first) <= 2 * _LONGEST_TITLE else 0
    return stop if stop <= _LONGEST_TITLE else 0


def folded(text: str) -> str:
    """A heading for comparison, without width, white space and full stop."""
    return "".join(unicodedata.normalize("NFKC", text).split()).strip("。.")


def _misprints(provision: Provision, text: str) -> Iterable[Layer]:
    for note in provision.errata:
        for span in printed(text, note.printed):
            told = f"勘误：{note.note}"
            about = (("class", "misprint"), ("tabindex", "0"), ("role", "note"))
            yield Layer(*span, "span", (*about, ("data-note", told), ("aria-description", told)))
