"""The time that a question speaks of: a day, the text before the last change, today's."""

import calendar
import datetime
import re
from dataclasses import dataclass

_AS_OF = re.compile(
    r"(?<!\d)((?:19|20)\d\d)年(?:(\d{1,2})月(?:(\d{1,2})日)?)?"
    r"(?:的?时候|时|当时|那时|[底末](?!前)|版|的(?:规定|文本|版本|法))"
)
_OLD = r"(?:旧|老|(?<![草高平还])原)"
_FORMER = re.compile(
    rf"(?:修改|修订|修正|改动)之?以?前(?!后)|{_OLD}(?:版|文本|条文|法)|原来的|以前的"
    r"|(?<![a-z])before (?:the |its )?(?:\w+ )?(?:amendment|revision)"
    r"|(?<![a-z])before it was (?:amended|revised)"
    r"|(?<![a-z])(?:old|former|previous|original|unamended) (?:text|version|wording|law)\b"
)
_FORMER_NAME = re.compile(r"(?<!新)[旧老原]的?$|(?<![a-z])(?:old|former|previous|original) $")
"""What stands before the name of a law: 原网络安全法."""
_EARLIER = re.compile(
    r"以前|之前|原来|原先|过去|从前|早先|\b(?:before|earlier|previously|formerly|originally)\b"
)
"""What means the text before only where nothing else is asked."""
_TODAY = re.compile(
    r"现在|现行|目前|如今|修[改订正][之以]?后|(?<!创)新法|\b(?:now|current(?:ly)?|today)\b"
)
_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)年(?:(\d{1,2})月(?:(\d{1,2})日)?)?(之?以?前(?!后))?")
_DAY_BEFORE_ACT = re.compile(r"(?:进行)?的?(?:第.次)?(?:修改|修订|修正|通过|公布|发布|印发)")
_ENGLISH_DAY = re.compile(
    r"(?<![a-z])(?:in|as of|as at|on|during)(?: (?:(\d{1,2}) )?([a-z]{3,9})(?: (\d{1,2}),?)?)?"
    r" ((?:19|20)\d\d)\b"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

AMENDED_LAW = re.compile(
    rf"(?:{_OLD}|(?<!创)新|现行|修[改订正]之?以?[前后])的?法(?![律规治院学典人])"
)
"""A law that is named by nothing but its time: 旧法, 新法, 现行法."""

_ARTICLE = re.compile(
    r"第\d+条(?:之\d+)?(?:的?第\d+款)?(?:的?第?\(?\d+\)?项)?|\barticles? \d+(?: of)?\b"
)
_NEXT_TO_ARTICLE = re.compile(r"(?<![a-z])(?:old|former|previous|original|new|current) $")
_WHERE = re.compile(
    r"第几条|第?多少条|哪个?一?条(?:文|款)?|还[在有]吗?|保留|(?:which|what) (?:article|number)"
)
_BECAME = re.compile(r"改[到成为]|变[到成为]|[移挪][到至]|调整[到成为]|\bbecomes?\b|\bbecame\b")
_CORRESPONDS = re.compile(r"对应|相当|\bcorrespond\w*")
_CHANGED = re.compile(
    r"[修更]?[改订正动变]了|改动|变[化动]|不同|区别|差别|差异|\bchanged?\b|\bdiffer\w*"
)
_FILLING = re.compile(
    r"规定|条文|内容|这条|该条|哪些|[与和跟比较那么这它的地得呢吗嘛啊吧是为怎样如何什啥说讲写要求内容有没成改到了在里中又还也都就版本文法时候情况"
    r"对应相当于调整移至去现原旧老新请问年]|\b(?:what|how|about|and|is|was|were|it|its|did|does|do"
    r"|say|the|of|in|to|one|then|version|text|wording|law|provision|article|number|which|old|new"
    r"|former|previous|original)\b|[^\w]"
)
"""What a question for another time says besides the time."""
_FEW = 2
"""So many further characters may be a word of the article spoken of: 那现在罚款多少."""


@dataclass(frozen=True)
class Time:
    """The time of whose rules something is asked; all empty where none is named."""

    as_of: str = ""
    """The last day of it, where it is said to be meant: 2025年时的规定."""
    day: str = ""
    """The last day of any time that is named: what is meant, where a law has several texts."""
    former: bool = False
    """The text before the last change: 修改前的网络安全法."""
    today: bool = False

    def __bool__(self) -> bool:
        """Whether a time is named, be it today."""
        return bool(self.as_of or self.day or self.former or self.today)


@dataclass(frozen=True)
class Asked:
    """A question for another time, or for another number, of an article and nothing else."""

    besides: str = ""
    """The few characters that it says besides."""
    counterpart: str = ""
    """For the number of it in another text: `now`, `before`, or an ISO day."""


def time_of(text: str, without_names: str, former_name: bool = False) -> Time:
    """The time that a plain text speaks of; without the names of laws it names no day of theirs.

    Args:
        former_name: it has a law's name that says so (see `says_former`).
    """
    return Time(
        as_of=_as_of(text),
        day=_day(without_names),
        former=former_name or bool(_FORMER.search(without_names)),
        today=bool(_TODAY.search(text)),
    )


def says_former(before_name: str) -> bool:
    """Whether the text up to a law's name makes it the former law: 原, 旧."""
    return bool(_FORMER_NAME.search(before_name))


def asked_of_time(without_names: str) -> Asked | None:
    """What a plain text asks of an article's time or number; None where it asks for more."""
    bare = without_names
    where = bool(_WHERE.search(bare))
    named = [
        pattern.search(bare)
        for pattern in (_FORMER, _EARLIER, _TODAY, _DAY, _ENGLISH_DAY, AMENDED_LAW, _CHANGED)
    ]
    moved = where and (_BECAME.search(bare) or _CORRESPONDS.search(bare))
    if not any(named) and not moved:
        return None
    for pattern in (_ARTICLE, _WHERE, _AS_OF, _DAY, _ENGLISH_DAY, AMENDED_LAW):
        bare = pattern.sub(" ", bare)
    for pattern in (_FORMER, _EARLIER, _TODAY, _BECAME, _CORRESPONDS, _CHANGED, _FILLING):
        bare = pattern.sub("", bare)
    if where and not bare:
        return Asked(counterpart=_target(without_names))
    return Asked(besides=bare) if len(bare) <= _FEW and not where else None


def time_of_source(without_names: str, target: str, former_name: bool) -> Time:
    """The time of the text whose article's number in another one, the `target`, is asked for."""
    before = _around_article(without_names)[0]
    day = _day(before)
    return Time(as_of=day, day=day, former=not day and (target == "now" or former_name))


def is_earlier(text: str) -> bool:
    """Whether a question for another time of an article means the text before."""
    return bool(_EARLIER.search(text)) and not _day(text)


def _target(text: str) -> str:
    """The text in which an article's number is looked for; said behind the article, as a rule."""
    before, after = _around_article(text)
    if said := _NEXT_TO_ARTICLE.search(before):  # the old Article 21
        return "before" if said[0].startswith(("new", "current")) else "now"
    if day := _day(after):
        return day
    if _FORMER.search(after) or _EARLIER.search(after):
        return "before"
    if _TODAY.search(after) or _BECAME.search(after):
        return "now"
    return "before" if _TODAY.search(before) and not _FORMER.search(before) else "now"


def _around_article(text: str) -> tuple[str, str]:
    found = [*_ARTICLE.finditer(text)]
    return (text[: found[-1].start()], text[found[-1].end() :]) if found else ("", text)


def _as_of(text: str) -> str:
    match = _AS_OF.search(text)
    if not match:
        return ""
    return _span(*map(int, (each or 0 for each in match.groups())))[1].isoformat()


def _day(text: str) -> str:
    """The last day of the time that a text without names of laws speaks of; no day of an act."""
    for match in _DAY.finditer(text):
        if not _DAY_BEFORE_ACT.match(text, match.end()):
            first, last = _span(*map(int, (each or 0 for each in match.groups()[:3])))
            return (first - datetime.timedelta(1) if match[4] else last).isoformat()
    english = _ENGLISH_DAY.search(text)
    if not english:
        return ""
    day, month, other, year = english.groups()
    number = _MONTHS.index(month[:3]) + 1 if month and month[:3] in _MONTHS else 0
    return _span(int(year), number, int(day or other or 0) if number else 0)[1].isoformat()


def _span(year: int, month: int, day: int) -> tuple[datetime.date, datetime.date]:
    """The first and the last day of a year, a month or a day; 0 is what is not said."""
    month = min(month, 12)
    days = calendar.monthrange(year, month or 12)[1]
    first = datetime.date(year, month or 1, min(day or 1, days))
    return first, datetime.date(year, month or 12, min(day or days, days))
