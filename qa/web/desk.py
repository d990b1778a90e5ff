"""The parts of the page 问答, and how they show a conversation."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from qa.assistant import Assistant
from qa.records.records import Records
from qa.retrieval.passage import Filters
from qa.web import cards, clipboard, history, model_status, parts, scope
from qa.web.answers import tools
from qa.web.appearance import script
from qa.web.conversation import Conversation, Exchange
from qa.web.kept import Kept
from qa.web.messages import messages

Shown = dict[Any, Any]
"""What is to be renewed of the page, by its part."""
Neighbours = dict[str, dict[str, str] | None]


class Desk:
    """What stands where; what belongs to one visitor lies in the states."""

    def __init__(self, assistant: Assistant, records: Records, kept: Kept) -> None:
        """Put the parts into the Blocks that are open."""
        self._assistant = assistant
        self._records = records
        self.conversation = gr.State(())
        self.id = gr.Textbox(visible="hidden", elem_id="conversation-id")
        """With the browser and not with this process: another one goes on where this one died."""
        self.asking = gr.State(None)
        self.changing = gr.State(False)
        """The next question takes the place of the last one."""
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="before", min_width=44):
                self.past = history.history(records)
            with gr.Column(elem_id="talk", min_width=300):
                self._talk(kept)
            with gr.Column(elem_id="evidence", min_width=300):
                self.clips = clipboard.clipboard(assistant, records)
                self._contents = self.evidence(None)
                self.panel = gr.HTML(
                    self._contents,
                    elem_id="panel",
                    apply_default_css=False,
                    js_on_load=script("page.js"),
                    server_functions=[_neighbours(assistant)],
                )

    def _talk(self, kept: Kept) -> None:
        self.chat = parts.chatbot()
        self.follow = tools(self._records, kept)
        self.hint = gr.HTML(parts.hint(""), elem_id="hint", apply_default_css=False)
        status = model_status.html(self._assistant.model)
        self.writer = gr.HTML(status, elem_id="model", apply_default_css=False)
        self.question = parts.question_box()
        with gr.Row(elem_id="below"):
            label = scope.label(self._assistant, Filters())
            self.area = gr.Accordion(label, open=False, elem_id="scope")
            self.retry = parts.retry(None)
            self.anew = gr.Button("新对话", elem_id="anew", size="sm")
        with self.area:
            self.chosen = scope.choices(self._assistant)
            self.everything = gr.Button("不限范围", size="sm", elem_id="everything")

    @property
    def renewed(self) -> list[Any]:
        """The parts that an event may renew."""
        return [
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

    def view(
        self, conversation: Conversation, shown: Exchange | None = None, *, anew: bool = False
    ) -> Shown:
        """The page for this conversation.

        Args:
            shown: its last exchange as the page has it.
            anew: it takes the place of another one, and what was written there goes.
        """
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
            self.panel: self.evidence(exchange),
            self.question: parts.box(exchange, clear=anew),
            self.retry: parts.retry(exchange),
        }

    def evidence(self, exchange: Exchange | None) -> str:
        """The panel for an exchange; before the first one what there is to ask about."""
        if exchange is None:
            return cards.contents(self._assistant.documents)
        return cards.panel(exchange, self._assistant.document, self._assistant.reading.related)

    def begun(self, id: str) -> Shown:
        """What is set back when another conversation is opened."""
        return {self.id: id, self.asking: None, self.changing: False, self.follow: ""}

    @property
    def outdated(self) -> bool:
        """There are other documents than when the page was laid out."""
        return self._contents != self.evidence(None)

    def past_of(self, user_id: int, id: str = "") -> Shown:
        """The list of conversations, with this one marked."""
        conversations = self._records.conversations.list(user_id)
        return {self.past: history.html(conversations, id)}

    def listed(self, user_id: int, id: str) -> Shown:
        """The list of conversations, and this one as the one that is open."""
        return {**self.past_of(user_id, id), self.id: id}

    def told(self, sentence: object) -> Shown:
        """A sentence above the question box."""
        return {self.hint: parts.hint(str(sentence))}


def _neighbours(assistant: Assistant) -> Callable[[object], Neighbours]:
    # a plain function: Gradio marks it, which a method does not allow
    def neighbours(provision_id: object) -> Neighbours:
        before, after = assistant.neighbours(str(provision_id))
        return {
            "previous": cards.neighbour(before, "previous"),
            "next": cards.neighbour(after, "next"),
        }

    return neighbours
