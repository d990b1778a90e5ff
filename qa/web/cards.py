"""The panel 依据: a card for each passage, the cited ones first and numbered as in the answer."""

import json
from collections.abc import Callable, Sequence

from qa.answering.answer import Citation
from qa.ingest.catalog import DocumentEntry
from qa.ingest.editions import chinese_date
from qa.ingest.provision import Provision, on_page
from qa.retrieval.passage import Passage
from qa.retrieval.reading import Related
from qa.web.conversation import Exchange
from qa.web.library.addresses import Addresses
from qa.web.library.facts import badges
from qa.web.printed import text_html
from qa.web.spans import escape

DocumentOf = Callable[[str], DocumentEntry]
RelatedOf = Callable[[Provision], Related]

_HERE = Addresses(".")
_MOST_LINKS = 8
_SNIPPET_CHARS = 56


def panel(exchange: Exchange, document_of: DocumentOf, related_of: RelatedOf) -> str:
    """The panel for one exchange, as far as it has come."""
    head = (
        f'<div class="panel-head"><h2>依据</h2>'
        f'<p class="asked-here">第 {exchange.number} 问：{escape(exchange.question[:60])}</p></div>'
    )
    retrieval = exchange.retrieval
    if retrieval is None:
        waiting = "正在查找……" if exchange.pending else "这一问没有取得依据。"
        return f'<div data-turn="{exchange.number}">{head}<p class="quiet">{waiting}</p></div>'
    missing = "".join(f'<p class="missing">{escape(line)}</p>' for line in retrieval.missing)
    cited, others = _split(exchange)
    body = "".join(
        cited_card(
            passage,
            citation,
            document_of(passage.provision.document_id),
            related_of(passage.provision),
            exchange.number,
        )
        for passage, citation in cited
    )
    if others:
        listed = "".join(
            other_card(
                passage,
                document_of(passage.provision.document_id),
                related_of(passage.provision),
                exchange.number,
                i,
            )
            for i, passage in enumerate(others, start=1)
        )
        title = "其他相关条文" if cited else "最接近的条文"
        body += f'<section class="others"><h3>{title}（{len(others)}）</h3>{listed}</section>'
    elif not cited:
        body += '<p class="quiet">在所选范围内没有找到相关条文。</p>'
    return f'<div data-turn="{exchange.number}">{head}{missing}{body}</div>'


def contents(documents: Sequence[DocumentEntry]) -> str:
    """The panel before anything is asked: what there is to ask about."""
    listed = "".join(
        f'<li><span class="level">{escape(entry.level)}</span>'
        f"<span>{escape(entry.title)}{_badges(entry)}</span></li>"
        for entry in documents
    )
    return (
        '<div class="contents"><div class="panel-head"><h2>汇编收录</h2>'
        f'<p class="asked-here">{len(documents)} 份文件，回答只从其中取材</p></div>'
        f"<ol>{listed}</ol></div>"
    )


def cited_card(
    passage: Passage, citation: Citation, entry: DocumentEntry, related: Related, turn: int
) -> str:
    """A card that a number in the answer points to, with the quoted spans marked."""
    provision = passage.provision
    label = f"依据 {citation.n}：《{provision.document}》{citation.locator}"
    return (
        f'<article class="card" id="t{turn}-c{citation.n}" tabindex="-1"'
        f' data-provision="{escape(provision.id)}" aria-label="{escape(label)}">'
        f'<a class="number" href="#q{turn}" title="回到回答">{citation.n}</a>'
        f'<h3 class="name"><span class="document">{escape(provision.document)}</span> '
        f'<span class="locator">{escape(citation.locator)}</span></h3>'
        f"{_facts(entry)}{_body(passage, entry, related, citation)}</article>"
    )


def other_card(
    passage: Passage, entry: DocumentEntry, related: Related, turn: int, place: int
) -> str:
    """A passage that the answer does not cite: its name and first words, the rest on demand."""
    provision = passage.provision
    words = provision.text.removeprefix(provision.locator).strip()
    snippet = words[:_SNIPPET_CHARS] + ("……" if len(words) > _SNIPPET_CHARS else "")
    return (
        f'<details class="card other" id="t{turn}-p{place}"'
        f' data-provision="{escape(provision.id)}"><summary>'
        f'<span class="name"><span class="document">{escape(provision.document)}</span> '
        f'<span class="locator">{escape(provision.locator)}</span>{_badges(entry)}</span>'
        f'<span class="snippet">{escape(snippet)}</span></summary>'
        f"{_facts(entry)}{_body(passage, entry, related, None)}</details>"
    )


def neighbour(provision: Provision | None, side: str) -> dict[str, str] | None:
    """A neighbouring provision for page.js: `id` and `html`; None at the document's end."""
    if provision is None:
        return None
    return {
        "id": provision.id,
        "html": (
            f'<div class="neighbour" data-side="{side}">'
            f'<p class="locator">{escape(provision.locator)}</p>{text_html(provision, ())}</div>'
        ),
    }


def copy_text(provision: Provision, citation: Citation | None) -> str:
    """How the place is cited in a paper: `《中华人民共和国数据安全法》第二十一条`."""
    place = citation.place if citation else on_page(provision.locator, provision.page_of())
    return f"《{provision.document}》{place}"


def _split(exchange: Exchange) -> tuple[list[tuple[Passage, Citation]], list[Passage]]:
    assert exchange.retrieval is not None
    passages = exchange.retrieval.passages
    by_id = {passage.provision.id: passage for passage in passages}
    citations = exchange.answer.citations if exchange.answer else ()
    cited = [
        (by_id[citation.provision_id], citation)
        for citation in sorted(citations, key=lambda citation: citation.n)
        if citation.provision_id in by_id
    ]
    taken = {passage.provision.id for passage, _ in cited}
    return cited, [passage for passage in passages if passage.provision.id not in taken]


def _body(
    passage: Passage, entry: DocumentEntry, related: Related, citation: Citation | None
) -> str:
    provision = passage.provision
    trail = " › ".join(escape(heading) for heading in provision.headings)
    name = escape(copy_text(provision, citation))
    locator = escape(citation.locator if citation else provision.locator)
    quotes = escape(json.dumps(citation.quotes if citation else (), ensure_ascii=False))
    return (
        (f'<p class="trail">{trail}</p>' if trail else "")
        + text_html(provision, citation.quotes if citation else ())
        + "".join(_note(f"勘误：{erratum.note}") for erratum in provision.errata)
        + "".join(_note(notice) for notice in entry.notices)
        + _links(related)
        + f'<div class="tools"><span class="why">{escape(passage.why)}</span>'
        f'<a class="read" href="{escape(_HERE.place(provision))}" target="_blank"'
        f' aria-label="在法规库打开：{name}">法规库</a>{_page(provision, citation, name)}'
        f'<button type="button" class="clip" data-locator="{locator}" data-quotes="{quotes}"'
        f' aria-label="放进摘录夹：{name}">摘录</button>'
        f'<button type="button" class="copy" data-copy="{name}" aria-label="复制出处：{name}">'
        "复制出处</button></div>"
        '<details class="neighbours"><summary>相邻条文</summary>'
        '<div class="around" aria-live="polite"></div></details>'
    )


def _page(provision: Provision, citation: Citation | None, name: str) -> str:
    """The way to the printed page, where the original has pages."""
    page = citation.page if citation else provision.page_of()
    if page is None:
        return ""
    address = escape(_HERE.page(provision.document, page, provision.locator))
    return (
        f'<a class="read" href="{address}" target="_blank"'
        f' aria-label="看原件：{name}">第{page}页</a>'
    )


def _links(related: Related) -> str:
    """The provisions that refer to one another, and the one at the other level."""
    lines = []
    for label, those in (
        ("援引", related.cites),
        ("被援引于", related.cited_in),
        ("同一主题", related.counterparts),
    ):
        links = "、".join(
            f'<a href="{escape(_HERE.place(each))}" target="_blank">'
            f"{escape(each.name if label == '同一主题' else each.locator)}</a>"
            for each in those[:_MOST_LINKS]
        )
        if links:
            lines.append(f'<p class="related"><span>{label}</span>{links}</p>')
    return "".join(lines)


def _note(sentence: str) -> str:
    return f'<p class="note">{escape(sentence)}</p>'


def _badges(entry: DocumentEntry) -> str:
    return "".join(f'<span class="badge {css}">{word}</span>' for css, word in badges(entry))


def _facts(entry: DocumentEntry) -> str:
    facts: list[str] = [entry.level]
    if entry.issuer:
        facts.append(entry.issuer)
    if entry.issued:
        facts.append(f"{chinese_date(entry.issued)}发布")
    if entry.changed:
        facts.append(f"{chinese_date(entry.changed)}修改")
    if entry.effective:
        facts.append(f"{chinese_date(entry.effective)}施行")
    return f'<p class="facts">{_badges(entry)}{escape(" · ".join(facts))}</p>'
