"""Character recognition by RapidOCR, whose Chinese models come with its package."""

import math
import re
from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pypdfium2 import PdfPage

from qa.errors import DocumentError
from qa.ingest.formats import clock
from qa.ingest.formats.limits import Limits
from qa.ingest.formats.sheet import Sheet, Span

_DPI = 200
_SURE = 0.85
"""Confidence below which a character is marked."""
_UPRIGHT = 0.7
"""Mean confidence below which a page may stand on its head or lie on its side."""
_HAN = r"[\u3400-\u9fff“”‘’《》〈〉【】、。，；：？！（）]"
_WIDE = str.maketrans(",:;?!()", "，：；？！（）")
_HALF = re.compile(rf"(?<={_HAN})[,:;?!()]|[,:;?!()](?={_HAN})")
_ARTICLE = re.compile(
    r"^(第)([^第条\s，。]{1,9})(条)(之[一二三四五六七八九十]{1,3}(?!\S*第))?[ 　]*"
)
_LOOKALIKES = str.maketrans("—ー－-–―ニ二三Ξ±O○0", "一一一一一一二二三三十〇〇〇")
_NUMBER = re.compile(r"[一二三四五六七八九十百千零〇两\d]+")
_REFERENCE = re.compile(
    r"^(第[一二三四五六七八九十]|规定|的|和|与|、|至|或|所|及|中[的所，、]|中规定)"
)

Image = NDArray[np.uint8]


class Recogniser:
    """RapidOCR, loaded once for a file."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        with clock.recognising(limits):
            from rapidocr import RapidOCR

            self._engine: Any = RapidOCR(
                params={
                    "Global.use_cls": False,
                    "Global.max_side_len": 10_000,
                    "Global.log_level": "critical",
                    "Global.return_word_box": True,
                    "Global.return_single_char_box": True,
                    "EngineConfig.onnxruntime.intra_op_num_threads": limits.threads,
                }
            )

    def page(self, page: PdfPage, number: int, name: str) -> Sheet:
        """A page of a PDF, rendered at 200 dpi."""
        width, height = page.get_size()
        scale = _DPI / 72
        if width * height * scale**2 > self._limits.pixels:
            raise DocumentError(
                f"{name} 第 {number} 页太大（超过 {self._limits.megapixels:g} 百万像素）；"
                "请缩小后再加入，或请管理员调高设置 ingest_megapixels。"
            )
        picture = page.render(scale=scale, rev_byteorder=False).to_numpy()
        return self.picture(np.ascontiguousarray(picture[:, :, :3]), number)

    def picture(self, picture: Image, number: int) -> Sheet:
        """A picture in blue, green, red; turned until it can be read."""
        with clock.recognising(self._limits):
            return self._turned(picture, number)

    def _turned(self, picture: Image, number: int) -> Sheet:
        best: tuple[float, Sheet] | None = None
        for quarters in (0, 2, 1, 3):
            turned = np.ascontiguousarray(np.rot90(picture, quarters))
            score, spans, angle = self._read(turned)
            height, width = turned.shape[:2]
            sheet = Sheet(number, width, height, spans, quarters=quarters, angle=angle)
            if best is None or score > best[0]:
                best = (score, sheet)
            if score >= _UPRIGHT or not spans:
                break
        assert best
        return best[1]

    def _read(self, picture: Image) -> tuple[float, tuple[Span, ...], float]:
        """How sure it is, what it has read, and by how much the lines lean."""
        found = self._engine(picture)
        if found.txts is None or not len(found.txts):
            return 0.0, (), 0.0
        angle = _angle(found.boxes)
        spans = tuple(
            _span(box, words, angle)
            for box, words in zip(found.boxes, found.word_results, strict=True)
        )
        return float(np.mean(found.scores)), tuple(s for s in spans if s.text.strip()), angle


def with_number_apart(text: str) -> str:
    """A paragraph with the number of an article set apart by a space, as laws are printed.

    Recognition loses the space, and takes 一 for a dash.
    """
    match = _ARTICLE.match(text)
    if match:
        number = match[2].translate(_LOOKALIKES)
        rest = text[match.end() :]
        if _NUMBER.fullmatch(number) and rest and not _REFERENCE.match(rest):
            return f"第{number}条{match[4] or ''} {rest}"
    return text


def _angle(boxes: Sequence[Any]) -> float:
    """By how much the lines of the page are turned, in radians."""
    wide = sorted(boxes, key=lambda b: float(b[1][0] - b[0][0]), reverse=True)[:20]
    return median(math.atan2(b[1][1] - b[0][1], b[1][0] - b[0][0]) for b in wide)


def _span(box: Any, words: Sequence[tuple[str, float, Any]], angle: float) -> Span:
    """A recognised line, as it would stand on a page that is not turned."""
    cos, sin = math.cos(-angle), math.sin(-angle)
    points = [(float(x * cos - y * sin), float(x * sin + y * cos)) for x, y in box]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    text = _HALF.sub(lambda m: m[0].translate(_WIDE), "".join(word[0] for word in words))
    weight = sum(1.0 if ord(c) > 0x2E7F or c in "“”—" else 0.5 for c in text)
    tall = max(ys) - min(ys)
    size = (max(xs) - min(xs)) / weight if weight >= 5 else 0.85 * tall
    doubts: list[tuple[int, float]] = []
    offset = 0
    for word, confidence, _ in words:
        if confidence < _SURE:
            doubts += [(offset + i, round(float(confidence), 2)) for i in range(len(word))]
        offset += len(word)
    return Span(text, min(xs), min(ys), max(xs), max(ys), size, tuple(doubts))
