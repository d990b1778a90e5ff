"""The forms of Chinese legal and policy text: every rule that recognises one lives here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from qa.ingest.numerals import to_int

_HAN_NUMBER = "[一二三四五六七八九十百千零〇○两]+"
_NUMBER = rf"(?:{_HAN_NUMBER}|\d+)"
_SPACED = rf"\s*(?:{_HAN_NUMBER.removesuffix('+')}\s*|\d\s*)+"
_ARTICLE = rf"(第{_SPACED}[条條](?:\s*之\s*(?:{_HAN_NUMBER}|\d{{1,2}}))?)"
_REFERENCE = (
    "[，。；,;）)和与或至的款项]|及(?!时)|到第|第|、\\s*第|规定|所(?:列|规定|称|述|指|定)"
    "|中(?:的|所|规定|有关|关于|第|，|“)|之|关于|以(?:外|内|及)|等(?:规定|条|款|，)"
)
"""How a sentence goes on that speaks of an article."""

ARTICLE = re.compile(rf"^{_ARTICLE}(?=[\s　【]|$)[\s　]*(.*)$")
"""`第三条 为了……`, `第 三 条`, `第3条`, `第三条之一`, `第三条【目的】`, or the number alone."""
ARTICLE_RUN_IN = re.compile(rf"^{_ARTICLE}(?!\s|{_REFERENCE})[：:、.．]?\s*(.+)$")
"""`第三条为了……`, `第三条：为了……`: an article only where its number is the next one."""
LISTED = re.compile(rf"^(?:\d{{1,2}}|{_HAN_NUMBER})[、.．]")
PREAMBLE = re.compile(r"^(?:[序前引导導]\s*言|序)$")
CLOSING = re.compile(r"^附\s*[则則]$")
ANNEX = re.compile(
    rf"^((?:附件|附表|附录|附錄|附图|附圖)\s*(?:[（(]?{_NUMBER}[）)]?|[A-Z](?![A-Za-z]))?|附(?!\s*[则則]))"
    r"(?:\s*[：:]\s*|\s+|$)([^。；]{0,60})$"
)
"""What follows the last article: `附件一`, `附件1：操作规程`, `附：收费标准`."""
_RANKED = rf"(第{_SPACED}(编|編|分编|分編|章|节|節|篇|部分|目))"
CHAPTER = re.compile(rf"^{_RANKED}(?:[\s　]+|(?<![篇分目])(?=[^\s，。；：、]{{1,20}}$))(\S.*)$")
LONE_CHAPTER = re.compile(rf"^{_RANKED}()$")
"""`第一章` with its title on the next line, or without one."""
LEVEL_1 = re.compile(rf"^({_HAN_NUMBER})、(.*)$")
LEVEL_2 = re.compile(rf"^[（(]({_HAN_NUMBER})[）)]\s*(.*)$")
LEVEL_3 = re.compile(r"^(\d{1,3})[.．、](?!\d)\s*(.*)$")
ITEM = re.compile(rf"^[（(]({_HAN_NUMBER})[）)]")
SUB_ITEM = re.compile(
    r"^(?:\d{1,2}(?:[.．](?!\d)|[、)）])|[（(]\s*(?:\d{1,2}|[a-zA-Z])\s*[）)]|[a-z][.、)）]|[①-⑳⑴-⒇])"
)
"""`1.`, `1、`, `（1）`, `①`, `(a)`: below the items of a law."""
BOX = re.compile(r"^专栏\s*(\d+)\s*(.*)$")
YEAR = re.compile(r"^(?:\d{4}|[一二][〇○零一二三四五六七八九]{3})\s*年$")
ATTRIBUTION = re.compile(
    r"^——\s*((\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日"
    r"(?:\s*[—\-至、]+\s*(?:\d{1,2}\s*月\s*)?\d{1,2}\s*日)?)[，,]?(.*)$"
)
DATED = re.compile(r"^[（(]\s*\d{4}\s*年")
"""`（2010年8月28日……通过）`, below a title."""
ADOPTED = re.compile(r"^[（(]\s*\d{4}\s*年[^。]*(?:通过|通過|批准|公布|发布|發布|修正|修订|修訂)")
ENACTED = re.compile(r"^\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\s")
ENDS_TITLE = re.compile(
    r"(?:法典?|[总分附]则|编|条例|办法|规定|细则|规则|规程|规范|规划|纲要|意见|方案|计划|通知|决定|决议|"
    r"解释|批复|修正案|标准|清单|目录|指南|要点|公告|报告|讲话|摘编|條例|辦法|規定|細則|規則|規程|規範|"
    r"決定|解答|问答|答复|复函|纪要|守则|准则|章程|导则|公约|条约|协定|议定书|宣言|声明|通告|通报|措施|"
    r"制度|名录|预案|程序)"
    r"(?:[（(][^（()）]{1,20}[）)])*》?$"
)
CONTENTS = re.compile(r"^目\s*[录錄次]$")
TITLE_NOTE = re.compile(
    r"^[（(]\s*(\d{4}\s*年\s*\d{1,2}\s*月(\s*\d{1,2}\s*日)?|\S{0,4}稿)\s*[）)]$"
)
BEGINNINGS = (ARTICLE, CHAPTER, LONE_CHAPTER, LEVEL_1, CONTENTS, PREAMBLE)
"""How the text itself begins, below its title and what is told of it."""
DAY_ALONE = re.compile(
    r"^(?:\d{4}|[〇○零一二三四五六七八九]{4})\s*年\s*[\d一二三四五六七八九十]{1,3}\s*月"
    r"\s*[\d一二三四五六七八九十]{1,3}\s*日$"
)
FIELD = re.compile(
    "^[【\\[]?(?:公布|发布|颁布|印发|成文|实施|施行|生效|发文)(?:日期|时间|机关|机构|单位|字号|文号)"
    "|^(?:文号|时效性|效力级别)\\s*[：:]"
)
"""`发布日期：2021年7月30日`, as databases print it."""
PAGE_NUMBER = re.compile(
    r"^(?:[—–－-]+\s*\d{1,4}\s*[—–－-]+|第\s*\d{1,4}\s*页(?:\s*[，,/]?\s*共\s*\d{1,4}\s*页)?)$"
)
"""`— 3 —`, `第 3 页 共 8 页`, on a line of its own."""
ATTACHMENT_MARK = re.compile(rf"^附件\s*({_NUMBER}?)$")
ATTACHMENT_LIST = re.compile(r"^附件[：:]\s*(.*)$")
DUTIES = re.compile(
    r"[（(](?:(?:牵头|责任|配合)单位[：:][^（）()]*(?:[（(][^（）()]*[）)][^（）()]*)*"
    r"|(?=[^（）()。]*分工负责)[^（）()。]*)[）)]"
)

_LIST_MARK = re.compile(r"^[-*]\s+(?=[（(\d])")
_MARKS = re.compile(r"^#{1,6}\s+|(?<=\s)#{1,6}$|\*\*|</?p>")
_COMMENT = re.compile(r"<!--.*?-->")
_SPACED_TITLE = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")

_SENTENCE_END = tuple('。！？；：…!?;:”』」"')
_OPENING, _CLOSING = "（(《〈", "）)》〉"
_HEADING_LIMIT = 40
_BARE_HEADING_LIMIT = 20
_PUNCTUATION = re.compile(r"[，。、；：！？…（）()《》“”\",.;:!?\d]")

_NO_TITLE = re.compile(r"^[（(]|[。；，：]")


_MOST_ARTICLES = 9999
"""A larger number is a misprint."""
_FEWEST_ARTICLES = 2
"""A text with so many articles in succession is made of articles."""


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
    if _articles(lines) >= _FEWEST_ARTICLES:
        return Form.ARTICLES
    if any(ATTRIBUTION.match(line) for line in lines):
        return Form.QUOTES
    first = next((n for n, line in enumerate(lines) if ARTICLE.match(line)), None)
    if first is not None and not any(LEVEL_1.match(line) for line in lines):
        return Form.ARTICLES if _articles(lines[first:]) == 1 else Form.OUTLINE
    return Form.OUTLINE


def _articles(lines: Iterable[str]) -> int:
    """How many articles there are: those that a text quotes are none of its own."""
    found, last, quoting = 0, 0, False
    for line in lines:
        match = ARTICLE.match(line) or ARTICLE_RUN_IN.match(line)
        number = article_number(match[1])[0] if match else 0
        if match and (number == last + 1 or (ARTICLE.match(line) and not quoting)):
            found, last, quoting = found + 1, number, False
        quoting = is_quoting(line, quoting)
    return found


def article_number(printed: str) -> tuple[int, int]:
    """`第二十一条之二` as (21, 2), `第 21 条` as (21, 0); (0, 0) where that is no number."""
    number, mark, sub = tight(printed).removeprefix("第").replace("條", "条").partition("条")
    try:
        found = (to_int(number), to_int(sub[1:]) if sub[:1] == "之" else 0) if mark else (0, 0)
    except ValueError:  # a misprint such as 第十百条
        return (0, 0)
    return found if max(found) <= _MOST_ARTICLES else (0, 0)


def rank_of(chapter: re.Match[str]) -> str:
    """The rank of a heading: 编, 章, 节 …"""
    return chapter[2].replace("編", "编").replace("節", "节")


def is_title_of_act(text: str, following: str) -> bool:
    """The title of a text within a text: `（1993年……通过）` stands below it."""
    numbered = any(form.match(text) for form in (*BEGINNINGS, LEVEL_2, LEVEL_3, ANNEX))
    titled = not numbered and is_title(text) and ENDS_TITLE.search(text)
    return bool(titled and ADOPTED.match(following))


def unmarked(text: str) -> str:
    """The line without the marks of a typesetter: of Markdown, HTML and comments."""
    text = _LIST_MARK.sub("", text.strip())
    if "<!--" in text:
        closed = text.rfind("-->") + 3  # behind it, each <!-- would be followed to the end
        text = _COMMENT.sub("", text[:closed]) + text[closed:]
    return _MARKS.sub("", text).strip()


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
    end = len(text)
    while end and text[end - 1] in "）)":
        start = _bracket_start(text, end)
        if start is None:
            return False
        end = start
    return bool(end) and not text.endswith(_SENTENCE_END, 0, end)


def is_quoting(text: str, before: bool) -> bool:
    """Whether a quotation is open behind the text; `before`: whether one was before it.

    Every paragraph of a quotation opens it anew, and the last one closes it.
    """
    opened = max(text.rfind(mark) for mark in "“「『")
    closed = max(text.rfind(mark) for mark in "”」』")
    if opened == closed and text.count('"') % 2:
        return text.startswith('"') or not before
    return before if opened == closed else opened > closed


def _bracket_start(text: str, end: int) -> int | None:
    """Where the bracket was opened that closes just before `end`."""
    depth = 0
    for position in range(end - 1, -1, -1):
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
