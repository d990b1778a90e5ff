"""How a file reaches the page 管理: its bytes as they are, its name in a header.

Gradio's own upload would keep files that nobody takes in, and says in English what it refuses.
"""

import asyncio
import shutil
import time
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from qa.errors import DocumentError, NotFound
from qa.ingest.formats import checked_name
from qa.web.admin.arrivals import Arrivals

_NAME = "x-file-name"
_LOOK_S = 0.5

Wait = Annotated[float, Query(ge=0, le=5)]


def uploading_router(arrivals: Arrivals) -> APIRouter:
    """The routes; the gate lets in administrators only."""
    router = APIRouter(include_in_schema=False)

    @router.post("/admin/intake")
    async def upload(request: Request) -> Response:
        folder = arrivals.folder()
        try:
            file = folder / checked_name(unquote(request.headers.get(_NAME, "")))
            size, most = 0, arrivals.limits.bytes
            with file.open("wb") as out:
                async for chunk in request.stream():
                    # the rest is read and dropped: a browser whose sending is cut hears no reason
                    size += len(chunk)
                    if size <= most:
                        out.write(chunk)
            if size > most:
                raise DocumentError(
                    f"{file.name} 有 {size / 2**20:.1f} MB，超过上限 "
                    f"{arrivals.limits.megabytes:g} MB；"
                    "请拆分后再加入，或请管理员调高设置 ingest_megabytes。"
                )
        except DocumentError as error:
            shutil.rmtree(folder, ignore_errors=True)
            return JSONResponse({"fault": str(error)}, 400)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return JSONResponse({"token": arrivals.begin(request.state.user.id, file)})

    @router.get("/admin/intake/{token}")
    async def told(request: Request, token: str, wait: Wait = 0.0) -> Response:
        """How far the file is; answered when it is read, at the latest after `wait` seconds.

        A page always has such a question open: the timers of one in the background hardly run.
        """
        until = time.monotonic() + wait
        while True:
            try:
                state = arrivals.told(request.state.user.id, token).state
            except NotFound:
                return JSONResponse({"state": "gone"})
            if state not in ("waiting", "reading") or time.monotonic() >= until:
                return JSONResponse({"state": state})
            await asyncio.sleep(_LOOK_S)

    @router.post("/admin/intake/{token}/leave")
    def leave(request: Request, token: str) -> Response:
        arrivals.leave(request.state.user.id, token)
        return Response(status_code=204)

    return router
