"""What stands behind the last article of a law: lists, tables, rules of their own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from qa.ingest import forms
from qa.ingest.draft import Draft, Outline
from qa.ingest.outlines import read_outline
from qa.ingest.pages import Block
from qa.ingest.provision import Part

_SHORT = 800
"""An annex of no more characters is one provision."""


@dataclass(frozen=True)
class Annex:
    """An annex as it is printed."""

    name: str
    """`附件一`; `附` where nothing else is printed."""
    heading: str
    """As printed, with the title where there is one."""
    mark: Block
    """The line that names it."""
    blocks: Sequence[Block]


def split_annexes(blocks: Sequence[Block]) -> tuple[Sequence[Block], list[Annex]]:
    """The articles of a law with what stands before them, and its annexes."""
    numbers = [_number(block) for block in blocks]
    marks = [n for n, block in enumerate(blocks) if forms.ANNEX.match(block.text)]
    marks = _ending_the_articles(marks, numbers)
    if not marks:
        return blocks, []
    ends = [*marks[1:], len(blocks)]
    return blocks[: marks[0]], [_annex(blocks[n:end]) for n, end in zip(marks, ends, strict=True)]


def read_annex(annex: Annex, read_articles: Callable[[Sequence[Block]], Outline]) -> Outline:
    """The provisions of an annex; their locators begin with its name."""
    articles = sum(1 for block in annex.blocks if forms.ARTICLE.match(block.text))
    if articles > 1:
        read = read_articles(annex.blocks)
    elif _is_one_provision(annex):
        blocks = annex.blocks or (annex.mark,)
        parts = [Part(label="", text=block.plain, line=block.line) for block in blocks]
        read = Outline([Draft("section", "", (), parts)])
    else:
        read = read_outline(annex.blocks)
    for draft in read.drafts:
        place = "" if draft.locator == "引言" else draft.locator
        draft.locator = f"{annex.name} · {place}" if place else annex.name
        draft.headings = (annex.heading, *draft.headings)
    return read


def _ending_the_articles(marks: Sequence[int], numbers: Sequence[int]) -> list[int]:
    """The marks before which there is an article, and behind which none goes on with its number."""
    before = [*accumulate(numbers, _latest)]
    after = [*accumulate(reversed(numbers), _latest)][::-1]
    return [n for n in marks if before[n] and after[n] != before[n] + 1]


def _latest(last: int, number: int) -> int:
    return number or last


def _number(block: Block) -> int:
    match = forms.ARTICLE.match(block.text) or forms.ARTICLE_RUN_IN.match(block.text)
    return forms.article_number(match[1])[0] if match else 0


def _annex(blocks: Sequence[Block]) -> Annex:
    mark, rest = blocks[0], blocks[1:]
    match = forms.ANNEX.match(mark.text)
    assert match is not None
    name, title = forms.tight(match[1]), match[2].strip()
    if forms.LISTED.match(title):  # `附件：1、操作规程`: the annexes are listed here
        return Annex(name, name, mark, blocks)
    mark_end = mark.text[match.end(1) :].lstrip()[:1]
    heading = f"{name}{mark_end if mark_end in '：:' else ' '}{forms.title_of(title)}".strip()
    titled = len(rest) > 1 and not rest[0].is_table and forms.is_title(rest[0].text)
    if not title and titled and not forms.heading_of(rest[0].text):
        return Annex(name, f"{heading} {forms.title_of(rest[0].text)}", mark, rest[1:])
    return Annex(name, heading, mark, rest)


def _is_one_provision(annex: Annex) -> bool:
    if any(block.is_table for block in annex.blocks):
        return False
    return sum(len(block.text) for block in annex.blocks) <= _SHORT
