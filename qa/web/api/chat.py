"""`/v1`: the assistant for clients that speak OpenAI's protocol.

Such a client cannot take back what it has shown. So a stream carries the checked answer, sentence
by sentence, and not the words of the model before their check; until then it is kept alive.
"""

import json
import time
import uuid
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from fastapi.sse import format_sse_event

from qa.answering.answer import Done, Event
from qa.assistant import Assistant
from qa.errors import NotFound, QuestionError
from qa.llm.stop import Stop
from qa.restrictions import day
from qa.retrieval.passage import Filters, Turn
from qa.web.api.answering import KEEP_ALIVE, Answering, EventStream
from qa.web.api.counting import Counting
from qa.web.api.faults import openai_fault, told
from qa.web.api.message import Message, message, pieces
from qa.web.api.openai_shapes import (
    ChatBody,
    ChatJson,
    ChatMessage,
    ModelJson,
    ModelsJson,
    chat_faults,
)
from qa.web.api.shapes import events
from qa.web.monitoring.asked import Asker

_MODEL = "data-law-qa"
_TAGS: list[Any] = ["OpenAI 兼容"]
_MOST_TURNS = 20
_LONGEST_TURN = 20_000
_DESCRIPTION = """\
最后一条 `user` 消息是问题，之前的 `user` 和 `assistant` 消息是对话；`system` 等其他消息不起作用。
`as_of` 可以写一天（`2024-06-01`），按那天施行的文本回答；`model` 和其他参数可以任意，不影响回答。

回答的文字是核对过的，后面附提示；引用在 `message.annotations` 里，`start_index` 与 `end_index`
（不含）是文字中 `[n]` 的位置，以字符计。流式返回的也是核对过的文字，逐句发来，引用随最后一句。"""


def add(router: APIRouter, assistant: Assistant, counting: Counting) -> None:
    """Put the OpenAI-compatible addresses onto the router."""
    running: Counter[int] = Counter()

    responses = chat_faults(400, 422)
    responses[200] = {"content": events()}

    @router.get(
        "/v1/models",
        operation_id="models",
        tags=_TAGS,
        summary="可用的模型",
        responses=chat_faults(),
    )
    def models() -> ModelsJson:
        """只有一个：本助手。"""
        return ModelsJson(object="list", data=[ModelJson.of(_MODEL)])

    @router.get(
        "/v1/models/{model}",
        operation_id="model",
        tags=_TAGS,
        summary="一个模型",
        responses=chat_faults(404, 422),
    )
    def model(model: str) -> ModelJson:
        """只有 `data-law-qa`。"""
        if model != _MODEL:
            raise NotFound(f"没有这个模型；可用的模型是 {_MODEL}。")
        return ModelJson.of(_MODEL)

    @router.post(
        "/v1/chat/completions",
        operation_id="chat_completions",
        tags=_TAGS,
        summary="对话",
        description=_DESCRIPTION,
        response_model=ChatJson,
        responses=responses,
    )
    async def completions(body: ChatBody, request: Request) -> Response:
        question, history = _conversation(body.messages)
        filters = Filters(as_of=day(body.as_of or ""))

        def asked(stop: Stop) -> Iterator[Event]:
            return assistant.ask(question, history, filters, stop=stop)

        counted = counting.counted(Asker(request.state.user.id, "v1", question), asked)
        answering = Answering(counted, request, running)
        head = {
            "id": f"chatcmpl-{uuid.uuid4().hex}",
            "created": int(time.time()),
            "model": body.model or _MODEL,
        }
        if not body.stream:
            finished = await answering.finished()
            if finished is None:
                return Response(status_code=204)
            return JSONResponse(_whole(head, message(finished[1].answer, request), finished[1]))
        coming = answering.events()
        try:
            await anext(coming, None)
        except BaseException:
            answering.close()
            raise
        return EventStream(_stream(head, coming, request, body.wants_usage), answering)


def _conversation(messages: list[ChatMessage]) -> tuple[str, tuple[Turn, ...]]:
    said = [m for m in messages if m.role in ("user", "assistant")]
    last = max((n for n, m in enumerate(said) if m.role == "user"), default=None)
    if last is None:
        raise QuestionError("messages 里没有 user 的消息；请把问题写在最后一条 user 消息里。")
    before = said[max(0, last - _MOST_TURNS) : last]
    history = tuple(Turn(m.role, m.text[:_LONGEST_TURN]) for m in before)
    return said[last].text, history


def _whole(head: dict[str, Any], said: Message, done: Done) -> dict[str, Any]:
    return {
        **head,
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": said.content,
                    "refusal": None,
                    "annotations": said.annotations,
                },
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": _usage(done),
    }


async def _stream(
    head: dict[str, Any],
    coming: AsyncGenerator[Event | None],
    request: Request,
    wants_usage: bool,
) -> AsyncIterator[bytes]:
    def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return _data({**head, "object": "chat.completion.chunk", "choices": [choice]})

    yield chunk({"role": "assistant", "content": ""})
    async with aclosing(coming):
        try:
            async for event in coming:
                if not isinstance(event, Done):
                    if event is None:
                        yield KEEP_ALIVE
                    continue
                said = message(event.answer, request)
                *first, last = pieces(said.content)
                for piece in first:
                    yield chunk({"content": piece})
                yield chunk({"content": last, "annotations": said.annotations})
                yield chunk({}, "stop")
                if wants_usage:
                    extra = {"choices": [], "usage": _usage(event)}
                    yield _data({**head, "object": "chat.completion.chunk", **extra})
        except Exception as error:
            yield _data(openai_fault(*told(error)))
    yield format_sse_event(data_str="[DONE]")


def _usage(done: Done) -> dict[str, int]:
    prompt, completion = done.tokens.get("prompt", 0), done.tokens.get("completion", 0)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }


def _data(value: dict[str, Any]) -> bytes:
    return format_sse_event(data_str=json.dumps(value, ensure_ascii=False))
