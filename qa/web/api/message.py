"""An answer as the message of a chat: its text, its notices, and where its citations stand."""

import re
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from qa.answering.answer import Answer
from qa.answering.literal import literal
from qa.web.api.links import link

_CITATION = re.compile(r"\\.|\[(\d{1,3})\]")
_PIECE = re.compile(r".+?(?:[。！？；\n]+|$)", re.DOTALL)


@dataclass(frozen=True)
class Message:
    """What a chat client shows."""

    content: str
    annotations: list[dict[str, Any]]
    """OpenAI's `url_citation`s; indexes in characters, the end exclusive."""


def message(answer: Answer, request: Request) -> Message:
    """The checked text with its notices below; each `[n]` is annotated with what it cites."""
    text = answer.text or answer.refusal_reason or ""
    notices = "".join(f"\n\n注意：{literal(notice)}" for notice in answer.notices)
    cited = {citation.n: citation for citation in answer.citations}
    annotations = [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": mark.start(),
                "end_index": mark.end(),
                "title": f"《{citation.document}》{citation.place}",
                "url": link(request, citation.document, citation.locator),
            },
        }
        for mark in _CITATION.finditer(text)
        if mark[1] and (citation := cited.get(int(mark[1])))
    ]
    return Message(text + notices, annotations)


def pieces(text: str) -> list[str]:
    """The text sentence by sentence; joined they are the text; at least one, which may be empty."""
    return _PIECE.findall(text) or [""]
