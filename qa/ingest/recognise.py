"""What a text says of itself: title, level, issuer, dates; and what looks wrong in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from qa.ingest import forms
from qa.ingest.accounting import Account, account
from qa.ingest.catalog import Counts, Level, Region
from qa.ingest.corpus import parse_whole
from qa.ingest.dates import Days, days_of
from qa.ingest.draft import Draft, count
from qa.ingest.normalise import simplified
from qa.ingest.numerals import to_han
from qa.ingest.readers import Line
from qa.ingest.titles import behind_title, title_of

_TOP_LINES, _LONGEST_TOP, _SHOWN = 40, 1000, 600
_JUDICIAL = re.compile(r"(?:^|\s)最高人民(?:法院|检察院)|法释〔|法发〔|高检发")
_LOCAL_ORGAN = re.compile(
    "[省市区州县](?:第[一二三四五六七八九十]{1,3}届)?人民代表大会|[省市区州县]人民政府令"
)
_LOCAL = re.compile(
    "^(?!中华|全国)[^《》]{1,8}?(?:(?<!城)市(?![场容政民])|省|自治[区州县])[^《》]*(?:条例|办法|规定|细则)$"
)
"""A title that begins with the name of a place: `某市数据条例`."""
_SUFFIX = re.compile(r"[（(](?:\d{4}年\S{0,6}|试行|暂行)[）)]$")


@dataclass(frozen=True)
class Recognised:
    """What was read off a text, to be corrected by whoever adds it."""

    title: str
    names: tuple[str, ...]
    """Short names."""
    level: Level
    region: Region
    issuer: str
    days: Days
    counts: Counts
    drafts: tuple[Draft, ...]
    account: Account
    """Where every character of the text is."""
    warnings: tuple[str, ...]
    """A Chinese sentence each."""


def recognise(lines: Sequence[Line], title: str = "") -> Recognised:
    """Read off a text what it is; `title`: as somebody has corrected it."""
    title = title or title_of(lines)
    outline, _ = parse_whole(lines, title)
    printed = (line.text[:_LONGEST_TOP] for line in lines if line.text.strip())
    top = [forms.unmarked(text) for text in islice(printed, _TOP_LINES)]
    head = _head(top)
    level, region = _level(simplified(title), simplified(" ".join(head)))
    accounted = account(lines, title, outline.drafts)
    behind = behind_title(lines, title)
    above = [forms.unmarked(line.text) for line in lines[:behind]]
    next_lines = lines[behind : behind + _TOP_LINES]
    below = _head([forms.unmarked(line.text[:_LONGEST_TOP]) for line in next_lines])
    days = days_of(above, below, [draft.text for draft in outline.drafts])
    return Recognised(
        title=title,
        names=short_names(title),
        level=level,
        region=region,
        issuer=_issuer(title, level, head),
        days=days,
        counts=count(outline),
        drafts=tuple(outline.drafts),
        account=accounted,
        warnings=(
            *_warnings(outline.drafts),
            *map(_shortened, accounted.faults),
            *_missing(days),
            *_elsewhere(level, region),
        ),
    )


def short_names(title: str) -> tuple[str, ...]:
    """What people call it besides: without the state's name, without what tells texts apart."""
    names: dict[str, None] = {}
    plain = _SUFFIX.sub("", title)
    for name in (plain, plain.removeprefix("中华人民共和国")):
        if name != title and (len(name) > 2 or name.endswith("法")):  # 刑法, 宪法
            names[name] = None
    return tuple(names)


def _head(top: Sequence[str]) -> list[str]:
    """What stands above the text itself."""
    begun = (n for n, text in enumerate(top) if any(f.match(text) for f in forms.BEGINNINGS))
    return [*top[: next(begun, len(top))]]


def _level(title: str, head: str) -> tuple[Level, Region]:
    provincial = "山东" in title or "山东省" in head
    region: Region = "山东" if provincial else "国家"
    bare = _SUFFIX.sub("", title)
    if re.match("最高人民(法院|检察院)", title) or _JUDICIAL.search(head):
        return "司法解释", "国家"
    if provincial or _LOCAL.search(title) or _LOCAL_ORGAN.search(head):
        if "人民代表大会" in head or bare.endswith("条例"):
            return "地方性法规", region
        ordered = re.search("政府令|令第", head) or not provincial
        return ("省政府规章" if ordered else "省政策文件"), region
    if "人民代表大会" in head or re.search("(?<!办)法(?:典\\S{0,6})?$|修正案", bare):
        return "法律", "国家"
    if re.search("国务院令|国务院.{0,12}(?:通过|批准|发布|公布)", head):
        return "行政法规", "国家"
    if bare.endswith("条例"):
        return "行政法规", "国家"
    if re.search("令第|部令|局令|委员会令|办法|规定|细则|规范|规则", f"{head} {title}"):
        return "部门规章", "国家"
    return "国家政策文件", "国家"


def _issuer(title: str, level: Level, head: Sequence[str]) -> str:
    said = " ".join(head)
    if level == "法律":
        standing = "常务委员会" in next((text for text in head if "通过" in text), "")
        return "全国人民代表大会常务委员会" if standing else "全国人民代表大会"
    if level == "行政法规":
        return "国务院"
    if match := re.match("(最高人民(?:法|检察)院(?:、最高人民(?:法|检察)院)*)关于", title):
        return match[1]
    match = re.search(r"日\s*(\S{2,20}?)令第", said)
    return match[1] if match else ""


def _missing(days: Days) -> list[str]:
    if days.effective:
        return []
    what = "修改后的文本" if days.changed else "它"
    return [f"文中没有写{what}自哪天起施行；请补上施行日期。"]


def _elsewhere(level: Level, region: Region) -> list[str]:
    local = level in ("地方性法规", "省政府规章") and region == "国家"
    return ["看来是山东以外地方的文件；请核对效力层级和制定层面。"] if local else []


def _warnings(drafts: Sequence[Draft]) -> list[str]:
    articles = [draft for draft in drafts if draft.kind == "article" and "·" not in draft.locator]
    found: list[str] = []
    before = forms.article_number(articles[0].locator)[0] - 1 if articles else 0
    part: tuple[str, ...] = articles[0].headings[:1] if articles else ()
    for draft in articles:
        number, sub = forms.article_number(draft.locator)
        if number == 1 and draft.headings[:1] != part:  # each part counts from one
            before = 0
        part = draft.headings[:1]
        if not number:
            found.append(f"条号“{draft.locator}”认不出。")
        elif number > before + 1:
            gap = f"第{to_han(before + 1)}条"
            gap += f"至第{to_han(number - 1)}条" if number > before + 2 else ""
            found.append(f"条号不连续：{draft.locator}之前缺{gap}。")
        elif number < before or (number == before and not sub):
            found.append(f"条号重复或倒退：{draft.locator}。")
        before = max(before, number)
    if not drafts:
        found.append("没有读出任何条文。")
    return found


def _shortened(sentence: str) -> str:
    """A warning that a page can show; `qa corpus check` says the whole of it."""
    if len(sentence) <= _SHOWN:
        return sentence
    return f"{sentence[:_SHOWN]}……（还有 {len(sentence) - _SHOWN} 字，没有全部列出）"
