"""Web pages of the government: what readability finds to be the text, and its title."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import lxml.etree
import lxml.html
from lxml.etree import LxmlError
from readability import Document
from readability.readability import Unparseable

from qa.errors import DocumentError
from qa.ingest.formats.charsets import decode_page
from qa.ingest.formats.css import Styles
from qa.ingest.formats.hidden import Findings
from qa.ingest.formats.limits import check_lines
from qa.ingest.formats.result import Read
from qa.ingest.readers import Line

_TOLD_UNREAD = frozenset(("noscript", "template", "iframe", "object", "svg", "math"))
"""What may hold words that a page does not show, or not as its text."""
_UNREAD = ("script", "style", "embed", *_TOLD_UNREAD)
_HIDDEN = "hidden"
_TAG = re.compile(r"<[^<>]*>|\[(?:if|endif)[^\[\]]*\]")
_LONG_ASIDE = 20
"""Characters from which a comment or the words for a picture are reported."""
_BLOCKS = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        *("h1", "h2", "h3", "h4", "h5", "h6"),
        "footer",
        "header",
        "hr",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "ul",
    )
)
_NAVIGATION = ("nav", "header", "footer", "aside")
_SITE = re.compile(r"\s*[_\-|—–]+\s*[^_\-|—–]*(网|政府|官网|门户|平台|China)[^_\-|—–]*$")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What no XML may hold; lxml refuses to write it."""
_ENTITY = re.compile(r"<!ENTITY", re.IGNORECASE)
_ELEMENTS = 200_000
"""Three times as many as a long statute or a table of five thousand rows has."""
_TANGLED = 2_000_000
"""Elements, each counted as often as others stand around it."""
_READABLE = 20_000
"""Elements up to which readability looks for the text among them: it goes through them often."""
_ATTRIBUTES, _ALL_ATTRIBUTES = 200, 600_000
"""Of one element, as libxml2 looks through all of them for each; and of all."""
_LONGEST_TITLE = 500
_LEAST = 0.6
"""Of the page's articles and long paragraphs: what readability must have kept."""


def read_page(path: Path) -> Read:
    """The paragraphs of a web page; nothing is fetched."""
    text = _CONTROLS.sub("", decode_page(path.read_bytes(), path.name))
    if _ENTITY.search(text):
        raise DocumentError(f"{path.name} 里定义了 XML 实体；不接收，请用浏览器重新保存后再加入。")
    # Without its declaration: a text that is decoded already has no encoding any more.
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    findings = Findings()
    try:
        lxml.etree.fromstring(text, lxml.etree.HTMLParser(target=_Gauge(path.name)))
        root = lxml.html.document_fromstring(text)
    except (LxmlError, ValueError) as error:
        raise DocumentError(f"{path.name} 不是网页，或已损坏；请重新保存后再加入。") from error
    if root.find(".//body") is None or not any(True for _ in root.iter("p", "div", "td", "br")):
        raise DocumentError(f"{path.name} 不是网页；请核对后用正确的文件。")
    _take_out(root, findings)
    title = _title(root)
    whole = list(_lines(_without_navigation(root)))
    main = _main(root) if sum(1 for _ in root.iter()) <= _READABLE else []
    kept = main if main and _weight(main) >= _LEAST * _weight(whole) else whole
    check_lines(kept, path.name)
    texts = [seen for t in kept if (seen := findings.seen(t, "网页").strip(" \u3000"))]
    if not texts:
        raise DocumentError(f"{path.name} 里没有正文；请用浏览器保存完整的网页后再加入。")
    if title and not any(re.sub(r"\s", "", title) in re.sub(r"\s", "", t) for t in texts[:8]):
        texts.insert(0, title)
    return Read(
        lines=tuple(Line(number, text) for number, text in enumerate(texts, start=1)),
        pages=None,
        how="html",
        warnings=() if kept is main else ("没能分出网页的正文，读出了整个网页，请核对。",),
        hidden=findings.sentences(),
    )


class _Gauge:
    """Told of every mark of a page before a tree is made of them; refuses what is no page."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._elements = self._attributes = self._depth = self._tangle = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        self._attributes += len(attributes)
        self._count()
        if len(attributes) > _ATTRIBUTES:
            raise DocumentError(
                f"{self._name} 有一个标记带了 {len(attributes):,} 个属性，"
                f"超过上限 {_ATTRIBUTES} 个；请用浏览器重新保存后再加入。"
            )

    def end(self, tag: str) -> None:
        self._depth -= 1

    def comment(self, text: str) -> None:
        self._count()

    def close(self) -> None:
        pass

    def _count(self) -> None:
        self._elements += 1
        self._tangle += self._depth
        many = self._elements > _ELEMENTS or self._attributes > _ALL_ATTRIBUTES
        if many or self._tangle > _TANGLED:
            raise DocumentError(f"{self._name} 的标记太多或嵌套太深；请拆分后再加入。")


def _take_out(root: Any, findings: Findings) -> None:
    """Whatever a reader of the page does not see; hidden words are reported."""
    styles = Styles(root)
    for comment in root.iter(lxml.etree.Comment):
        text = _TAG.sub(" ", comment.text or "")
        if len(text.strip()) >= _LONG_ASIDE:
            findings.add("网页", "注释里", text)
    for element in [each for each in root.iter() if isinstance(each.tag, str)]:
        if element.tag == "form":
            element.tag = "div"
        elif element.tag in _TOLD_UNREAD:
            findings.add("网页", f"标记 {element.tag} 里", element.text_content())
        elif element.tag == "img" and len(element.get("alt", "")) >= _LONG_ASIDE:
            findings.add("网页", "图片替代说明（alt）里", element.get("alt"))
    lxml.etree.strip_elements(root, lxml.etree.Comment, lxml.etree.PI, *_UNREAD, with_tail=False)
    _mark(root, styles, findings)
    lxml.etree.strip_elements(root, _HIDDEN, with_tail=False)


def _mark(root: Any, styles: Styles, findings: Findings) -> None:
    """Name the elements anew that nobody sees; what they hold goes with them."""
    for element in [each for each in root.iter() if each.tag not in ("html", "body")]:
        how = styles.hidden_how(element)
        if not how and styles.has_the_colour_of_its_ground(element):
            how = "与背景同色"
        if how and not any(above.tag == _HIDDEN for above in element.iterancestors()):
            findings.add("网页", how, element.text_content())
            element.tag = _HIDDEN


def _title(root: Any) -> str:
    named = (m.get("content", "") for m in root.iter("meta") if m.get("name") == "ArticleTitle")
    printed = (" ".join(h.text_content() for h in root.iter(tag)) for tag in ("h1", "title"))
    for said in (*named, *printed):
        text = re.sub(r"\s+", " ", said).strip()
        if len(text) > _LONGEST_TITLE:
            return ""
        if text:
            return _SITE.sub("", text)
    return ""


def _main(root: Any) -> list[str]:
    try:
        summary = Document(lxml.html.tostring(root, encoding="unicode")).summary(html_partial=True)
        return list(_lines(lxml.html.fromstring(summary)))
    except (Unparseable, LxmlError, ValueError):
        return []


def _without_navigation(root: Any) -> Any:
    for element in root.iter():
        if element.tag in _NAVIGATION or element.get("role") == "navigation":
            element.tag = _HIDDEN
    lxml.etree.strip_elements(root, _HIDDEN, with_tail=False)
    for element in root.iter("ul", "ol", "div", "table"):
        text = element.text_content().strip()
        linked = sum(len(a.text_content().strip()) for a in element.iter("a"))
        if text and linked > 0.6 * len(text):
            element.tag = _HIDDEN
    lxml.etree.strip_elements(root, _HIDDEN, with_tail=False)
    body = root.find(".//body")
    return root if body is None else body


def _weight(lines: list[str]) -> int:
    """Characters in paragraphs; menus are short."""
    return sum(len(line) for line in lines if len(line) >= 15 or line.startswith("第"))


def _lines(element: Any) -> Iterator[str]:
    """The text of an element, a block a line; rows of tables with tabs."""
    pieces: list[str] = []
    for piece in _pieces(element):
        if piece is not None:
            pieces.append(piece)
            continue
        line = _tidied("".join(pieces))
        pieces = []
        if line:
            yield line
    if line := _tidied("".join(pieces)):
        yield line


def _pieces(element: Any) -> Iterator[str | None]:
    """Pieces of text, and None at the end of every line."""
    if not isinstance(element.tag, str):
        return
    if element.tag == "br":
        yield None
        return
    if element.tag == "tr":
        cells = [" ".join(_lines(c)).replace("\t", " ") for c in element.iterchildren("td", "th")]
        yield None
        yield "\x1f".join(cells) if any(cells) else ""
        yield None
        return
    block = element.tag in _BLOCKS
    if block:
        yield None
    yield re.sub(r"\s+", " ", element.text or "")
    for child in element.iterchildren():
        yield from _pieces(child)
        yield re.sub(r"\s+", " ", child.tail or "")
    if block:
        yield None


def _tidied(text: str) -> str:
    return re.sub(r"[ \xa0\u2002\u2003\u3000]+", " ", text).strip().replace("\x1f", "\t")
