"""自测题: questions to be shown, their key in the notes and, for everyone, at the end."""

from collections.abc import Iterator
from itertools import groupby
from string import ascii_uppercase

from qa.briefing.model import Quiz, QuizItem
from qa.export.briefing.sheet import cell
from qa.export.briefing.slides.deck import Deck
from qa.export.briefing.slides.listing import Item, listing
from qa.export.briefing.slides.notes import Notes, shorts
from qa.export.briefing.slides.tables import Grid, Row, table

_NAMES = {"单选": "单选题", "判断": "判断题", "问答": "问答题"}
_GAP = "（　　）"
_MOST = 12
"""Slides of one form of questions."""


def add_quiz(deck: Deck, title: str, quiz: Quiz, notes: Notes) -> None:
    """By form; a choice has a slide to itself."""
    numbered = enumerate(quiz.items, start=1)
    for form, held in groupby(numbered, key=lambda each: each[1].form):
        items = [_item(number, item, notes) for number, item in held]
        if form == "单选":
            for number, item in enumerate(items):
                listing(deck, f"{title}：{_NAMES[form]} {number + 1}", [item])
        else:
            listing(deck, f"{title}：{_NAMES[form]}", items, _MOST)
    rows = tuple(_keyed(n, item, notes) for n, item in enumerate(quiz.items, start=1))
    grid = Grid(("题号", "答案", "条文", "依据"), (1, 1.2, 8, 3.8), rows)
    table(deck, f"{title}：答案与依据", grid, _MOST)


def _item(number: int, item: QuizItem, notes: Notes) -> Item:
    gap = _GAP if item.form == "判断" else ""
    read = (f"第 {number} 题答案：{_key(item) or item.answer}", *notes.of((item.source,)))
    text = "\n".join((item.stem.replace("\n", "") + gap, *_options(item)))
    return Item(text, mark=str(number), notes=read)


def _options(item: QuizItem) -> Iterator[str]:
    if item.form == "单选":
        for letter, option in zip(ascii_uppercase, item.options, strict=False):
            yield f"{letter}．{option}"


def _key(item: QuizItem) -> str:
    if item.key is None:
        return ""
    return item.options[item.key] if item.form == "判断" else ascii_uppercase[item.key]


def _keyed(number: int, item: QuizItem, notes: Notes) -> Row:
    cells = (str(number), _key(item) or "见右", item.answer, shorts((item.source,)))
    return Row(tuple(map(cell, cells)), notes.of((item.source,)))
