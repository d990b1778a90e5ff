"""Coming in: by password, by the session that it gives, by API key."""

import secrets
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from qa.errors import RecordsError, SignInError
from qa.records import attempts, keys
from qa.records.keys import Key
from qa.records.passwords import LEAST_CHARS, MOST_CHARS, Passwords, digest
from qa.records.store import Store
from qa.records.tables import InstallationRow, KeyRow, SessionRow
from qa.records.users import User, as_user, by_id, named, person, plain_name

_RENEWED = timedelta(minutes=1)
_WRONG = "用户名或密码不对；请再试一次，忘了密码请找管理员重置。"


class SigningIn:
    """Passwords, sessions and keys.

    Raises, from every method that takes a user's id:
        NotFound: there is no such user.
    """

    def __init__(self, store: Store, session_hours: float) -> None:
        self._store = store
        self._session = timedelta(hours=session_hours)
        self._passwords = Passwords()

    def sign_in(self, name: str, password: str, address: str) -> str:
        """A new session's token.

        Raises:
            SignInError: name or password is wrong, one does not learn which; or there were
                too many failures of that name or from that address.
        """
        name, now = plain_name(name), self._store.now()
        with self._store.writing() as session:
            attempts.count_in(session, name, address, now)
            row = named(session, name)
            user_id, hashed = (row.id, row.password) if row and row.active else (0, None)
        if not self._passwords.matches(hashed, password[: MOST_CHARS + 1]):
            raise SignInError(_WRONG)
        token = secrets.token_urlsafe(32)
        with self._store.writing() as session:
            row = by_id(session, user_id)
            if not row.active or row.password != hashed:
                raise SignInError(_WRONG)
            attempts.forget(session, name)
            session.execute(delete(SessionRow).where(SessionRow.used <= now - self._session))
            session.add(SessionRow(hash=digest(token), user_id=user_id, created=now, used=now))
        return token

    def user_of_session(self, token: str) -> User | None:
        """Who is signed in; None where the session has ended or was never one."""
        now = self._store.now()
        with self._store.reading() as session:
            row = session.get(SessionRow, digest(token))
            if row is None or row.used <= now - self._session:
                return None
            user, used = as_user(by_id(session, row.user_id)), row.used
        if abs(now - used) >= _RENEWED:  # also where the clock was set back
            self._renew(SessionRow, digest(token))
        return user if user.active else None

    def sign_out(self, token: str) -> None:
        """End the session."""
        with self._store.writing() as session:
            session.execute(delete(SessionRow).where(SessionRow.hash == digest(token)))

    def create_key(self, user_id: int, label: str) -> str:
        """A new API key, shown this once."""
        with self._store.writing() as session:
            by_id(session, user_id)
            return keys.create(session, user_id, label, self._store.now())

    def keys(self, user_id: int) -> list[Key]:
        """The API keys of a user."""
        with self._store.reading() as session:
            return keys.of(session, user_id)

    def revoke_key(self, user_id: int, key_id: int) -> None:
        """Raises `NotFound` for somebody else's key too."""
        with self._store.writing() as session:
            keys.revoke(session, user_id, key_id)

    def user_of_key(self, key: str) -> User | None:
        """Whose key it is; None where it was revoked, never was one, or rests."""
        with self._store.reading() as session:
            row = session.scalar(select(KeyRow).where(KeyRow.hash == digest(key)))
            if row is None:
                return None
            user, used = as_user(by_id(session, row.user_id)), row.used
        if user.active and (used is None or abs(self._store.now() - used) >= _RENEWED):
            self._renew(KeyRow, digest(key))
        return user if user.active else None

    def change_password(self, user_id: int, old: str, new: str, keep: str | None = None) -> None:
        """Set a password of one's own; every session ends but that of the token `keep`.

        Raises:
            RecordsError: the new password is not good enough.
            SignInError: the old one is wrong, or was wrong too often.
        """
        with self._store.writing() as session:
            row = person(session, user_id)
            name, hashed = row.name, row.password
            _check_new(name, old, new)
            attempts.count_in(session, name, None, self._store.now())
        if not self._passwords.matches(hashed, old):
            raise SignInError("原密码不对；请再试一次，忘了密码请找管理员重置。")
        fresh = self._passwords.hash(new)
        with self._store.writing() as session:
            row = by_id(session, user_id)
            if row.password != hashed:
                raise SignInError("密码刚刚被改过；请重新登录。")
            row.password, row.must_change = fresh, False
            attempts.forget(session, name)
            end_sessions(session, user_id, keep)

    def secret(self) -> bytes:
        """What this installation signs its cookies with; made once."""
        with self._store.writing() as session:
            row = session.get(InstallationRow, 1)
            if row is None:
                row = InstallationRow(id=1, secret=secrets.token_bytes(32))
                session.add(row)
            return row.secret

    def _renew(self, table: type[SessionRow] | type[KeyRow], hashed: str) -> None:
        with self._store.writing() as session:
            session.execute(
                update(table).where(table.hash == hashed).values(used=self._store.now())
            )


def end_sessions(session: Session, user_id: int, keep: str | None = None) -> None:
    """Sign a user out everywhere, but from the session of the token `keep`."""
    ended = delete(SessionRow).where(SessionRow.user_id == user_id)
    if keep is not None:
        ended = ended.where(SessionRow.hash != digest(keep))
    session.execute(ended)


def _check_new(name: str, old: str, new: str) -> None:
    if not LEAST_CHARS <= len(new) <= MOST_CHARS:
        raise RecordsError(f"新密码要有 {LEAST_CHARS} 至 {MOST_CHARS} 个字符；请换一个。")
    if new.casefold() == name.casefold():
        raise RecordsError("密码不能与用户名相同；请换一个。")
    if new == old:
        raise RecordsError("新密码不能与原密码相同；请换一个。")
