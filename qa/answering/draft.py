"""What a model wrote, as sentences with the numbers that they cite."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OTHER_MARKS = re.compile(
    r"[【［〔\[]\s*(?:资料)?\s*(\d{1,2})\s*[】］〕\]]|[（(]\s*(?:资料|\[)\s*(\d{1,2})\s*\]?\s*[）)]"
)
_LISTED = re.compile(r"\[(\d{1,2}(?:\s*[,，、;；-]\s*\d{1,2})+)\]")
_MARK = re.compile(r"\s*\[(\d{1,2})\]")
_MARKS = r"(?:\s*\[\d{1,2}\])*"
_SENTENCE = re.compile(
    rf"(?:[^。！？!?\n.]|\.(?=\S)(?!\[))+{_MARKS}(?:[。！？!?.]+[”’」）)]?|$|(?=\n)){_MARKS}"
)
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.、)）]|#{1,4})\s*")
_STRONG = re.compile(r"\*\*|__")
_ECHO = re.compile(r"^(?:答|回答|答案|answer)\s*[:：]\s*", re.IGNORECASE)
_LOOP = 3
"""A sentence that comes so often is a model going in circles."""


@dataclass(frozen=True)
class Sentence:
    """A sentence without its citation marks."""

    text: str
    numbers: tuple[int, ...]
    begins_paragraph: bool = False


def sentences_of(text: str) -> list[Sentence]:
    """The sentences of a model's text; marks of any style, before or behind the full stop.

    A sentence that was said before is left out.
    """
    found: dict[str, Sentence] = {}
    for line in _uniform(text).split("\n"):
        first = True
        for match in _SENTENCE.finditer(_BULLET.sub("", line)):
            words = _MARK.sub("", match[0]).strip()
            if not any(c.isalnum() for c in words):
                continue
            numbers = tuple(dict.fromkeys(int(n) for n in _MARK.findall(match[0])))
            found.setdefault(words, Sentence(words, numbers, first))
            first = False
    return [*found.values()]


def goes_in_circles(text: str) -> bool:
    """The text repeats itself: the same sentence, or the same few words, over and over."""
    said = [_MARK.sub("", s).strip() for s in re.split(r"[。！？\n]", text) if len(s.strip()) > 3]
    if any(said.count(sentence) >= _LOOP for sentence in {*said}):
        return True
    return any(_ends_in_a_loop(text, size) for size in range(2, 41))


def _ends_in_a_loop(text: str, size: int) -> bool:
    times = max(_LOOP + 1, 24 // size)
    tail = text[-size * times :]
    return len(tail) == size * times and tail == tail[:size] * times


def _uniform(text: str) -> str:
    text = _STRONG.sub("", _ECHO.sub("", text.strip()))
    text = _OTHER_MARKS.sub(lambda m: f"[{m[1] or m[2]}]", text)
    return _LISTED.sub(lambda m: "".join(f"[{n}]" for n in _each(m[1])), text)


def _each(listed: str) -> Iterator[str]:
    return iter(re.findall(r"\d+", listed))
