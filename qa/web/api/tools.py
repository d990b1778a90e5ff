"""MCP at `/mcp`: two tools by which another model finds and reads the provisions.

Stateless: each request stands alone, so that any number of clients may come and go.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Annotated, Any

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)
from pydantic import Field, ValidationError
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from qa.assistant import Assistant
from qa.errors import NotFound
from qa.ingest.provision import Provision, on_page
from qa.records.records import Records
from qa.restrictions import filters_named
from qa.retrieval.passage import Retrieval
from qa.web.api.counting import Counting
from qa.web.api.faults import told, wrong_field
from qa.web.api.links import link
from qa.web.api.shapes import AsOf, Documents, Levels, Regions, Strict, Years
from qa.web.monitoring.asked import Asker
from qa.web.monitoring.watch import Watch

_ABOUT = """\
一部数据法律法规、政策文件汇编的条文。先用 search_provisions 找到条文，再用 read_provision 读全文。\
引用时请写明文件名与条号，并附上链接；原文逐字引用，不要改写。提示（已修改、勘误等）请告诉读者。"""


class SearchArguments(Strict):
    """The arguments of `search_provisions`."""

    question: str = Field(description="要查的话：平常的话，或文件名加条号")
    top_k: Annotated[int, Field(ge=1, le=50)] = Field(8, description="最多返回几条")
    level: Levels
    region: Regions
    document: Documents
    year: Years
    as_of: AsOf = None


class ReadArguments(Strict):
    """The arguments of `read_provision`."""

    document: str = Field(description="文件的全称、简称或 id，例如 数据安全法")
    locator: str = Field(description="条号或位置，例如 第二十一条、第48条第二款、专栏 5")


class Tools:
    """The ASGI application that answers at `/mcp`; only while `running`."""

    def __init__(self, assistant: Assistant, records: Records, watch: Watch) -> None:
        """Take the assistant that searches and reads, and where its questions are counted."""
        self._assistant = assistant
        self._counting = Counting(assistant, records, watch)
        self._manager: StreamableHTTPSessionManager | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Answer requests as long as this lasts: part of the lifespan of the site."""
        server: Server[dict[str, Any]] = Server(
            "data-law-qa",
            title="数据法规政策问答",
            instructions=f"{_ABOUT}\n{self._assistant.source_note}，不构成法律意见。",
            on_list_tools=self._list,
            on_call_tool=self._call,
        )
        # a manager can run only once, a site may be put up again
        manager = StreamableHTTPSessionManager(server, stateless=True, json_response=True)
        async with manager.run():
            self._manager = manager
            try:
                yield
            finally:
                self._manager = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        assert self._manager, "Tools.running() belongs into the site's lifespan"
        await self._manager.asgi_app(scope, receive, send)

    async def _list(
        self, _: ServerRequestContext[Any, Any], __: PaginatedRequestParams | None
    ) -> ListToolsResult:
        return ListToolsResult(
            tools=[
                _tool(
                    "search_provisions",
                    "查条文",
                    "查出与问题相关的条文：原文、位置、命中原因和链接。",
                    SearchArguments,
                ),
                _tool(
                    "read_provision",
                    "读条文",
                    "读一条条文的全文，连同提示、勘误、前后条和链接。",
                    ReadArguments,
                ),
            ]
        )

    async def _call(
        self, context: ServerRequestContext[Any, Any], params: CallToolRequestParams
    ) -> CallToolResult:
        request = context.request
        assert isinstance(request, Request)
        tools: dict[str, Callable[[Request, dict[str, Any]], str]] = {
            "search_provisions": self._search,
            "read_provision": self._read,
        }
        try:
            if params.name not in tools:
                raise NotFound(f"没有这个工具；可以用：{'、'.join(tools)}。")
            # searching computes: the event loop must not wait for it
            text = await asyncio.to_thread(tools[params.name], request, params.arguments or {})
        except ValidationError as error:
            return _result(wrong_field(error.errors()[0]), is_error=True)
        except Exception as error:
            return _result(told(error)[1], is_error=True)
        return _result(text)

    def _search(self, request: Request, arguments: dict[str, Any]) -> str:
        asked = SearchArguments.model_validate(arguments)
        filters = filters_named(
            self._assistant, asked.level, asked.region, asked.document, asked.year, asked.as_of
        )

        def search() -> Retrieval:
            return self._assistant.search(asked.question, (), filters, asked.top_k)

        asker = Asker(request.state.user.id, "mcp", asked.question)
        found = self._counting.searched(asker, search)
        passages = [
            f"{n}. {_shown(request, passage.provision)}\n命中原因：{passage.why}"
            for n, passage in enumerate(found.passages, start=1)
        ]
        absent = [f"汇编没有收录《{name}》。" for name in found.strangers]
        return "\n\n".join([*found.missing, *absent, *passages]) or "没有找到条文。"

    def _read(self, request: Request, arguments: dict[str, Any]) -> str:
        asked = ReadArguments.model_validate(arguments)
        reading = self._assistant.reading
        document = reading.named(asked.document) or self._assistant.find_document(asked.document).id
        place = reading.locate(document, asked.locator)
        entry = self._assistant.document(document)
        if place is None:
            provisions = reading.provisions(document)
            ends = f"{provisions[0].locator} 至 {provisions[-1].locator}"
            raise NotFound(f"《{entry.title}》没有这一处；它从 {ends}，共 {len(provisions)} 处。")
        provision = place.provision
        parts = provision.parts_at(place.part) if place.part else ()
        named = [f"其中{place.part}：" + "\n".join(p.text for p in parts)] if parts else []
        around = zip(("前一条", "后一条"), self._assistant.neighbours(provision.id), strict=True)
        beside = [f"{name}：{other.locator}" for name, other in around if other]
        notices = [f"提示：{notice}" for notice in entry.notices]
        errata = [f"勘误：{note.note}" for note in provision.errata]
        shown = _shown(request, provision)
        return "\n".join([shown, *named, *notices, *errata, *beside])


def _tool(name: str, title: str, description: str, arguments: type[Strict]) -> Tool:
    return Tool(
        name=name,
        title=title,
        description=description,
        input_schema=arguments.model_json_schema(),
        annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False),
    )


def _shown(request: Request, provision: Provision) -> str:
    address = link(request, provision.document, provision.locator)
    name = on_page(provision.name, provision.page_of())
    return f"{name}\n{provision.text}\n链接：{address}"


def _result(text: str, *, is_error: bool = False) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], is_error=is_error)
