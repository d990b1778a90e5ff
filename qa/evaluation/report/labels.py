"""The measures as people read them: name, unit, definition, source."""

from collections.abc import Callable
from dataclasses import dataclass

from qa.evaluation.scores import Estimate, Run, Score
from qa.evaluation.statistics import estimate

_COUNTED = {"chars": " 字", "tokens": " 词元"}
"""Units of what is neither better nor worse when there is more of it."""


@dataclass(frozen=True)
class Measure:
    """A measure of the report; `name` is its key in a run's estimates."""

    name: str
    label: str
    definition: str
    source: str = ""
    unit: str = "share"
    """`share` in [0, 1], shown in percent; `score` in [0, 1]; `chars`; `tokens`; `ms`."""
    more_is_better: bool = True

    def text(self, value: float) -> str:
        """The value with its unit."""
        if self.unit == "ms":
            return milliseconds(value)
        if self.unit in _COUNTED:
            return f"{value:.0f}{_COUNTED[self.unit]}"
        return f"{value:.1%}" if self.unit == "share" else f"{value:.3f}"

    def change(self, value: float) -> str:
        """A difference with its sign and unit; shares in percentage points."""
        unit = {"share": " 个百分点", "score": "", "ms": " 毫秒", **_COUNTED}[self.unit]
        shown = self.signed(value)
        return "持平" if shown == "0" else shown + unit

    def signed(self, value: float) -> str:
        """A difference with its sign, in the unit of `change`."""
        digits = {"share": 1, "score": 3}.get(self.unit, 0)
        rounded = round(value * 100 if self.unit == "share" else value, digits)
        return f"{rounded:+.{digits}f}".replace("-", "−") if rounded else "0"


@dataclass(frozen=True)
class Group:
    """Measures that stand together under one heading."""

    title: str
    measures: tuple[Measure, ...]


_IR = "Manning 等《Introduction to Information Retrieval》第 8 章；ir-measures"
_ALCE = "仿 ALCE（Gao 等 2023，EMNLP），以题库的原文代替其蕴含模型"


def _recall(k: int) -> Measure:
    first = "第 1 条" if k == 1 else f"前 {k} 条"
    return Measure(
        f"recall@{k}",
        f"{first}找到原文",
        f"一道可答的题，题库写明的原文（evidence）有多大比例出现在{first}依据中；两边都去掉空白再比。",
        "召回率；" + _IR,
    )


RETRIEVAL = Group(
    "检索",
    (
        _recall(1),
        _recall(5),
        _recall(10),
        Measure(
            "mrr@10",
            "首条相关依据的位次",
            "第一条相关依据排第几位，取其倒数；前 10 条都不相关记 0。1 表示总在第一位。",
            "Voorhees 1999；ir-measures 的 RR@10",
            "score",
        ),
        Measure(
            "ndcg@10",
            "相关依据的整体排序",
            "相关依据排得越靠前得分越高（位次取对数折减），除以理想排序的得分；没找到的原文算作漏掉。",
            "Järvelin、Kekäläinen 2002；ir-measures 的 nDCG@10",
            "score",
        ),
    ),
)
ANSWER = Group(
    "回答",
    (
        Measure(
            "citation_precision",
            "引用准确",
            "回答引用的条文里，有多大比例含有题库写明的原文；没有引用记 0，拒答的题不计。",
            _ALCE,
        ),
        Measure(
            "citation_recall",
            "引用完整",
            "题库写明的原文有多大比例出现在回答的引文中；不该拒而拒了记 0。",
            _ALCE,
        ),
        Measure(
            "citation_support",
            "引用有据",
            "回答引用的条文里，有多大比例含有题库写明的原文，或者核对过确能支持引它的那句话。",
        ),
        Measure(
            "supported",
            "引文可查",
            "回答的引文里，有多大比例逐字见于取得的条文；没有引文记 0，拒答的题不计。",
        ),
        Measure(
            "points",
            "答到的要点",
            "题库列出的要点有多大比例在回答里：数字都在，相邻两字的组合至少有六成在；"
            "不该拒而拒了记 0。",
        ),
        Measure(
            "checked",
            "句子核对到依据",
            "大模型写的句子里，有多大比例在所引条文中核对到依据（其余的在回答里标明）。",
        ),
        Measure(
            "judge",
            "评审模型的评分",
            "大模型对照参考答案给回答打分：对记 1，部分对记 0.5，错记 0。",
            unit="score",
        ),
        Measure(
            "length", "回答长度", "回答的字数，不计引用编号和空白；拒答的题不计。", unit="chars"
        ),
        Measure(
            "prompt_tokens", "提示词的词元", "给大模型读的词元数，含不变的开头。", unit="tokens"
        ),
        Measure("completion_tokens", "写出的词元", "大模型写出的词元数。", unit="tokens"),
    ),
)
REFUSAL = Group(
    "拒答",
    (
        Measure("true_refusals", "该拒的拒了", "汇编不能回答的题里，作出拒答的比例；越高越好。"),
        Measure(
            "false_refusals",
            "不该拒的拒了",
            "汇编能回答的题里，作出拒答的比例；越低越好。",
            more_is_better=False,
        ),
    ),
)
SPEED = Group(
    "速度",
    tuple(
        Measure(name, label, definition, unit="ms", more_is_better=False)
        for name, label, definition in (
            ("first_evidence_ms", "首条依据", "从发问到依据出现在页面上的时间。"),
            ("first_token_ms", "首字", "从发问到回答的第一个字的时间。"),
            ("total_ms", "全部完成", "从发问到经核对的回答（只检索时为全部依据）完成的时间。"),
        )
    ),
)
GROUPS = (RETRIEVAL, ANSWER, REFUSAL, SPEED)

_REFUSALS: dict[str, Callable[[Score], bool]] = {
    "true_refusals": lambda score: not score.answerable,
    "false_refusals": lambda score: score.answerable,
}


def values(run: Run, name: str) -> dict[str, float]:
    """A measure of each question that has it, by question id."""
    counts = _REFUSALS.get(name)
    key = "refused" if counts else name
    return {
        question: score.values[key]
        for question, score in run.scores.items()
        if key in score.values and (counts is None or counts(score))
    }


def overall(run: Run, name: str) -> Estimate | None:
    """A measure over the whole run; refusals are counted here, the rest stands in the run."""
    if name not in _REFUSALS:
        return run.overall.get(name)
    refused = [*values(run, name).values()]
    return estimate(refused) if refused else None


def present(run: Run) -> tuple[Group, ...]:
    """The groups with the measures that this run has."""
    kept = (
        Group(group.title, tuple(m for m in group.measures if _has(run, m))) for group in GROUPS
    )
    return tuple(group for group in kept if group.measures)


def _has(run: Run, measure: Measure) -> bool:
    if measure.unit == "ms":
        return bool(run.latency_ms.get(measure.name))
    return overall(run, measure.name) is not None


def milliseconds(value: float) -> str:
    """A time in the unit that reads best."""
    return f"{value / 1000:.2f} 秒" if value >= 1000 else f"{value:.0f} 毫秒"
