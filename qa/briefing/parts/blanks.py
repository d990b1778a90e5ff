"""Words of a provision that can be asked for: figures and authorities, with what could be mistaken
for them taken from other provisions of the volume."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from qa.briefing.wording import Wording
from qa.ingest.normalise import normalise
from qa.ingest.provision import Provision

_HAN = "[一二三四五六七八九十百千万]"
_FIGURES = {
    "fine": re.compile(rf"(?:{_HAN}+|\d+万?)元以上(?:{_HAN}+|\d+万?)元以下"),
    "times": re.compile(rf"(?:{_HAN}+|\d+)倍以上(?:{_HAN}+|\d+)倍以下"),
    "years": re.compile(rf"(?:{_HAN}+|(?<!\d)\d{{1,2}})(?:年(?=[内。，；以])|个月|日(?=以|内|前))"),
    "age": re.compile(rf"(?:{_HAN}+)周岁"),
    "percent": re.compile(r"\d+(?:\.\d+)?\s?%"),
    "count": re.compile(
        r"\d+(?:\.\d+)?\s?(?:万|亿)?(?:个|项|家|亿元|万个|万户)(?=以上|左右|[，。；]|国家|典型|重点)"
    ),
}
_AUTHORITY = re.compile(
    r"^([\u4e00-\u9fff、]{4,20}?(?:部门|机关|机构|机制|人民政府|提供单位|运营者|处理者|检察院))"
    r"(?=负责|应当|统筹|会同|组织|依托|建立|制定)"
)
_VAGUE = re.compile(
    "^(?:有关|其他|收到|任何|各级|各|和|依法|接收|法律|前两款)|和|及其|以及|、|协调|会同|组织"
)
_OPTIONS = 4


@dataclass(frozen=True)
class Blank:
    """Words that are left out of a sentence, and what may stand there wrongly."""

    kind: str
    """`authority`, or a kind of figure."""
    wording: Wording
    start: int
    """Where the words stand in `wording.plain`."""
    right: str
    wrong: tuple[str, ...]
    """As many as there are options besides; none of them stands in the provision."""

    @property
    def gapped(self) -> str:
        """The sentence with a gap."""
        return self.filled("（　　）")

    def filled(self, words: str) -> str:
        """The sentence with words in the gap."""
        text = self.wording.plain
        return f"{text[: self.start]}{words}{text[self.start + len(self.right) :]}"


class Blanks:
    """All that could be left out anywhere in the volume, by kind: the pool of wrong options."""

    def __init__(self, wordings: Iterable[Wording], random: Random) -> None:
        """Collect the figures and authorities of the volume's sentences."""
        self._random = random
        self._pool: dict[str, dict[str, set[str]]] = {}
        for wording in (w for w in wordings if not _is_misprinted(w)):
            for kind, match in _found(wording):
                documents = self._pool.setdefault(kind, {}).setdefault(match, set())
                documents.add(wording.provision.document_id)

    def of(self, wording: Wording) -> Iterator[Blank]:
        """The blanks that a sentence allows; none where a misprint is recorded in it."""
        if _is_misprinted(wording):
            return
        for kind, right in _found(wording):
            if wording.plain.count(right) != 1:
                continue
            wrong = self._wrong(kind, right, wording.provision)
            if len(wrong) == _OPTIONS - 1:
                yield Blank(kind, wording, wording.plain.index(right), right, tuple(wrong))

    def _wrong(self, kind: str, right: str, provision: Provision) -> list[str]:
        """Of the same kind, told apart at sight, and nowhere in the provision itself.

        Those of the same document come first: they are the more easily mistaken.
        """
        text = normalise(provision.text)
        found: list[str] = []
        pool = [*self._pool[kind].items()]
        self._random.shuffle(pool)
        pool.sort(key=lambda each: provision.document_id not in each[1])
        if kind in ("percent", "count", "years"):
            pool = [each for each in pool if _unit(each[0]) == _unit(right)]
        for each, _ in pool:
            said = normalise(each)
            apart = all(
                said not in other and other not in said for other in map(normalise, [right, *found])
            )
            if said not in text and apart and len(found) < _OPTIONS - 1:
                found.append(each)
        return found


def shuffled(random: Random, right: str, wrong: Sequence[str]) -> tuple[tuple[str, ...], int]:
    """The options in an order that tells nothing, and the place of the right one."""
    options = [right, *wrong]
    random.shuffle(options)
    return tuple(options), options.index(right)


def _is_misprinted(wording: Wording) -> bool:
    return any(note.printed in wording.text for note in wording.provision.errata)


def _found(wording: Wording) -> Iterator[tuple[str, str]]:
    text = wording.plain
    for kind, pattern in _FIGURES.items():
        yield from ((kind, match[0]) for match in pattern.finditer(text))
    authority = _AUTHORITY.match(text)
    if authority and not _VAGUE.search(authority[1]):
        yield "authority", authority[1]


def _unit(figure: str) -> str:
    return re.sub(rf"^(?:{_HAN}+|[\d.\s]+)", "", figure)
