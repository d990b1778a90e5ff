"""The text layer of a PDF page: characters with their places, hidden ones told apart."""

import ctypes
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, median_low

import numpy as np
import pypdfium2.raw as pdfium
from numpy.typing import NDArray
from pypdfium2 import PdfPage

from qa.ingest.formats.hidden import Findings
from qa.ingest.formats.sheet import Grid, Span

_SCALE = 1.4
"""Pixels a point, of the picture in which the contrast of the characters is looked up."""
_CONTRAST = 24
"""Levels of grey, of 255, below which nothing can be read."""
_TINY = 3.5
"""Points; smaller print is not meant to be read."""
_LIGHT = 200
"""Level of grey from which print may be as good as white."""
_ENOUGH = 3
"""Gaps of a run, among which one may be the usual."""
_PADDED = 1.0
"""Characters that a cell leaves free at each side of a line that fills it."""


_Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class _Style:
    size: float
    angle: float
    """Degrees, against the page."""
    drawn: bool
    """Whether the characters are painted at all."""
    light: bool
    embedded: bool


@dataclass
class _Run:
    """Characters of one style side by side; boxes from the top left of the page."""

    style: _Style
    chars: list[str]
    boxes: list[_Box]


def visible_spans(
    page: PdfPage, number: int, findings: Findings, grids: Sequence[Grid] = ()
) -> tuple[Span, ...]:
    """What can be read on the page, divided at the rules of tables; what cannot is reported."""
    grey = _picture(page)
    spans: list[Span] = []
    hidden: dict[str, list[str]] = {}
    runs = list(_runs(page, grids))
    _widen(runs)
    usual, stretched = _usual_gaps(runs), _stretched(runs, grids)
    for run in runs:
        kind = _hidden_how(run, grey)
        if kind:
            hidden.setdefault(kind, []).append("".join(run.chars))
        else:
            often = usual[run.style.size]
            if len(_wide_gaps(run)) == 1:
                often = stretched.get(round(run.boxes[0][0]), often)
            spans.append(_span(run, often, number, findings))
    for kind, texts in hidden.items():
        findings.add(f"第{number}页", kind, " ".join(texts))
    return tuple(span for span in spans if span.text.strip())


def _picture(page: PdfPage) -> NDArray[np.uint8]:
    picture: NDArray[np.uint8] = page.render(scale=_SCALE, grayscale=True).to_numpy()
    return picture.reshape(picture.shape[0], picture.shape[1])


def _hidden_how(run: _Run, grey: NDArray[np.uint8]) -> str:
    """How the characters are hidden; empty where they are not."""
    if not "".join(run.chars).strip():
        return ""
    if abs(run.style.angle) > 8:
        return "斜排（水印）"
    if run.style.size < _TINY:
        return "字号极小"
    x0, y0 = min(b[0] for b in run.boxes), min(b[1] for b in run.boxes)
    x1, y1 = max(b[2] for b in run.boxes), max(b[3] for b in run.boxes)
    height, width = grey.shape
    if x1 < 0 or y1 < 0 or x0 * _SCALE > width or y0 * _SCALE > height:
        return "印在页面之外"
    # A font that is not in the file may be missing here: then nothing is painted.
    if run.style.drawn and not run.style.light and not run.style.embedded:
        return ""
    # The box is taller than its characters: its edges belong to the lines above and below.
    # Punctuation stands at the edges itself.
    edge = 0.2 * (y1 - y0) if any(char.isalnum() for char in run.chars) else 0.0
    top, bottom = math.ceil((y0 + edge) * _SCALE), int((y1 - edge) * _SCALE)
    rows = slice(max(top, 0), max(bottom, top + 1, 1))
    left, right = math.ceil(x0 * _SCALE), int(x1 * _SCALE)
    columns = slice(max(left, 0), max(right, left + 1, 1))
    seen = grey[rows, columns]
    if seen.size and int(seen.max()) - int(seen.min()) >= _CONTRAST:
        return ""
    return "与背景同色或被遮住"


def _span(run: _Run, often: float, number: int, findings: Findings) -> Span:
    """The characters as a text; a gap wider than the usual one is a space.

    Letters and digits stand closer than Han characters where a line is stretched to its width.
    Of a run too short to have a usual gap that is the one of all runs of its size, `often`.
    """
    boxes, gaps = run.boxes, _gaps(run)
    pairs = [a.isascii() and b.isascii() for a, b in pairwise(run.chars)]
    usual = {
        latin: _usual([g for g, p in zip(gaps, pairs, strict=True) if p == latin], often)
        for latin in (False, True)
    }
    text = run.chars[0]
    for gap, latin, before, char in zip(gaps, pairs, run.chars, run.chars[1:], strict=False):
        wide = usual[latin] + (0.15 if latin else 0.2) * run.style.size
        text += " " if gap > wide and not (before.isspace() or char.isspace()) else ""
        text += char
    return Span(
        text=findings.seen(text, f"第{number}页"),
        x0=boxes[0][0],
        y0=min(b[1] for b in boxes),
        x1=boxes[-1][2],
        y1=max(b[3] for b in boxes),
        size=run.style.size,
    )


def _usual(gaps: Sequence[float], often: float) -> float:
    if len(gaps) >= _ENOUGH:
        return max(median_low(gaps), 0.0)
    return max(min(gaps) if len(gaps) > 1 else often, 0.0)


def _stretched(runs: Sequence[_Run], grids: Sequence[Grid]) -> dict[int, float]:
    """The gap of lines of a narrow cell that have one to stretch, by where they begin.

    Where the lines of a column are stretched most of these gaps are alike; where they are not,
    most are none, and one that is wide is a space.
    """
    gaps: dict[int, list[float]] = defaultdict(list)
    for run in runs:
        wide = _wide_gaps(run)
        if len(wide) == 1 and _fills_cell(run, grids):
            gaps[round(run.boxes[0][0])] += wide
    return {begin: median_low(held) for begin, held in gaps.items()}


def _wide_gaps(run: _Run) -> list[float]:
    """Those beside a Han character, which are wider where a line is stretched."""
    pairs = zip(pairwise(run.chars), _gaps(run), strict=True)
    return [gap for (before, char), gap in pairs if not (before.isascii() and char.isascii())]


def _fills_cell(run: _Run, grids: Sequence[Grid]) -> bool:
    left, right = run.boxes[0][0], run.boxes[-1][2]
    across, middle = (left + right) / 2, (run.boxes[0][1] + run.boxes[0][3]) / 2
    for grid in grids:
        if grid.reaches(across, middle):
            sides = grid.sides_of(across, middle)
            return max(left - sides[0], sides[1] - right) <= _PADDED * run.style.size
    return False


def _widen(runs: Sequence[_Run]) -> None:
    """Make narrow Han characters (日, 自) as wide as the others of their size.

    PDFium gives those of some fonts the box of their ink; the gap beside it is no space.
    """
    widths: dict[float, list[float]] = defaultdict(list)
    for run in runs:
        pairs = zip(run.chars, run.boxes, strict=True)
        widths[run.style.size] += [box[2] - box[0] for char, box in pairs if _is_han(char)]
    usually = {size: median(held or [0.0]) for size, held in widths.items()}
    for run in runs:
        usual = usually[run.style.size]
        for position, (char, box) in enumerate(zip(run.chars, run.boxes, strict=True)):
            more = max(usual - (box[2] - box[0]), 0.0) / 2 if _is_han(char) else 0.0
            run.boxes[position] = (box[0] - more, box[1], box[2] + more, box[3])


def _usual_gaps(runs: Sequence[_Run]) -> dict[float, float]:
    """The usual gap between two characters, by the size of the print."""
    gaps: dict[float, list[float]] = defaultdict(list)
    for run in runs:
        gaps[run.style.size] += _gaps(run)
    return {size: median(held or [0.0]) for size, held in gaps.items()}


def _gaps(run: _Run) -> list[float]:
    return [after[0] - before[2] for before, after in pairwise(run.boxes)]


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


def _runs(page: PdfPage, grids: Sequence[Grid]) -> Iterator[_Run]:
    """Characters side by side on one line, in one style and one cell."""
    run: _Run | None = None
    for char, style, box in _characters(page):
        if run is not None and _goes_on(run, style, box) and not _divided(run, box, grids):
            run.chars.append(char)
            run.boxes.append(box)
            continue
        if run is not None:
            yield _trimmed(run)
        run = _Run(style, [char], [box])
    if run is not None:
        yield _trimmed(run)


def _trimmed(run: _Run) -> _Run:
    """Without white space at the ends, which would blur where the line begins and ends."""
    begin, end = 0, len(run.chars)
    while end > 1 and run.chars[end - 1].isspace():
        end -= 1
    while begin < end - 1 and run.chars[begin].isspace():
        begin += 1
    return _Run(run.style, run.chars[begin:end], run.boxes[begin:end])


def _goes_on(run: _Run, style: _Style, box: _Box) -> bool:
    last = run.boxes[-1]
    level = abs((box[1] + box[3]) - (last[1] + last[3])) < 0.6 * style.size
    return style == run.style and level and -0.5 * style.size < box[0] - last[2] < style.size


def _divided(run: _Run, box: _Box, grids: Sequence[Grid]) -> bool:
    """Whether a rule stands between the run and the next character."""
    last = run.boxes[-1]
    left, right = (last[0] + last[2]) / 2, (box[0] + box[2]) / 2
    return any(grid.divides(left, right, (box[1] + box[3]) / 2) for grid in grids)


def _characters(
    page: PdfPage,
) -> Iterator[tuple[str, _Style, _Box]]:
    """Every character that the file has, with its box on the page as it is shown."""
    textpage = page.get_textpage()
    raw = textpage.raw
    rect = pdfium.FS_RECTF()
    turn = page.get_rotation()
    left, bottom, right, top = page.get_cropbox()
    styles: dict[int, _Style] = {}
    high = 0
    for index in range(pdfium.FPDFText_CountChars(raw)):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        if pdfium.FPDFText_IsGenerated(raw, index) == 1 or code == 0:
            continue
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
            high = 0
        if not pdfium.FPDFText_GetLooseCharBox(raw, index, ctypes.byref(rect)):
            continue
        held = pdfium.FPDFText_GetTextObject(raw, index)
        key = ctypes.cast(held, ctypes.c_void_p).value or 0
        if key not in styles:
            styles[key] = _style(raw, index, held, turn)
        char = "-" if code in (0x02, 0xFFFE) else chr(code)
        x0, x1 = sorted((rect.left, rect.right))
        y0, y1 = sorted((rect.bottom, rect.top))
        if turn == 90:
            box = (y0 - bottom, x0 - left, y1 - bottom, x1 - left)
        elif turn == 180:
            box = (right - x1, y0 - bottom, right - x0, y1 - bottom)
        elif turn == 270:
            box = (top - y1, right - x1, top - y0, right - x0)
        else:
            box = (x0 - left, top - y1, x1 - left, top - y0)
        yield char, styles[key], box


def _style(raw: object, index: int, held: object, turn: int) -> _Style:
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFText_GetMatrix(raw, index, ctypes.byref(matrix))
    colours = [ctypes.c_uint() for _ in range(4)]
    pdfium.FPDFText_GetFillColor(raw, index, *(ctypes.byref(colour) for colour in colours))
    red, green, blue, alpha = (colour.value for colour in colours)
    size = pdfium.FPDFText_GetFontSize(raw, index) * math.hypot(matrix.c, matrix.d)
    mode = pdfium.FPDFTextObj_GetTextRenderMode(held) if held else 0
    font = pdfium.FPDFTextObj_GetFont(held) if held else None
    angle = math.degrees(math.atan2(matrix.b, matrix.a)) - turn
    return _Style(
        size=round(size, 1) or 0.1,
        angle=round((angle + 180) % 360 - 180),
        drawn=mode not in (3, 7),
        light=alpha < 30 or 0.3 * red + 0.59 * green + 0.11 * blue >= _LIGHT,
        embedded=bool(font and pdfium.FPDFFont_GetIsEmbedded(font) == 1),
    )
