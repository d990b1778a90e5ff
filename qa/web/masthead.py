"""The pages of the site, and who sees them."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.records.accounts import Role, User

TITLE = "数据法规政策问答"


@dataclass(frozen=True)
class Page:
    """A page in the masthead's links."""

    name: str
    path: str
    """Below the root of the site; empty for the first page."""
    roles: frozenset[Role] | None = None
    """Who may open it; None for everyone who signed in."""


PAGES = (
    Page("问答", ""),
    Page("法规库", "library"),
    Page("简报", "briefing", frozenset({"trainer", "admin"})),
    Page("评测", "evaluation", frozenset({"evaluator", "admin"})),
    Page("管理", "admin", frozenset({"admin"})),
)


def visible(user: User | None) -> Sequence[Page]:
    """The pages for a user; for nobody yet, those for all."""
    return [p for p in PAGES if p.roles is None or (user is not None and user.role in p.roles)]
