"""Sound files of each kind, small, to be spoilt."""

import functools
import io
import zipfile

import docx
from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas


@functools.cache
def word_parts() -> dict[str, bytes]:
    document = docx.Document()
    document.add_heading("数据办法", 0)
    for style in ("List Number", "List Bullet 2", "Normal", "Heading 1", "List Number 3"):
        paragraph = document.add_paragraph(style=style)
        paragraph.add_run("第一条 为了规范数据处理活动，制定本办法。")
        hidden = paragraph.add_run("看不见")
        hidden.font.hidden = True
    table = document.add_table(3, 3)
    for number, row in enumerate(table.rows):
        for cell in row.cells:
            cell.text = f"第{number}格"
    table.cell(0, 0).merge(table.cell(0, 1))
    table.cell(1, 1).merge(table.cell(2, 1))
    table.cell(2, 2).add_table(1, 2)
    file = io.BytesIO()
    document.save(file)
    with zipfile.ZipFile(file) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


@functools.cache
def pdfs() -> tuple[bytes, ...]:
    return tuple(_printed(compressed) for compressed in (0, 0, 0, 1))


def _printed(compressed: int) -> bytes:
    """Two small pages, for speed: text in Chinese and English, rules of a table, a picture."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(260, 200), pageCompression=compressed, invariant=1)
    for page in range(2):
        canvas.setFont("STSong-Light", 10)
        for number in range(5):
            canvas.drawString(20, 180 - 14 * number, f"第{number}条 处理数据应当遵守法律{page}。")
        canvas.setFont("Helvetica", 8)
        canvas.drawString(20, 100, "Plain words")
        canvas.grid([20, 80, 140], [30, 50, 70])
        canvas.drawString(24, 35, "cell")
        canvas.rotate(3)
        canvas.drawInlineImage(Image.new("L", (6, 6), 128), 200, 20, 20, 20)
        canvas.showPage()
    canvas.bookmarkPage("x")
    canvas.save()
    return file.getvalue()


@functools.cache
def images() -> tuple[bytes, ...]:
    picture, made = _page("一二三"), []
    for form, how in (
        *(("png", {}), ("jpeg", {}), ("bmp", {}), ("webp", {})),
        *(("tiff", {}), ("tiff", {"compression": "tiff_lzw"}), ("tiff", {"compression": "group4"})),
        ("tiff", {"save_all": True, "append_images": [_page("四五").convert("RGB")]}),
    ):
        file = io.BytesIO()
        source = picture.convert("1") if how.get("compression") == "group4" else picture
        source.save(file, form, **how)
        made.append(file.getvalue())
    return tuple(made)


def _page(numbers: str) -> Image.Image:
    """A small page of text, as large as recognition needs it."""
    font = ImageFont.truetype("NotoSerifCJK-Regular.ttc", 22)
    picture = Image.new("L", (360, 110), 255)
    pen = ImageDraw.Draw(picture)
    for line, number in enumerate(numbers):
        pen.text((12, 8 + 32 * line), f"第{number}条 处理数据应当遵守法律。", font=font, fill=0)
    return picture
