"""Laws and regulations: 编, 章, 节, 条, with 款 and 项 as parts of an article."""

from collections.abc import Sequence
from itertools import zip_longest

from qa.ingest import forms
from qa.ingest.draft import Draft, Outline, numbered_apart
from qa.ingest.numerals import to_han, to_int
from qa.ingest.pages import Block
from qa.ingest.provision import Part

_RANKS = ("编", "分编", "章", "节", "")
"""Outermost first; a heading without a number counts last, so that any other ends it."""


def read_articles(blocks: Sequence[Block]) -> Outline:
    """The articles of a law, each with its headings.

    Text before the first article is the 引言; text between a heading and its first article is a
    section that the heading names.
    """
    outline = Outline()
    headings: dict[str, str] = {}
    printed: list[str] = []
    current = Draft("section", "引言", ())
    for block, following in zip_longest(blocks, blocks[1:]):
        part = Part(label="", text=block.plain, line=block.line)
        if match := forms.CHAPTER.match(block.text):
            rank = match[2]
            headings = {r: h for r, h in headings.items() if r not in _RANKS[_RANKS.index(rank) :]}
            headings[rank] = f"{match[1]} {forms.title_of(match[3])}"
            printed.append(headings[rank])
            current = Draft("section", match[1], _above(headings))
            outline.chapters += rank == "章"
            outline.sections += rank == "节"
        elif match := forms.ARTICLE.match(block.text):
            current = Draft("article", _article_locator(match[1]), _above(headings), [part])
            outline.drafts.append(current)
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
    numbered_apart(outline.drafts)
    outline.own_up(printed)
    return outline


def _above(headings: dict[str, str]) -> tuple[str, ...]:
    return tuple(headings[rank] for rank in _RANKS if rank in headings)


def _is_bare_heading(block: Block, current: Draft, following: Block) -> bool:
    """`附则` without a number: a short line between the end of an article and the next one."""
    begins = forms.is_bare_heading(block.text) and forms.ARTICLE.match(following.text) is not None
    return begins and current.kind == "article" and not forms.is_unfinished(current.parts[-1].text)


def _article_locator(printed: str) -> str:
    """`第21条之一` as laws write it: 第二十一条之一."""
    number, _, sub = printed.removeprefix("第").partition("条")
    try:
        return f"第{to_han(to_int(number))}条{sub}"
    except ValueError:  # a misprint such as 第十百条
        return printed


def _labelled(parts: Sequence[Part]) -> list[Part]:
    """Name each part by its 款 and 项; an article of one 款 names the 项 alone."""
    paragraphs = sum(1 for part in parts if not _is_item(part.text))
    labelled: list[Part] = []
    paragraph = 0
    item = ""
    for part in parts:
        if match := forms.ITEM.match(part.text):
            item = f"第（{match[1]}）项"
        elif not forms.SUB_ITEM.match(part.text):
            paragraph += 1
            item = ""
        head = f"第{to_han(paragraph)}款" if paragraphs > 1 else ""
        labelled.append(part.model_copy(update={"label": head + item}))
    return labelled


def _is_item(text: str) -> bool:
    return bool(forms.ITEM.match(text) or forms.SUB_ITEM.match(text))
