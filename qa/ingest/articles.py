"""Laws and regulations: 编, 章, 节, 条, with 款 and 项 as parts of an article."""

import re
from collections.abc import Sequence
from itertools import zip_longest

from qa.ingest import forms
from qa.ingest.annexes import read_annex, split_annexes
from qa.ingest.draft import Draft, Outline, numbered_apart
from qa.ingest.numerals import to_han
from qa.ingest.pages import Block
from qa.ingest.provision import Part

_RANKS = ("编", "篇", "部分", "分编", "章", "节", "目", "")
"""Outermost first; a heading without a number counts last, so that any other ends it."""


def read_articles(blocks: Sequence[Block]) -> Outline:
    """The articles of a law, each with its headings.

    Text before the first article is the 引言; text between a heading and its first article is a
    section that the heading names.
    """
    blocks, annexes = split_annexes(blocks)
    outline = Outline()
    headings: dict[str, str] = {}
    printed: list[str] = []
    quoting = False
    current = Draft("section", "引言", ())
    for block, following in zip_longest(blocks, blocks[1:]):
        part = Part(label="", text=block.plain, line=block.line)
        within = quoting
        quoting = forms.is_quoting(block.text, quoting)
        if match := _chapter(block, following, current, quoting=within):
            rank, quoting = match[2], False
            headings = {r: h for r, h in headings.items() if r not in _RANKS[_RANKS.index(rank) :]}
            mark = forms.tight(match[1])
            headings[rank] = f"{mark} {forms.title_of(match[3])}"
            printed.append(headings[rank])
            current = Draft("section", mark, _above(headings))
            outline.chapters += rank == "章"
            outline.sections += rank == "节"
        elif match := _article(block, current, quoting=within):
            quoting = forms.is_quoting(block.text, before=False)
            current = Draft("article", _article_locator(match[1]), _above(headings), [part])
            outline.drafts.append(current)
        elif not headings and current.kind == "section" and forms.PREAMBLE.match(block.text):
            title = forms.title_of(block.text)
            current = Draft("section", title, (title,))
            printed.append(title)
        elif following and _is_bare_heading(block, current, following):
            title = forms.title_of(block.text)
            headings = {"": title}
            printed.append(title)
            current = Draft("section", title, _above(headings))
        elif current.parts or not forms.TITLE_NOTE.match(block.text):
            if not current.parts:
                outline.drafts.append(current)
            current.parts.append(part)
    for draft in outline.drafts:
        if draft.kind == "article":
            draft.parts = _labelled(draft.parts)
    outline.own_up(printed)
    for annex in annexes:
        read = read_annex(annex, read_articles)
        outline.drafts += read.drafts
        outline.stray += read.stray
    numbered_apart(outline.drafts)
    return outline


def _chapter(
    block: Block, following: Block | None, current: Draft, *, quoting: bool
) -> re.Match[str] | None:
    """A heading; within a quotation only where the article below it is the next one."""
    match = forms.CHAPTER.match(block.text)
    if match is None or not quoting:
        return match
    return match if following and _article(following, current, quoting=True) else None


def _article(block: Block, current: Draft, *, quoting: bool) -> re.Match[str] | None:
    """The number with which an article begins; within a quotation only where it is the next."""
    match = forms.ARTICLE.match(block.text)
    if match and not quoting:
        return match
    match = match or forms.ARTICLE_RUN_IN.match(block.text)
    return match if match and _follows(match[1], current) else None


def _follows(printed: str, current: Draft) -> bool:
    """Whether an article's number is the one behind that of the present article."""
    number = forms.article_number(printed)
    before = forms.article_number(current.locator) if current.kind == "article" else (0, 0)
    return number in ((before[0] + 1, 0), (before[0], before[1] + 1), (before[0], 2))


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
    kinds = [_kind(part, before) for part, before in zip(parts, [None, *parts], strict=False)]
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


def _kind(part: Part, before: Part | None) -> str:
    """The number of the 项 that begins here; empty for a 款."""
    if match := forms.ITEM.match(part.text):
        return match[1]
    match = forms.LEVEL_1.match(part.text)
    if match and before and (before.text.endswith(("：", ":")) or forms.LEVEL_1.match(before.text)):
        return match[1]
    return _BELOW if before and forms.SUB_ITEM.match(part.text) else ""


def _is_title(parts: Sequence[Part]) -> bool:
    """`第一条` or `第一条 目的` on a line of its own: the number, and no 款."""
    match = forms.ARTICLE.match(parts[0].text)
    if match is None or len(parts) < 2 or _kind(parts[1], parts[0]):
        return False
    return not match[2] or forms.is_bare_heading(match[2])
