"""Two documents or two provisions side by side, with what they have in common."""

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from qa.assistant import Assistant
from qa.ingest.catalog import DocumentEntry
from qa.ingest.provision import Provision
from qa.web.library.addresses import Addresses
from qa.web.library.blocks import Block, Heading, Table, table_of
from qa.web.library.typesetting import OUTERMOST, Typesetter, Unit

_GRAM = 6
"""Words count as common from so many characters on, without space and punctuation."""
_ALIKE = 0.6
_NUMBER = re.compile(r"^(?:第\S{1,4}[编章节]\s*|[一二三四五六七八九十]+、|[（(].{1,3}[）)])")


@dataclass(frozen=True)
class Section:
    """An outermost section of a document."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Side:
    """What one side of a comparison was asked to show."""

    entry: DocumentEntry | None = None
    provision: Provision | None = None
    fault: str = ""

    @property
    def name(self) -> str:
        """As the address says it: `title/locator`, or the title."""
        at = f"/{self.provision.locator}" if self.provision else ""
        return f"{self.entry.title}{at}" if self.entry else ""


@dataclass(frozen=True)
class Compared:
    """A provision with its words marked that the other one has too."""

    block: Unit | Table
    share: int
    """How much of it is in common, in per cent of its characters."""


Pair = tuple[Section | None, Section | None]


class Common:
    """The words of one text that stand in another, wherever they stand there."""

    def __init__(self, other: Provision) -> None:
        """Learn the other text."""
        letters, _ = _letters(other.text)
        self._grams = {letters[n : n + _GRAM] for n in range(len(letters) - _GRAM + 1)}

    def spans(self, text: str) -> tuple[tuple[int, int], ...]:
        """Where they stand in this one; offsets as in a slice."""
        letters, origin = _letters(text)
        shared = [False] * len(letters)
        for n in range(len(letters) - _GRAM + 1):
            if letters[n : n + _GRAM] in self._grams:
                shared[n : n + _GRAM] = [True] * _GRAM
        spans: list[tuple[int, int]] = []
        for n, common in enumerate(shared):
            if common and n and shared[n - 1]:
                spans[-1] = (spans[-1][0], origin[n] + 1)
            elif common:
                spans.append((origin[n], origin[n] + 1))
        return tuple(spans)

    def share(self, text: str) -> float:
        """How much of a text is in common: 0 to 1, by characters."""
        letters, _ = _letters(text)
        spans = self.spans(text)
        return sum(len(_letters(text[a:b])[0]) for a, b in spans) / max(1, len(letters))


def compared(
    assistant: Assistant, addresses: Addresses, left: Provision, right: Provision
) -> tuple[Compared, Compared]:
    """Two provisions, each with what they have in common marked."""
    return (
        _compared(assistant, addresses, left, right),
        _compared(assistant, addresses, right, left),
    )


def sections(blocks: Sequence[Block]) -> tuple[Section, ...]:
    """A document cut before each of its outermost headings."""
    cut: list[tuple[str, list[Block]]] = [("", [])]
    for block in blocks:
        if isinstance(block, Heading) and block.level == OUTERMOST:
            cut.append((block.text, [block]))
        elif isinstance(block, Unit) and block.title and block.level == OUTERMOST:
            cut.append((block.title.striptags(), [block]))
        else:
            cut[-1][1].append(block)
    return tuple(Section(title, tuple(held)) for title, held in cut if held)


def paired(left: Sequence[Section], right: Sequence[Section]) -> tuple[Pair, ...]:
    """The sections in order, those of like titles beside each other."""
    pairs: list[Pair] = []
    a = b = 0
    for n, section in enumerate(left):
        partner = next((m for m in range(b, len(right)) if _alike(section, right[m])), None)
        if partner is not None:
            pairs += zip_longest(left[a:n], right[b:partner])
            pairs.append((section, right[partner]))
            a, b = n + 1, partner + 1
    return (*pairs, *zip_longest(left[a:], right[b:]))


def _compared(
    assistant: Assistant, addresses: Addresses, here: Provision, other: Provision
) -> Compared:
    common = Common(other)
    typesetter = Typesetter(assistant, addresses, common.spans)
    tabular = here.kind in ("row", "entry")
    if tabular:
        block: Unit | Table = table_of(here.locator, [here], typesetter, addresses)
    else:
        block = typesetter.unit(here, level=OUTERMOST + 1)
    return Compared(block, round(100 * common.share(here.text)))


def _alike(left: Section, right: Section) -> bool:
    here, there = (_NUMBER.sub("", section.title) for section in (left, right))
    same = difflib.SequenceMatcher(None, here, there).ratio() >= _ALIKE
    return bool(here and there) and same


def _letters(text: str) -> tuple[str, list[int]]:
    """Letters and digits in one width and case, and where each of them is printed."""
    kept = [
        (letter, offset)
        for offset, character in enumerate(text)
        for letter in unicodedata.normalize("NFKC", character).casefold()
        if letter.isalnum()
    ]
    return "".join(letter for letter, _ in kept), [offset for _, offset in kept]
