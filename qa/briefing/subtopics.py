"""What a sentence is about, told by its wording and by the headings it stands under."""

import re

from qa.briefing.model import SUB_TOPICS, SubTopic
from qa.ingest.provision import Provision

SEARCHED: dict[SubTopic, str] = {
    "定义": "是指 所称 含义 定义",
    "适用范围": "适用 范围 活动",
    "主体与职责": "主管部门 负责 统筹协调 监督管理 职责",
    "权利": "有权 权利 请求 同意",
    "义务": "应当 履行 义务 采取措施",
    "禁止": "不得 禁止",
    "程序与时限": "期限 申请 审核 评估 报告 程序",
    "法律责任": "违反 责令改正 罚款 处分",
    "目标与指标": "到2025年 目标 达到 指标",
    "任务分工": "重点任务 建设 推动 责任单位",
}
"""Words that a search for a sub-topic adds to the topic."""

_PENALTY = re.compile(
    r"罚款|给予(?:\S{0,4})处分|责令(?:改正|暂停|停止)|没收违法所得|追究\S{0,4}责任"
    r"|承担(?:民事|法律|连带|侵权|损害赔偿)\S{0,6}责任"
    r"|记入信用档案|依照[^。]{0,20}处罚"
)
_DEFINITION = re.compile(
    r"是指|本(?:法|条例|办法|规定)(?:下列|所称)|以下(?:统称|简称)[^。]*是|统称为|^[^，。；]{2,14}是(?:以|一旦)"
)
_SCOPE = re.compile(
    r"适用本(?:法|条例|办法|章)|适用于|执行本(?:法|条例|办法)|参照本(?:法|条例|办法)|(?:不|也)适用"
)
_FORBIDS = re.compile(r"不得|严禁|(?:^|，)禁止")
_RIGHT = re.compile(
    r"有权|享有|权利不受|(?:公民|个人|自然人|法人|其他组织|任何组织)[^，。；]{0,12}可以"
)
_DUTY = re.compile(r"应当|必须|负有|有义务")
_DEADLINE = re.compile(
    r"(?:[一二三四五六七八九十\d]+(?:个)?(?:工作日|日|天|个月|月|年|小时))(?:以?内|前(?!\S*规划))"
    r"|不(?:少于|超过)[一二三四五六七八九十\d]+|至少\S{0,4}(?:一次|[一二三四五六七八九十\d]+年)|每[年两]\S{0,4}一次"
    r"|期限|之日起(?!施行)"
)
_PROCEDURE = re.compile(
    r"(?:经|报)[^，。；]{2,30}(?:批准|同意|备案|审核)|安全(?:评估|审查)|影响评估|提出(?:申请|异议)|申请获取"
)
_AUTHORITY = re.compile(
    r"^(?:[^，。；]{0,30}[，])?(?:国家|国务院|中央|县级以上|各级|省[、人级]|设区的市|各地区|公安|网信|大数据工作"
    r"|[^，。；]{0,24}(?:主管部门|监管部门|有关部门|保护工作部门|职责的部门|人民政府|机关))"
    r"[^。；]{0,80}?(?:负责|统筹|承担|主管|监督|指导|组织|建立|制定|实行|支持|推进|应当)"
)
_CHARGE = re.compile(r"负责|职责|统筹协调|主管|监督管理")
_TARGET = re.compile(
    r"(?:到|至|展望|力争)\s*20\d\d\s*年|20\d\d\s*年(?:年?底|末)|(?:达到|突破|超过|不低于|不少于)\s*[\d.]+"
)
_TARGET_HEADING = re.compile("目标|指标")
_LIABILITY_HEADING = "法律责任"

_CENTRAL: dict[SubTopic, re.Pattern[str]] = {
    "定义": re.compile("本(?:法|条例|办法)所称"),
    "权利": re.compile("享有|有权"),
    "法律责任": re.compile("罚款"),
    "主体与职责": re.compile("负责"),
}


def is_central(text: str, subtopic: SubTopic) -> bool:
    """The sentence has the very word that its sub-topic is about."""
    central = _CENTRAL.get(subtopic)
    return bool(central and central.search(text))


def subtopic_of(text: str, provision: Provision) -> SubTopic | None:
    """The sub-topic of a sentence of a provision; None where no rule tells."""
    if provision.kind in ("quote", "entry"):
        return None
    if provision.kind != "article":
        return _of_policy(text, provision)
    in_liability = any(_LIABILITY_HEADING in heading for heading in provision.headings)
    if in_liability or _PENALTY.search(text):
        return "法律责任"
    if _DEFINITION.search(text):
        return "定义"
    if _SCOPE.search(text):
        return "适用范围"
    return _of_rule(text)


def rank(subtopic: SubTopic | None) -> int:
    """For sorting: the place of a sub-topic, behind all where there is none."""
    return SUB_TOPICS.index(subtopic) if subtopic else len(SUB_TOPICS)


def _of_rule(text: str) -> SubTopic | None:
    """Of a sentence that says who may, must or must not do what."""
    forbids, obliges = _FORBIDS.search(text), _DUTY.search(text)
    right = _RIGHT.search(text)
    if right and not (forbids and forbids.start() < right.start()):
        return "权利"
    if forbids and not (obliges and obliges.start() < forbids.start()):
        return "禁止"
    if _DEADLINE.search(text) or _PROCEDURE.search(text):
        return "程序与时限"
    if _AUTHORITY.search(text) and (_CHARGE.search(text) or not obliges):
        return "主体与职责"
    if obliges:
        return "义务"
    return "主体与职责" if _AUTHORITY.search(text) else None


def _of_policy(text: str, provision: Provision) -> SubTopic:
    """Of a plan or a list of tasks."""
    in_targets = any(_TARGET_HEADING.search(heading) for heading in provision.headings)
    return "目标与指标" if in_targets or _TARGET.search(text) else "任务分工"
