"""The assistant over HTTP: its own API, an OpenAI-compatible one, and MCP."""

from fastapi import APIRouter, Security
from fastapi.security import HTTPBearer

from qa.assistant import Assistant
from qa.records.records import Records
from qa.web.api import ask, chat, description, documents, search
from qa.web.api.counting import Counting
from qa.web.api.faults import Route
from qa.web.api.tools import Tools
from qa.web.monitoring.watch import Watch

__all__ = ["Tools", "api_router"]

_KEY = HTTPBearer(auto_error=False, description="个人的 API 密钥：Authorization: Bearer <密钥>")


def api_router(assistant: Assistant, records: Records, watch: Watch) -> APIRouter:
    """The addresses below `/api` and `/v1`.

    Who asks is known before a request comes here: `request.state.user` has an `id`.
    """
    # the key is named for the description; whether it is right was seen to before
    router = APIRouter(route_class=Route, dependencies=[Security(_KEY)])
    counting = Counting(assistant, records, watch)
    search.add(router, assistant, counting)
    ask.add(router, assistant, counting)
    documents.add(router, assistant)
    chat.add(router, assistant, counting)
    description.add(router)
    return router
