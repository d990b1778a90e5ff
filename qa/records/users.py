"""Users: names, roles, and who is there."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa.errors import NotFound, RecordsError
from qa.records.tables import UserRow

Role = Literal["user", "trainer", "evaluator", "admin"]
ROLES: dict[Role, str] = {
    "user": "使用者",
    "trainer": "培训",
    "evaluator": "评测",
    "admin": "管理",
}
LOCAL = "本机"
"""Everybody at this machine in open mode."""
_NAME = re.compile(r"\w[\w.@+\\-]{0,63}")


@dataclass(frozen=True)
class User:
    """A person, as far as the rest of the program knows them."""

    id: int
    name: str
    role: Role
    active: bool
    must_change: bool
    """Has a one-time password, to be changed at first."""


def as_user(row: UserRow) -> User:
    """Without the password."""
    return User(row.id, row.name, cast(Role, row.role), row.active, row.must_change)


def plain_name(name: str) -> str:
    """As people type it: full-width letters become plain ones."""
    return unicodedata.normalize("NFKC", name).strip()


def new_name(name: str) -> str:
    """A name that somebody may have.

    Raises:
        RecordsError: it cannot be one.
    """
    name = plain_name(name)
    if name == LOCAL or not _NAME.fullmatch(name):
        raise RecordsError(
            f"用户名 {name!r} 不可用；请用 1 至 64 个汉字、字母、数字或 . _ - @ + 组成。"
        )
    return name


def check_role(role: str) -> None:
    """Raises `RecordsError` for a role that does not exist."""
    if role not in ROLES:
        raise RecordsError(f"没有“{role}”这个角色；请用 {'、'.join(ROLES)}。")


def named(session: Session, name: str) -> UserRow | None:
    """The user of that name; the case of Latin letters does not matter."""
    return session.scalar(select(UserRow).where(UserRow.name == plain_name(name)))


def by_id(session: Session, user_id: int) -> UserRow:
    """Raises `NotFound` where there is none."""
    row = session.get(UserRow, user_id)
    if row is None:
        raise NotFound("没有这个用户；请刷新用户列表再看。")
    return row


def person(session: Session, user_id: int) -> UserRow:
    """A user that may be changed: not the one of open mode."""
    row = by_id(session, user_id)
    if row.name == LOCAL:
        raise RecordsError(f"“{LOCAL}”是免登录模式用的，不能修改；请另建一个用户。")
    return row


def keep_an_admin(session: Session, row: UserRow) -> None:
    """Raises `RecordsError` where it is the last who can run the installation."""
    if row.role != "admin" or not row.active:
        return
    others = select(func.count(UserRow.id)).where(
        UserRow.role == "admin", UserRow.active, UserRow.id != row.id, UserRow.name != LOCAL
    )
    if not session.scalar(others):
        raise RecordsError("这是最后一个管理员，不能停用或改换角色；请先把管理交给另一个用户。")
