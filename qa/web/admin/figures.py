"""The figures of the tab 使用情况 in words and tables: what a plot shows, for those who read it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from qa.records.usage import Day, Latency, Totals, Unanswered
from qa.web.admin.office import clock
from qa.web.spans import escape

_WHY = {"refused": "拒绝作答", "down": "有问题"}
_DAY_HEADERS = (
    *("日期", "提问", "拒绝作答", "出错", "提问的人"),
    *("首条依据 p50", "p95", "整个回答 p50", "p95"),
)


def numbers(totals: Totals, days: Sequence[Day], latency: Latency) -> str:
    """The sums of the time that is looked at, and of all the time."""
    asked = sum(day.questions for day in days)
    refused = sum(day.refused for day in days)
    first = _ms(latency.first_evidence_p50), _ms(latency.first_evidence_p95)
    total = _ms(latency.total_p50), _ms(latency.total_p95)
    facts = {
        "这段时间的提问": str(asked),
        "其中拒绝作答": f"{refused}（{refused / asked:.0%}）" if asked else "0",
        "出错": str(sum(day.faults for day in days)),
        "首条依据 p50 / p95": " / ".join(first),
        "整个回答 p50 / p95": " / ".join(total),
        "启用以来提问": str(totals.questions),
        "对话": str(totals.conversations),
        "有用 / 有问题": f"{totals.up} / {totals.down}",
        "启用的用户": str(totals.users),
    }
    items = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts.items())
    return f"<dl>{items}</dl>"


def daily(days: Sequence[Day], latency: Mapping[date, Latency]) -> str:
    """The table behind the plots by day, the newest first; days without a question are left out."""
    cells = (
        (day.date, day.questions, day.refused, day.faults, day.users, *_times(latency[day.date]))
        for day in reversed(days)
        if day.questions
    )
    rows = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{one}</td>" for one in rest)}</tr>'
        for first, *rest in cells
    )
    if not rows:
        return '<p class="quiet">这段时间没有人提问。</p>'
    head = "".join(f'<th scope="col">{name}</th>' for name in _DAY_HEADERS)
    return (
        "<details><summary>逐日数字（与上面三幅图相同）</summary>"
        '<div class="scrolled" role="region" aria-label="逐日数字" tabindex="0">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def cited(top: Sequence[tuple[str, int]]) -> str:
    """The provisions that are cited most."""
    items = "".join(f"<li>{escape(name)}：{count} 次</li>" for name, count in top)
    return f"<ol>{items}</ol>" if items else '<p class="quiet">这段时间没有引用条文。</p>'


def unanswered(
    missed: Sequence[Unanswered],
    alike: Callable[[Sequence[str]], Sequence[Sequence[int]]],
) -> str:
    """What was not answered, by what it was about; the subjects asked for most come first."""
    if not missed:
        return "<h2>未答上的话题</h2><p class='quiet'>这段时间没有未答上的问题。</p>"
    topics = [[missed[n] for n in group] for group in alike([one.question for one in missed])]
    several = [topic for topic in topics if len(topic) > 1]
    alone = sorted(
        (topic[0] for topic in topics if len(topic) == 1), key=lambda one: one.asked, reverse=True
    )
    listed = "".join(map(_topic, several))
    shown = f"<ol>{listed}</ol>" if listed else '<p class="quiet">没有问到两次以上的话题。</p>'
    rest = (
        f"<h3>只问过一次的</h3><ul>{''.join(_asked([one]) for one in alone)}</ul>" if alone else ""
    )
    return (
        "<h2>未答上的话题</h2>"
        '<p class="quiet">意思相近的问题归在一起，以其中最有代表性的一问为题，按问的次数排列；'
        f"最近 {len(missed)} 问。</p>{shown}{rest}"
    )


def _topic(topic: Sequence[Unanswered]) -> str:
    same: dict[str, list[Unanswered]] = {}
    for one in topic:
        same.setdefault(one.question, []).append(one)
    return (
        f"<li><details><summary>{escape(topic[0].question)} "
        f'<span class="quiet">{len(topic)} 问</span></summary>'
        f"<ul>{''.join(map(_asked, same.values()))}</ul></details></li>"
    )


def _asked(same: Sequence[Unanswered]) -> str:
    """One question, however often it was asked in these words."""
    last = max(same, key=lambda one: one.asked)
    often = f"{len(same)} 次，最近 " if len(same) > 1 else ""
    about = f"{often}{clock(last.asked)}，{_WHY[last.why]}"
    return f'<li>{escape(last.question)} <span class="quiet">{about}</span></li>'


def _times(latency: Latency) -> tuple[str, ...]:
    first = latency.first_evidence_p50, latency.first_evidence_p95
    return tuple(map(_ms, (*first, latency.total_p50, latency.total_p95)))


def _ms(value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:.0f} 毫秒" if value < 1000 else f"{value / 1000:.1f} 秒"
