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
