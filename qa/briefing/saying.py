"""Whether a text speaks of a topic: of both halves of it or of one, in its words or the law's."""

import re
from collections.abc import Iterator

from qa.answering.support import pairs
from qa.briefing.wording import share

_AND = re.compile("[与和及、，,]|以及| ")
_SHORTEST = 2

_STATUTORY = {
    "出境": ("境外提供", "外国司法"),
    "跨境": ("境外提供", "外国司法"),
    "人脸识别": ("身份识别",),
    "刷脸": ("身份识别",),
    "算法": ("自动化决策",),
    "杀熟": ("差别待遇",),
    "关基": ("关键信息基础设施",),
    "等保": ("等级保护",),
    "儿童": ("未成年人",),
}
"""Words of everyday and of the trade, and what the laws of the volume say for them."""


def said(topic: str, words: frozenset[str], text: str) -> float:
    """The share of a topic's words that a text has, in [0, 1].

    Of a topic of two, `数据安全与个人信息保护`, that of the half it has more of.
    """
    halves = [half for half in _AND.split(topic) if len(half) > _SHORTEST]
    return max([share(words, text), *(share(pairs(half), text) for half in halves)])


def statutory(topic: str) -> Iterator[str]:
    """What the laws say for words of the topic, where they have other ones for it."""
    yield from dict.fromkeys(
        law for word, laws in _STATUTORY.items() if word in topic for law in laws
    )
