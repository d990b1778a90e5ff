"""Printed text as HTML: escaped, with elements around stretches of it that may overlap."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape


@dataclass(frozen=True)
class Layer:
    """A stretch of a text with an element of its own; offsets as in a slice."""

    start: int
    end: int
    tag: str
    attributes: tuple[tuple[str, str], ...] = ()


def marked(text: str, layers: Sequence[Layer], start: int = 0, end: int | None = None) -> Markup:
    """`text[start:end]` as HTML, each layer an element; the first layer is the outermost.

    An element opens once for its whole stretch unless a layer outside of it ends within.
    """
    end = len(text) if end is None else end
    cuts = {start, end}
    for layer in layers:
        cuts.update(cut for cut in (layer.start, layer.end) if start < cut < end)
    html = Markup()
    open_now: list[Layer] = []
    for left, right in pairwise(sorted(cuts)):
        wanted = [layer for layer in layers if layer.start <= left and right <= layer.end]
        kept = 0
        while kept < min(len(open_now), len(wanted)) and open_now[kept] is wanted[kept]:
            kept += 1
        html += _closing(open_now[kept:])
        html += Markup().join(_opening(layer) for layer in wanted[kept:])
        html += escape(text[left:right])
        open_now = wanted
    return html + _closing(open_now)


def printed(text: str, words: str) -> Iterable[tuple[int, int]]:
    """Where words stand in a text."""
    at = text.find(words)
    while words and at >= 0:
        yield at, at + len(words)
        at = text.find(words, at + len(words))


def _opening(layer: Layer) -> Markup:
    named = Markup().join(Markup(' {}="{}"').format(*pair) for pair in layer.attributes)
    return Markup("<{}{}>").format(layer.tag, named)


def _closing(layers: Sequence[Layer]) -> Markup:
    return Markup().join(Markup("</{}>").format(layer.tag) for layer in reversed(layers))
