"""Characters that nobody sees: taken out of the text, and reported."""

import re
from dataclasses import dataclass, field

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e01ef]"
)
_TAGS = re.compile("[\U000e0020-\U000e007e]{2,}")
_SHOWN = 200
"""Characters of a hidden text that a report quotes."""
_TOLD = 100
"""Findings that a report tells one by one; of the others it tells how many there are."""


@dataclass
class Findings:
    """What was hidden in a file, collected while it is read."""

    counts: dict[str, int] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    more: int = 0
    """Findings that are counted and not told."""

    def add(self, where: str, kind: str, text: str) -> None:
        """Hidden words: where they stood and how they were hidden."""
        if len(self.texts) >= _TOLD:
            self.more += bool(text.strip())
            return
        text = " ".join(text.split())
        if text:
            shown = text[:_SHOWN] + ("……" if len(text) > _SHOWN else "")
            self.texts.append(f"{where}有{kind}的文字：“{shown}”")

    def seen(self, text: str, where: str) -> str:
        """The text as a reader sees it: without zero-width and control characters."""
        for tagged in _TAGS.findall(text):
            self.add(where, "用不可见字符编码", "".join(chr(ord(c) - 0xE0000) for c in tagged))
        unseen = len(_UNSEEN.findall(text))
        if unseen:
            self.counts[where] = self.counts.get(where, 0) + unseen
            text = _UNSEEN.sub("", text)
        return "".join(c for c in text if c in "\t\u3000" or c.isprintable() or c.isspace())

    def sentences(self) -> tuple[str, ...]:
        """A Chinese sentence for each finding."""
        told = list(self.counts.items())[:_TOLD]
        counted = [f"{where}有 {n} 个不可见字符（零宽、控制符）" for where, n in told]
        more = self.more + len(self.counts) - len(told)
        return (*self.texts, *counted, *([f"还有 {more} 处，没有逐一列出"] if more else []))
