"""What the page 评测 shows, as HTML: progress, the list of runs, a report in its frame."""

from collections.abc import Sequence

from qa.evaluation.archive import Archive, Entry
from qa.evaluation.progress import Progress
from qa.evaluation.report.difference import Row
from qa.evaluation.report.page import beijing
from qa.evaluation.subject import mode_label
from qa.web.reports import comparison_address, report_address
from qa.web.spans import escape

_MEASURES = (
    ("recall@5", "前 5 条找到原文"),
    ("citation_precision", "引用准确"),
    ("points", "答到的要点"),
    ("refusal_right", "拒答正确"),
)
_ENDS = {"finished": "已完成", "stopped": "已停止", "failed": "没有做完"}


def sentence(text: str, tone: str = "wrong") -> str:
    """A sentence for the user; `tone` is `wrong` or `done`."""
    return f'<p role="status" class="{tone}">{escape(text)}</p>'


def progress(now: Progress | None) -> str:
    """The present run, or how the last one ended."""
    if now is None:
        return '<h2>进度</h2><p class="quiet">现在没有评测在进行。</p>'
    what = " · ".join(filter(None, (now.bank, mode_label(now.mode))))
    head = f'<p class="what"><b>{escape(what)}</b></p>'
    if not now.active:
        return f"<h2>{_ENDS[now.state]}</h2>{head}{_end(now)}"
    title = "正在停止" if now.state == "stopping" else "正在评测"
    return f"<h2>{title}</h2>{head}{_bar(now)}{_figures(now)}"


def listing(entries: Sequence[Entry], now: Progress | None) -> str:
    """The runs, newest first, each with what can be done with it."""
    if not entries:
        return '<h2>历次评测</h2><p class="quiet">还没有做过评测。选好题库和方式，就可以开始。</p>'
    active = now.name if now is not None and now.active else ""
    names = "".join(f'<th scope="col" class="n">{label}</th>' for _, label in _MEASURES)
    rows = "".join(_row(entry, entry.name == active) for entry in entries)
    return (
        '<div class="above"><h2>历次评测</h2>'
        '<button type="button" id="compare" disabled>比较所选的两次</button></div>'
        '<table><thead><tr><th scope="col"><span class="hidden">选来比较</span></th>'
        '<th scope="col">题库与方式</th><th scope="col" class="n">题数</th>'
        f'{names}<th scope="col"><span class="hidden">操作</span></th></tr></thead>'
        f"<tbody>{rows}</tbody></table>{_DIALOG}"
    )


def report(archive: Archive, name: str) -> str:
    """The report of a run in its frame.

    Raises:
        QAError: there is none.
    """
    archive.report(name)
    entry = archive.entry(name)
    return _framed(f"{_title(entry)}的报告", report_address(name), f"{name}.html", "")


def comparison(archive: Archive, before: str, after: str) -> str:
    """What changed from one run to another, in short, then its report in a frame.

    Raises:
        QAError: the two cannot be compared.
    """
    rows = archive.differences(before, after)
    old, new = archive.entry(before), archive.entry(after)
    table = (
        f'<p class="sides">先：{escape(_title(old))}，{_when(old)}'
        f"<br>后：{escape(_title(new))}，{_when(new)}</p>"
        '<table class="differences"><thead><tr><th scope="col">指标</th>'
        '<th scope="col" class="n">先</th><th scope="col" class="n">后</th>'
        '<th scope="col" class="n">差</th><th scope="col" class="n">差的 95% 区间</th>'
        '<th scope="col" class="n">p</th></tr></thead>'
        f"<tbody>{''.join(map(_difference, rows))}</tbody></table>"
        '<p class="quiet">逐题相减；有颜色的差异不像是偶然（p &lt; 0.05）。</p>'
    )
    address = comparison_address(before, after)
    return _framed("两次评测的比较", address, f"{before}-{after}.html", table)


def _bar(now: Progress) -> str:
    if not now.total:
        return '<div class="bar waiting"><i></i></div>'
    share = now.done / now.total
    return (
        f'<div class="bar" role="progressbar" aria-label="{escape(now.stage)}" aria-valuemin="0" '
        f'aria-valuemax="{now.total}" aria-valuenow="{now.done}">'
        f'<i style="width:{share:.2%}"></i></div>'
    )


def _figures(now: Progress) -> str:
    facts = [f"{now.stage} {now.done} / {now.total}" if now.total else f"{now.stage}……"]
    facts.append(f"已用 {_span(now.elapsed_s)}")
    if now.state == "stopping":
        facts.append("做完手上这一题就停")
    elif now.remaining_s is not None:
        facts.append(f"约剩 {_span(now.remaining_s)}")
    return f'<p class="figures">{"".join(f"<span>{escape(fact)}</span>" for fact in facts)}</p>'


def _end(now: Progress) -> str:
    match now.state:
        case "failed":
            return f'<p class="fault">{escape(now.fault)}</p>'
        case "stopped":
            return '<p class="quiet">做过的题都留着，可以在下面“接着做”。</p>'
        case _:
            return (
                f'<p class="quiet">用时 {_span(now.elapsed_s)}。'
                f"{_button('report', now.name, '看报告')}</p>"
            )


def _row(entry: Entry, active: bool) -> str:
    title = escape(_title(entry))
    name = escape(entry.name)
    ready = entry.done and not active
    tick = (
        f'<input type="checkbox" data-run="{name}" aria-label="选来比较：{title}，{_when(entry)}">'
        if ready
        else ""
    )
    # while it is at work, the progress above tells how many are done
    count = f"{entry.done} / {entry.wanted}" if not (entry.finished or active) else entry.wanted
    values = "".join(
        f'<td class="n" data-label="{label}">{_percent(entry.means.get(measure))}</td>'
        for measure, label in _MEASURES
    )
    if active:
        buttons = '<span class="quiet">正在进行</span>'
    else:
        buttons = (
            (_button("report", entry.name, "报告") if ready else "")
            + ("" if entry.finished else _button("resume", entry.name, "接着做"))
            + _button("delete", entry.name, "删去", "grave")
        )
    return (
        f'<tr data-run="{name}"><td class="tick">{tick}</td>'
        f'<th scope="row"><span class="title">{title}</span>'
        f'<span class="quiet">{_when(entry)}</span></th>'
        f'<td class="n" data-label="题数">{count}</td>{values}'
        f'<td class="do">{buttons}</td></tr>'
    )


def _difference(row: Row) -> str:
    return (
        f'<tr><th scope="row">{escape(row.label)}</th><td class="n">{escape(row.before)}</td>'
        f'<td class="n">{escape(row.now)}</td>'
        f'<td class="n"><span class="{row.tone}">{escape(row.change)}</span></td>'
        f'<td class="n quiet">{escape(row.range)}</td><td class="n quiet">{escape(row.p)}</td></tr>'
    )


def _framed(title: str, address: str, file: str, above: str) -> str:
    address, title = escape(address), escape(title)
    return (
        f'<section tabindex="-1"><header><h2>{title}</h2><p class="links">'
        f'<a href="{address}" target="_blank" rel="noopener">在新窗口打开</a>'
        f'<a href="{address}" download="{escape(file)}">下载</a>'
        '<button type="button" data-act="close">收起</button></p></header>'
        f'{above}<iframe src="{address}" title="{title}" sandbox="allow-scripts"></iframe>'
        "</section>"
    )


def _button(act: str, run: str, label: str, css: str = "") -> str:
    return (
        f'<button type="button" class="{css}" data-act="{act}" data-run="{escape(run)}">'
        f"{label}</button>"
    )


def _title(entry: Entry) -> str:
    limited = f"前 {entry.limit} 题" if entry.limit else ""
    return " · ".join(
        filter(None, (entry.bank or entry.name, mode_label(entry.header.mode), limited))
    )


def _when(entry: Entry) -> str:
    return escape(beijing(entry.header.started))


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _span(seconds: float) -> str:
    """A time as people say it."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} 秒"
    if whole < 3600:
        return f"{whole // 60} 分 {whole % 60} 秒"
    return f"{whole // 3600} 小时 {whole % 3600 // 60} 分"


_DIALOG = (
    '<dialog aria-labelledby="really"><p id="really"></p><form method="dialog">'
    '<button value="">不删</button><button value="delete" class="grave">删去</button></form>'
    "</dialog>"
)
