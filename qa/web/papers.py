"""Stored conversations and clips as papers to pass on."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from qa.answering.answer import Answer, Citation
from qa.assistant import Assistant
from qa.export import Paper, Quoted, Section
from qa.ingest.provision import Provision, on_page
from qa.records.clips import Clip
from qa.web.conversation import Conversation, Exchange
from qa.web.library.facts import badges

_STOPPED = "回答中途停止，以上文字没有核对过。"
_WRITTEN = "以上由大模型{}依据所引条文写成；请对照后附的原文。"
_GONE = "现在的汇编里没有这一条"


def of_conversation(assistant: Assistant, title: str, conversation: Conversation) -> Paper:
    """A section for each question; the provisions cited follow at the end."""
    sections = tuple(_asked(assistant, exchange) for exchange in conversation)
    return Paper(title, date.today(), assistant.source_note, sections)


def of_clips(assistant: Assistant, title: str, clips: Sequence[Clip]) -> Paper:
    """One section with the clips in their owner's order, each with its note."""
    collected = tuple(_clipped(assistant, clip) for clip in clips)
    notices = _notices(assistant, (clip.provision_id for clip in clips))
    section = Section(f"共 {len(clips)} 条", (), collected, notices)
    return Paper(title, date.today(), assistant.source_note, (section,))


def _asked(assistant: Assistant, exchange: Exchange) -> Section:
    answer = exchange.answer
    reading = (f"（{' '.join(exchange.reading.split())}）",) if exchange.reading else ()
    if answer is None:
        told = (_STOPPED,) if exchange.stopped and exchange.text else ()
        said = exchange.fault or exchange.text or "已停止，没有回答。"
        return Section(exchange.question, (*reading, said), (), told)
    return Section(
        heading=exchange.question,
        paragraphs=(*reading, answer.text or answer.refusal_reason or ""),
        citations=tuple(_cited(assistant, exchange, each) for each in answer.citations),
        notices=tuple(dict.fromkeys((*_of_answer(answer), *_by_now(assistant, answer)))),
    )


def _of_answer(answer: Answer) -> Iterator[str]:
    if answer.mode == "llm" and not answer.refused:
        yield _WRITTEN.format(f"（{answer.model}）" if answer.model else "")
    yield from answer.notices


def _by_now(assistant: Assistant, answer: Answer) -> tuple[str, ...]:
    """What is known now of the documents cited; the answer has what was known when it was given."""
    return _notices(assistant, (citation.provision_id for citation in answer.citations))


def _cited(assistant: Assistant, exchange: Exchange, citation: Citation) -> Quoted:
    """With the whole provision; where the corpus has it no more, as it was when it was cited."""
    provision = _provision(assistant, citation.provision_id)
    passages = exchange.retrieval.passages if exchange.retrieval else ()
    kept = (p.provision for p in passages if p.provision.id == citation.provision_id)
    held = provision or next(kept, None)
    text = held.text if held else "\n".join(citation.quotes)
    note = _remarks(assistant, provision, text)
    return Quoted(citation.n, citation.document, citation.place, text, note)


def _clipped(assistant: Assistant, clip: Clip) -> Quoted:
    provision = _provision(assistant, clip.provision_id)
    remarks = _remarks(assistant, provision, clip.quote)
    note = " ".join(part for part in (clip.note, remarks and f"〔{remarks}〕") if part)
    page = provision.page_of(clip.quote.partition("\n")[0]) if provision else None
    return Quoted(None, clip.title, on_page(clip.locator, page), clip.quote, note)


def _remarks(assistant: Assistant, provision: Provision | None, quoted: str) -> str:
    """Status of the document, and misprints of the words quoted."""
    if provision is None:
        return _GONE
    marks = [word for _, word in badges(assistant.document(provision.document_id))]
    errata = [f"勘误：{each.note}" for each in provision.errata if each.printed in quoted]
    return "；".join((*marks, *errata))


def _notices(assistant: Assistant, provision_ids: Iterable[str]) -> tuple[str, ...]:
    provisions = (_provision(assistant, id) for id in provision_ids)
    documents = dict.fromkeys(provision.document_id for provision in provisions if provision)
    return tuple(notice for id in documents for notice in assistant.document(id).notices)


def _provision(assistant: Assistant, provision_id: str) -> Provision | None:
    try:
        return assistant.provision(provision_id)
    except KeyError:
        return None
