"""The forms of Chinese legal and policy text: every rule that recognises one lives here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

_HAN_NUMBER = "[一二三四五六七八九十百千零〇○两]+"
_NUMBER = rf"(?:{_HAN_NUMBER}|\d+)"

ARTICLE = re.compile(rf"^(第\s*{_NUMBER}\s*条(?:之{_HAN_NUMBER})?)(?=[\s　]|$)[\s　]*(.*)$")
ARTICLE_RUN_IN = re.compile(
    rf"^(第{_NUMBER}条(?:之{_HAN_NUMBER})?)(?=[^\s，。、；和与及或至到的款项规所之第中关以等同])[：:]?(.*)$"
)
"""`第三条为了……`: an article only where its number is the next one."""
LISTED = re.compile(rf"^(?:\d{{1,2}}|{_HAN_NUMBER})[、.．]")
PREAMBLE = re.compile(r"^[序前]\s*言$")
CLOSING = re.compile(r"^附\s*则$")
ANNEX = re.compile(
    rf"^((?:附件|附表|附录|附图)\s*(?:[（(]?{_NUMBER}[）)]?)?|附(?!\s*则))"
    r"(?:\s*[：:]\s*|\s+|$)([^。；]{0,60})$"
)
"""What follows the last article: `附件一`, `附件1：操作规程`, `附：收费标准`."""
CHAPTER = re.compile(
    rf"^(第{_NUMBER}(编|分编|章|节))(?:[\s　]+|(?=[^\s，。；：、]{{1,20}}$))(\S.*)$"
)
LEVEL_1 = re.compile(rf"^({_HAN_NUMBER})、(.*)$")
LEVEL_2 = re.compile(rf"^[（(]({_HAN_NUMBER})[）)]\s*(.*)$")
LEVEL_3 = re.compile(r"^(\d{1,2})[.．](?!\d)\s*(.*)$")
ITEM = re.compile(rf"^[（(]({_HAN_NUMBER})[）)]")
SUB_ITEM = re.compile(r"^\d{1,2}[.．](?!\d)")
BOX = re.compile(r"^专栏\s*(\d+)\s*(.*)$")
YEAR = re.compile(r"^\d{4}\s*年$")
ATTRIBUTION = re.compile(
    r"^——\s*((\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日"
    r"(?:\s*[—\-至、]+\s*(?:\d{1,2}\s*月\s*)?\d{1,2}\s*日)?)[，,]?(.*)$"
)
ENACTED = re.compile(r"^\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s")
CONTENTS = re.compile(r"^目\s*录$")
TITLE_NOTE = re.compile(
    r"^[（(]\s*(\d{4}\s*年\s*\d{1,2}\s*月(\s*\d{1,2}\s*日)?|\S{0,4}稿)\s*[）)]$"
)
ATTACHMENT_MARK = re.compile(rf"^附件\s*({_NUMBER}?)$")
ATTACHMENT_LIST = re.compile(r"^附件[：:]\s*(.*)$")
DUTIES = re.compile(
    r"[（(](?:(?:牵头|责任|配合)单位[：:][^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)*"
    r"|[^（）()。]*分工负责[^（）()。]*)[）)]"
)

_LIST_MARK = re.compile(r"^[-*]\s+(?=[（(\d])")
_MARKS = re.compile(r"^#{1,6}\s+|\*\*|</?p>|<!--.*?-->")
_SPACED_TITLE = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")

_SENTENCE_END = tuple("。！？；：…!?;:”")
_OPENING, _CLOSING = "（(《〈", "）)》〉"
_HEADING_LIMIT = 40
_BARE_HEADING_LIMIT = 20
_PUNCTUATION = re.compile(r"[，。、；：！？…（）()《》“”\",.;:!?\d]")

_NO_TITLE = re.compile(r"^[（(]|[。；，：]")


_FEWEST_RUN_IN = 4
"""A text that begins so many paragraphs with an article's number is made of articles."""


class Form(Enum):
    """How a document is built."""

    ARTICLES = "articles"
    OUTLINE = "outline"
    QUOTES = "quotes"
    ANNEX = "annex"
    """What stands behind the articles of a law; no form of a whole document."""


def form_of(texts: Iterable[str]) -> Form:
    """The form of a document, read off its lines."""
    lines = [unmarked(text) for text in texts]
    run_in = sum(1 for line in lines if ARTICLE_RUN_IN.match(line))
    if sum(1 for line in lines if ARTICLE.match(line)) > 1 or run_in > _FEWEST_RUN_IN:
        return Form.ARTICLES
    if any(ATTRIBUTION.match(line) for line in lines):
        return Form.QUOTES
    return Form.OUTLINE


def unmarked(text: str) -> str:
    """The line without the marks of a typesetter: of Markdown, HTML and comments."""
    return _MARKS.sub("", _LIST_MARK.sub("", text.strip())).strip()


def tight(text: str) -> str:
    """Without any white space: for comparing titles."""
    return re.sub(r"\s+", "", text)


def title_of(text: str) -> str:
    """A heading as a person writes it: `总 则` is 总则; no full stop behind it."""
    return _SPACED_TITLE.sub("", text).strip().removesuffix("。")


def is_heading(text: str) -> bool:
    """The line is a heading and nothing else: short, numbered, no full stop inside."""
    numbered = any(form.match(text) for form in (CHAPTER, LEVEL_1, LEVEL_2, LEVEL_3, BOX))
    return numbered and "。" not in text and len(text) <= _HEADING_LIMIT


def is_bare_heading(text: str) -> bool:
    """A heading that has lost its number: a short line without any punctuation."""
    return bool(text) and len(text) <= _BARE_HEADING_LIMIT and not _PUNCTUATION.search(text)


def is_title(text: str) -> bool:
    """The line could be the title of an attachment or a table: short, no part of a sentence."""
    return len(text) <= _HEADING_LIMIT and not _NO_TITLE.search(text)


def is_unfinished(text: str) -> bool:
    """The sentence goes on behind a page end.

    An open bracket goes on; a closing one ends a sentence only where a sentence ended before it
    (`……。（责任单位：省发展改革委）`) or where it is all there is.
    """
    opened = sum(text.count(c) for c in _OPENING) - sum(text.count(c) for c in _CLOSING)
    if opened > 0:
        return True
    stem = text
    while stem and stem[-1] in "）)":
        start = _bracket_start(stem)
        if start is None:
            return False
        stem = stem[:start]
    return bool(stem) and not stem.endswith(_SENTENCE_END)


def is_quoting(text: str, before: bool) -> bool:
    """Whether a quotation is open behind the text; `before`: whether one was before it.

    Every paragraph of a quotation opens it anew, and the last one closes it.
    """
    opened, closed = text.rfind("“"), text.rfind("”")
    return before if opened == closed else opened > closed


def _bracket_start(text: str) -> int | None:
    """Where the bracket that ends the text was opened."""
    depth = 0
    for position in range(len(text) - 1, -1, -1):
        if text[position] in "）)":
            depth += 1
        elif text[position] in "（(":
            depth -= 1
            if depth == 0:
                return position
    return None


@dataclass(frozen=True)
class Heading:
    """A recognised heading of a policy text."""

    level: int
    label: str
    """How a locator names it: `三、`, `（二）`, `4.`, or the title where no number is printed."""
    title: str
    """Label and title, as a breadcrumb shows it."""
    alone: bool
    """Nothing but the heading stands on the line."""
    number: int | None = None


def heading_of(text: str) -> Heading | None:
    """The heading with which the line begins, run-in or alone."""
    if match := LEVEL_1.match(text):
        return _heading(1, f"{match[1]}、", match[2])
    if match := LEVEL_2.match(text):
        return _heading(2, f"（{match[1]}）", match[2])
    if match := LEVEL_3.match(text):
        return _heading(3, f"{int(match[1])}.", match[2], int(match[1]))
    return None


def _heading(level: int, label: str, rest: str, number: int | None = None) -> Heading:
    title, _, run_in = rest.partition("。")
    if len(title) > _HEADING_LIMIT:
        return Heading(level, label, label, alone=False, number=number)
    return Heading(level, label, label + title_of(title), alone=not run_in.strip(), number=number)
