"""The tab 文件收入: a file is dropped, looked at, corrected, and only then taken in."""

from dataclasses import replace
from typing import Any, get_args

import gradio as gr

from qa.errors import CatalogError, NotFound, QAError
from qa.ingest.catalog import Catalog, DocumentEntry, Level, Region
from qa.ingest.formats.kinds import SUFFIXES
from qa.ingest.intake import Proposal, entry_for, of_law, retitled
from qa.ingest.shelf import Outdated, Shelf, refuse_outdated
from qa.web.admin import added, renewing
from qa.web.admin.arrivals import Told
from qa.web.admin.office import Office, Shown, said, sentence, told
from qa.web.admin.preview import preview
from qa.web.appearance import script
from qa.web.events import PRIVATE, user_of
from qa.web.spans import escape

_EVERY_S = 0.5
_NEW, _VERSION, _REPLACE = "new", "version", "replace"
_KINDS = [
    ("一份新文件", _NEW),
    ("一部法修改后的文本（旧文本保留）", _VERSION),
    ("替换一份已收入的文件（例如更清楚的扫描件）", _REPLACE),
]
_SAME = 0.5
"""From this share of common text on, a file is likely another text of that document."""


def lay_out(office: Office) -> Shown:
    """Put the tab's parts into the Blocks."""
    shelf = Shelf(office.settings.corpus_dir)

    def look(token: str, wish: str | None, request: gr.Request) -> tuple[Any, ...]:
        """How far the file is; once it is read, what it is taken for."""
        try:
            now = office.arrivals.told(user_of(request).id, token)
        except NotFound:  # stopped, or given up for another one, while the page was asking
            return tuple(gr.skip() for _ in shown)
        if now.fault:
            return sentence(now.fault, "wrong"), "", *_over(), *_unfilled()
        if now.proposal is None:
            waiting = gr.Timer(active=True), gr.Button(visible=True)
            return "", _progress(now), *waiting, *(gr.skip() for _ in filled)
        return "", "", *_over(), *_filled(now.proposal, shelf.catalog, wish)

    def arrived(
        before: str, wish: str | None, event: gr.EventData, request: gr.Request
    ) -> tuple[Any, ...]:
        token = str(event.token)
        if before and before != token:
            office.arrivals.leave(user_of(request).id, before)
        first = look(token, wish, request)
        parts = _unfilled() if first[1] else first[len(watched) :]
        return token, *first[: len(watched)], *parts

    def refused(event: gr.EventData) -> str:
        return sentence(str(event.said), "wrong")

    def let_go(token: str, request: gr.Request) -> tuple[Any, ...]:
        office.arrivals.leave(user_of(request).id, token)
        over = sentence("没有收入，文件已丢弃。", "done"), "", *_over(), *_unfilled()
        return "", *over, None

    def chosen(kind: str, target: str | None) -> tuple[Any, ...]:
        return _target(shelf.catalog, kind, target), gr.Column(visible=kind != _REPLACE)

    def renamed(token: str, title: str, request: gr.Request) -> Any:
        """The outline under another title: what stands above it is no part of the text."""
        try:
            proposal = office.arrivals.told(user_of(request).id, token).proposal
        except QAError:
            return gr.skip()
        return preview(retitled(proposal, title)) if proposal else gr.skip()

    def take(
        proposal: Proposal, kind: str, target: str | None, values: tuple[str, ...], by: str
    ) -> tuple[str, DocumentEntry]:
        """Into the corpus; what was done, and to which document."""
        document_id = None if kind == _NEW else _picked(target)
        catalog = shelf.catalog
        if document_id:
            refuse_outdated(document_id, proposal, catalog)
        if document_id and kind == _REPLACE:
            entry = catalog.document(document_id)
            return "替换文件", shelf.replace(document_id, retitled(proposal, entry.title), by)
        fields = _fields(values)
        _refuse(catalog, fields, proposal, document_id)
        proposal = retitled(proposal, str(fields["title"]))
        entry = entry_for(proposal, catalog, **fields, version_of=document_id)
        return "收入文件", shelf.add(proposal, entry, by)

    def confirm(
        request: gr.Request, token: str, kind: str, target: str | None, *values: str
    ) -> dict[Any, Any]:
        user = user_of(request)
        done: list[str] = []
        again: dict[Any, Any] = {}

        def act() -> str:
            try:
                with office.arrivals.taking(user.id, token) as proposal:
                    what, entry = take(proposal, kind, target, values, user.name)
                    done.append(entry.title)
            except Outdated:
                proposal = office.arrivals.compare_again(user.id, token)
                again[seen] = preview(retitled(proposal, values[0]))
                again[which] = _target(shelf.catalog, kind, target)
                raise
            came = f"{proposal.path.name}，{proposal.sha256[:12]}"
            office.log(request, what, f"《{entry.title}》（{entry.id}），{came}")
            renewing.follow(office, user)
            return f"已{what[:2]}《{entry.title}》，正在更新索引；提问照常进行，更新好就能问到。"

        told_now = told(act)
        if not done:
            added_now = zip(added_parts, show_added(), strict=True)
            return {spoken: told_now, **again, **dict(added_now)}
        now = "", told_now, "", *_over(), *_unfilled(), None, *show_added()
        return dict(zip([*emptied, *added_parts], now, strict=True))

    spoken = said()
    token, wish = gr.State(""), gr.State(None)
    gr.HTML("<h2>收入一份文件</h2>", apply_default_css=False)
    drop = gr.HTML(
        _zone(office.arrivals.limits.megabytes),
        elem_id="intake",
        apply_default_css=False,
        js_on_load=script("intake.js"),
    )
    with gr.Row(elem_classes="renewing"):
        progress = gr.HTML("", elem_classes="index-state", apply_default_css=False)
        stop = gr.Button("停止", size="sm", visible=False, elem_id="intake-stop")
    timer = gr.Timer(_EVERY_S, active=False)
    with gr.Row(elem_classes="cards", visible=False) as work:
        with gr.Column(scale=3, min_width=280, elem_classes="card"):
            seen = gr.HTML("", elem_id="proposal", apply_default_css=False)
        with gr.Column(scale=2, min_width=280, elem_classes="card"):
            gr.HTML("<h2>核对、改正，再收入</h2>", apply_default_css=False)
            kind = gr.Radio(_KINDS, value=_NEW, label="收入方式", elem_id="intake-kind")
            which = gr.Dropdown([], label="哪份文件", visible=False, elem_id="intake-target")
            with gr.Column(elem_classes="form-fields") as fields:
                form = _form()
            with gr.Row(elem_classes="acts"):
                taking = gr.Button("确认收入", variant="primary", elem_id="intake-confirm")
                leaving = gr.Button("不收入", elem_id="intake-leave")
    watched = [spoken, progress, timer, stop]
    filled = [seen, work, kind, which, fields, *form]
    show_added, added_parts = added.lay_out(office, spoken, wish)
    # none is skipped: a file that is dropped while the one before is about to be shown wins
    shown = [*watched, *filled]
    drop.arrived(arrived, [token, wish], [token, *shown], trigger_mode="multiple", **PRIVATE)
    drop.refused(refused, None, spoken, **PRIVATE)
    # the tab asks by itself: its queue is no part of that of the questions
    timer.tick(look, [token, wish], shown, queue=False, **PRIVATE)
    emptied = [token, *shown, wish]
    gr.on([stop.click, leaving.click], let_go, token, emptied, queue=False, **PRIVATE)
    kind.input(chosen, [kind, which], [which, fields], **PRIVATE)
    form[0].blur(renamed, [token, form[0]], seen, **PRIVATE)
    entered: list[Any] = [token, kind, which, *form]
    taking.click(confirm, entered, [*emptied, *added_parts], **PRIVATE)
    return show_added, added_parts


def _zone(megabytes: float) -> str:
    endings = "、".join(ending.removeprefix(".") for ending in SUFFIXES)
    return (
        f'<label class="drop"><input type="file" accept="{",".join(SUFFIXES)}">'
        "<b>把文件拖到这里，或点一下选择</b>"
        f"<span>可以收入 {endings}，不超过 {megabytes:g} MB。先给出预览，确认之后才收入。</span>"
        '</label><p class="sending" role="status"></p>'
    )


def _form() -> list[Any]:
    """The fields in the order of `_FIELDS`."""
    return [
        gr.Textbox(label="标题", lines=2, elem_id="intake-title"),
        gr.Textbox(label="简称（用顿号隔开）", elem_id="intake-names"),
        gr.Dropdown([*get_args(Level)], label="效力层级", elem_id="intake-level"),
        gr.Dropdown([*get_args(Region)], label="制定层面", elem_id="intake-region"),
        gr.Textbox(label="发文单位", elem_id="intake-issuer"),
        gr.Textbox(label="发布日期", placeholder="2024-09-24", elem_id="intake-issued"),
        gr.Textbox(label="最近一次修改的日期", placeholder="没有就空着", elem_id="intake-changed"),
        gr.Textbox(label="施行日期", placeholder="2025-01-01", elem_id="intake-effective"),
        gr.Textbox(label="给读者的一句说明（可不写）", elem_id="intake-note"),
    ]


_FIELDS = ("title", "names", "level", "region", "issuer", "issued", "changed", "effective", "note")


def _fields(values: tuple[str, ...]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        name: (value or "").strip() for name, value in zip(_FIELDS, values, strict=True)
    }
    names = str(fields["names"]).replace("，", "、").replace(",", "、").split("、")
    return {**fields, "names": tuple(name.strip() for name in names if name.strip())}


def _refuse(
    catalog: Catalog, fields: dict[str, Any], proposal: Proposal, version_of: str | None
) -> None:
    """What the page says in its own words, by the names of its own fields."""
    if not fields["title"]:
        raise CatalogError("请写上标题。")
    if version_of and not (fields["effective"] or proposal.found.days.effective):
        raise CatalogError("修改后的文本要写自哪天起施行；请填施行日期，例如 2026-01-01。")
    taken = catalog.by_title(fields["title"])
    if taken and not version_of:
        raise CatalogError(
            f"已经有《{taken.title}》（{taken.id}）；请在“收入方式”里选它修改后的文本，"
            "或替换它，或改用别的标题。"
        )


def _picked(target: str | None) -> str:
    if not target:
        raise NotFound("请选是哪份文件。")
    return target


def _target(catalog: Catalog, kind: str, value: str | None = None) -> Any:
    """The documents that can be meant: what stands in the compilation cannot be replaced."""
    offered = [
        (entry.title, entry.id) for entry in catalog.documents if kind != _REPLACE or entry.source
    ]
    known = value if any(value == document_id for _, document_id in offered) else None
    return gr.Dropdown(offered, value=known, visible=kind != _NEW)


def _progress(now: Told) -> str:
    if now.state == "waiting":
        doing, part = "排队等候……", ""
    elif now.pages:
        doing, part = f"正在识别第 {now.page} / {now.pages} 页", f"{now.page}"
    else:
        doing, part = "正在识别……", ""
    share = f'value="{part}" max="{now.pages}"' if part else ""
    return (
        f'<p role="status">{escape(now.name)}：{doing}。'
        "扫描件每页约十秒；关掉本页，或另拖一份，就停止。</p>"
        f'<progress {share} aria-label="正在识别"></progress>'
    )


def _over() -> tuple[Any, ...]:
    """Nothing is being read any more."""
    return gr.Timer(active=False), gr.Button(visible=False)


def _unfilled() -> tuple[Any, ...]:
    values = ("", "", None, None, "", "", "", "", "")
    kind = gr.Radio(value=_NEW)
    return "", gr.Row(visible=False), kind, gr.skip(), gr.Column(visible=True), *values


def _filled(proposal: Proposal, catalog: Catalog, wish: str | None) -> tuple[Any, ...]:
    """The preview and the form as the file itself would have them."""
    kind, target = (_REPLACE, wish) if wish else _guess(proposal, catalog)
    found = proposal.found
    if kind == _VERSION and target:
        found = replace(found, **of_law(catalog.document(target)))
    return (
        preview(proposal),
        gr.Row(visible=True),
        gr.Radio(value=kind),
        _target(catalog, kind, target),
        gr.Column(visible=kind != _REPLACE),
        found.title,
        "、".join(found.names),
        found.level,
        found.region,
        found.issuer,
        found.days.issued,
        found.days.changed,
        found.days.effective,
        "",
    )


def _guess(proposal: Proposal, catalog: Catalog) -> tuple[str, str | None]:
    """How the file is likely to be meant: the same title, or much of the same text."""
    taken = catalog.by_title(proposal.found.title)
    nearest = proposal.alike[0] if proposal.alike else None
    if nearest and nearest.share == 1 and nearest.entry == taken and taken.source:
        return _REPLACE, taken.id
    if taken:
        return _VERSION, taken.id
    if nearest and nearest.share >= _SAME:
        return _VERSION, nearest.entry.id
    return _NEW, None
