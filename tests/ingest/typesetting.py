"""Documents of the volume, printed: by Chromium with its font inside, by others without."""

import io
from collections.abc import Sequence
from html import escape

import numpy as np
import pypdfium2 as pdfium
from PIL import Image
from playwright.sync_api import Browser
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from qa.ingest import forms

STYLE = """
body { font: 14pt/1.8 "Noto Serif CJK SC", serif; text-align: justify }
p { text-indent: 2em; margin: 0 }
h1, h2 { text-align: center; font-size: 18pt }
h2 { font-size: 15pt }
table { border-collapse: collapse; margin: 12pt 0; font-size: 10pt }
td { border: 1px solid black }
"""
HEAD = "大数据领域法律法规汇编"
_HEAD = f'<p style="font-size: 9pt; width: 100%; text-align: center">{HEAD}</p>'
_FOOT = (
    '<p style="font-size: 9pt; width: 100%; text-align: center">'
    '— <span class="pageNumber"></span> —</p>'
)


def page_of(title: str, texts: Sequence[str], style: str = "") -> str:
    """A document as HTML."""
    body = "".join(
        f"<h2>{escape(t)}</h2>" if forms.CHAPTER.match(t) else f"<p>{escape(t)}</p>" for t in texts
    )
    return f"<style>{STYLE}{style}</style><h1>{escape(title)}</h1><section>{body}</section>"


def printed(browser: Browser, html: str) -> bytes:
    """A PDF with running heads and page numbers."""
    page = browser.new_page()
    page.set_content(f'<html lang="zh-CN"><meta charset="utf-8">{html}')
    content = page.pdf(
        format="A4",
        print_background=True,
        margin={"top": "25mm", "bottom": "25mm", "left": "26mm", "right": "26mm"},
        display_header_footer=True,
        header_template=_HEAD,
        footer_template=_FOOT,
    )
    page.close()
    return content


def with_cid_font(title: str, texts: Sequence[str]) -> bytes:
    """A PDF that names a font of Asian readers and holds none, 30 characters a line."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    width, height = A4
    y = height - 80
    canvas.setFont("STSong-Light", 18)
    canvas.drawCentredString(width / 2, y, title)
    canvas.setFont("STSong-Light", 14)
    for text in texts:
        rest = "\u3000\u3000" + text
        while rest:
            y -= 25
            if y < 80:
                canvas.showPage()
                canvas.setFont("STSong-Light", 14)
                y = height - 80
            canvas.drawString(85, y, rest[:30])
            rest = rest[30:]
    canvas.save()
    return file.getvalue()


def tabled(pages: Sequence[Sequence[Sequence[str]]], ruled: bool = True) -> bytes:
    """Pages of a table of two columns, the rows of each in a table ruled on all sides."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(400, 300))
    for rows in pages:
        canvas.setFont("STSong-Light", 10)
        heights = [290 - 30 * n for n in range(len(rows) + 1)]
        for x in (40, 100, 365) if ruled else ():
            canvas.line(x, heights[0], x, heights[-1])
        for y in heights if ruled else ():
            canvas.line(40, y, 365, y)
        for top, cells in zip(heights, rows, strict=False):
            for x, text in zip((44, 104), cells, strict=True):
                canvas.drawString(x, top - 18, text)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def scanned(
    content: bytes, index: int, dpi: int = 200, skew: float = 0, noise: float = 0
) -> Image.Image:
    """A page as a scanner gives it: turned by some degrees, with noise of some levels of grey."""
    with pdfium.PdfDocument(content) as document:
        picture = document[index].render(scale=dpi / 72, grayscale=True).to_pil().convert("L")
    turned = picture.rotate(skew, fillcolor=255, resample=Image.Resampling.BICUBIC)
    levels = np.asarray(turned) + np.random.default_rng(7).normal(0, noise, turned.size[::-1])
    return Image.fromarray(np.clip(levels, 0, 255).astype(np.uint8))


def as_scan(picture: Image.Image, layer: str) -> bytes:
    """A PDF of one picture, over it a text that is not painted: what bad scanners leave."""
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=A4)
    canvas.drawInlineImage(picture, 0, 0, *A4)
    text = canvas.beginText(60, 700)
    text.setFont("Helvetica", 10)
    text.setTextRenderMode(3)
    text.textLine(layer)
    canvas.drawText(text)
    canvas.save()
    return file.getvalue()
