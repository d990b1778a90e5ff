"""Files made to harm whoever reads them, small on disk."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from itertools import pairwise

import docx
from PIL import Image
from pypdf import PdfWriter

LAUGHS = (
    '<!DOCTYPE d [<!ENTITY a "哈">'
    + "".join(f'<!ENTITY {name} "{f"&{of};" * 10}">' for of, name in pairwise("abcdefghi"))
    + "]>"
)
"""A billion laughs, once &i; is put in."""
OUTSIDE = '<!DOCTYPE d [<!ENTITY i SYSTEM "file:///etc/passwd">]>'
_WORDS = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
)


def word(parts: dict[str, bytes] | None = None) -> bytes:
    """A Word document, with parts more or others."""
    plain, changed = io.BytesIO(), io.BytesIO()
    document = docx.Document()
    document.add_paragraph("第一条 内容。")
    document.save(plain)
    parts = parts or {}
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return changed.getvalue()


def word_saying(declared: str) -> bytes:
    """A Word document whose text is an entity."""
    text = f"{_WORDS}<w:p><w:r><w:t>&i;</w:t></w:r></w:p></w:body></w:document>"
    return word({"word/document.xml": (declared + text).encode()})


def nested_zips(depth: int = 5) -> bytes:
    """A zip in a zip in a zip, ten of each; at the bottom ten megabytes of nothing."""
    content = bytes(10 * 2**20)
    for _ in range(depth):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
            for number in range(10):
                packed.writestr(f"{number}.zip", content)
        content = file.getvalue()
    return content


def word_understating() -> bytes:
    """Its text unpacks to forty megabytes and says that it has a thousand bytes."""
    long = f"{_WORDS}{'<w:p/>' * 7_000_000}</w:body></w:document>".encode()
    content = bytearray(word({"word/document.xml": long}))
    real = struct.pack("<I", len(long))
    assert content.count(real) >= 2
    return bytes(content.replace(real, struct.pack("<I", 1000)))


def pdf(objects: Sequence[bytes]) -> bytes:
    """A PDF of objects, the first of them its root; readers find them without a table."""
    told = b"".join(b"%d 0 obj%sendobj\n" % (n, each) for n, each in enumerate(objects, start=1))
    return b"%PDF-1.4\n" + told + b"trailer<</Root 1 0 R>>\n%%EOF"


def pdf_of(kids: bytes, count: int, *more: bytes) -> bytes:
    """A PDF by the nodes of its page tree."""
    pages = b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, count)
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", pages, *more])


def pdf_drawn(content: bytes) -> bytes:
    """A PDF of one page."""
    packed = zlib.compress(content, 9)
    return pdf_of(
        b"3 0 R",
        1,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Contents 4 0 R/Resources<<>>>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream " % (len(packed), packed),
    )


def pdf_of_forms(depth: int = 7) -> bytes:
    """A drawing that draws another fifty times, which draws another fifty times …"""
    forms = []
    for number in range(5, 5 + depth):
        drawn = b"/X Do " * 50 if number < 4 + depth else b"0 0 m 9 9 l S "
        head = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
        forms.append((head + b"/Length %d>>stream\n") % (number + 1, len(drawn)) + drawn)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Contents 4 0 R"
    page += b"/Resources<</XObject<</X 5 0 R>>>>>>"
    ended = [form + b"endstream " for form in forms]
    return pdf_of(b"3 0 R", 1, page, b"<</Length 6>>stream\n/X Do endstream ", *ended)


def pdf_written(content: bytes) -> bytes:
    """A PDF of one page that has a font."""
    packed = zlib.compress(content, 9)
    return pdf_of(
        b"3 0 R",
        1,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream " % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )


def pdf_of_pieces(number: int) -> bytes:
    """Two letters each, all over the page."""
    at = ((k % 500, k * 7 % 800) for k in range(number))
    return pdf_written(
        b"BT /F 8 Tf %s ET" % b"".join(b"1 0 0 1 %d %d Tm (ab) Tj " % place for place in at)
    )


_SAID = b"BT /F 12 Tf 20 800 Td (%s) Tj ET " % (b"Words that can be read. " * 4)


def pdf_of_lines(number: int) -> bytes:
    """A text, and lines all over it."""
    drawn = (
        b"%d %d m %d %d l S\n" % (k % 590, k % 780, k % 590 + 3, k % 780) for k in range(number)
    )
    return pdf_written(_SAID + b"".join(drawn))


def pdf_of_boxes(number: int) -> bytes:
    """A text, and small tables of two cells each."""
    places = ((12 * (k % 48), 13 * (k // 48 % 60)) for k in range(number))
    drawn = (
        b"%d %d 8 8 re S %d %d m %d %d l S\n" % (x, y, x + 4, y, x + 4, y + 8) for x, y in places
    )
    return pdf_written(_SAID + b"".join(drawn))


def word_of_styles(number: int) -> bytes:
    """Each style is based on the next one, and every paragraph has the first."""
    spaces = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="s{n}"><w:basedOn w:val="s{n + 1}"/></w:style>'
        for n in range(number)
    )
    text = '<w:p><w:pPr><w:pStyle w:val="s0"/></w:pPr><w:r><w:t>第一条 内容。</w:t></w:r></w:p>'
    return word(
        {
            "word/styles.xml": f"<w:styles {spaces}>{styles}</w:styles>".encode(),
            "word/document.xml": f"{_WORDS}{text * 1000}</w:body></w:document>".encode(),
        }
    )


def word_of_levels(number: int) -> bytes:
    """A list of more levels than any list has, all of them counted for every paragraph."""
    spaces = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="9999999999"/><w:numFmt w:val="lowerRoman"/>'
        f'<w:lvlText w:val="%1%2"/></w:lvl>'
        for n in range(number)
    )
    listed = f'<w:numPr><w:ilvl w:val="{number - 1}"/><w:numId w:val="1"/></w:numPr>'
    text = f"<w:p><w:pPr>{listed}</w:pPr><w:r><w:t>第一条 内容。</w:t></w:r></w:p>"
    first = text.replace(f'"{number - 1}"', '"0"')
    return word(
        {
            "word/numbering.xml": f"<w:numbering {spaces}>"
            f'<w:abstractNum w:abstractNumId="1">{levels}</w:abstractNum>'
            '<w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>'
            "</w:numbering>".encode(),
            "word/document.xml": f"{_WORDS}{first}{text * 1000}</w:body></w:document>".encode(),
        }
    )


def word_of_tabs(number: int) -> bytes:
    """A paragraph of tabs, as if it stood in a contents page."""
    run = f"<w:r><w:t>第一条 内容。</w:t>{'<w:tab/>' * number}<w:t>甲</w:t></w:r>"
    return word({"word/document.xml": f"{_WORDS}<w:p>{run}</w:p></w:body></w:document>".encode()})


def word_of_nested_tables(depth: int, number: int) -> bytes:
    """Tables in tables, and in the innermost one paragraphs of many runs."""
    opened, ended = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"
    runs = "<w:r><w:t>第一条 内容。</w:t></w:r>" * number
    text = f"{opened * depth}<w:p>{runs}</w:p>{ended * depth}"
    return word({"word/document.xml": f"{_WORDS}{text}</w:body></w:document>".encode()})


def locked_pdf() -> bytes:
    """A PDF with a password, by the strongest of the format's ciphers."""
    writer, file = PdfWriter(), io.BytesIO()
    writer.add_blank_page(300, 400)
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(file)
    return file.getvalue()


def giant(form: str) -> bytes:
    """A picture of some bytes that claims to be larger than any memory."""
    file = io.BytesIO()
    Image.new("L", (16, 16)).save(file, form)
    content = bytearray(file.getvalue())
    if form == "png":
        content[16:24] = struct.pack(">II", 60_000, 60_000)
        content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    elif form == "jpeg":
        at = content.index(b"\xff\xc0") + 5
        content[at : at + 4] = struct.pack(">HH", 65_000, 65_000)
    elif form == "tiff":
        for tag in (256, 257):  # its width and its height
            at = content.index(struct.pack("<HHI", tag, 4, 1))
            content[at + 8 : at + 12] = struct.pack("<I", 60_000)
    else:
        at = content.index(b"\x9d\x01\x2a") + 3
        content[at : at + 4] = struct.pack("<HH", 16_383, 16_383)
    return bytes(content)
