"""PDF: the text layer where it can be trusted, character recognition where it cannot.

Read are upright pages of one or two columns of horizontal text, and tables that are ruled or
whose cells stand on one line. Not supported: three and more columns, vertical text, tables
without rules whose cells take several lines, cells that span others (their text stands in the
first), footnotes (they stay where they are printed).
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pypdf
import pypdfium2 as pdfium

from qa.errors import DocumentError
from qa.ingest.formats.glyphs import visible_spans
from qa.ingest.formats.hidden import Findings
from qa.ingest.formats.layout import reading_order
from qa.ingest.formats.limits import Limits
from qa.ingest.formats.margins import without_margins
from qa.ingest.formats.ocr import Recogniser, with_number_apart
from qa.ingest.formats.paragraphs import numbered, paragraphs, reworded
from qa.ingest.formats.plausible import is_garbled
from qa.ingest.formats.reading import OnPage
from qa.ingest.formats.result import Read
from qa.ingest.formats.ruled import uncut
from qa.ingest.formats.rules import grids_of
from qa.ingest.formats.sheet import Sheet

_FEW = 10
"""Characters below which a page that is not blank is taken for a picture."""
_STAMP = 60
"""Characters that a scanning program may print on a page that is one picture."""
_FULL = 0.6
"""Of a page: a picture that covers more is the page."""
_MOST_CHARACTERS = 60_000
"""Of a page; a poster in small print has a third of them."""
_LARGEST = 14_400
"""Points, the side of the largest page that the format knows."""


def read_pdf(path: Path, limits: Limits, on_page: OnPage) -> Read:
    """The paragraphs of a PDF."""
    warnings = list(_remarks(path))
    try:
        # From memory: a file that PDFium cannot load it would not close either.
        document = pdfium.PdfDocument(path.read_bytes())
    except pdfium.PdfiumError as error:
        raise _refusal(path, error) from error
    with document:
        pages = len(document)
        if pages > limits.pages:
            raise DocumentError(
                f"{path.name} 有 {pages} 页，超过上限 {limits.pages} 页；"
                "请拆分后再加入，或请管理员调高设置 ingest_pages。"
            )
        findings = Findings()
        sheets, recognised = _sheets(document, path, limits, findings, on_page)
    read = laid_out(sheets, path.name, frozenset(recognised))
    if recognised:
        warnings.append(f"{_listed(recognised)}没有可用的文字层，用文字识别读出，请核对。")
    return read.model_copy(
        update={
            "how": "ocr" if len(recognised) * 2 > len(sheets) else "pdf",
            "warnings": (*warnings, *read.warnings),
            "hidden": findings.sentences(),
        }
    )


def laid_out(sheets: Sequence[Sheet], name: str, recognised: frozenset[int]) -> Read:
    """The pages as paragraphs; `recognised`: the numbers of those that have no text layer."""
    cleaned, heads = without_margins(sheets)
    rows = [row for sheet in cleaned for row in reading_order(sheet)]
    found = paragraphs(uncut(rows))
    for paragraph in found:
        if paragraph.rows[0].page in recognised:
            reworded(paragraph, with_number_apart(paragraph.text))
    lines, doubts, places = numbered(found, sheets)
    if not lines:
        raise DocumentError(f"{name} 里没有认出文字；请换上清晰完整的文件。")
    shown = "、".join(f"“{head}”" for head in heads[:5])
    warnings = [f"略去了每页重复的页眉页脚：{shown}。"] if heads else []
    unruled = sorted({row.page for row in rows if row.table and not row.ruled})
    if unruled:
        warnings.append(
            f"{_listed(unruled)}有没画框线的表格，没有读懂：各格只按空隙分开，折行的格可能错开，请核对。"
        )
    return Read(
        lines=lines,
        pages=len(sheets),
        how="ocr",
        warnings=tuple(warnings),
        uncertain=doubts,
        places=places,
    )


def _sheets(
    document: pdfium.PdfDocument, path: Path, limits: Limits, findings: Findings, on_page: OnPage
) -> tuple[list[Sheet], list[int]]:
    """The pages, and the numbers of those that were recognised."""
    recogniser: Recogniser | None = None
    sheets: list[Sheet] = []
    recognised: list[int] = []
    for number in range(1, len(document) + 1):
        page = _page(document, number, path.name)
        width, height = page.get_size()
        if not (0 < width <= _LARGEST and 0 < height <= _LARGEST):
            raise DocumentError(f"{path.name} 第 {number} 页的尺寸不正常；不接收。")
        if page.get_textpage().count_chars() > _MOST_CHARACTERS:
            raise DocumentError(
                f"{path.name} 第 {number} 页超过 {_MOST_CHARACTERS:,} 个字，不像一页文字；"
                "请分页、另存后再加入。"
            )
        found = replace(findings, counts=dict(findings.counts), texts=list(findings.texts))
        grids = grids_of(page)
        spans = visible_spans(page, number, found, grids)
        if _is_picture(page, "".join(span.text for span in spans), width * height):
            if recogniser is None:
                recogniser = Recogniser(limits)
            sheet = recogniser.page(page, number, path.name)
            if sheet.spans:
                recognised.append(number)
            sheets.append(sheet)
        else:
            vars(findings).update(vars(found))
            sheets.append(Sheet(number, width, height, spans, grids))
        page.close()
        on_page(number, len(document))
    return sheets, recognised


def _page(document: pdfium.PdfDocument, number: int, name: str) -> pdfium.PdfPage:
    try:
        return document[number - 1]
    except pdfium.PdfiumError as error:
        raise DocumentError(f"{name} 第 {number} 页已损坏，打不开；请重新保存后再加入。") from error


def _is_picture(page: pdfium.PdfPage, text: str, area: float) -> bool:
    """Whether there is more to see on a page than its text layer says, or the layer is garbage."""
    if is_garbled(text):
        return True
    said = len("".join(text.split()))
    if said >= _STAMP:
        return False
    covered = 0.0
    drawn = 0
    for count, thing in enumerate(page.get_objects(max_depth=3)):
        drawn += 1
        if thing.type == pdfium.raw.FPDF_PAGEOBJ_IMAGE:
            x0, y0, x1, y1 = thing.get_bounds()
            covered += abs((x1 - x0) * (y1 - y0)) / area
        if count > 5000:
            break
    return covered > _FULL or (said < _FEW and drawn > 0 and (covered > 0.02 or drawn > 30))


def _remarks(path: Path) -> list[str]:
    """What the file holds besides pages; nothing of it is carried out."""
    try:
        reader = pypdf.PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError(f"{path.name} 加了密码；请去掉密码后再加入。")
        root = reader.root_object
        names = root.get("/Names", {})
        remarks = []
        scripted = "/JS" in str(root.get("/OpenAction", ""))
        if scripted or "/JavaScript" in names:
            remarks.append("文件里有脚本，没有执行。")
        if "/EmbeddedFiles" in names:
            remarks.append("文件里有附带的文件，没有读取。")
        if "/AcroForm" in root and "/XFA" in root["/AcroForm"]:  # type: ignore[operator]
            remarks.append("文件是可填写的表单，填写的内容可能没有读全。")
        return remarks
    except DocumentError:
        raise
    except Exception:
        # A damaged object may lead pypdf to any of them. PDFium reads many a file that pypdf
        # finds damaged; what cannot be read it will say.
        return ["文件的内部结构有缺陷，没有检查其中是否带有脚本或附带的文件。"]


def _refusal(path: Path, error: pdfium.PdfiumError) -> DocumentError:
    if "password" in str(error).lower() or "security" in str(error).lower():
        return DocumentError(f"{path.name} 加了密码；请去掉密码后再加入。")
    return DocumentError(f"{path.name} 已损坏或不是 PDF，打不开；请重新保存后再加入。")


def _listed(pages: Sequence[int]) -> str:
    """`第1、2页`, and how many there are where they are many."""
    shown = "、".join(str(page) for page in pages[:8])
    return f"第{shown}页" if len(pages) <= 8 else f"第{shown}……共 {len(pages)} 页"
