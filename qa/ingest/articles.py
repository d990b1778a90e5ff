"""Laws and regulations: 编, 章, 节, 条, with 款 and 项 as parts of an article."""

from collections.abc import Sequence

from qa.ingest import forms
from qa.ingest.draft import Draft, Outline
from qa.ingest.numerals import to_han, to_int
from qa.ingest.pages import Block
from qa.ingest.provision import Part

_RANKS = ("编", "分编", "章", "节")


def read_articles(blocks: Sequence[Block]) -> Outline:
    """The articles of a law, each with its headings; text before the first is the 引言."""
    outline = Outline()
    headings: dict[str, str] = {}
    preamble = Draft("section", "引言", ())
    article: Draft | None = None
    for block in blocks:
        if block.is_table:
            block = Block(block.line, "\n".join("\t".join(row) for row in block.cells))
        if match := forms.CHAPTER.match(block.text):
            rank = match[2]
            lower = _RANKS[_RANKS.index(rank) :]
            headings = {r: h for r, h in headings.items() if r not in lower}
            headings[rank] = f"{match[1]} {forms.title_of(match[3])}"
            outline.chapters += rank == "章"
            outline.sections += rank == "节"
        elif match := forms.ARTICLE.match(block.text):
            above = tuple(headings[rank] for rank in _RANKS if rank in headings)
            article = Draft("article", _article_locator(match[1]), above)
            article.parts.append(Part(label="", text=block.text, line=block.line))
            outline.drafts.append(article)
        elif article is not None:
            article.parts.append(Part(label="", text=block.text, line=block.line))
        elif not forms.TITLE_NOTE.match(block.text):
            preamble.parts.append(Part(label="", text=block.text, line=block.line))
    if preamble.parts:
        outline.drafts.insert(0, preamble)
    for draft in outline.drafts:
        if draft.kind == "article":
            draft.parts = _labelled(draft.parts)
    return outline


def _article_locator(printed: str) -> str:
    """`第21条之一` as laws write it: 第二十一条之一."""
    number, _, sub = printed.removeprefix("第").partition("条")
    return f"第{to_han(to_int(number))}条{sub}"


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
