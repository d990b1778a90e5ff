"""自测题 laid out: all questions, then the key on a page of its own, to be kept back."""

from collections.abc import Iterator
from string import ascii_uppercase

from qa.briefing.model import Quiz, QuizItem
from qa.export.briefing.sheet import Block, Heading, Text, Words, plain

_HEADINGS = {"单选": "单选题", "判断": "判断题", "问答": "问答题"}


def quiz(asked: Quiz) -> Iterator[Block]:
    """The questions by their form, then the answers with the articles."""
    numbered = [*enumerate(asked.items, start=1)]
    form = ""
    for number, item in numbered:
        if item.form != form:
            form = item.form
            yield Heading(_HEADINGS[form], 2)
        yield from _question(number, item)
    yield Heading("答案与依据", 2, new_page=True)
    for number, item in numbered:
        yield from _answer(number, item)


def _question(number: int, item: QuizItem) -> Iterator[Block]:
    gap = "（　　）" if item.form == "判断" else ""
    yield Text(plain(item.stem.replace("\n", "") + gap), "item", f"{number}.")
    if item.form == "单选":
        for letter, option in zip(ascii_uppercase, item.options, strict=False):
            yield Text(plain(option), "option", f"{letter}.")


def _answer(number: int, item: QuizItem) -> Iterator[Block]:
    first, *further = item.answer.split("\n")
    named = f"{item.source.name}：{first}"
    if item.key is None:
        yield Text(plain(named), "item", f"{number}.")
    else:
        key = Words(_key(item.form, item.options, item.key), strong=True)
        yield Text((key, Words(f"　{named}")), "item", f"{number}.")
    for line in further:
        yield Text(plain(line), "more")
    for note in item.source.notes:
        yield Text(plain(f"勘误：{note}"), "remark")


def _key(form: str, options: tuple[str, ...], key: int) -> str:
    return options[key] if form == "判断" else ascii_uppercase[key]
