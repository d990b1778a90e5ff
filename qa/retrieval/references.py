"""References to provisions in a question: 第二十一条, 66条, 第十五条第（七）项, 专栏5."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from qa.ingest.numerals import to_han, to_int
from qa.retrieval.names import DocumentNames, Mention

_HAN = "一二三四五六七八九十百千零〇两廿卅"
_NUMBER = rf"(?:\d{{1,15}}|[{_HAN}]{{1,9}})"
_SUB = rf"(?:之([{_HAN}]+|\d+))?"
_ITEM = rf"第?\(?({_NUMBER})\)?项"
_PLACE = rf"(?:的?第?({_NUMBER})款)?(?:的?{_ITEM})?"
_ARTICLE = re.compile(rf"第({_NUMBER})(?:[、,]第?{_NUMBER})*条{_SUB}{_PLACE}")
_LISTED = re.compile(rf"{_NUMBER}(?=[、,条])")
_RANGE = re.compile(rf"第({_NUMBER})条?(?:至|到|-|—|~)第?({_NUMBER})条")
_LINK = r"(?:的|里的?|中的?|里面的?|,|:|\s)*"
_BARE = re.compile(rf"{_LINK}第?({_NUMBER})条{_SUB}{_PLACE}")
_BARE_RANGE = re.compile(rf"{_LINK}({_NUMBER})(?:至|到|-|—|~)({_NUMBER})条")
_ENGLISH = re.compile(r"\b(?:articles?|art\.?)\s*(\d{1,15})((?:\s*(?:,|and|&)\s*\d{1,15})*)")
_BOX = re.compile(rf"专栏\s*({_NUMBER})|第({_NUMBER})个?专栏")
_PART = re.compile(rf"第({_NUMBER})(大?部分|大点|章|编|篇)(?:的?第\(?({_NUMBER})\)?[节项点条])?")
_PLACE_ALONE = re.compile(rf"第({_NUMBER})款(?:的?{_ITEM})?|第\(?({_NUMBER})\)?[项点]")
_STRANGER = re.compile(
    r"([\u4e00-\u9fff]{1,24}?(?:法典|基本法|法|条例|办法|细则|规定|解释|章程))(?:的|里的?|中的?)?$"
)
_LATIN_STRANGER = re.compile(r"(?<![a-z0-9])([a-z]{3,10})(?:的|里的?|中的?|\s)*$")
_OF_STRANGER = re.compile(
    r"\s*(?:of|in|under)\s+(?:the\s+|eu'?s?\s+|china'?s?\s+)*(?!the\b|this|that|said|same|law\b|act\b)"
    r"((?:[a-z-]+\s+){1,7}?(?:law|act|code|regulation|directive)\b|[a-z]{3,6}\b)"
)
_POINTING = re.compile(
    r"(?:^|.*[该本此这那])(?:[个部]?(?:法|法律|条例|办法|规定))$|.*(?:依|违|合|非|司)法$"
)
_LEAD = re.compile(
    r"^(?:.*?(?:根据|依据|按照|按|依照|请问|关于|查一?下|看看|违反|比如|例如))?[和与及]?"
)
_LONGEST_RANGE = 20


@dataclass(frozen=True)
class Reference:
    """A provision that a question names by number."""

    article: int | None = None
    sub: str = ""
    """`之一` of 第X条之一."""
    paragraph: int | None = None
    item: int | None = None
    box: int | None = None
    part: int | None = None
    """第五部分, 第三章."""
    part_kind: str = "部分"
    """`部分`, `章`, `编`."""
    document_id: str | None = None
    """The document named with it; None where none is."""
    stranger: str = ""
    """The name of a law before it that is no document of the catalog."""

    @property
    def is_place_alone(self) -> bool:
        """A 款 or 项 without its article, box or part."""
        return self.article is None and self.box is None and self.part is None

    @property
    def locator(self) -> str:
        """As a person writes it: `第十五条第二款第（七）项`, `专栏 5`, `第三章`."""
        if self.box is not None:
            return f"专栏 {self.box}"
        part = f"第{to_han(self.part)}{self.part_kind}" if self.part is not None else ""
        return f"{part}{self.article_locator}{self.place}"

    @property
    def article_locator(self) -> str:
        """The article alone: `第十五条`."""
        return f"第{to_han(self.article)}条{self.sub}" if self.article is not None else ""

    @property
    def place(self) -> str:
        """The 款 and 项 alone: `第二款第（七）项`."""
        paragraph = f"第{to_han(self.paragraph)}款" if self.paragraph is not None else ""
        return paragraph + (f"第（{to_han(self.item)}）项" if self.item is not None else "")


_Placed = tuple[tuple[int, int], Reference]
"""A reference with the span that it was read from."""


def references(text: str, names: DocumentNames) -> tuple[Reference, ...]:
    """The references of a plain text, each bound to the document named with it.

    A reference belongs to the document named last before it, else to the first one behind it.
    """
    mentions = names.mentions(text)
    found: list[_Placed] = []
    taken = [(mention.start, mention.end) for mention in mentions]
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            if _free(match.span(), taken):
                taken.append(match.span())
                found += _read(match, read)
    for mention in mentions:
        for pattern, read in _BARE_READERS:
            bare = pattern.match(text, mention.end)
            if bare and _free(bare.span(), taken):
                taken.append(bare.span())
                found += _read(bare, read)
    if not found:
        found = [pair for match in _PLACE_ALONE.finditer(text) for pair in _read(match, _place)]
    found.sort(key=lambda pair: pair[0])
    bound: list[Reference] = []
    behind = 0
    for (start, end), reference in found:
        abroad = _latin_stranger(text, start, end, text[behind:start])
        if abroad and not mentions:
            bound.append(replace(reference, stranger=abroad))
        else:
            bound.append(_bound(reference, text[behind:start], start, mentions, names))
        behind = end if start >= behind else behind
    return tuple(bound)


def _latin_stranger(text: str, start: int, end: int, before: str) -> str:
    """The foreign law that a reference is to: GDPR第17条, article 17 of the GDPR."""
    named = _LATIN_STRANGER.search(before) if text[start] == "第" else _OF_STRANGER.match(text, end)
    name = named[1] if named else ""
    return name.title() if " " in name else name.upper()


def _bound(
    reference: Reference, before: str, at: int, mentions: tuple[Mention, ...], names: DocumentNames
) -> Reference:
    """Bind a reference to the document named in or before the words that lead up to it."""
    earlier = [mention for mention in mentions if mention.start < at]
    words = before[max(0, len(before) - (at - earlier[-1].end)) :] if earlier else before
    named = _STRANGER.search(words)
    if named and reference.article is not None and not _POINTING.match(named[1]):
        name = _LEAD.sub("", named[1])
        known = names.loosely(name)
        return replace(reference, document_id=known, stranger="" if known else name)
    if mentions:
        nearest = earlier[-1] if earlier else mentions[0]
        return replace(reference, document_id=nearest.document_id)
    return reference


def _read(match: re.Match[str], read: Callable[[re.Match[str]], list[Reference]]) -> list[_Placed]:
    try:
        return [(match.span(), reference) for reference in read(match)]
    except ValueError:  # 第一百百条 is no number
        return []


def _one(match: re.Match[str]) -> Reference:
    number, sub, paragraph, item = match.groups()
    return Reference(
        article=to_int(number),
        sub=f"之{to_han(to_int(sub))}" if sub else "",
        paragraph=to_int(paragraph) if paragraph else None,
        item=to_int(item) if item else None,
    )


def _articles(match: re.Match[str]) -> list[Reference]:
    listed = _LISTED.findall(match[0].partition("条")[0] + "条")
    return [replace(_one(match), article=to_int(number)) for number in listed]


def _range(match: re.Match[str]) -> list[Reference]:
    first, last = to_int(match[1]), to_int(match[2])
    return [Reference(article=n) for n in range(first, min(last, first + _LONGEST_RANGE - 1) + 1)]


def _english(match: re.Match[str]) -> list[Reference]:
    return [Reference(article=int(n)) for n in [match[1], *re.findall(r"\d+", match[2])]]


def _part(match: re.Match[str]) -> list[Reference]:
    number, kind, item = match.groups()
    return [
        Reference(
            part=to_int(number),
            part_kind=kind if kind in ("章", "编", "篇") else "部分",
            item=to_int(item) if item else None,
        )
    ]


def _box(match: re.Match[str]) -> list[Reference]:
    return [Reference(box=to_int(match[1] or match[2]))]


def _place(match: re.Match[str]) -> list[Reference]:
    paragraph, item, lone_item = match.groups()
    number = item or lone_item
    return [
        Reference(
            paragraph=to_int(paragraph) if paragraph else None,
            item=to_int(number) if number else None,
        )
    ]


def _free(span: tuple[int, int], taken: list[tuple[int, int]]) -> bool:
    return all(span[1] <= start or span[0] >= end for start, end in taken)


_READERS = (
    (_RANGE, _range),
    (_ARTICLE, _articles),
    (_ENGLISH, _english),
    (_PART, _part),
    (_BOX, _box),
)
_BARE_READERS = ((_BARE_RANGE, _range), (_BARE, lambda match: [_one(match)]))
