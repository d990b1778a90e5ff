"""The page 问答: what happens on a click."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from qa.assistant import Assistant
from qa.errors import QAError
from qa.records.records import Records
from qa.retrieval.passage import Filters
from qa.web import model_status, parts, scope, suggestions
from qa.web.asking import Asking
from qa.web.conversation import Conversation, Exchange
from qa.web.desk import Desk, Shown
from qa.web.events import PRIVATE, user_of
from qa.web.kept import Kept
from qa.web.monitoring.watch import Watch, Watched
from qa.web.quotas import Quotas


def lay_out(
    blocks: gr.Blocks, assistant: Assistant, records: Records, watch: Watch, quotas: Quotas
) -> None:
    """Put the page's parts into the Blocks."""
    _Chat(assistant, records, watch, quotas).listen(blocks)


class _Chat:
    """The events between the parts of the desk."""

    def __init__(
        self, assistant: Assistant, records: Records, watch: Watch, quotas: Quotas
    ) -> None:
        self._assistant = assistant
        self._monitored = watch
        self._quotas = quotas
        self._records = records
        self._kept = Kept(records, lambda: assistant.versions)
        self._desk = Desk(assistant, records, self._kept)

    def listen(self, blocks: gr.Blocks) -> None:
        """Say what happens when."""
        desk, shown = self._desk, self._desk.renewed
        here: list[Any] = [desk.conversation, desk.id]
        asked: list[Any] = [desk.question, *here, desk.changing, *desk.chosen]
        restricted: list[Any] = [desk.conversation, *desk.chosen]
        example = desk.chat.example_select(parts.example, None, desk.question, **PRIVATE)
        changes: list[Any] = [choice.change for choice in desk.chosen]
        for done in (
            blocks.load(self.restore, None, shown, **PRIVATE),
            # a question that is sent before the last one is done is asked when it is
            desk.question.submit(self.respond, asked, shown, trigger_mode="always_last", **PRIVATE),
            example.then(self.respond, asked, shown, **PRIVATE),
            desk.follow.follow(self.go_on, [*here, *desk.chosen], shown, **PRIVATE),
            desk.retry.click(self.again, [*here, *desk.chosen], shown, **PRIVATE),
            desk.past.open(self.open, desk.asking, shown, **PRIVATE),
            gr.on(
                changes,
                self.scope_label,
                desk.chosen,
                desk.area,
                trigger_mode="always_last",
                **PRIVATE,
            ),
        ):
            done.then(self.suggest, restricted, desk.follow, **PRIVATE)
        blocks.load(self.offered, None, [desk.area, *desk.chosen], **PRIVATE)
        desk.follow.mend(self.change, here, shown, **PRIVATE)
        desk.past.unchange(self.unchange, None, shown, **PRIVATE)
        desk.anew.click(self.begin_anew, desk.asking, shown, **PRIVATE)
        desk.question.stop(_stop, desk.asking, None, **PRIVATE)
        desk.panel.show(self.show, here, desk.panel, **PRIVATE)
        desk.everything.click(lambda: [*scope.NOTHING], None, desk.chosen, **PRIVATE)
        if self._assistant.model is not None:
            model_status.watch(self._assistant.model, desk.writer)

    def respond(
        self,
        request: gr.Request,
        question: str,
        conversation: Conversation,
        id: str,
        changing: bool,
        *chosen: Any,
    ) -> Iterator[Shown]:
        """Ask, and show the answer as it comes."""
        desk = self._desk
        if not question.strip():
            yield desk.told("请先写下问题，再提问。")
            return
        user = user_of(request)
        try:
            filters = scope.filters(*chosen)
            conversation = self._here(user.id, conversation, id)
            self._quotas.spend("questions", str(user.id))
            before = conversation[:-1] if changing else conversation
            instead_of = len(conversation) if changing and conversation else None
            id = id or self._records.conversations.begin(user.id, question)
            before = self._kept.judged(user.id, id, before)
        except QAError as error:
            yield desk.told(error)
            return
        keep = self._kept.keeper(user.id, id, instead_of=instead_of)
        watched = Watched(self._assistant, self._monitored, user.id)
        asking = Asking(watched, question.strip(), before, filters, keep)
        self._kept.watched(id, asking)
        # only now, as the last words shown are sent once more when all is done: the box may then
        # have the next question
        taken = {desk.question: gr.Textbox(value=""), desk.changing: False, desk.follow: ""}
        yield {**desk.listed(user.id, id), **taken}
        yield from self._watch(user.id, id, asking)

    def _watch(self, user_id: int, id: str, asking: Asking) -> Iterator[Shown]:
        before: Exchange | None = None
        for conversation in asking.watch():
            last = conversation[-1]
            listed = {} if last.pending else self._desk.listed(user_id, id)
            yield {**self._desk.view(conversation, before), **listed, self._desk.asking: asking}
            before = last

    def suggest(self, conversation: Conversation, *chosen: Any) -> str:
        """What to ask next; apart from the answer, so that it keeps nobody from asking."""
        try:
            filters = scope.filters(*chosen)
        except QAError:  # the day is half written
            return ""
        return suggestions.html(suggestions.suggestions(self._assistant, conversation, filters))

    def again(
        self, request: gr.Request, conversation: Conversation, id: str, *chosen: Any
    ) -> Iterator[Shown]:
        """Ask the last question again."""
        try:
            conversation = self._here(user_of(request).id, conversation, id)
        except QAError as error:
            yield self._desk.told(error)
            return
        if conversation:
            question = conversation[-1].question
            yield from self.respond(request, question, conversation, id, True, *chosen)

    def go_on(
        self,
        request: gr.Request,
        event: gr.EventData,
        conversation: Conversation,
        id: str,
        *chosen: Any,
    ) -> Iterator[Shown]:
        """Ask a question that was suggested."""
        if id and (not conversation or not conversation[-1].pending):
            yield from self.respond(request, str(event.question), conversation, id, False, *chosen)

    def change(self, request: gr.Request, conversation: Conversation, id: str) -> Shown:
        """Put the last question into the box, to be asked otherwise."""
        desk = self._desk
        try:
            conversation = self._here(user_of(request).id, conversation, id)
        except QAError as error:
            return desk.told(error)
        if not conversation or conversation[-1].pending:
            return {desk.hint: gr.skip()}
        last = conversation[-1]
        return {
            desk.question: gr.Textbox(value=last.question),
            desk.hint: parts.changing(last.number),
            desk.changing: True,
        }

    def unchange(self) -> Shown:
        """Leave the last question as it is."""
        desk = self._desk
        return {desk.question: gr.Textbox(value=""), **desk.told(""), desk.changing: False}

    def restore(self, request: gr.Request) -> Iterator[Shown]:
        """The page as its address says: a conversation, or a question to begin with."""
        asked = dict(request.query_params)
        desk = self._desk
        # nothing else yet: who types fast has asked by now, and keeps what was answered
        yield desk.past_of(user_of(request).id)
        if desk.outdated:
            yield {desk.panel: desk.evidence(None)}
        if id := asked.get("c", ""):
            yield from self._opened(request, id)
        elif question := asked.get("q", ""):
            yield {desk.question: gr.Textbox(value=question)}

    def open(
        self, request: gr.Request, event: gr.EventData, asking: Asking | None
    ) -> Iterator[Shown]:
        """Show a conversation of the list."""
        if asking:
            asking.leave()
        yield from self._opened(request, str(event.id))

    def _opened(self, request: gr.Request, id: str) -> Iterator[Shown]:
        desk, user = self._desk, user_of(request)
        try:
            running = self._kept.asking(id)
            conversation = self._kept.open(user.id, id)
        except QAError as error:
            yield desk.told(error)
            return
        yield {**desk.view(conversation, anew=True), **desk.begun(id), **desk.listed(user.id, id)}
        if running:
            yield from self._watch(user.id, id, running)

    def begin_anew(self, request: gr.Request, asking: Asking | None) -> Shown:
        """An empty page."""
        if asking:
            asking.leave()
        desk = self._desk
        return {
            **desk.view((), anew=True),
            **desk.begun(""),
            **desk.listed(user_of(request).id, ""),
        }

    def show(
        self, request: gr.Request, event: gr.EventData, conversation: Conversation, id: str
    ) -> str:
        """The passages of the exchange whose citation was clicked."""
        try:
            conversation = self._here(user_of(request).id, conversation, id)
        except QAError:
            conversation = ()
        asked_for = [exchange for exchange in conversation if exchange.number == event.turn]
        return self._desk.evidence(asked_for[0] if asked_for else None)

    def _here(self, user_id: int, conversation: Conversation, id: str) -> Conversation:
        """The conversation of the page; as stored, where another process has shown it so far.

        Raises:
            NotFound: the conversation does not exist or belongs to somebody else.
        """
        return conversation or (self._kept.open(user_id, id) if id else ())

    def offered(self) -> list[Any]:
        """What can be searched by now: there may be another index than when the page was made."""
        label = gr.update(label=scope.label(self._assistant, Filters()))
        return [label, *scope.renewed(self._assistant)]

    def scope_label(self, *chosen: Any) -> dict[str, Any]:
        """The line that says what is searched."""
        try:
            filters = scope.filters(*chosen)
        except QAError as error:
            return gr.update(label=f"检索范围：{error}", elem_classes=["restricted"])
        restricted = ["restricted"] if filters != Filters() else []
        return gr.update(label=scope.label(self._assistant, filters), elem_classes=restricted)


def _stop(asking: Asking | None) -> None:
    if asking:
        asking.stop()
