"""One spelling for what is searched: script, width, numbers, dates."""

import re
import unicodedata
from functools import cache
from itertools import pairwise

import opencc

from qa.ingest.numerals import to_int

_HAN = "[一二三四五六七八九十百千零〇两]"
_UNIT = "万亿|万|亿|千|元|倍|个工作日|工作日|个月|周岁|小时|日|天|月|年|岁|人|次|%"
_ORDINAL = re.compile(rf"第({_HAN}+)(?=[条款项章节届次批段])")
_COUNT = re.compile(rf"(?<!{_HAN})({_HAN}+)(?=(?:多|余)?(?:{_UNIT}))")
_ITEM = re.compile(rf"[(（]({_HAN}+)[)）](?=项)")
_PERCENT = re.compile(rf"百分之({_HAN}+|\d+(?:\.\d+)?)")
_DATE = re.compile(
    r"(?<!\d)(\d{4})\s*(?:年\s*(?=\d{1,2}\s*月)|(?=([.\-/]))[.\-/]\s*(?=\d{1,2}\s*\2))"
    r"(\d{1,2})\s*[.\-/月]\s*(\d{1,2})(?!\d)\s*日?"
)
_DIGIT_SPACE = re.compile(r"(?<=[\da-z%])\s+(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])\s+(?=[\da-z])")
_ATOM = re.compile(r"[a-z]+|\d+(?:\.\d+)?%?|[\u4e00-\u9fff]")
_EMPTY_WORDS = frozenset(
    re.findall(
        "[a-z]+",
        "a an and any are as at be been by can did do does for from has have how if in is it its "
        "long many may much must of on or s shall should that the their there these this those to "
        "under was what when where which who why will with",
    )
)
"""English words that say nothing of the subject; every question in English has them."""
_PLURAL = re.compile(r"[a-z]{2,}[^aius]s")
"""`logs`, `measures`; no `process`, `status`, `analysis` (after Harman 1991, the S-stemmer)."""
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


def normalise(text: str) -> str:
    """The text in simplified characters, half width, lower case, with Arabic numbers.

    `第二十一條`, `第21条` and `第 21 条` become `第21条`; `五万元` becomes `5万元`;
    `2016.4.19` and `2016 年 4 月 19 日` become `2016年4月19日`.
    """
    text = simplified(unicodedata.normalize("NFKC", text)).lower()
    text = _PERCENT.sub(lambda m: f"{_arabic(m[1])}%", text)
    text = _ORDINAL.sub(lambda m: f"第{_arabic(m[1])}", text)
    text = _ITEM.sub(lambda m: f"({_arabic(m[1])})", text)
    text = _COUNT.sub(lambda m: _arabic(m[1]), text)
    text = _DATE.sub(lambda m: f"{m[1]}年{int(m[3])}月{int(m[4])}日", text)
    text = _DIGIT_SPACE.sub("", text)
    return re.sub(r"(?<=第)\s+(?=\d)", "", text)


def simplified(text: str) -> str:
    """Traditional characters folded to simplified ones."""
    converted: str = _converter().convert(text)
    return converted


def terms(text: str) -> list[str]:
    """The search terms of a text: characters, words and numbers, and pairs of neighbours."""
    words: list[str] = []
    for run in re.split(r"[^\w%.\u4e00-\u9fff]+", normalise(text)):
        found = (_singular(atom) for atom in _ATOM.findall(run))
        atoms = [atom for atom in found if atom not in _EMPTY_WORDS]
        words.extend(atoms)
        words.extend(a + b for a, b in pairwise(atoms))
    return words


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1] if _PLURAL.fullmatch(word) else word


@cache
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def _arabic(number: str) -> str:
    if not re.fullmatch(_HAN + "+", number):
        return number
    if len(number) > 1 and not re.search("[十百千]", number):
        return number.translate(_DIGITS).replace("两", "2")
    try:
        return str(to_int(number))
    except ValueError:
        return number
