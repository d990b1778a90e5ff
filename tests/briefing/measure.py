"""The table of twelve topics in evals/README.md: `python -m tests.briefing.measure`."""

import time
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

from qa.assistant import Assistant
from qa.briefing.model import Point, Source
from qa.briefing.request import Request
from qa.settings import Settings

TOPICS = (
    "数据安全",
    "个人信息保护",
    "数据出境",
    "关键信息基础设施",
    "公共数据开放",
    "政务数据共享",
    "数据要素",
    "数字政府",
    "数字经济",
    "工业互联网",
    "数字乡村",
    "算力",
)


def measure() -> None:
    """Print a row for each topic."""
    assistant = Assistant.open(Settings())
    assistant.warm()
    print("| 主题 | 要点 | 罚则 | 引用 | 逐字在原文 | 陈述 | 通过核对 | 秒 |")
    print("|--|--|--|--|--|--|--|--|")
    for topic in TOPICS:
        started = time.perf_counter()
        made = assistant.brief(Request(topic=topic))
        seconds = time.perf_counter() - started
        cited = [each for each in held(made.parts) if isinstance(each, Source)]
        verbatim = sum(is_verbatim(assistant, each) for each in cited)
        stated = [each for each in held(made.parts) if isinstance(each, Point)]
        right = sum(assistant.check(each.text, each.sources) for each in stated)
        counts = [
            sum(isinstance(each, Point) for each in held(part.content)) for part in made.parts[:1]
        ]
        penalties = made.part("罚则一览")
        rows = getattr(penalties.content, "rows", ()) if penalties else ()
        print(
            f"| {topic} | {counts[0]} | {len(rows)} | {len(cited)} | {verbatim / len(cited):.0%} "
            f"| {len(stated)} | {right / len(stated):.0%} | {seconds:.1f} |",
            flush=True,
        )


def is_verbatim(assistant: Assistant, source: Source) -> bool:
    """Every line of the quote stands in the provision, which is there."""
    text = assistant.provision(source.provision_id).text
    return all(line in text for line in source.quote.split("\n"))


def held(value: object) -> Iterator[object]:
    """A value, and all that is within it."""
    yield value
    if isinstance(value, tuple):
        for each in value:
            yield from held(each)
    elif is_dataclass(value):
        for field in fields(value):
            yield from held(getattr(value, field.name))


if __name__ == "__main__":
    measure()
