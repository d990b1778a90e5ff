"""What stands on the first page of a briefing."""

import datetime

from qa.briefing.model import Briefing
from qa.export.briefing.sheet import said_date
from qa.export.paper import Paper


def facts(briefing: Briefing) -> tuple[tuple[str, str], ...]:
    """When it was made, what for and what it rests on."""
    made_for = "，".join(f"{key}“{value}”" for key, value in briefing.made_for.items())
    rows = [("编制日期", said_date(briefing.made)), ("依据范围", briefing.basis)]
    if made_for:
        rows.append(("编制内容", made_for))
    return tuple(rows)


def statement(briefing: Briefing) -> str:
    """The notice of date and status, as on other papers."""
    return Paper(briefing.title, made(briefing), briefing.basis, ()).statement


def made(briefing: Briefing) -> datetime.date:
    """The day on its first page."""
    return datetime.date.fromisoformat(briefing.made)
