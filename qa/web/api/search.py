"""`/api/search`."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from qa.assistant import Assistant
from qa.restrictions import filters_named
from qa.retrieval.passage import Filters, Retrieval, Turn
from qa.web.api.counting import Counting
from qa.web.api.shapes import SearchBody, SearchJson, SearchQuery, TurnBody, faults
from qa.web.monitoring.asked import Asker
from qa.wire import search_json


def add(router: APIRouter, assistant: Assistant, counting: Counting) -> None:
    """Put the search onto the router."""
    described: dict[str, Any] = {
        "tags": ["检索"],
        "summary": "查出与问题相关的条文",
        "response_model": SearchJson,
        "response_model_exclude_unset": True,
        "responses": faults(400, 422),
    }

    def found(
        request: Request,
        question: str,
        history: tuple[Turn, ...],
        filters: Filters,
        top_k: int | None,
    ) -> dict[str, Any]:
        def search() -> Retrieval:
            return assistant.search(question, history, filters, top_k)

        asker = Asker(request.state.user.id, "api", question)
        return search_json(counting.looked_up(asker, search))

    @router.get("/api/search", operation_id="search", **described)
    def by_address(query: Annotated[SearchQuery, Query()], request: Request) -> dict[str, Any]:
        """用平常的话或文件名加条号，例如 `?q=重要数据出境&top_k=5`。"""
        filters = filters_named(
            assistant, query.level, query.region, query.document, query.year, query.as_of
        )
        return found(request, query.q, (), filters, query.top_k)

    @router.post("/api/search", operation_id="search_in_conversation", **described)
    def by_body(body: SearchBody, request: Request) -> dict[str, Any]:
        """可以附上之前的对话（`history`），接着问。"""
        filters = filters_named(
            assistant, body.level, body.region, body.document, body.year, body.as_of
        )
        return found(request, body.question, turns(body.history), filters, body.top_k)


def turns(history: list[TurnBody]) -> tuple[Turn, ...]:
    """The conversation as the assistant takes it."""
    return tuple(Turn(turn.role, turn.content) for turn in history)
