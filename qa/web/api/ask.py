"""`/api/ask`: the answer in server-sent events, or at once in JSON."""

import json
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from fastapi.sse import format_sse_event

from qa.answering.answer import Delta, Done, Event, Retrieved, Waiting
from qa.assistant import Assistant
from qa.errors import SettingsError
from qa.llm.stop import Stop
from qa.restrictions import filters_named
from qa.retrieval.passage import Retrieval
from qa.web.api.answering import KEEP_ALIVE, Answering, EventStream
from qa.web.api.counting import Counting
from qa.web.api.faults import fault, told
from qa.web.api.search import turns
from qa.web.api.shapes import AskBody, AskJson, events, faults
from qa.web.monitoring.asked import Asker
from qa.wire import ask_json, search_json

_JSON, _EVENTS = "application/json", "text/event-stream"
_DESCRIPTION = """\
逐步返回时依次是这些事件，`data` 都是 JSON：

- `retrieved`：候选依据，与 `/api/search` 的结果相同；接着之前的对话问时可能发来两次，以后一次为准；
- `waiting`：大模型正忙，`{"ahead": 前面还有几个}`；
- `delta`：正在写的文字 `{"text": …}`，尚未核对；
- `done`：核对过的回答及其依据，它取代此前的全部文字；
- `error`：没有做成，`{"error": "原因"}`。

客户端断开，这次回答随即停止。"""


def add(router: APIRouter, assistant: Assistant, counting: Counting) -> None:
    """Put the question and answer onto the router."""
    running: Counter[int] = Counter()
    responses = faults(400, 422)
    content = events("retrieved", "waiting", "delta", "done", "error")
    responses[200] = {"description": "回答，或关于它的事件", "content": content}

    @router.post(
        "/api/ask",
        operation_id="ask",
        tags=["问答"],
        summary="回答问题，逐条注明出处",
        description=_DESCRIPTION,
        response_model=AskJson,
        responses=responses,
    )
    async def ask(body: AskBody, request: Request) -> Response:
        if body.mode == "llm" and assistant.model is None:
            raise SettingsError("这里没有大模型可用；请把 mode 改为 auto 或 extract。")
        filters = filters_named(
            assistant, body.level, body.region, body.document, body.year, body.as_of
        )

        def asked(stop: Stop) -> Iterator[Event]:
            return assistant.ask(body.question, turns(body.history), filters, body.mode, stop=stop)

        asker = Asker(request.state.user.id, "api", body.question)
        counted = counting.counted(asker, asked)
        answering = Answering(counted, request, running)
        if _at_once(body, request):
            finished = await answering.finished()
            return JSONResponse(ask_json(*finished)) if finished else Response(status_code=204)
        coming = answering.events()
        try:
            # the search raises before the first event what is wrong with the question
            first = await anext(coming, None)
        except BaseException:
            answering.close()
            raise
        return EventStream(_told(first, coming), answering)


def _at_once(body: AskBody, request: Request) -> bool:
    if body.stream is not None:
        return not body.stream
    accepted = request.headers.get("accept", "")
    return _JSON in accepted and _EVENTS not in accepted


async def _told(first: Event | None, rest: AsyncGenerator[Event | None]) -> AsyncIterator[bytes]:
    retrieval: Retrieval | None = None
    async with aclosing(rest):
        try:
            async for event in _joined(first, rest):
                match event:
                    case Retrieved(retrieval):
                        yield _event("retrieved", search_json(retrieval))
                    case Waiting(ahead):
                        yield _event("waiting", {"ahead": ahead})
                    case Delta(text):
                        yield _event("delta", {"text": text})
                    case Done() if retrieval:
                        yield _event("done", ask_json(retrieval, event))
                    case _:
                        yield KEEP_ALIVE
        except Exception as error:
            yield _event("error", fault(told(error)[1]))


async def _joined(
    first: Event | None, rest: AsyncGenerator[Event | None]
) -> AsyncIterator[Event | None]:
    if first:
        yield first
    async for event in rest:
        yield event


def _event(name: str, data: dict[str, Any]) -> bytes:
    return format_sse_event(event=name, data_str=json.dumps(data, ensure_ascii=False))
