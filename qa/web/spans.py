"""Text of the corpus as HTML: escaped, with spans of it marked and long ones folded."""

import html
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

LINE_CHARS = 34
"""Characters that stand on one line of a card at its usual width."""
FOLD_LINES = 12
_SLACK_LINES = 3  # hiding less than this saves nothing and costs a click
_SENTENCE = re.compile(r"\n|[^\n。；！？]*[。；！？]+[”’」』）]*|[^\n。；！？]+")


@dataclass(frozen=True)
class Layer:
    """A stretch of the text that gets an element of its own; offsets as in a slice."""

    start: int
    end: int
    tag: str
    css: str = ""
    title: str = ""


@dataclass(frozen=True)
class Unit:
    """A sentence or a line feed, the smallest piece that is shown or folded away."""

    start: int
    end: int
    shown: bool


def escape(text: str) -> str:
    """The text as HTML that shows it literally."""
    return html.escape(text, quote=True)


def found(text: str, quotes: Iterable[str], tag: str, css: str = "") -> tuple[Layer, ...]:
    """Where the quotes stand in the text: each from the end of the one before, else anywhere."""
    layers: list[Layer] = []
    after = 0
    for quote in filter(None, (quote.strip() for quote in quotes)):
        at = text.find(quote, after)
        if at < 0:
            at = text.find(quote)
        if at >= 0:
            after = at + len(quote)
            layers.append(Layer(at, after, tag, css))
    return tuple(layers)


def merged(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """The layers, all of one kind, with those that touch or overlap made one."""
    joined: list[Layer] = []
    for layer in sorted(layers, key=lambda layer: layer.start):
        if joined and layer.start <= joined[-1].end:
            last = joined.pop()
            layer = Layer(last.start, max(last.end, layer.end), last.tag, last.css, last.title)
        joined.append(layer)
    return tuple(joined)


def fold(text: str, marks: Sequence[Layer] = ()) -> tuple[Unit, ...]:
    """The text in units, of which about `FOLD_LINES` lines are shown.

    Marked units are always shown, then those nearest to a mark; without marks, the beginning.
    """
    bounds = [match.span() for match in _SENTENCE.finditer(text)]
    if _lines(text) <= FOLD_LINES + _SLACK_LINES:
        return tuple(Unit(start, end, True) for start, end in bounds)
    marked = {
        i
        for i, (start, end) in enumerate(bounds)
        if any(mark.start < end and start < mark.end for mark in marks)
    }
    anchors = marked or {0}
    shown = set(marked)
    room = FOLD_LINES * LINE_CHARS - sum(bounds[i][1] - bounds[i][0] for i in marked)
    nearest = sorted(range(len(bounds)), key=lambda i: min(abs(i - anchor) for anchor in anchors))
    for i in nearest:
        if i in shown:
            continue
        room -= _width(text[slice(*bounds[i])])
        if room < 0 and shown:
            break
        shown.add(i)
    return tuple(Unit(start, end, i in shown) for i, (start, end) in enumerate(bounds))


def tagged(text: str, start: int, end: int, layers: Sequence[Layer]) -> str:
    """`text[start:end]` as HTML, with an element around each stretch that a layer covers."""
    cuts = {start, end}
    for layer in layers:
        cuts.update(cut for cut in (layer.start, layer.end) if start < cut < end)
    edges = sorted(cuts)
    pieces = []
    for left, right in pairwise(edges):
        piece = escape(text[left:right])
        for layer in layers:
            if layer.start <= left and right <= layer.end:
                piece = f"<{layer.tag}{_attributes(layer)}>{piece}</{layer.tag}>"
        pieces.append(piece)
    return "".join(pieces)


def _attributes(layer: Layer) -> str:
    named = (("class", layer.css), ("title", layer.title))
    return "".join(f' {name}="{escape(value)}"' for name, value in named if value)


def _lines(text: str) -> int:
    return sum(max(1, ceil(len(line) / LINE_CHARS)) for line in text.split("\n"))


def _width(piece: str) -> int:
    # a line feed costs about the half line that the paragraph before it leaves empty
    return LINE_CHARS // 2 if piece == "\n" else len(piece)
