"""`/mcp`, by the real client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import unquote

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from qa.assistant import Assistant
from tests.web.api.site import Served


@asynccontextmanager
async def connected(site: Served, mode: str) -> AsyncIterator[Client]:
    async with httpx2.AsyncClient(headers=site.headers, trust_env=False) as http:
        transport = streamable_http_client(f"{site.address}/mcp", http_client=http)
        async with Client(transport, mode=mode) as client:
            yield client


def call(site: Served, tool: str, mode: str = "auto", **arguments: object) -> CallToolResult:
    async def called() -> CallToolResult:
        async with connected(site, mode) as client:
            return await client.call_tool(tool, arguments)

    return asyncio.run(called())


def text(result: CallToolResult) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return unquote(content.text)


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_the_tools_are_named_and_described(site: Served, mode: str) -> None:
    async def listed() -> dict[str, set[str]]:
        async with connected(site, mode) as client:
            tools = (await client.list_tools()).tools
            return {tool.name: set(tool.input_schema["required"]) for tool in tools}

    assert asyncio.run(listed()) == {
        "search_provisions": {"question"},
        "read_provision": {"document", "locator"},
    }


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_search_gives_the_words_the_place_and_the_link(
    site: Served, assistant: Assistant, mode: str
) -> None:
    question = "个人信息泄露了单位要做什么"
    found = text(call(site, "search_provisions", mode, question=question, top_k=3))
    passages = assistant.search(question, top_k=3).passages
    assert len(passages) == 3
    for n, passage in enumerate(passages, start=1):
        provision = passage.provision
        assert f"{n}. {provision.name}\n{provision.text}\n" in found
        assert f"链接：{site.address}/doc/{provision.document}/{provision.locator}" in found


def test_a_provision_is_read_in_any_spelling_with_its_erratum(
    site: Served, assistant: Assistant
) -> None:
    place = assistant.reading.locate("dsl", "第四十八条")
    assert place
    read = text(call(site, "read_provision", document="数安法", locator="第48条第二款"))
    assert read.startswith(f"{place.provision.name}\n{place.provision.text}\n链接：")
    (second,) = place.provision.parts_at("第二款")
    assert f"其中第二款：{second.text}" in read
    assert f"勘误：{place.provision.errata[0].note}" in read
    assert "前一条：第四十七条" in read
    assert "后一条：第四十九条" in read


def test_an_amended_law_says_so(site: Served) -> None:
    assert "已于 2025 年 10 月 28 日修改" in text(
        call(site, "read_provision", document="网络安全法", locator="第二十一条")
    )


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("read_provision", {"document": "dsl", "locator": "第五十六条"}, "没有这一处；它从 第一条"),
        ("read_provision", {"document": "民法典", "locator": "第一条"}, "没有叫“民法典”的文件"),
        ("read_provision", {"document": "dsl"}, '缺少字段 "locator"。'),
        ("search_provisions", {"question": " "}, "问题是空的"),
        ("search_provisions", {"question": "数据", "top_k": 500}, "应不大于 50"),
        ("delete_everything", {}, "没有这个工具"),
    ],
)
def test_what_cannot_be_done_is_said_to_the_model(
    tool: str, arguments: dict[str, object], sentence: str, site: Served
) -> None:
    result = call(site, tool, **arguments)
    assert result.is_error
    assert sentence in text(result)
