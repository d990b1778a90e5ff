"""罚则一览: who breaks what, and what follows, paragraph by paragraph; only what the text says."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from qa.briefing.model import Consequence, Penalties, Penalty
from qa.briefing.saying import said
from qa.briefing.subtopics import subtopic_of
from qa.briefing.wording import source
from qa.briefing.work import Work
from qa.ingest.provision import Part, Provision

_LIABILITY = "法律责任"
_MEASURE = re.compile(
    r"责令|罚款|处分|没收|拘留|承担\S{0,10}责任|追究\S{0,6}责任|处罚|吊销|约谈|记入信用档案|不得从事"
    r"|提起诉讼|制裁|应当终止|适用其规定|予以处理"
)
_OWN_NUMBER = re.compile(r"^第\S+?条(?:之\S+?)?[\s　]+")
_FOLLOWS = (
    r"由|责令|依法|依照|依据|对直接|给予|处|没收|应当|可以|适用|除应当|人民检察院|公共数据提供单位"
    r"|[一二三四五\d]+年内不得|终身不得"
)
_CONDITION = re.compile(rf"的(?:人员)?，(?={_FOLLOWS})")
_ANY_CONDITION = re.compile(r"的(?:人员)?，")
_CASE = re.compile(
    r"[；。](?=(?:拒不改正|情节(?:严重|较重)|造成|导致|构成犯罪|受到刑事处罚|违反有关)[^，；。]*的(?:人员)?，)"
)
_PERSONS = re.compile(r"[，；]?(?:并)?(?=(?:由\S{2,10})?(?:依法)?对直接负责的主管人员)")
_HAN = "[一二三四五六七八九十百]+"
_ARTICLE = re.compile(rf"第{_HAN}条(?:至第{_HAN}条)?(?:第{_HAN}款(?:、第{_HAN}款)*)?")
_BY = re.compile(
    r"^(?:依照[^，；]*，)?由([^，；。]*?)(?=依据职责|责令|没收|给予|处(?!分|罚)|依法|按照)"
)
_FINDS = re.compile(r"^.*发现(?=\S)")
"""An authority that finds something is no offender."""
_AMOUNT = re.compile(
    r"(?:违法所得|采购金额)?[一二三四五六七八九十百千万\d]+(?:元|倍)(?:以上[一二三四五六七八九十百千万\d]+(?:元|倍))?"
    r"以下(?:或者上一年度营业额百分之[一二三四五六七八九十\d]+以下)?罚款"
    r"|[一二三四五六七八九十\d]+日(?:以上[一二三四五六七八九十\d]+日)?以下拘留"
)
_WHO = re.compile(
    r"^(?:违反本[^，]*?规定，|违反本(?:法|条例|办法)，)?(?P<who>[^，；]*?(?:组织|个人|运营者|提供者|处理者|机构|机关"
    r"|部门|工作人员|人员|单位|受托人))(?=不履行|未履行|未依法|违反|有下列|有前款|未按照|未|拒不|在|从事|玩忽职守"
    r"|不依法|采购|对|将|开展|，不履行|发生)"
)
_LISTS = re.compile("有下列(?:行为|情形)之一的?")
_SAID = 0.75
"""A violation with this share of the topic's words is on the topic."""
_DUTIES = ("义务", "禁止", "程序与时限")
_GENERAL = re.compile(
    r"违反本(?:法|条例|办法)规定(?:，给他人|，构成|处理个人信息)|有本(?:法|条例|办法)规定的违法行为"
    r"|(?:不|未)履行本(?:法|条例|办法)规定的|不依法履行职责"
)
"""Of whatever duty; the acts are not named."""


def write(work: Work) -> Penalties | str:
    """The rows of the documents in question, and those of others on the subject."""
    found = _in_question(work)
    if work.limit:
        found = _foremost(found, work)
    rows = [row for p in sorted(found, key=work.desk.order) for row in rows_of(p)]
    if not rows:
        return f"关于“{work.subject.name}”，所涉文件没有规定罚则。"
    return Penalties(tuple(rows[: work.limit]))


def rows_of(provision: Provision) -> tuple[Penalty, ...]:
    """The rows of one article: one for each paragraph that names a consequence."""
    rows: list[Penalty] = []
    for label, group in groupby(provision.parts, key=lambda p: p.label.partition("第（")[0]):
        parts = [*group]
        lead = _OWN_NUMBER.sub("", parts[0].text).strip()
        if rows and lead.startswith("前款规定的") and not _CONDITION.search(lead):
            rows[-1] = _with_supplement(rows[-1], lead, provision)
        elif _MEASURE.search(lead):
            rows.append(_row(provision, label, lead, parts))
    return tuple(rows)


# ---- which articles ----


def _in_question(work: Work) -> list[Provision]:
    """Articles on liability: of the documents in question, or tied to what was found.

    Tied is what speaks of the topic, was found for it, or punishes by its number a duty that was;
    a duty that no article punishes by its number falls under the general clauses of its law.
    """
    subject, desk = work.subject, work.desk
    all_of_them = [p for p in desk.provisions if p.kind == "article" and _is_liability(p)]
    if subject.within:
        return [p for p in all_of_them if p.document_id in subject.documents]
    cited = {p.id: {c.id for c in desk.search.reading.related(p).cites} for p in all_of_them}
    by_number = frozenset[str]().union(*cited.values())
    duties = [desk.by_id[each] for each in subject.near if each not in by_number]
    laws = {p.document_id for p in duties if _is_duty(p)}
    return [
        p
        for p in all_of_them
        if p.document_id in subject.documents
        or said(subject.name, subject.words, p.text) >= _SAID
        or p.id in subject.near
        or cited[p.id] & {*subject.near}
        or (p.document_id in laws and not cited[p.id] and _is_general(p))
    ]


def _foremost(found: list[Provision], work: Work) -> list[Provision]:
    """As many as there may be rows, from each law in turn: those first that come nearest, or
    whose duties do."""
    near, related = work.subject.near, work.desk.search.reading.related

    def nearness(provision: Provision) -> float:
        tied = (provision, *related(provision).cites)
        return max(near.get(each.id, 0.0) for each in tied)

    turns = Counter[str]()
    taken: list[tuple[int, Provision]] = []
    for provision in sorted(found, key=nearness, reverse=True):
        taken.append((turns[provision.document_id], provision))
        turns[provision.document_id] += 1
    chosen: list[Provision] = []
    for _, provision in sorted(taken, key=lambda each: each[0]):
        if sum(len(rows_of(each)) for each in chosen) < work.most(len(found)):
            chosen.append(provision)
    return chosen


def _is_duty(provision: Provision) -> bool:
    if provision.kind != "article" or _is_liability(provision):
        return False
    return subtopic_of(provision.text, provision) in _DUTIES


def _is_general(provision: Provision) -> bool:
    """It punishes whatever breaks its law, of which it lists nothing."""
    lists = any("第（" in part.label for part in provision.parts)
    return (
        not lists and bool(_GENERAL.search(provision.text)) and "适用其规定" not in provision.text
    )


def _is_liability(provision: Provision) -> bool:
    if any(_LIABILITY in heading for heading in provision.headings):
        return True
    has_chapters = any(provision.headings)
    return not has_chapters and bool(re.search("违反本", provision.text))


# ---- a row ----


def _row(provision: Provision, label: str, lead: str, parts: list[Part]) -> Penalty:
    cut = _CONDITION.search(lead) or _ANY_CONDITION.search(lead)
    condition, follows = (lead[: cut.start()], lead[cut.end() :]) if cut else ("", lead)
    if cut and cut[0].startswith("的人员"):
        condition += "的人员"
    items = tuple(part.text for part in parts[1:])
    follows = follows.rstrip("：:") if items else follows
    named = _BY.match(follows)
    by = named[1] if named else ""
    subject = _WHO.match(condition)
    who = subject["who"] if subject else ""
    violation = condition[subject.end() :].lstrip("，") if subject else condition
    if not by and _FINDS.match(violation):
        who, by, violation = "", who, _FINDS.sub("", violation)
    told = "".join((condition, *items))
    return Penalty(
        who=who,
        violation=_LISTS.sub("", violation).rstrip("，") if items else violation,
        items=items,
        breached=tuple(dict.fromkeys(_ARTICLE.findall(told))),
        by=by,
        consequences=tuple(_consequences(follows)),
        source=source(provision, "\n".join(part.text for part in parts), label),
    )


def _consequences(follows: str) -> Iterator[Consequence]:
    for n, text in enumerate(_CASE.split(follows)):
        text = text.strip().rstrip("。；")
        cut = _ANY_CONDITION.search(text) if n else None
        case, rest = (text[: cut.end() - 1], text[cut.end() :]) if cut else ("", text)
        persons = _PERSONS.search(rest)
        measures = rest[: persons.start()] if persons else rest
        yield Consequence(
            case=case,
            measures=measures.strip(),
            persons=rest[persons.end() :].strip() if persons else "",
            amounts=tuple(_AMOUNT.findall(rest)),
        )


def _with_supplement(row: Penalty, text: str, provision: Provision) -> Penalty:
    """A paragraph that only says how the one before it is measured out."""
    further = Consequence("", text.rstrip("。"), "", tuple(_AMOUNT.findall(text)))
    return Penalty(
        **{
            **row.__dict__,
            "consequences": (*row.consequences, further),
            "source": source(provision, provision.text),
        }
    )
