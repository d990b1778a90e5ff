"""What a sentence says in Latin letters, against the Chinese words that it cites.

The words of two scripts cannot be compared. What can: figures, also those spelt out; names and
addresses, which stand in the source as they are or are somebody's invention; and the claims that
turn a law into its contrary.
"""

import re

_HAN = re.compile(r"[\u4e00-\u9fff]")
_TOKEN = re.compile(r"[a-z0-9](?:[\w.@+/-]*[a-z0-9])?", re.IGNORECASE | re.ASCII)
_LONG = 5
"""Shorter ones are abbreviations that everybody uses: APP, 5G, IPv6."""
_JOINED = re.compile(r"[a-z]{2,}[.@][a-z]{2,}")
_MARKUP = re.compile(r"[<>{}`=|\\]|//")
_UNITS = {
    word: n
    for n, word in enumerate(
        (
            *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
            *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
            *("eighteen", "nineteen"),
        ),
        start=1,
    )
}
_TENS = {
    word: 10 * n
    for n, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
_SPELT = re.compile(
    rf"\b(?:({'|'.join(_TENS)})(?:[ -]({'|'.join(list(_UNITS)[:9])}))?|({'|'.join(_UNITS)}))\b"
    r"(?= (?:(?:working|business|calendar|natural) )?"
    r"(?:minute|hour|day|week|month|year|yuan|times|percent"
    r"|hundred|thousand|million|billion|trillion))",
    re.IGNORECASE,
)
_NEGATED = r"\b(?:no|not|never|nobody|none|neither|without)\b|n't"
_CLAIMS = tuple(
    (re.compile(claimed, re.IGNORECASE), re.compile(written))
    for claimed, written in (
        (
            r"\b(?:repeal|abolish|abrogat|annul|rescind|revok)\w*|\bno longer\b|\bexpired\b",
            "废止|失效|撤销|吊销|取消|停止|不再|届满",
        ),
        (
            r"(?<!must )(?<!shall )(?<!may )(?<!should )\b(?:not|\w+n't) "
            r"(?:need|require|have to\b|necessary|mandatory|obliged|subject to)"
            r"|\bneed not\b|\bno [\w ]{3,30} (?:is|are) (?:need|requir|necess)",
            "无需|无须|不需要|不必|不再|可以不|免|除外|不适用|不受|例外",
        ),
        (
            rf"^(?:no, )?(?:(?!{_NEGATED}).)*\b(?:allow|permit|authori[sz]e)(?:s|d|ed)?\b"
            r"|^yes\b.*\b(?:can|may)\b(?! not)",
            "可以|允许|有权|准许|能够|许可|授权|可[由向将按]",
        ),
        (r"\binstructions?\b|\bsystem prompt|\bthe passages?\b", "指令|指示|提示|说明"),
    )
)
"""That something ended, is not needed or is allowed, or what the model was told; and the words
that say so in Chinese."""


def with_figures(sentence: str) -> str:
    """Its spelt-out numbers of days, years, yuan and the like in figures."""

    def figure(match: re.Match[str]) -> str:
        tens, unit, alone = (part.lower() if part else "" for part in match.groups())
        return str(_UNITS[alone] if alone else _TENS[tens] + _UNITS.get(unit, 0))

    return _SPELT.sub(figure, sentence)


def claims_too_much(sentence: str, source: str) -> bool:
    """An English sentence claims what turns a law into its contrary, and the source does not."""
    return any(
        claimed.search(sentence) and not written.search(source) for claimed, written in _CLAIMS
    )


def invents_words(sentence: str, source: str) -> bool:
    """It has words in Latin letters that must stand in the source and do not.

    In Chinese any long one; in English a name in capitals; in both an address and markup.
    """
    held = {token.lower() for token in _TOKEN.findall(source)}
    chinese = bool(_HAN.search(sentence))
    for token in _TOKEN.findall(sentence):
        letters = sum(c.isalpha() for c in token)
        named = letters >= _LONG and (chinese or token == token.upper())
        if (named or _JOINED.search(token)) and token.lower() not in held:
            return True
    return any(mark not in source for mark in _MARKUP.findall(sentence))


def repeats(sentence: str, example: str) -> bool:
    """At least half of its runs of three words are those of an example: it says that over again."""
    said = _threes(sentence)
    return bool(said) and 2 * len(said & _threes(example)) >= len(said)


def _threes(text: str) -> set[tuple[str, str, str]]:
    words = re.findall(r"[a-z'-]+", text.lower())
    return {*zip(words, words[1:], words[2:], strict=False)}
