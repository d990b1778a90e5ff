"""Conversations and the 摘录夹 as files to pass on: `/export/…`."""

import re
from collections.abc import Callable
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response

from qa.assistant import Assistant
from qa.errors import NotFound
from qa.export import Paper, to_docx, to_markdown
from qa.export.markup import one_line
from qa.records.accounts import User
from qa.records.records import Records
from qa.web.kept import Kept
from qa.web.papers import of_clips, of_conversation
from qa.web.templates import render

CLIPS = "摘录夹"
_UNFIT = re.compile(r'[\\/:*?"<>|]+')
"""What a file's name may not have on one system or another."""
_LONGEST_NAME = 80
_FORMS: dict[str, tuple[str, Callable[[Paper], bytes]]] = {
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        to_docx,
    ),
    "md": ("text/markdown; charset=utf-8", lambda paper: to_markdown(paper).encode()),
}


def export_router(assistant: Assistant, records: Records) -> APIRouter:
    """The routes over an open assistant and the records: each user gets what is their own."""
    router = APIRouter(include_in_schema=False)
    kept = Kept(records, lambda: assistant.versions)

    def conversation(user: User, id: str) -> Paper:
        asked = kept.open(user.id, id)
        if not asked:
            raise NotFound("这个对话还没有答完的问题；请等回答完成再导出。")
        return of_conversation(assistant, records.conversations.summary(user.id, id).title, asked)

    def clips(user: User) -> Paper:
        held = records.clips.list(user.id)
        if not held:
            raise NotFound("摘录夹是空的；请先在依据卡片上点“摘录”，再导出。")
        return of_clips(assistant, CLIPS, held)

    @router.get("/export/conversation/{id}.{form}")
    def one_conversation(request: Request, id: str, form: str) -> Response:
        return _file(request, form, lambda user: conversation(user, id))

    @router.get("/export/clips.{form}")
    def all_clips(request: Request, form: str) -> Response:
        return _file(request, form, clips)

    return router


def _file(request: Request, form: str, paper_of: Callable[[User], Paper]) -> Response:
    try:
        if form not in _FORMS:
            raise NotFound("只能导出为 Word（.docx）或 Markdown（.md）。")
        paper = paper_of(request.state.user)
    except NotFound as error:
        return render(request, "refused.html", status=404, said=str(error))
    media, made = _FORMS[form]
    return attachment(made(paper), media, paper.title, form)


def attachment(content: bytes, media: str, title: str, form: str) -> Response:
    """A file to be saved, called like its title."""
    named = f"attachment; filename=\"export.{form}\"; filename*=UTF-8''{_name(title)}.{form}"
    return Response(content, media_type=media, headers={"Content-Disposition": named})


def _name(title: str) -> str:
    """A title as the name of a file, in the form of RFC 5987."""
    fit = _UNFIT.sub(" ", one_line(title))[:_LONGEST_NAME].strip(" .")
    return quote(fit or "导出", safe="")
