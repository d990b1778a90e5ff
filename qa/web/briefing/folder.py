"""The drafts of briefings as the page works on them: each step is on the disk when it returns."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from qa.assistant import Assistant
from qa.briefing import edits, model
from qa.briefing.edits import Statement
from qa.briefing.model import Briefing
from qa.errors import BriefingError
from qa.ingest.provision import Provision
from qa.records.drafts import Summary
from qa.records.records import Records
from qa.web.briefing.plan import Plan, Wish, arranged, from_json, planned, to_json, with_added
from qa.web.library.naming import named

_LONGEST_NAME = 200
_NO_NAME = "请写出文件和条号，例如“数据安全法第二十七条”；只写文件名，就加入整部。"


@dataclass(frozen=True)
class Held:
    """An opened draft."""

    id: int
    title: str
    plan: Plan
    briefing: Briefing | None
    damaged: str
    """Why there is no briefing although one was kept; else empty."""
    index: str
    changed: datetime


class Folder:
    """The drafts of everybody.

    Raises, from every method that takes a draft's id:
        NotFound: the draft does not exist or belongs to somebody else.
        BriefingError: a newer program wrote it.
    """

    def __init__(self, assistant: Assistant, records: Records) -> None:
        self._assistant = assistant
        self._drafts = records.drafts
        self._clips = records.clips
        self._turn = threading.Lock()  # nothing changes between what is read and what is saved

    def list(self, user_id: int) -> Sequence[Summary]:
        """Those of one person, the one that was changed last first."""
        return self._drafts.list(user_id)

    def begin(self, user_id: int, wish: Wish) -> int:
        """A new draft with the outline of a wish; its id.

        Raises:
            BriefingError: it cannot be made as it is asked for; nothing is kept.
        """
        plan = planned(wish, self._assistant.outline(wish.request()))
        return self._drafts.save(user_id, plan.title, to_json(plan), None, self._index)

    def open(self, user_id: int, id: int) -> Held:
        """The draft as it was saved last."""
        draft = self._drafts.open(user_id, id)
        briefing, damaged = None, ""
        if draft.briefing is not None:
            try:
                briefing = model.from_json(draft.briefing)
            except BriefingError as error:
                damaged = str(error)
        plan = from_json(draft.request)
        return Held(draft.id, draft.title, plan, briefing, damaged, draft.index, draft.changed)

    def is_stale(self, index: str) -> bool:
        """Whether the text may have changed since a draft with this fingerprint was written."""
        return index != self._index

    def gone(self, plan: Plan) -> frozenset[str]:
        """The ids of an outline's provisions that the volume has no more."""
        ids = (entry.provision_id for entry in plan.entries)
        return frozenset(id for id in ids if self._provision(id) is None)

    def ask(self, user_id: int, id: int, wish: Wish, *, again: bool) -> None:
        """Take another wish; search where it is about something else, or `again`.

        Raises:
            BriefingError: it cannot be made as it is asked for; the draft stays as it was.
        """
        before = self.open(user_id, id).plan
        if again or before.wish.about != wish.about:
            outline = self._assistant.outline(wish.request())
            self._replan(user_id, id, lambda plan: planned(wish, outline, plan))
        else:
            self._replan(user_id, id, lambda plan: replace(plan, wish=wish))

    def arrange(self, user_id: int, id: int, order: Sequence[str], ticked: Sequence[str]) -> Plan:
        """Another order and other ticks.

        Raises:
            BriefingError: the outline has other provisions by now.
        """
        return self._replan(user_id, id, lambda plan: arranged(plan, order, ticked))

    def add(self, user_id: int, id: int, name: str) -> str:
        """Put the provision with a name, or all of a document, into the outline; the first id.

        Raises:
            BriefingError: there is no such thing, or too much of it.
        """
        name = name.strip()
        meant = named(self._assistant, name[:_LONGEST_NAME])
        if meant is None:
            raise BriefingError(
                f"没有找到“{name[:_LONGEST_NAME]}”。{_NO_NAME}" if name else _NO_NAME
            )
        reading = self._assistant.reading
        found = [meant.place.provision] if meant.place else [*reading.provisions(meant.entry.id)]
        return self._add(user_id, id, found, "您加入的")

    def add_clips(self, user_id: int, id: int, clip: int | None = None) -> str:
        """Put the provision of one clip, or of all, into the outline; the first id.

        Raises:
            BriefingError: the volume has none of them.
        """
        clips = (c for c in self._clips.list(user_id) if clip is None or c.id == clip)
        held = (self._provision(each.provision_id) for each in clips)
        found = [provision for provision in held if provision is not None]
        if not found:
            raise BriefingError("这条摘录已不在现在的汇编里，没有加入；请另选一条。")
        return self._add(user_id, id, found, "来自摘录夹")

    def write(self, user_id: int, id: int, briefing: Briefing) -> None:
        """Keep a briefing that was written, under the draft's own title."""
        with self._turn:
            held = self.open(user_id, id)
            named = briefing if held.title == held.plan.title else None
            kept = named or replace(briefing, title=held.title)
            self._save(user_id, replace(held, plan=replace(held.plan, edits=0)), kept)

    def edit(self, user_id: int, id: int, place: str, was: str, text: str) -> Statement:
        """Rewrite a text of the briefing; what its sources do not support is marked.

        Raises:
            BriefingError: the text cannot be used, or another one stands there by now.
        """
        with self._turn:
            held, briefing = self._written(user_id, id)
            check = self._assistant.check
            changed, statement = edits.with_text(briefing, place, was, text, check)
            self._save_edited(user_id, replace(held, title=changed.title), changed)
            return statement

    def remove(self, user_id: int, id: int, place: str, was: str) -> None:
        """Take a point, a question or a quiz item out of the briefing.

        Raises:
            BriefingError: another one stands there by now.
        """
        with self._turn:
            held, briefing = self._written(user_id, id)
            self._save_edited(user_id, held, edits.without(briefing, place, was))

    def rename(self, user_id: int, id: int, title: str) -> None:
        """Give the draft, and its briefing, another title.

        Raises:
            RecordsError: the title is empty.
        """
        with self._turn:
            self._drafts.rename(user_id, id, title)
            held = self.open(user_id, id)
            if held.briefing:
                self._save(user_id, held, replace(held.briefing, title=held.title))

    def delete(self, user_id: int, id: int) -> None:
        """Throw the draft away."""
        self._drafts.delete(user_id, id)

    @property
    def _index(self) -> str:
        return self._assistant.manifest.corpus

    def _add(self, user_id: int, id: int, found: Sequence[Provision], why: str) -> str:
        added = [self._assistant.proposed(provision.id, why) for provision in found]
        self._replan(user_id, id, lambda plan: with_added(plan, added))
        return added[0].provision_id

    def _replan(self, user_id: int, id: int, change: Callable[[Plan], Plan]) -> Plan:
        with self._turn:
            held = self.open(user_id, id)
            plan = change(held.plan)
            title = plan.title if held.title == held.plan.title else held.title
            self._save(user_id, replace(held, plan=plan, title=title), held.briefing)
            return plan

    def _written(self, user_id: int, id: int) -> tuple[Held, Briefing]:
        held = self.open(user_id, id)
        if held.briefing is None:
            raise BriefingError("这份简报还没有生成，或者需要重新生成；请先点“生成简报”。")
        return held, held.briefing

    def _save_edited(self, user_id: int, held: Held, briefing: Briefing) -> None:
        plan = replace(held.plan, edits=held.plan.edits + 1)
        self._save(user_id, replace(held, plan=plan), briefing)

    def _save(self, user_id: int, held: Held, briefing: Briefing | None) -> None:
        kept = model.to_json(briefing) if briefing else None
        index = briefing.index if briefing else self._index
        self._drafts.save(user_id, held.title, to_json(held.plan), kept, index, held.id)

    def _provision(self, provision_id: str) -> Provision | None:
        try:
            return self._assistant.provision(provision_id)
        except KeyError:
            return None
