"""The addresses of the page 简报: one draft a page, each step saved before it is answered."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from qa.assistant import Assistant
from qa.briefing.edits import is_marked, unmarked
from qa.briefing.model import PART_KINDS
from qa.errors import BriefingError, QAError
from qa.records.records import Records
from qa.web.admin.office import clock
from qa.web.briefing.exporting import BUTTONS, exported
from qa.web.briefing.folder import Folder, Held
from qa.web.briefing.generating import Generating, Told
from qa.web.briefing.plan import MOST, Wish, arranged_parts, chosen, offered, too_many
from qa.web.briefing.preview import Notes
from qa.web.briefing.sent import PageRoute, form, message, text, texts
from qa.web.library.addresses import Addresses
from qa.web.templates import render

Form = Annotated[dict[str, list[str]], Depends(form)]
Message = Annotated[dict[str, Any], Depends(message)]
_LONGEST = 200
"""Characters of a field; what is longer is cut."""
_FIELDS = ("topic", "document", "department", "left", "right")


def briefing_router(assistant: Assistant, records: Records) -> APIRouter:
    """The routes over an open assistant and the records; the gate knows the roles."""
    router = APIRouter(include_in_schema=False, route_class=PageRoute)
    pages = _Pages(assistant, records)
    for method, path, answer in (
        ("GET", "/briefing", pages.new),
        ("GET", "/briefing/", pages.new),
        ("POST", "/briefing", pages.begin),
        ("GET", "/briefing/export/{id:int}.{form}", pages.export),
        ("GET", "/briefing/{id:int}", pages.show),
        ("POST", "/briefing/{id:int}", pages.ask),
        ("POST", "/briefing/{id:int}/rename", pages.rename),
        ("POST", "/briefing/{id:int}/delete", pages.delete),
        ("POST", "/briefing/{id:int}/add", pages.add),
        ("POST", "/briefing/{id:int}/arrange", pages.arrange),
        ("POST", "/briefing/{id:int}/generate", pages.generate),
        ("GET", "/briefing/{id:int}/progress", pages.progress),
        ("POST", "/briefing/{id:int}/stop", pages.stop),
        ("POST", "/briefing/{id:int}/edit", pages.edit),
        ("POST", "/briefing/{id:int}/remove", pages.remove),
    ):
        router.add_api_route(path, answer, methods=[method], response_class=Response)
    return router


class _Pages:
    def __init__(self, assistant: Assistant, records: Records) -> None:
        self._assistant = assistant
        self._clips = records.clips
        self._folder = Folder(assistant, records)
        self._generating = Generating(assistant, self._folder)

    def new(self, request: Request) -> Response:
        return self._page(request, wish=Wish(offered()[0].name))

    def begin(self, request: Request, sent: Form) -> Response:
        wish = _wish(sent)
        try:
            id = self._folder.begin(_user(request), _complete(wish))
        except QAError as error:
            return self._page(request, wish=wish, fault=error)
        return _to(request, id, "outline")

    def show(self, request: Request, id: int) -> Response:
        held = self._folder.open(_user(request), id)
        return self._page(request, held=held, wish=held.plan.wish)

    def ask(self, request: Request, id: int, sent: Form) -> Response:
        wish = _wish(sent)
        try:
            self._folder.ask(_user(request), id, _complete(wish), again="again" in sent)
        except BriefingError as error:
            held = self._folder.open(_user(request), id)
            return self._page(request, held=held, wish=wish, fault=error)
        return _to(request, id, "outline")

    def rename(self, request: Request, id: int, sent: Form) -> Response:
        self._folder.rename(_user(request), id, _last(sent, "title"))
        return _to(request, id)

    def delete(self, request: Request, id: int) -> Response:
        self._generating.stop(_user(request), id)
        self._folder.delete(_user(request), id)
        return RedirectResponse(f"{_root(request)}/briefing", 303)

    def add(self, request: Request, id: int, sent: Form) -> Response:
        name, clip = _last(sent, "name"), _last(sent, "clip")
        user = _user(request)
        try:
            if clip:
                number = int(clip) if clip.isascii() and clip.isdecimal() else None
                first = self._folder.add_clips(user, id, number)
            else:
                first = self._folder.add(user, id, name)
        except BriefingError as error:
            held = self._folder.open(user, id)
            return self._page(request, held=held, wish=held.plan.wish, add_fault=error, name=name)
        return _to(request, id, f"p-{first}")

    def arrange(self, request: Request, id: int, sent: Message) -> Response:
        plan = self._folder.arrange(_user(request), id, texts(sent, "order"), texts(sent, "ticked"))
        return JSONResponse({"count": len(plan.ticked), "fault": too_many(len(plan.ticked))})

    def generate(self, request: Request, id: int, sent: Message) -> Response:
        phrased = sent.get("phrased") is True
        return _told(self._generating.start(_user(request), id, phrased=phrased))

    def progress(self, request: Request, id: int) -> Response:
        return _told(self._generating.told(_user(request), id))

    def stop(self, request: Request, id: int) -> Response:
        return _told(self._generating.stop(_user(request), id))

    def edit(self, request: Request, id: int, sent: Message) -> Response:
        place, was, new = text(sent, "place"), text(sent, "was"), text(sent, "text")
        found = self._folder.edit(_user(request), id, place, was, new)
        return JSONResponse({"text": unmarked(found.text), "marked": is_marked(found.text)})

    def remove(self, request: Request, id: int, sent: Message) -> Response:
        self._folder.remove(_user(request), id, text(sent, "place"), text(sent, "was"))
        held = self._folder.open(_user(request), id)
        notes = Notes(Addresses(_root(request)))
        return render(request, "briefing/preview.html", briefing=held.briefing, notes=notes)

    def export(self, request: Request, id: int, form: str) -> Response:
        held = self._folder.open(_user(request), id)
        if held.briefing is None:
            raise BriefingError(held.damaged or "这份简报还没有生成；请先点“生成简报”，再导出。")
        return exported(held.briefing, form)

    def _page(
        self,
        request: Request,
        *,
        wish: Wish,
        held: Held | None = None,
        fault: QAError | None = None,
        add_fault: QAError | None = None,
        name: str = "",
    ) -> Response:
        user, addresses = _user(request), Addresses(_root(request))
        return render(
            request,
            "briefing/page.html",
            status=400 if fault or add_fault else 200,
            here="briefing",
            drafts=self._folder.list(user),
            is_stale=self._folder.is_stale,
            clock=clock,
            held=held,
            gone=self._folder.gone(held.plan) if held else frozenset(),
            can_phrase=self._assistant.model is not None,
            under_way=bool(held and self._generating.is_under_way(held.id)),
            wish=wish,
            templates=offered(),
            needs=chosen(wish.template).needs,
            parts=arranged_parts(wish),
            documents=self._assistant.documents,
            departments=self._assistant.departments,
            clips=self._clips.list(user) if held else [],
            most=MOST,
            briefing=held.briefing if held else None,
            addresses=addresses,
            notes=Notes(addresses),
            forms=BUTTONS,
            fault=str(fault or ""),
            offers=fault.offers if isinstance(fault, BriefingError) else (),
            offered_for=self._missed(wish),
            add_fault=str(add_fault or ""),
            name=name,
        )

    def _missed(self, wish: Wish) -> str:
        """The field that what is offered instead belongs to."""
        if wish.needs != ("left", "right"):
            return wish.needs[0]
        return "right" if self._is_document(wish.left) else "left"

    def _is_document(self, name: str) -> bool:
        try:
            return bool(self._assistant.find_document(name.strip()))
        except QAError:
            return False


def _wish(sent: dict[str, list[str]]) -> Wish:
    return Wish(
        template=chosen(_last(sent, "template")).name,
        **{field: _last(sent, field)[:_LONGEST] for field in _FIELDS},
        parts=tuple(kind for kind in dict.fromkeys(sent.get("parts", ())) if kind in PART_KINDS),
    )


def _complete(wish: Wish) -> Wish:
    if not wish.parts:
        raise BriefingError("一个部分也没有勾选；请在“内容”里至少勾选一个部分。")
    return wish


def _last(sent: dict[str, list[str]], name: str) -> str:
    """The value of a field; where a chip was clicked, that of the chip."""
    return sent.get(name, [""])[-1]


def _user(request: Request) -> int:
    return int(request.state.user.id)


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


def _to(request: Request, id: int, place: str = "") -> Response:
    return RedirectResponse(f"{_root(request)}/briefing/{id}{f'#{place}' if place else ''}", 303)


def _told(told: Told) -> Response:
    return JSONResponse(asdict(told))
