"""Laws and places that a question is about and the volume is not."""

import re
from collections.abc import Sequence

from qa.retrieval.names import DocumentNames, plain
from qa.retrieval.passage import Passage

_HOME = re.compile(r"山东|全省|我省|省里|shandong", re.IGNORECASE)

# ---- laws ----

_REPUBLIC = re.compile(r"中华人民共和国(?=[\u4e00-\u9fff])")
_LAW = re.compile(
    r"[\u4e00-\u9fff]+?(?:法典|条例|(?:管理|评估|实施|监督|审查|保护|认证|运营|促进|处理|服务|备案|流动"
    r"|登记|处罚|试行)(?:暂行)?(?:办法|规定|细则)|(?:实施|认证|审查)规则"
    r"|(?<![该本此这那依合违非司立执守普释说做想看办方用语书疗算魔写叫玩打手枪加减乘除修变无没设政犯提个检])"
    r"法(?!典|律|规|院|官|定|治|人|制|条|学|文|医|子|委|庭|检))"
)
_POINTED_AT = re.compile(r"[这那]$|[这那该本此][部个份项]$")
_BOUNDARY = re.compile(
    r"请问|关于|怎么|如何|落实|贯彻|(?<=[\d])年|一[个部份项]|自己的?|按照?|依照|依据|根据|违反|什么|[这那哪几]个|[这那哪几各]部|有没有|是不是|了解|想知道"
    r"|[的了是在和与及跟或把被从问说我你吗呢里让给这那本该]|(?<!应)对|(?<![审检抽])查(?!处|办)"
)
_NO_LAW = re.compile(r"(?:^.|部|哪些|加密|分类|计算|统计|评价|抽样|[一二三四五六七八九十\d])法$")
_ONE_CHARACTER = frozenset({"刑法", "宪法", "民法", "税法"})
_LATIN_LAW = re.compile(r"\b(?:[A-Z][\w'-]*\s+){1,5}(?:Act|Regulations?|Directive|Code)\b")
_ACRONYM = re.compile(r"(?<![A-Za-z])(?:GDPR|CCPA|HIPAA|APPI|LGPD)(?![A-Za-z])", re.IGNORECASE)
"""Laws of other countries that Chinese questions call by their initials."""
_GENERIC = re.compile(
    r"(?:山东省?|全?省里?|国家|地方性?|管理|实施|保护|评估|监督|审查|促进|相关|有关|具体|法律|行政|暂行|配套|[的出])*"
    r"(?:条例|办法|规定|细则|规则)"
)
_LEGAL = re.compile(r"(?:法典?|条例|办法|规定|细则|规则)(?:\(.*\))?$")
_ABOUT_THE_NAME = re.compile(
    r"提到|提及|提出|怎么[说提]|关系|加入|制定|出台|印发|发布|发文|立法|谁|哪[个些](?:部门|单位)|什么时候"
    r"|哪[年天]|何时|日期|序号|为什么|干什么|作用"
)
_ITS_CONTENT = re.compile(r"第\d+条|规定了|罚|处分|义务|怎么(?:规定|算|认定|处罚)|分[为成]|要求")


def absent_laws(question: str, strangers: Sequence[str], names: DocumentNames) -> tuple[str, ...]:
    """Names of laws in a question that are no document of the volume, with or without 《》."""
    found = [_bare(name, question) for name in strangers]
    found = [name for name in found if not _GENERIC.fullmatch(name)]
    simple = _REPUBLIC.sub("", "，".join(map(plain, question.split())))
    held = [(m.start, m.end) for m in names.mentions(simple)]
    for match in _LAW.finditer(simple):
        if any(start < match.end() and match.start() < end for start, end in held):
            continue
        name = _BOUNDARY.split(match[0])[-1]
        before = simple[: match.end() - len(name)]
        if _is_law(name) and not _POINTED_AT.search(before) and not names.mentions(name):
            found.append(name)
    if not re.search("[\u4e00-\u9fff]", question):
        found += [m[0] for m in _LATIN_LAW.finditer(question) if not names.mentions(plain(m[0]))]
    found += [m[0].upper() for m in _ACRONYM.finditer(question)]
    longest = sorted(dict.fromkeys(found), key=len, reverse=True)
    kept: list[str] = []
    for name in longest:
        if not any(name in other for other in kept):
            kept.append(name)
    return tuple(name for name in dict.fromkeys(found) if name in kept)


def _bare(stranger: str, question: str) -> str:
    """A name without what stands before it in the question, unless 《》 mark where it begins."""
    if stranger.isascii():
        return stranger
    marked = f"《{stranger}》" in question
    return plain(stranger) if marked else _BOUNDARY.split(plain(stranger))[-1]


def _is_law(name: str) -> bool:
    if name in _ONE_CHARACTER:
        return True
    return len(name) > 2 and not _NO_LAW.search(name) and not _GENERIC.fullmatch(name)


def asks_of_mention(question: str, laws: Sequence[str], passages: Sequence[Passage]) -> bool:
    """The question asks what the volume says of a law that it names but does not hold."""
    asked = plain(question)
    for law in laws:
        asked = asked.replace(plain(law), "")
    texts = [plain(passage.provision.text) for passage in passages]
    if not any(plain(law) in text for law in laws for text in texts):
        return False
    if not any(_LEGAL.search(law) for law in laws):
        return True
    return bool(_ABOUT_THE_NAME.search(asked)) and not _ITS_CONTENT.search(asked)


# ---- places ----

_PLACES = (
    "北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|河南|湖北"
    "|湖南|广东|广西|海南|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|内蒙古|香港|澳门"
    "|台湾|深圳|广州|杭州|南京|苏州|成都|武汉|西安|郑州|长沙|合肥|福州|厦门|宁波|贵阳"
    "|沈阳|大连|长春|哈尔滨|石家庄|太原|南昌|昆明|南宁|海口|兰州|西宁|银川|乌鲁木齐"
    "|呼和浩特|拉萨|无锡|珠海|东莞|佛山|温州|雄安"
)
"""The provinces but for Shandong, their capitals and the largest cities."""
_LATIN_PLACES = (
    "Beijing|Shanghai|Tianjin|Chongqing|Hebei|Shanxi|Liaoning|Jilin|Heilongjiang|Jiangsu"
    "|Zhejiang|Anhui|Fujian|Jiangxi|Henan|Hubei|Hunan|Guangdong|Guangxi|Hainan|Sichuan"
    "|Guizhou|Yunnan|Tibet|Shaanxi|Gansu|Qinghai|Ningxia|Xinjiang|Macau|Taiwan|Shenzhen"
    "|Guangzhou|Hangzhou|Nanjing|Suzhou|Chengdu|Wuhan|Xiamen|Ningbo"
)
_PLACE = re.compile(
    r"(?<![学在从到去往向致赴于为和])(?<!来自)(?<!总部)(?<!中国[—-])"
    rf"({_PLACES})(?:省|市|自治区|特别行政区|经济特区|特区)?"
    r"(?!.{0,6}组织|[^，。对给有]{0,6}(?:公司|企业|总部|用户|客户|朋友|服务器|机房|工厂|医院|会议|大会|进?博会|博览会|大学|银行))"
    r"(?!等地|人(?!民|口|工)|话|菜|开展|问题|关系)"
)
_LATIN_PLACE = re.compile(rf"\b(?:{_LATIN_PLACES})\b(?=.*\b(?:law|rule|regulation|polic))", re.I)
_OCCASION = re.compile(
    r"讲话|考察|调研|贺信|大会|会议|审议|论坛|峰会|总书记|习近平|座谈|演讲|speech|Xi\b"
)
_OWN_RULES = re.compile(r"(?:省|市|自治区)?的?[\u4e00-\u9fff]{0,12}?(?:条例|办法)")
_READ = 5
"""Passages that are looked through for a place."""


def other_place(
    question: str, passages: Sequence[Passage], names_document: bool = False
) -> str | None:
    """A province or city outside Shandong whose rules are asked for and that no passage names."""
    if _OCCASION.search(question):
        return None
    match = _PLACE.search(question)
    latin = None if match else _LATIN_PLACE.search(question)
    place = match[1] if match else latin[0] if latin else None
    if place is None:
        return None
    rules = bool(match and _OWN_RULES.match(question[match.end() :]))
    if (names_document or _HOME.search(question)) and not rules:
        return None
    named = any(place in passage.provision.text for passage in passages[:_READ])
    return place if rules or not named else None
