"""One OpenAI-compatible endpoint: words as they come, one clear sentence for each fault."""

import asyncio
import logging
import queue
import threading
from collections.abc import AsyncGenerator, Awaitable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from llama_index.core.llms import ChatMessage, ChatResponse
from llama_index.llms.openai_like import OpenAILike
from pydantic import SecretStr
from tenacity import (
    AsyncRetrying,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential_jitter,
)

from qa.errors import LLMError, LLMTimeout
from qa.llm.faults import is_passing, is_silence, sentence
from qa.llm.model import Message

log = logging.getLogger(__name__)

T = TypeVar("T")

_ATTEMPTS = 3


@dataclass(frozen=True)
class Endpoint:
    """Where the model listens. `timeout_s`: how long it may stay silent."""

    model: str
    api_base: str
    api_key: SecretStr | None
    timeout_s: float
    context: int
    local: bool


class Client:
    """Streams answers of an endpoint. Its requests live in a thread of their own.

    There each of them can be cancelled at any moment, which closes its connection, upon which
    the server stops writing.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._loop = asyncio.new_event_loop()
        self._closing = threading.Lock()
        self._closed = False
        threading.Thread(target=self._live, name="llm", daemon=True).start()
        # The loopback server must be reached past any proxy of the environment.
        self._http = httpx.AsyncClient(timeout=endpoint.timeout_s, trust_env=not endpoint.local)
        key = endpoint.api_key.get_secret_value() if endpoint.api_key else ""
        self.llm = OpenAILike(
            model=endpoint.model,
            api_base=endpoint.api_base,
            api_key=key or "none",
            is_chat_model=True,
            context_window=endpoint.context,
            timeout=endpoint.timeout_s,
            max_retries=0,
            temperature=0.0,
            async_http_client=self._http,
        )

    def stream(
        self,
        messages: Sequence[Message],
        max_tokens: int,
        *,
        stop: Sequence[str] = (),
        grammar: str | None = None,
    ) -> "Generation":
        """The words of one answer."""
        options: dict[str, Any] = {"max_tokens": max_tokens}
        if stop:
            options["stop"] = list(stop)
        if grammar is not None and self._endpoint.local:
            options["extra_body"] = {"grammar": grammar}
        broken = sentence(httpx.RemoteProtocolError("closed"), self._endpoint.local, said=True)
        with self._closing:
            if self._closed:
                raise LLMError(broken)
            return Generation(self._loop, self._run(messages, options), broken)

    def close(self) -> None:
        """Break off what is being written and close the connections."""

        async def end() -> None:
            running = asyncio.all_tasks() - {asyncio.current_task()}
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)
            await self._http.aclose()
            self._loop.stop()

        with self._closing:
            if not self._closed:
                self._closed = True
                asyncio.run_coroutine_threadsafe(end(), self._loop)

    def _live(self) -> None:
        self._loop.run_forever()
        self._loop.close()

    async def _run(
        self, messages: Sequence[Message], options: dict[str, Any]
    ) -> AsyncGenerator[str, None]:
        """Deltas; failed attempts are repeated as long as nothing has come."""
        chat = [ChatMessage(role=m.role, content=m.content) for m in messages]
        said = finished = False
        try:
            async for attempt in self._retrying():
                with attempt:
                    deltas = aiter(await self._soon(self.llm.astream_chat(chat, **options)))
                    response = await self._soon(anext(deltas, None))
            while response is not None:
                finished = finished or _is_last(response)
                if response.delta:
                    said = True
                    yield response.delta
                response = await self._soon(anext(deltas, None))
            if not finished:
                raise httpx.RemoteProtocolError("no finish reason")
        except Exception as error:
            fault = sentence(error, self._endpoint.local, said)
            log.warning("%s（%s）", fault, type(error).__name__)
            # Without its cause: what a server answers may repeat the key.
            raise (LLMTimeout if is_silence(error) else LLMError)(fault) from None
        if not said:
            raise LLMError("大模型没有给出任何内容；可以重新生成。")

    def _retrying(self) -> AsyncRetrying:
        return AsyncRetrying(
            stop=stop_after_attempt(1 if self._endpoint.local else _ATTEMPTS),
            wait=wait_exponential_jitter(multiplier=0.5, max=8.0),
            retry=retry_if_exception(is_passing),
            before_sleep=lambda state: log.info(
                "大模型没有回应，第 %d 次重试。", state.attempt_number
            ),
            reraise=True,
        )

    async def _soon(self, step: Awaitable[T]) -> T:
        """A server that keeps the connection alive may still hang."""
        # not wait_for: until Python 3.12 it may swallow a cancellation
        async with asyncio.timeout(self._endpoint.timeout_s):
            return await step


class Generation(Iterator[str]):
    """Words of one answer as they come; `close` may be called at any time from any thread."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, words: AsyncGenerator[str, None], broken: str
    ) -> None:
        self._queue: queue.SimpleQueue[str | LLMError | None] = queue.SimpleQueue()
        self._ended = False
        self._pump = asyncio.run_coroutine_threadsafe(_pump(words, self._queue, broken), loop)

    def __next__(self) -> str:
        """The next words. Raises `LLMError` where they do not come as they should."""
        item = None if self._ended else self._queue.get()
        if isinstance(item, str) and not self._ended:
            return item
        closed, self._ended = self._ended, True
        if isinstance(item, LLMError) and not closed:
            raise item
        raise StopIteration

    def close(self) -> None:
        """End the answer here and at the server; whoever waits for words gets the end of them."""
        self._ended = True
        self._queue.put(None)
        self._pump.cancel()

    def __del__(self) -> None:
        self._pump.cancel()


async def _pump(
    words: AsyncGenerator[str, None],
    into: "queue.SimpleQueue[str | LLMError | None]",
    broken: str,
) -> None:
    """Pass the words on, and then how they ended: well, with a fault, or broken off."""
    end: LLMError | None = LLMError(broken)
    try:
        async with aclosing(words):
            async for word in words:
                into.put(word)
        end = None
    except LLMError as error:
        end = error
    finally:
        into.put(end)


def _is_last(response: ChatResponse) -> bool:
    choices = getattr(response.raw, "choices", None) or ()
    return any(choice.finish_reason for choice in choices)
