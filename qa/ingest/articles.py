"""Laws and regulations: 编, 章, 节, 条, with 款 and 项 as parts of an article."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from qa.ingest import forms
from qa.ingest.annexes import read_annex, split_annexes
from qa.ingest.draft import Draft, Outline, numbered_apart
from qa.ingest.numerals import to_han
from qa.ingest.outlines import read_outline
from qa.ingest.pages import Block
from qa.ingest.provision import Part

_ACT = "act"
_RANKS = (_ACT, "编", "篇", "部分", "分编", "章", "节", "目", "一、", "（一）", "")
"""Outermost first: a text within the text; last what has no number, so that any other ends it."""

_SEEN_AHEAD = 3
"""A heading is told by what stands below it: `一、`, `（一）`, an article."""


def read_articles(blocks: Sequence[Block]) -> Outline:
    """The articles of a law, each with its headings.

    Text before the first article is the 引言, or the items of the decision that the law follows;
    text between a heading and its first article is a section that the heading names.
    """
    blocks, annexes = split_annexes(_with_whole_headings(blocks))
    decided, blocks = _split_decision(blocks)
    outline = read_outline(decided) if decided else Outline()
    headings: dict[str, str] = {}
    quoting = False
    last = (0, 0)
    current = Draft("section", "引言", ())
    for n, block in enumerate(blocks):
        following = blocks[n + 1] if n + 1 < len(blocks) else None
        part = Part(label="", text=block.plain, line=block.line)
        within = quoting
        quoting = forms.is_quoting(block.text, quoting)
        if match := _chapter(block, following, last, quoting=within):
            rank, quoting = forms.rank_of(match), False
            headings = {r: h for r, h in headings.items() if r not in _RANKS[_RANKS.index(rank) :]}
            mark = forms.tight(match[1])
            headings[rank] = f"{mark} {forms.title_of(match[3])}".strip()
            current = Draft("section", mark, _above(headings))
            outline.chapters += rank == "章"
            outline.sections += rank == "节"
        elif match := _article(block, last, quoting=within):
            quoting = forms.is_quoting(block.text, before=False)
            last = forms.article_number(match[1])
            current = Draft("article", _article_locator(match[1]), _above(headings), [part])
            outline.drafts.append(current)
        elif kept := _heading(blocks[n : n + _SEEN_AHEAD], current, headings):
            headings = kept
            current = Draft("section", forms.title_of(block.text), _above(headings))
        elif current.parts or not forms.TITLE_NOTE.match(block.text):
            if not current.parts:
                outline.drafts.append(current)
            current.parts.append(part)
    for draft in outline.drafts:
        if draft.kind == "article":
            draft.parts = _labelled(draft.parts)
    for annex in annexes:
        outline.drafts += read_annex(annex, read_articles).drafts
    numbered_apart(outline.drafts)
    return outline


def _with_whole_headings(blocks: Sequence[Block]) -> Sequence[Block]:
    """`第一章` and its title on the next line as one block."""
    whole: list[Block] = []
    for block in blocks:
        before = whole[-1].text if whole else ""
        numbered = any(form.match(block.text) for form in forms.BEGINNINGS)
        titled = not numbered and not block.is_table and forms.is_title(block.text)
        if titled and forms.LONE_CHAPTER.match(before):
            whole[-1] = Block(whole[-1].line, f"{before} {block.text}")
        else:
            whole.append(block)
    return whole


def _split_decision(blocks: Sequence[Block]) -> tuple[Sequence[Block], Sequence[Block]]:
    """The items of the decision that stands above a law, and the law itself."""
    quoting = False
    items: list[str] = []
    for n, (block, following) in enumerate(zip_longest(blocks, blocks[1:])):
        begins = forms.ARTICLE.match(block.text) or forms.CHAPTER.match(block.text)
        titled = following and forms.is_title_of_act(block.text, following.text)
        if (begins and not quoting) or titled:
            return (blocks[:n], blocks[n:]) if items[:2] == ["一", "二"] else ((), blocks)
        if match := forms.LEVEL_1.match(block.text):
            quoting = False
            items.append(match[1])
        quoting = forms.is_quoting(block.text, quoting)
    return (), blocks


def _chapter(
    block: Block, following: Block | None, last: tuple[int, int], *, quoting: bool
) -> re.Match[str] | None:
    """A heading; within a quotation only where the article below it is the next one."""
    match = forms.CHAPTER.match(block.text) or forms.LONE_CHAPTER.match(block.text)
    if match is None or not quoting:
        return match
    return match if following and _article(following, last, quoting=True) else None


def _article(block: Block, last: tuple[int, int], *, quoting: bool) -> re.Match[str] | None:
    """The number with which an article begins; within a quotation only where it is the next."""
    match = forms.ARTICLE.match(block.text)
    if match and not quoting:
        return match
    match = match or forms.ARTICLE_RUN_IN.match(block.text)
    return match if match and _follows(match[1], last) else None


def _follows(printed: str, last: tuple[int, int]) -> bool:
    """Whether an article's number is the one behind the last one."""
    number = forms.article_number(printed)
    return number in ((last[0] + 1, 0), (last[0], last[1] + 1), (last[0], 2))


def _heading(
    blocks: Sequence[Block], current: Draft, headings: dict[str, str]
) -> dict[str, str] | None:
    """The headings from here on, where the first line is one that is no 编, 章, 节."""
    block, rest = blocks[0], blocks[1:]
    if not rest or block.is_table:
        return None
    text, title = block.text, forms.title_of(block.text)
    if forms.is_title_of_act(text, rest[0].text) or _is_year(block, rest[0]):
        return {_ACT: title}
    if rank := _number_of_heading(blocks, current, headings):
        outer = {r: h for r, h in headings.items() if r not in _RANKS[_RANKS.index(rank) :]}
        return {**outer, rank: title}
    if not headings and current.kind == "section" and forms.PREAMBLE.match(text):
        return {"": title}
    if _is_bare_heading(block, current, rest[0]):
        return {"": title} | {r: h for r, h in headings.items() if r == _ACT}
    return None


def _is_year(block: Block, following: Block) -> bool:
    """`1993年` above the amendments of that year."""
    adopted = forms.ADOPTED.match(following.text) or forms.ARTICLE.match(following.text)
    return bool(forms.YEAR.match(block.text) and adopted)


def _number_of_heading(blocks: Sequence[Block], current: Draft, headings: dict[str, str]) -> str:
    """`一、` of a line `一、一般规定` above articles, `（一）` below such a one; else empty.

    An item of an article follows a colon or another item.
    """
    heading = forms.heading_of(blocks[0].text)
    if heading is None or heading.level > 2 or not heading.alone:
        return ""
    rank = "一、" if heading.level == 1 else "（一）"
    bare = forms.is_bare_heading(heading.title.removeprefix(heading.label))
    if not bare or (rank == "（一）" and "一、" not in headings):
        return ""
    before = current.parts[-1].text if current.kind == "article" else ""
    if before.endswith(("：", ":")) or forms.LEVEL_1.match(before) or forms.ITEM.match(before):
        return ""
    inner = {**headings, rank: heading.title}
    below = len(blocks) > 2 and _number_of_heading(blocks[1:], Draft("section", "", ()), inner)
    return rank if below == "（一）" or forms.ARTICLE.match(blocks[1].text) else ""


def _above(headings: dict[str, str]) -> tuple[str, ...]:
    return tuple(headings[rank] for rank in _RANKS if rank in headings)


def _is_bare_heading(block: Block, current: Draft, following: Block) -> bool:
    """`附则` without a number: a short line between the end of an article and the next one."""
    begins = forms.is_bare_heading(block.text) and forms.ARTICLE.match(following.text) is not None
    if not begins or current.kind != "article":
        return False
    return bool(forms.CLOSING.match(block.text)) or not forms.is_unfinished(current.parts[-1].text)


def _article_locator(printed: str) -> str:
    """`第21条之1` as laws write it: 第二十一条之一."""
    number, sub = forms.article_number(printed)
    if not number:  # a misprint such as 第十百条
        return forms.tight(printed)
    return f"第{to_han(number)}条{f'之{to_han(sub)}' if sub else ''}"


def _labelled(parts: Sequence[Part]) -> list[Part]:
    """Name each part by its 款 and 项; an article of one 款 names the 项 alone."""
    alone = _is_title(parts)
    kinds = _kinds(parts)
    paragraphs = kinds.count("") - alone
    labelled: list[Part] = []
    paragraph = -alone
    item = ""
    for part, kind in zip(parts, kinds, strict=True):
        if not kind:
            paragraph += 1
            item = ""
        elif kind != _BELOW:
            item = f"第（{kind}）项"
        head = f"第{to_han(paragraph)}款" if paragraphs > 1 and paragraph else ""
        labelled.append(part.model_copy(update={"label": head + item}))
    return labelled


_BELOW = "below"
"""What stands below a 项."""


def _kinds(parts: Sequence[Part]) -> list[str]:
    """The number of the 项 that begins with each part; empty for a 款.

    Where an article has no （一）, its 1. are the 项.
    """
    kinds = [_kind(part, before) for part, before in zip(parts, [None, *parts], strict=False)]
    if any(kind not in ("", _BELOW) for kind in kinds):
        return kinds
    numbers = [forms.LEVEL_3.match(part.text) for part in parts]
    return [to_han(int(m[1])) if m else kind for m, kind in zip(numbers, kinds, strict=True)]


def _kind(part: Part, before: Part | None) -> str:
    """The number of the 项 that begins here; empty for a 款."""
    if match := forms.ITEM.match(part.text):
        return match[1]
    match = forms.LEVEL_1.match(part.text)
    if match and before and (before.text.endswith(("：", ":")) or forms.LEVEL_1.match(before.text)):
        return match[1]
    below = forms.SUB_ITEM.match(part.text) or "\t" in part.text  # a table is no 款
    return _BELOW if before and below else ""


def _is_title(parts: Sequence[Part]) -> bool:
    """`第一条` or `第一条 目的` on a line of its own: the number, and no 款."""
    match = forms.ARTICLE.match(parts[0].text)
    if match is None or len(parts) < 2 or _kind(parts[1], parts[0]):
        return False
    return not match[2] or forms.is_bare_heading(match[2])
