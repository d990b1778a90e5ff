"""A provision as it is printed, for the cards: marked, explained and folded."""

from qa.ingest.provision import Provision
from qa.web.spans import Layer, fold, found, merged, tagged

_ITEM = ("（", "(")
_TABULAR = ("row", "entry")  # `label：value` on each line


def text_html(provision: Provision, quotes: tuple[str, ...]) -> str:
    """The text as printed: quoted spans and misprints marked, a long text folded around them."""
    text = provision.text
    marks = merged(found(text, quotes, "mark"))
    misprints = tuple(
        Layer(layer.start, layer.end, "span", "misprint", erratum.note)
        for erratum in provision.errata
        for layer in found(text, (erratum.printed,), "span")
    )
    layers = (*_leads(provision), *misprints, *marks)
    units = fold(text, marks)
    paragraphs: list[list[str]] = [[]]
    folded: list[bool] = [True]
    gap = False
    for unit in units:
        if text[unit.start : unit.end] == "\n":
            paragraphs.append([])
            folded.append(True)
            continue
        piece = tagged(text, unit.start, unit.end, layers)
        if unit.shown:
            folded[-1] = False
        else:
            piece = f'<span class="more">{piece}</span>'
            if not gap:
                # the gap belongs to what is shown, so its paragraph must not be hidden
                piece = f'<span class="gap" aria-hidden="true">……</span>{piece}'
                folded[-1] = False
        gap = not unit.shown
        paragraphs[-1].append(piece)
    lines = text.split("\n")
    body = "".join(
        f'<p class="{_paragraph_class(provision, line)}{" more" if hidden else ""}">'
        f"{''.join(pieces)}</p>"
        for pieces, hidden, line in zip(paragraphs, folded, lines, strict=True)
    )
    if all(unit.shown for unit in units):
        return f'<div class="text">{body}</div>'
    more = f"展开全文（{len(text)} 字）"
    return (
        f'<div class="text foldable">{body}</div>'
        '<button type="button" class="unfold" aria-expanded="false"'
        f' data-more="{more}" data-less="收起">{more}</button>'
    )


def _leads(provision: Provision) -> tuple[Layer, ...]:
    """What stands in bold: the article's number, the labels of a row."""
    text = provision.text
    if provision.kind == "article" and text.startswith(provision.locator):
        return (Layer(0, len(provision.locator), "b"),)
    if provision.kind not in _TABULAR:
        return ()
    leads, start = [], 0
    for line in text.split("\n"):
        label = line.find("：") + 1
        if label:
            leads.append(Layer(start, start + label, "b"))
        start += len(line) + 1
    return tuple(leads)


def _paragraph_class(provision: Provision, line: str) -> str:
    if provision.kind == "quote" and line.startswith("——"):
        return "source"
    if provision.kind in _TABULAR:
        return "cell"
    return "item" if line.startswith(_ITEM) else "paragraph"
