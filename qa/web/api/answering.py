"""An answer on its way: written in a thread, given up when nobody listens any more."""

import asyncio
import contextlib
import threading
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from qa.answering.answer import Done, Event, Retrieved
from qa.llm.stop import Stop
from qa.retrieval.passage import Retrieval
from qa.web.api.faults import TooMany
from qa.web.monitoring.watch import Ask

AT_ONCE = 24
"""Answers that one person may have written or waiting at the same time."""
_AGAIN_S = 5
"""When one of them may have ended."""
_SILENCE_S = 10.0
"""After so long without an event a stream says that it still lives."""
KEEP_ALIVE = b": ...\n\n"
"""A comment of server-sent events, so that no proxy takes the wait for an end."""

Finished = tuple[Retrieval, Done]


class Answering:
    """One question on its way to its answer; `close` when nobody waits for it any more."""

    def __init__(self, ask: Ask, request: Request, running: Counter[int]) -> None:
        """Begin with it.

        running: how many each user has on the way, by the user's id.

        Raises:
            TooMany: the user has too many on the way.
        """
        self._user = request.state.user.id
        if running[self._user] >= AT_ONCE:
            said = f"同时提出的问题不能超过 {AT_ONCE} 个；请等前面的回答完成再问。"
            raise TooMany(said, _AGAIN_S)
        self._running = running
        self._running[self._user] += 1
        self._request = request
        self._stop = Stop()
        self._closed = False
        self._loop = asyncio.get_running_loop()
        self._arrived: asyncio.Queue[Event | Exception | None] = asyncio.Queue()
        threading.Thread(target=self._write, args=[ask], name="api-asking", daemon=True).start()

    def close(self) -> None:
        """Give the answer up where it is not there yet; once or more often."""
        if not self._closed:
            self._closed = True
            self._running[self._user] -= 1
            self._stop()

    async def events(self) -> AsyncGenerator[Event | None]:
        """The events as they come; None every now and then while there is nothing to tell.

        Raises what the assistant raised.
        """
        while True:
            try:
                event = await asyncio.wait_for(self._arrived.get(), _SILENCE_S)
            except TimeoutError:
                yield None
                continue
            if event is None:
                return
            if isinstance(event, Exception):
                raise event
            yield event

    async def finished(self) -> Finished | None:
        """The passages and the checked answer; None when the client has left."""
        retrieval: Retrieval | None = None
        leaving = asyncio.create_task(self._left())
        try:
            async for event in self.events():
                match event:
                    case Retrieved(retrieval):
                        pass
                    case Done() if retrieval:
                        return retrieval, event
        finally:
            leaving.cancel()
            self.close()
        return None

    async def _left(self) -> None:
        """End the events when the client leaves; a stream sees to that by itself."""
        while (await self._request.receive())["type"] != "http.disconnect":
            pass
        self._arrived.put_nowait(None)

    def _write(self, ask: Ask) -> None:
        try:
            for event in ask(self._stop):
                self._tell(event)
        except Exception as error:
            self._tell(error)
        else:
            self._tell(None)

    def _tell(self, event: Event | Exception | None) -> None:
        # the loop is closed when the server goes down; then nobody is left to be told
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._arrived.put_nowait, event)


class EventStream(StreamingResponse):
    """Server-sent events about an answer, which is given up when the response ends."""

    media_type = "text/event-stream"

    def __init__(self, chunks: AsyncIterator[bytes], answering: Answering) -> None:
        """Take the events in bytes, and the answer that they are about."""
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        super().__init__(chunks, headers=headers)
        self._answering = answering

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them; however that ends, the answer is no longer wanted then."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._answering.close()
