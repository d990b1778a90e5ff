"""What the header of a text says of its days: first published, last changed, in force."""

import datetime
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.ingest.numerals import to_int

_DIGITS = dict(zip("〇○零一二三四五六七八九", "000123456789", strict=True))
_HAN_DAY = re.compile(
    r"([〇○零一二三四五六七八九]{4})\s*年\s*([一二三四五六七八九十]{1,3})\s*月"
    r"\s*([一二三四五六七八九十]{1,3})\s*日"
)
_ISO_DAY = re.compile(r"(?<!\d)(\d{4})([-./])(\d{1,2})\2(\d{1,2})(?![\d.])")
_DAY = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_SPACE_WITHIN = re.compile(r"(?<=[\u4e00-\u9fff\d])\s+(?=[\u4e00-\u9fff\d])")
_MONTH = re.compile(r"^\(\s*(\d{4})\s*年\s*(\d{1,2})\s*月\s*\)$")
_ANY_TITLE = re.compile("《[^《》]*》")
_OPENING, _CLOSING = "(《〈<", ")》〉>"
_SAID = "(?:公布|发布|颁布|颁发|印发|成文|发文|实施|施行|生效)"
_BEGINS = re.compile(
    rf"^[(\[【]?\s*(?:{_SAID}(?:日期|时间)[\]】]?\s*:?\s*)?(?:根据|自|经|于)?\s*\d{{4}}\s*年"
)
"""`2010年8月28日……通过`, `（根据2018年……修正）`, `施行日期：2021年9月1日`."""
_ORDER = re.compile("》已?(?:经|由|于)|现予(?:公布|发布)|现(?:公布|发布)|通过.*公布")
"""The sentence of an order: `《……》已由……于2021年6月10日通过，现予公布`."""
_IN_FORCE = re.compile(r"^\s*(?:起|开始|起开始)?\s*(?:施行|实施|执行|生效|试行)")
_FORCE_LEAD = re.compile(r"(?:施行|实施|生效)(?:日期|时间)[\]】]?\s*:?\s*$")
_SAID_LEAD = re.compile(r"(?:公布|发布|颁布|颁发|印发|成文|发文)(?:日期|时间)[\]】]?\s*:?\s*$")
_CHANGED = re.compile("修正|修订|修改|重新(?:公布|发布)")
_BY_ANOTHER = re.compile(r"(?:通过|批准|公布|发布)的\s*《")
"""What a decision of that day has changed: `通过的《……修正案》`."""
_STAGES = (
    re.compile("通过|审定"),
    re.compile("批准"),
    re.compile(r"公布|发布|颁布|颁发|印发|公告|令(?:第|$)|第\s*\d+\s*号"),
)
"""A text is adopted, approved, published: a stage that comes again is that of a change."""
_OWN_FORCE = re.compile(rf"本\S{{1,12}}?自\s*{_DAY.pattern}\s*起\s*(?:施行|实施|执行|生效|试行)")
_DECIDED = re.compile(rf"本决定自\s*{_DAY.pattern}\s*起")
"""A decision that amends a law, whose own words may stand below."""
_AT_ONCE = re.compile("自(?:公布|发布|印发|颁布)之日起(?:施行|实施|执行|生效)")
_LAST_TEXTS = 3


@dataclass(frozen=True)
class Days:
    """ISO days; of the first a month where no more is printed; empty where nothing is said."""

    issued: str = ""
    """When the text was first published, or adopted where no publication is named."""
    changed: str = ""
    """When it was last amended."""
    effective: str = ""
    """From when on this text is in force: as amended, where it was amended."""


@dataclass(frozen=True)
class _Event:
    """A day of a header, and what is said of it."""

    day: str
    lead: str
    """What stands before the day, up to the one before it."""
    words: str
    """What stands behind it, up to the next one."""

    @property
    def in_force(self) -> bool:
        return bool(_FORCE_LEAD.search(self.lead)) or bool(_IN_FORCE.match(self.words))

    @property
    def stage(self) -> int:
        """The last one that is named: adopted 0, approved 1, published 2; -1: none."""
        said = _ANY_TITLE.sub("", self.words).partition("现予")[0]
        if _SAID_LEAD.search(self.lead):
            return 2
        named = [n for n, stage in enumerate(_STAGES) if stage.search(said)]
        alone = not re.search(r"\w", self.words) and not re.search(r"\w", self.lead)
        return max(named, default=2 if alone else -1)  # the day of a signature

    @property
    def amends(self) -> bool:
        said = _ANY_TITLE.sub("", self.words)
        by_title = _BY_ANOTHER.search(self.words) or re.match(r"\s*《[^《》]*修", self.words)
        return bool(_CHANGED.search(said) or by_title or self.lead.endswith("根据"))


def days_of(above: Sequence[str], below: Sequence[str], texts: Sequence[str]) -> Days:
    """The days of a text.

    Args:
        above: the lines above its title: an order, a covering letter.
        below: the lines between the title and the text itself.
        texts: the provisions, a text each, and behind them what is signed.
    """
    note, order = [*_events(_notes(below))], [*_events(_notes(above))]
    if any(event.amends for event in note):  # the order is that of the amendment, if anything
        order = []
    issued, changed = _published([*note, *order])
    month = next((m for line in below if (m := _MONTH.match(_spelt(line)))), None)
    issued = issued or _signed(texts) or (f"{month[1]}-{int(month[2]):02}" if month else "")
    effective = _effective([*note, *order], texts, issued, changed)
    return Days(issued, changed, effective)


def days_in(text: str) -> tuple[str, ...]:
    """The days that a text names, ISO, in its order."""
    return tuple(_iso(match) for match in _days(_spelt(text)))


def _published(events: Sequence[_Event]) -> tuple[str, str]:
    """The day of the first publication, and of the last change."""
    issued, changed, last = "", "", -1
    for event in sorted(events, key=lambda each: (each.day, each.stage)):
        if event.in_force or (event.stage < 0 and not event.amends):
            continue
        first = last < 0 and not event.lead.endswith("根据") and event.stage >= 0
        if not changed and (first or (event.stage > last and not event.amends)):
            issued, last = event.day, event.stage
        elif event.day != issued or event.amends:
            changed = event.day
    return issued, changed


def _effective(events: Sequence[_Event], texts: Sequence[str], issued: str, changed: str) -> str:
    """An amended law keeps the words of its first day; they are not those of the amendment."""
    told = [event.day for event in events if event.in_force]
    for own in (_DECIDED, _OWN_FORCE):
        told = told or [_iso(m) for text in texts for m in _days(_spelt(text), own)][-1:]
    told = told or [_iso(m) for text in texts for m in _in_force(_spelt(text))][-1:]
    if told:
        return max(told) if max(told) >= changed else ""
    at_once = any(_AT_ONCE.search(text) for text in texts[-_LAST_TEXTS:])
    return issued if at_once and not changed else ""


def _in_force(text: str) -> Iterator[re.Match[str]]:
    for match in _days(text):
        since = text[: match.start()].rstrip().endswith(("自", "于", "从"))
        if since and _IN_FORCE.match(text[match.end() :]):
            yield match


def _signed(texts: Sequence[str]) -> str:
    """The day below the last words, with nothing beside it."""
    lines = [line.strip() for text in texts[-_LAST_TEXTS:] for line in text.split("\n")]
    spelt = [_spelt(line) for line in lines[-2:]]
    return next((_iso(m) for line in spelt if _DAY.fullmatch(line) for m in _days(line)), "")


def _notes(lines: Sequence[str]) -> Iterator[str]:
    """The lines that tell of days, each with those that it goes on in."""
    open_ = ""
    for line in map(_spelt, lines):
        if open_ and not _BEGINS.match(line):
            open_ += line
        elif _BEGINS.match(line) or (_ORDER.search(line) and _DAY.search(line)):
            if open_:
                yield open_
            open_ = line
        if open_ and not _goes_on(open_):
            yield open_
            open_ = ""
    if open_:
        yield open_


def _goes_on(note: str) -> bool:
    """A bracket of it is open, or nothing is said of its last day."""
    if sum(note.count(c) for c in "《〈") > sum(note.count(c) for c in "》〉"):
        return True
    if note.startswith("(") and note.count("(") > note.count(")"):
        return True
    events = [*_events([note])]
    return (
        bool(events)
        and bool(re.search(r"\w", events[-1].words))
        and not (events[-1].in_force or events[-1].amends or events[-1].stage >= 0)
    )


def _events(notes: Sequence[str] | Iterator[str]) -> Iterator[_Event]:
    for note in notes:
        found = [*_days(note)]
        for n, match in enumerate(found):
            lead = note[found[n - 1].end() if n else 0 : match.start()]
            end = found[n + 1].start() if n + 1 < len(found) else len(note)
            words = re.sub(r"(?:根据|自|从|于|经)$", "", note[match.end() : end].rstrip())
            yield _Event(_iso(match), lead.rstrip(), words)


def _days(text: str, form: re.Pattern[str] = _DAY) -> Iterator[re.Match[str]]:
    """Where a spelt text names days that there are."""
    for match in form.finditer(text):
        try:
            datetime.date(*map(int, match.groups()))
        except ValueError:
            continue
        yield match


def _spelt(text: str) -> str:
    """In half width, its days in Arabic digits."""
    text = _SPACE_WITHIN.sub("", unicodedata.normalize("NFKC", text).strip())
    return _ISO_DAY.sub(r"\1年\3月\4日", _HAN_DAY.sub(_arabic, text))


def _arabic(match: re.Match[str]) -> str:
    year = "".join(_DIGITS[c] for c in match[1])
    try:
        return f"{year}年{to_int(match[2])}月{to_int(match[3])}日"
    except ValueError:  # 十十月
        return match[0]


def _iso(match: re.Match[str]) -> str:
    return f"{int(match[1]):04}-{int(match[2]):02}-{int(match[3]):02}"
