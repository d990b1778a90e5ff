"""The spans of a provision that an extractive answer may quote, each whole in itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from qa.ingest.provision import Part, Provision

_WHOLE = 360
"""A provision, or a paragraph with its list, is quoted whole up to this many characters."""
_SHORT = 120
"""A paragraph up to this many characters is not cut into its sentences."""
_SENTENCE = re.compile(r"[^。！？；]*[。！？；]+[”’）》]*|[^。！？；]+$")
_SHORTEST_SENTENCE = 16
_YEAR = re.compile(r"(20\d\d)\s*年")


@dataclass(frozen=True)
class Unit:
    """A verbatim span of a provision's text."""

    text: str
    label: str = ""
    """The 款 it is or stands in; empty where it is the whole provision."""


def units_of(provision: Provision, question: str) -> list[Unit]:
    """What may be quoted of a provision, in its order.

    The whole where it is short, else paragraphs with their lists, else sentences; of a table
    row the cells that are asked for.
    """
    parts = [part for part in provision.parts if part.label != "出处"]
    if provision.kind in ("row", "entry"):
        return [Unit(cell.text) for cell in _asked_for(provision, question)]
    if len(parts) > 1 and provision.locator.endswith(parts[0].text):
        parts = parts[1:]
    text = "\n".join(part.text for part in parts)
    if len(text) <= _WHOLE:
        return [Unit(text)]
    if len(parts) > 1 and not parts[0].text.endswith(("。", "：", "；", "”")):
        parts = parts[1:]
    return [
        unit
        for label, group in groupby(parts, key=lambda part: part.label.partition("第（")[0])
        for unit in _units_of(label, [*group])
    ]


def fine_units_of(provision: Provision, question: str, place: str = "") -> list[Unit]:
    """The smallest spans that make sense, in order: items, sentences, the cells asked for.

    place: the 款 or 项 that alone is wanted.
    """
    parts = [*provision.parts_at(place)] if place else []
    if provision.kind in ("row", "entry") and not parts:
        return [Unit(cell.text + "；") for cell in _asked_for(provision, question)]
    parts = parts or [part for part in provision.parts if part.label != "出处"]
    if len(parts) > 1 and provision.locator.endswith(parts[0].text):
        parts = parts[1:]
    return [
        Unit(sentence, part.label)
        for part in parts
        for sentence in (sentences(part.text) if len(part.text) > _SHORT else [part.text])
    ]


def _asked_for(row: Provision, question: str) -> list[Part]:
    """The cells of a row that its locator does not say already, of the years asked for if any."""
    named = row.locator.split(" · ")
    cells = [c for c in row.parts if c.text.partition("：")[2] not in named] or [*row.parts]
    years = {match[1] for match in _YEAR.finditer(question)}
    yearly = {cell.label: match[1] for cell in cells if (match := _YEAR.search(cell.label))}
    if not years & {*yearly.values()}:
        return cells
    return [cell for cell in cells if yearly.get(cell.label) in (None, *years)]


def _units_of(label: str, parts: list[Part]) -> Iterator[Unit]:
    text = "\n".join(part.text for part in parts)
    if len(parts) > 1 or len(text) <= _WHOLE // 2:
        yield Unit(text, label)
        return
    for sentence in sentences(text):
        yield Unit(sentence, label)


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph; one too short to stand alone stays with its neighbour."""
    found: list[str] = []
    for match in _SENTENCE.finditer(text):
        if found and (len(found[-1]) < _SHORTEST_SENTENCE or len(match[0]) < _SHORTEST_SENTENCE):
            found[-1] += match[0]
        elif match[0].strip():
            found.append(match[0])
    return found
