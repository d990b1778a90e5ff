"""The page 问答: what stands where, and what happens on a click."""

from collections.abc import Iterator
from typing import Any

import gradio as gr

from qa.assistant import Assistant
from qa.errors import QAError
from qa.records.records import Records
from qa.retrieval.passage import Filters
from qa.web import cards, clipboard, history, model_status, parts, scope, suggestions
from qa.web.answers import tools
from qa.web.appearance import script
from qa.web.asking import Asking
from qa.web.conversation import Conversation, Exchange
from qa.web.events import PRIVATE, user_of
from qa.web.kept import Kept
from qa.web.messages import messages

Shown = dict[Any, Any]
"""What is to be renewed of the page, by its part."""


def lay_out(blocks: gr.Blocks, assistant: Assistant, records: Records) -> None:
    """Put the page's parts into the Blocks."""
    page = _Page(assistant, records)
    page.listen(blocks)


class _Page:
    """The parts, and the events between them; what belongs to one visitor lies in the states."""

    def __init__(self, assistant: Assistant, records: Records) -> None:
        self._assistant = assistant
        self._records = records
        self._kept = Kept(records, lambda: assistant.versions)
        self.conversation = gr.State(())
        self.id = gr.State("")
        self.asking = gr.State(None)
        self.changing = gr.State(False)
        """The next question takes the place of the last one."""
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="before", min_width=44):
                self.past = history.history(records)
            with gr.Column(elem_id="talk", min_width=300):
                self._talk()
            with gr.Column(elem_id="evidence", min_width=300):
                self.clips = clipboard.clipboard(assistant, records)
                self.panel = gr.HTML(
                    self._evidence(None),
                    elem_id="panel",
                    apply_default_css=False,
                    js_on_load=script("page.js"),
                    server_functions=[self._neighbours()],
                )

    def _talk(self) -> None:
        documents = self._assistant.documents
        self.chat = parts.chatbot()
        self.follow = tools(self._records, self._kept)
        self.hint = gr.HTML(parts.hint(""), elem_id="hint", apply_default_css=False)
        status = model_status.html(self._assistant.model)
        self.writer = gr.HTML(status, elem_id="model", apply_default_css=False)
        self.question = parts.question_box()
        with gr.Row(elem_id="below"):
            label = scope.label(documents, Filters())
            self.area = gr.Accordion(label, open=False, elem_id="scope")
            self.retry = parts.retry(None)
            self.anew = gr.Button("新对话", elem_id="anew", size="sm")
        with self.area:
            self.chosen = scope.choices(documents)
            self.everything = gr.Button("不限范围", size="sm", elem_id="everything")

    def _neighbours(self) -> Any:
        # a plain function: Gradio marks it, which a method does not allow
        def neighbours(provision_id: object) -> dict[str, dict[str, str] | None]:
            before, after = self._assistant.neighbours(str(provision_id))
            return {
                "previous": cards.neighbour(before, "previous"),
                "next": cards.neighbour(after, "next"),
            }

        return neighbours

    def listen(self, blocks: gr.Blocks) -> None:
        """Say what happens when."""
        here: list[Any] = [self.conversation, self.id]
        asked: list[Any] = [self.question, *here, self.changing, *self.chosen]
        shown: list[Any] = [
            self.chat,
            self.panel,
            self.conversation,
            self.id,
            self.asking,
            self.changing,
            self.question,
            self.hint,
            self.retry,
            self.past,
            self.follow,
        ]
        example = self.chat.example_select(parts.example, None, self.question, **PRIVATE)
        for answered in (
            blocks.load(self.restore, None, shown, **PRIVATE),
            self.question.submit(self.respond, asked, shown, **PRIVATE),
            example.then(self.respond, asked, shown, **PRIVATE),
            self.follow.follow(self.go_on, [*here, *self.chosen], shown, **PRIVATE),
            self.retry.click(self.again, [*here, *self.chosen], shown, **PRIVATE),
            self.past.open(self.open, self.asking, shown, **PRIVATE),
        ):
            answered.then(self.suggest, self.conversation, self.follow, **PRIVATE)
        self.follow.mend(self.change, self.conversation, shown, **PRIVATE)
        self.past.unchange(self.unchange, None, shown, **PRIVATE)
        self.anew.click(self.begin_anew, self.asking, shown, **PRIVATE)
        self.question.stop(_stop, self.asking, None, **PRIVATE)
        self.panel.show(self.show, self.conversation, self.panel, **PRIVATE)
        changes: list[Any] = [choice.change for choice in self.chosen]
        gr.on(changes, self.scope_label, self.chosen, self.area, **PRIVATE)
        self.everything.click(lambda: [[]] * len(self.chosen), None, self.chosen, **PRIVATE)
        if self._assistant.model is not None:
            model_status.watch(self._assistant.model, self.writer)

    def respond(
        self,
        request: gr.Request,
        question: str,
        conversation: Conversation,
        id: str,
        changing: bool,
        *chosen: list[str],
    ) -> Iterator[Shown]:
        """Ask, and show the answer as it comes."""
        if not question.strip():
            yield {self.hint: parts.hint("请先写下问题，再提问。")}
            return
        user = user_of(request)
        before = conversation[:-1] if changing else conversation
        instead_of = len(conversation) if changing and conversation else None
        try:
            id = id or self._records.conversations.begin(user.id, question)
            before = self._kept.judged(user.id, id, before)
        except QAError as error:
            yield {self.hint: parts.hint(str(error))}
            return
        keep = self._kept.keeper(user.id, id, instead_of=instead_of)
        asking = Asking(self._assistant, question.strip(), before, scope.filters(*chosen), keep)
        self._kept.watched(id, asking)
        yield {**self._listed(user.id, id), self.changing: False, self.follow: ""}
        yield from self._watch(user.id, id, asking)

    def _watch(self, user_id: int, id: str, asking: Asking) -> Iterator[Shown]:
        before: Exchange | None = None
        for conversation in asking.watch():
            last = conversation[-1]
            listed = {} if last.pending else self._listed(user_id, id)
            yield {**self._view(conversation, before), **listed, self.asking: asking}
            before = last

    def suggest(self, conversation: Conversation) -> str:
        """What to ask next; apart from the answer, so that it keeps nobody from asking."""
        return suggestions.html(suggestions.suggestions(self._assistant, conversation))

    def again(
        self, request: gr.Request, conversation: Conversation, id: str, *chosen: list[str]
    ) -> Iterator[Shown]:
        """Ask the last question again."""
        if conversation:
            question = conversation[-1].question
            yield from self.respond(request, question, conversation, id, True, *chosen)

    def go_on(
        self,
        request: gr.Request,
        event: gr.EventData,
        conversation: Conversation,
        id: str,
        *chosen: list[str],
    ) -> Iterator[Shown]:
        """Ask a question that was suggested."""
        if not conversation or not conversation[-1].pending:
            yield from self.respond(request, str(event.question), conversation, id, False, *chosen)

    def change(self, conversation: Conversation) -> Shown:
        """Put the last question into the box, to be asked otherwise."""
        if not conversation or conversation[-1].pending:
            return {self.hint: gr.skip()}
        last = conversation[-1]
        return {
            self.question: gr.Textbox(value=last.question),
            self.hint: parts.changing(last.number),
            self.changing: True,
        }

    def unchange(self) -> Shown:
        """Leave the last question as it is."""
        cleared = gr.Textbox(value="")
        return {self.question: cleared, self.hint: parts.hint(""), self.changing: False}

    def restore(self, request: gr.Request) -> Iterator[Shown]:
        """The page as its address says: a conversation, or a question to begin with."""
        asked = dict(request.query_params)
        yield self._listed(user_of(request).id, "")
        if id := asked.get("c", ""):
            yield from self._opened(request, id)
        elif question := asked.get("q", ""):
            yield {self.question: gr.Textbox(value=question)}

    def open(
        self, request: gr.Request, event: gr.EventData, asking: Asking | None
    ) -> Iterator[Shown]:
        """Show a conversation of the list."""
        if asking:
            asking.leave()
        yield from self._opened(request, str(event.id))

    def _opened(self, request: gr.Request, id: str) -> Iterator[Shown]:
        user = user_of(request)
        try:
            running = self._kept.asking(id)
            conversation = self._kept.open(user.id, id)
        except QAError as error:
            yield {self.hint: parts.hint(str(error))}
            return
        yield {**self._view(conversation), **self._fresh(id), **self._listed(user.id, id)}
        if running:
            yield from self._watch(user.id, id, running)

    def begin_anew(self, request: gr.Request, asking: Asking | None) -> Shown:
        """An empty page."""
        if asking:
            asking.leave()
        return {**self._view(()), **self._fresh(""), **self._listed(user_of(request).id, "")}

    def _fresh(self, id: str) -> Shown:
        return {self.id: id, self.asking: None, self.changing: False, self.follow: ""}

    def _listed(self, user_id: int, id: str) -> Shown:
        conversations = self._records.conversations.list(user_id)
        return {self.past: history.html(conversations, id), self.id: id}

    def _view(self, conversation: Conversation, shown: Exchange | None = None) -> Shown:
        """The page for this conversation; `shown`: its last exchange as the page has it."""
        exchange = conversation[-1] if conversation else None
        view = {
            self.chat: messages(conversation),
            self.conversation: conversation,
            self.hint: parts.hint(""),
        }
        if exchange and exchange.pending and shown and exchange.retrieval is shown.retrieval:
            return view  # as more words come, the passages and the box stay as they are
        return {
            **view,
            self.panel: self._evidence(exchange),
            self.question: parts.box(exchange, clear=shown is None),
            self.retry: parts.retry(exchange),
        }

    def _evidence(self, exchange: Exchange | None) -> str:
        if exchange is None:
            return cards.contents(self._assistant.documents)
        return cards.panel(exchange, self._assistant.document, self._assistant.reading.related)

    def show(self, conversation: Conversation, event: gr.EventData) -> str:
        """The passages of the exchange whose citation was clicked."""
        asked_for = [exchange for exchange in conversation if exchange.number == event.turn]
        return self._evidence(asked_for[0] if asked_for else None)

    def scope_label(self, *chosen: list[str]) -> dict[str, Any]:
        """The line that says what is searched."""
        filters = scope.filters(*chosen)
        restricted = ["restricted"] if filters != Filters() else []
        label = scope.label(self._assistant.documents, filters)
        return gr.update(label=label, elem_classes=restricted)


def _stop(asking: Asking | None) -> None:
    if asking:
        asking.stop()
