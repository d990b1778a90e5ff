"""Accounts: who may come in, and as whom."""

from dataclasses import dataclass
from itertools import chain, count

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qa.errors import NotFound, RecordsError, SignInError
from qa.records import attempts
from qa.records.keys import Key
from qa.records.passwords import one_time
from qa.records.signing_in import SigningIn, end_sessions
from qa.records.tables import UserRow
from qa.records.users import (
    LOCAL,
    ROLES,
    Role,
    User,
    as_user,
    by_id,
    check_role,
    keep_an_admin,
    named,
    new_name,
    person,
)

__all__ = ["ROLES", "Accounts", "FirstAdmin", "Key", "Role", "User"]

_FIRST = "admin"


@dataclass(frozen=True)
class FirstAdmin:
    """Who was made so that somebody can sign in."""

    name: str
    password: str
    """One-time, shown this once."""


class Accounts(SigningIn):
    """Users, their sessions and keys.

    Raises, from every method that takes a user's id:
        NotFound: there is no such user.
    """

    def first_admin(self) -> FirstAdmin | None:
        """Where nobody can sign in, make an administrator of the name `admin`.

        If a proxy has named somebody so, they stay who they are, and it is `admin-2` or the next.
        """
        password = one_time()
        hashed = self._passwords.hash(password)
        able = select(func.count(UserRow.id)).where(UserRow.active, UserRow.password.is_not(None))
        with self._store.writing() as session:
            if session.scalar(able):
                return None
            names = chain([_FIRST], (f"{_FIRST}-{n}" for n in count(2)))
            name = next(one for one in names if not _is_proxied(named(session, one)))
            row = named(session, name) or self._add(session, name, "admin")
            row.role, row.active, row.password, row.must_change = "admin", True, hashed, True
        return FirstAdmin(name, password)

    def local_user(self) -> User:
        """The administrator of open mode, who cannot sign in."""
        with self._store.reading() as session:
            if row := named(session, LOCAL):
                return as_user(row)
        with self._store.writing() as session:
            return as_user(named(session, LOCAL) or self._add(session, LOCAL, "admin"))

    def proxied(self, name: str) -> User:
        """The user that a trusted proxy names; a new one gets the role `user`, and no password.

        Raises:
            SignInError: the user is deactivated, or the name cannot be one.
        """
        try:
            name = new_name(name)
        except RecordsError as error:
            raise SignInError(str(error)) from error
        with self._store.reading() as session:
            row = named(session, name)
            user = as_user(row) if row else None
        if user is None:
            with self._store.writing() as session:
                user = as_user(named(session, name) or self._add(session, name, "user"))
        if not user.active:
            raise SignInError("这个用户已停用；请找管理员。")
        return user

    def create(self, name: str, role: Role) -> str:
        """A new user's one-time password.

        Raises:
            RecordsError: the name is taken or cannot be one; there is no such role.
        """
        name = new_name(name)
        check_role(role)
        password = one_time()
        hashed = self._passwords.hash(password)
        with self._store.writing() as session:
            if named(session, name):
                raise RecordsError(f"已经有用户 {name}；请换一个名字。")
            row = self._add(session, name, role)
            row.password, row.must_change = hashed, True
        return password

    def reset(self, user_id: int) -> str:
        """A new one-time password; whoever is signed in as that user no longer is."""
        password = one_time()
        hashed = self._passwords.hash(password)
        with self._store.writing() as session:
            row = person(session, user_id)
            row.password, row.must_change = hashed, True
            attempts.forget(session, row.name)
            end_sessions(session, user_id)
        return password

    def set_role(self, user_id: int, role: Role) -> None:
        """Raises `RecordsError` for the last administrator."""
        check_role(role)
        with self._store.writing() as session:
            row = person(session, user_id)
            if role != "admin":
                keep_an_admin(session, row)
            row.role = role

    def set_active(self, user_id: int, active: bool) -> None:
        """Let in or keep out; a deactivated user's sessions end, and the keys rest.

        Raises:
            RecordsError: it is the last administrator.
        """
        with self._store.writing() as session:
            row = person(session, user_id)
            if not active:
                keep_an_admin(session, row)
                end_sessions(session, user_id)
            row.active = active

    def all(self) -> list[User]:
        """Everybody but the user of open mode, by name."""
        query = select(UserRow).where(UserRow.name != LOCAL).order_by(UserRow.name)
        with self._store.reading() as session:
            return [as_user(row) for row in session.scalars(query)]

    def get(self, user_id: int) -> User:
        """The user of that id."""
        with self._store.reading() as session:
            return as_user(by_id(session, user_id))

    def named(self, name: str) -> User:
        """The user of that name; raises `NotFound` where there is none."""
        with self._store.reading() as session:
            row = named(session, name)
            if row is None:
                raise NotFound(f"没有用户 {name}；运行 qa users list 可以查看。")
            return as_user(row)

    def _add(self, session: Session, name: str, role: Role) -> UserRow:
        row = UserRow(
            name=name,
            role=role,
            active=True,
            must_change=False,
            password=None,
            created=self._store.now(),
        )
        session.add(row)
        session.flush()
        return row


def _is_proxied(row: UserRow | None) -> bool:
    """Whether somebody who never had a password here goes by the name."""
    return row is not None and row.password is None
