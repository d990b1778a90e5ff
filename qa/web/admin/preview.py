"""What a file is taken for, to be looked at before it enters: an outline, its texts, doubts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from qa.answering.instructions import addresses_a_model
from qa.ingest.draft import Draft
from qa.ingest.intake import Alike, Proposal
from qa.ingest.traces import Traces
from qa.web.library.addresses import Addresses
from qa.web.library.layers import Layer, marked
from qa.web.templates import fragment

_HERE = Addresses("..")
_MOST_CHARS = 400_000
"""Of text in one preview; a browser shows no more with ease."""
_NAMED = 3
_HOW = {
    "text": "文本",
    "markdown": "Markdown",
    "pdf": "PDF，读文字层",
    "ocr": "扫描件，文字识别",
    "word": "Word",
    "html": "网页",
}


@dataclass(frozen=True)
class _Item:
    locator: str
    page: int | None
    paragraphs: tuple[Markup, ...]


@dataclass(frozen=True)
class _Group:
    """Provisions under the same headings."""

    title: str
    items: tuple[_Item, ...]

    @property
    def reach(self) -> str:
        """`第一条至第十四条`."""
        first, last = self.items[0].locator, self.items[-1].locator
        return first if first == last else f"{first}至{last}"


def preview(proposal: Proposal) -> str:
    """The preview as HTML; whatever the file says is escaped."""
    found, read = proposal.found, proposal.read
    groups, left_out = _groups(found.drafts, Traces.of(read))
    counts = [
        f"{field.title} {getattr(found.counts, name)}"
        for name, field in type(found.counts).model_fields.items()
        if getattr(found.counts, name)
    ]
    facts = {
        "标题": found.title,
        "层级": f"{found.level}，{found.region}",
        "发文单位": found.issuer,
        "发布": found.days.issued,
        "修改": found.days.changed,
        "施行": found.days.effective,
        "内容": "，".join(counts) or f"{len(found.drafts)} 段",
        "逐字核对": found.account.sentence,
        "原文件": proposal.path.name,
        "读法": _HOW[read.how] + (f"，{read.pages} 页" if read.pages else ""),
        "SHA-256": proposal.sha256,
    }
    doubts = len(read.uncertain)
    doubtful = [f"有 {doubts} 处文字识别把握不大，下面加了底色，请核对。"] if doubts else []
    return fragment(
        "admin/proposal.html",
        facts={name: value for name, value in facts.items() if value},
        warnings=[
            *found.warnings,
            *proposal.undated,
            *read.warnings,
            *doubtful,
            *_orders(found.drafts),
        ],
        alike=[(_told(each), _HERE.document(each.entry.title)) for each in proposal.alike],
        hidden=read.hidden,
        groups=groups,
        left_out=left_out,
    )


def _orders(drafts: Sequence[Draft]) -> Iterator[str]:
    """That a file speaks to a model, which an honest one does not."""
    places = [draft.locator for draft in _within(drafts) if addresses_a_model(draft.text)]
    if places:
        named = "、".join(places[:_NAMED]) + ("等" if len(places) > _NAMED else "")
        yield f"有 {len(places)} 处写着给大模型的话（{named}），不会交给大模型；请核对文件的来历。"


def _told(alike: Alike) -> str:
    entry = alike.entry
    return f"与已有的《{entry.title}》（{entry.id}）有 {alike.share:.0%} 的文字相同"


def _groups(drafts: Sequence[Draft], traces: Traces) -> tuple[list[_Group], int]:
    """The provisions under their headings, and how many are left out."""
    shown = [*_within(drafts)]
    groups = [
        _Group(" ".join(headings), tuple(_item(draft, traces) for draft in held))
        for headings, held in groupby(shown, key=lambda draft: draft.headings)
    ]
    return groups, len(drafts) - len(shown)


def _within(drafts: Sequence[Draft]) -> Iterator[Draft]:
    size = 0
    for draft in drafts:
        size += len(draft.text)
        if size > _MOST_CHARS:
            return
        yield draft


def _item(draft: Draft, traces: Traces) -> _Item:
    paragraphs = []
    for part in draft.parts:
        layers = [
            Layer(s.start, s.end, "mark", (("title", f"识别的把握 {s.confidence:.0%}"),))
            for s in traces.unsure(part)
        ]
        paragraphs.append(marked(part.text, layers))
    pages = traces.places(draft.parts[:1])
    return _Item(draft.locator, pages[0].page if pages else None, tuple(paragraphs))
