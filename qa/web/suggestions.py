"""What to ask next: what belongs to the provisions cited, and what was found beside them."""

from collections.abc import Iterator

from qa.assistant import Assistant
from qa.errors import QAError
from qa.ingest.provision import Provision
from qa.retrieval.passage import Filters
from qa.web.conversation import Conversation
from qa.web.spans import escape

MOST = 3
_LOOKED_AT, _MOST_BESIDE = 3, 6
_PENALTIES = "法律责任"
_QUESTIONS = {
    "penalty": "{}规定了什么法律责任？",
    "counterpart": "{}怎么规定？",
    "related": "{}讲什么？",
}


def suggestions(
    assistant: Assistant, conversation: Conversation, filters: Filters | None = None
) -> tuple[str, ...]:
    """At most three questions that lead to an answer: each finds its provision and no refusal.

    Under `filters`, that is; what they do not admit is not suggested.
    """
    last = conversation[-1] if conversation else None
    answer = last.answer if last else None  # none while it is pending
    if last is None or answer is None or answer.refused:
        return ()
    passages = last.retrieval.passages if last.retrieval else ()
    beside = [passage.provision for passage in passages[:_MOST_BESIDE]]
    ids = [citation.provision_id for citation in answer.citations]
    asked = {exchange.question for exchange in conversation}
    chosen: dict[str, str] = {}
    for kind, provision in _candidates(assistant, ids[:_LOOKED_AT], beside):
        question = _QUESTIONS[kind].format(provision.name)
        if provision.id in (*ids, *chosen) or question in asked:
            continue
        if not assistant.reading.admits(filters or Filters(), provision):
            continue
        if _leads_to(assistant, question, provision, filters):
            chosen[provision.id] = question
        if len(chosen) == MOST:
            break
    return tuple(chosen.values())


def html(questions: tuple[str, ...]) -> str:
    """The questions as buttons; empty where there are none."""
    if not questions:
        return ""
    buttons = "".join(
        f'<button type="button" data-question="{escape(each)}">{escape(each)}</button>'
        for each in questions
    )
    return (
        f'<div class="follow" role="group" aria-label="接着问"><span>接着问</span>{buttons}</div>'
    )


def _candidates(
    assistant: Assistant, ids: list[str], beside: list[Provision]
) -> Iterator[tuple[str, Provision]]:
    """The best of each kind first, then the others; at last what was found beside them."""
    penalties: list[tuple[str, Provision]] = []
    counterparts: list[tuple[str, Provision]] = []
    related: list[tuple[str, Provision]] = []
    for id in ids:
        found = assistant.reading.related(assistant.provision(id))
        for source in found.cited_in:
            punishes = any(_PENALTIES in heading for heading in source.headings)
            (penalties if punishes else related).append(
                ("penalty" if punishes else "related", source)
            )
        counterparts += [("counterpart", other) for other in found.counterparts]
        related += [("related", target) for target in found.cites]
    kinds = (penalties, counterparts, related)
    for kind in kinds:
        yield from kind[:1]
    for kind in kinds:
        yield from kind[1:]
    yield from (("related", provision) for provision in beside)


def _leads_to(
    assistant: Assistant, question: str, provision: Provision, filters: Filters | None
) -> bool:
    try:
        passages = assistant.search(question, (), filters).passages
        first = passages[0].provision.id if passages else None
        return first == provision.id and not assistant.refuses(question, filters)
    except QAError:  # a name that makes the question too long
        return False
