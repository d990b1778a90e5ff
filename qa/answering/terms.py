"""Words of a question that were never written nor asked where they are looked for."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from qa.retrieval.names import plain

_Pair = tuple[str, str]

_HAN = re.compile(r"[\u4e00-\u9fff]")
_FUNCTION = re.compile(
    r"(?:几|多少)个?(?:小时|工作日|天|日|月|年)(?:之?内|以内)?"
    r"|什么|怎么|如何|怎样|多少|多久|多长|哪些|规定|安排|汇编|需要|可以|应当|应该|必须|是否|[新旧]法|现行|目前|修[改订正]"
    r"|注意|留意|小心|请问|如果|情况下|的话"
    r"|[的了是在对和与及把被从要有给让我你他它咱能会可得里上下中前后时讲说问做干搞弄谁请不没也都就还只又这那"
    r"几哪何另应吗由]"
)
"""What stands between the words that name something; `汇编` is this volume itself, and `旧法` is
a time more than a law."""
_HALF = re.compile("[不上中下前后时里可会能要]")
"""Of the function words those that as often are half of a word: 不同, 时间, 中心."""
_MAKES_A_WORD = re.compile("[官师员长罪费税证券奖]")
"""A character that makes a new word of a known one: an office, a crime, a fee."""
_SHOWN_WHOLE = 10
"""A phrase up to so many characters is shown whole."""
_SHOWN_BEFORE = 4
"""Of a longer one, so many before the unknown ones: a new word may begin with known ones."""


@dataclass(frozen=True)
class Words:
    """The words of some texts: as one string, and as the pairs of neighbouring characters."""

    written: str
    pairs: frozenset[_Pair]

    @classmethod
    def together(cls, held: Iterable["Words"]) -> "Words":
        """The words of several as one."""
        held = tuple(held)
        pairs = frozenset().union(*(words.pairs for words in held))
        return cls("\n".join(words.written for words in held if words.written), pairs)

    @classmethod
    @lru_cache(maxsize=4096)  # most texts are those of the corpus before
    def of(cls, texts: tuple[str, ...]) -> "Words":
        """Read texts that `solid` has made."""
        pairs = frozenset(pair for text in texts for pair in pairwise(text))
        return cls("\n".join(texts), pairs)

    def unknown(self, question: str, least: int = 1) -> tuple[str, ...]:
        """The phrases of a question with characters of which none stands in a pair known here.

        Two such characters and more, or one that makes a new word.

        Args:
            least: so many of them at least.
        """
        found = []
        for before, phrase, after in _between(question):
            for match in re.finditer("u+", self._marks(before, phrase, after)):
                new_word = match.start() > 0 and _MAKES_A_WORD.match(phrase[match.start()])
                if len(match[0]) >= least and (len(match[0]) > 1 or new_word):
                    start = max(0, match.start() - _SHOWN_BEFORE)
                    whole = len(phrase) <= _SHOWN_WHOLE
                    found.append(phrase if whole else phrase[start : match.end()])
        return tuple(found)

    def _marks(self, before: str, phrase: str, after: str) -> str:
        """For each character of a phrase `u` where it is unknown, else `k`.

        What stands before and after it may have half of a word: `不` in 不同.
        """
        left, right = (side if _HALF.fullmatch(side) else "" for side in (before, after))
        text = f"{left}{phrase}{right}"
        known = [not _HAN.match(character) for character in text]
        for n, pair in enumerate(pairwise(text)):
            if pair in self.pairs:
                known[n] = known[n + 1] = True
        marks = "".join("k" if is_known else "u" for is_known in known)
        return marks[len(left) : len(left) + len(phrase)]


def phrases(question: str) -> list[str]:
    """What a question says between its function words."""
    return [phrase for _, phrase, _ in _between(question)]


def _between(question: str) -> Iterator[tuple[str, str, str]]:
    """Each phrase between two function words, and the characters beside it."""
    text, end = plain(question), 0
    for word in (*_FUNCTION.finditer(text), None):
        start = word.start() if word else len(text)
        yield text[end - 1 : end] if end else "", text[end:start], text[start : start + 1]
        end = word.end() if word else start


@lru_cache(maxsize=2**18)  # most texts are those of the corpus before
def solid(text: str) -> str:
    """As names are compared, without white space and punctuation."""
    return re.sub(r"[^\w%]", "", plain(text))
