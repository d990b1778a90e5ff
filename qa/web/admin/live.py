"""The figures of the tab 运行状况 as HTML."""

from collections.abc import Mapping, Sequence

from qa.llm.model import Model
from qa.records.usage import BEIJING
from qa.web.admin.office import rows
from qa.web.monitoring.readiness import Checks
from qa.web.monitoring.recent import Fault, Figures
from qa.web.monitoring.state import State
from qa.web.spans import escape

_STAGES = {
    "question": "读懂问题",
    "embedding": "问题的向量",
    "dense": "语义检索",
    "lexical": "词法检索",
    "fusion": "合并排序",
    "rerank": "重排",
    "retrieval": "检索合计",
    "first_evidence": "首条依据",
    "rewrite": "改写追问",
    "waiting": "等待大模型",
    "model": "大模型书写",
    "check": "核对",
    "first_token": "首字",
    "total": "整个回答",
}
"""In their order; the others are parts of these."""
_REFUSALS = {
    "blank": "没有问题",
    "instruction": "只有指令",
    "article": "没有的条款",
    "place": "别的地方",
    "law": "没有收录的文件",
    "greeting": "问候",
    "identity": "问助手自己",
    "chat": "闲聊",
    "task": "代办事情",
    "advice": "个案处置",
    "opinion": "征求看法",
    "filters": "限定的范围内没有",
    "nothing": "没有相近的内容",
    "quote": "没有所引的话",
    "circumstances": "没有所说的情形",
    "person": "没有所说的人",
    "year": "没有所说的年份",
    "money": "没有金额",
    "term": "没有所问的词",
}
_WORDS = {
    "ok": "正常",
    "empty": "是空的",
    "busy": "忙，或没有回应",
    "not writable": "不能写",
    "low": "空间不足",
    "not readable": "读不了",
}
_MODEL = {"none": "不用，摘录作答", "loading": "准备中", "ready": "就绪", "failed": "不可用"}


def checks(seen: Checks, state: State, model: Model | None) -> str:
    """Whether all is well, part by part."""
    told = model.status.fault if model and seen.model == "failed" else None
    writes = f"{_MODEL[seen.model]}{f'：{told}' if told else ''}"
    parts = {
        "索引": (_WORDS[seen.index], seen.index == "ok"),
        "数据库": (_WORDS[seen.database], seen.database == "ok"),
        "磁盘": (f"{_WORDS[seen.disk]}，剩余 {_size(state.disk_free)}", seen.disk == "ok"),
        "大模型": (writes, seen.model in ("none", "ready")),
    }
    items = "".join(
        f'<li class="{"well" if well else "wrong"}"><strong>{name}</strong>{escape(said)}</li>'
        for name, (said, well) in parts.items()
    )
    return f'<ul aria-label="各部分的状态">{items}</ul>'


def numbers(now: Figures, state: State) -> str:
    """The tiles."""
    own, ended = state.process, now.outcomes
    facts = {
        "正在回答": str(now.in_progress),
        "等待大模型": str(now.waiting),
        "最近一分钟的提问": str(now.last_minute),
        "最近一小时的提问": str(now.questions),
        "其中拒绝作答": _share(ended["refused"], now.questions),
        "没写成，改为摘录": str(ended["fell_back"] + ended["timed_out"]),
        "停下、出错": f"{ended['stopped']}、{ended['failed']}",
        "大模型的词元": f"{now.tokens:,}",
        "内存": _size(own.get("process_resident_memory_bytes", 0)),
        "线程、打开的文件": f"{state.threads}、{own.get('process_open_fds', 0):.0f}",
        "索引": f"{state.provisions:,} 条，{_size(state.index_bytes)}",
        "已运行": _duration(now.uptime_s),
    }
    items = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts.items())
    return f"<dl>{items}</dl>"


def stages(now: Figures) -> str:
    """How long the stages take."""
    took = {stage.name: stage for stage in now.stages}
    found = [
        (label, _ms(took[name].p50), _ms(took[name].p95), str(took[name].questions))
        for name, label in _STAGES.items()
        if name in took
    ]
    heading = "<h2>各步用时（最近一小时）</h2>"
    if not found:
        return f'{heading}<p class="quiet">最近一小时没有人提问。</p>'
    body = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{one}</td>" for one in rest)}</tr>'
        for first, *rest in found
    )
    names = ("哪一步", "p50", "p95", "次数")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    return (
        f'{heading}<p class="quiet">p50：一半的提问更快；p95：只有 5% 更慢。</p>'
        '<div class="scrolled" role="region" aria-label="各步用时" tabindex="0">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def refusals(now: Figures) -> str:
    """Why questions were refused."""
    heading = "<h2>拒绝作答的原因（最近一小时）</h2>"
    return heading + (_counted(now.refusals) or '<p class="quiet">没有拒绝作答。</p>')


def faults(found: Sequence[Fault]) -> str:
    """What went wrong last."""
    listed = [
        ("", [f"{one.at.astimezone(BEIJING):%m-%d %H:%M:%S}", one.id, one.what]) for one in found
    ]
    return "<h2>最近的错误</h2>" + rows("最近的错误", ("时间", "编号", "出了什么错"), listed)


def _counted(reasons: Mapping[str, int]) -> str:
    ordered = sorted(reasons.items(), key=lambda one: -one[1])
    items = "".join(f"<li>{_REFUSALS.get(kind, kind)}：{n} 次</li>" for kind, n in ordered)
    return f"<ul>{items}</ul>" if items else ""


def _share(part: int, whole: int) -> str:
    return f"{part}（{part / whole:.0%}）" if whole else "0"


def _ms(value: float) -> str:
    if value < 1:
        return "不到 1 毫秒"
    return f"{value:.0f} 毫秒" if value < 1000 else f"{value / 1000:.1f} 秒"


def _size(size: float) -> str:
    for unit, bytes_ in (("GB", 2**30), ("MB", 2**20)):
        if size >= bytes_:
            return f"{size / bytes_:.1f} {unit}" if unit == "GB" else f"{size / bytes_:.0f} {unit}"
    return f"{size / 2**10:.0f} KB"


def _duration(seconds: float) -> str:
    minutes = int(seconds // 60)
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        return f"{days} 天 {hours} 小时"
    return f"{hours} 小时 {minutes % 60} 分" if hours else f"{minutes} 分 {int(seconds % 60)} 秒"
