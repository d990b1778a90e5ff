"""Passwords and tokens: made, hashed and compared."""

import hashlib
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

LEAST_CHARS = 10
MOST_CHARS = 200
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look alike."""
_AT_ONCE = threading.BoundedSemaphore(2)
"""Each hash takes 64 MiB for a moment."""


class Passwords:
    """argon2id with the library's parameters (RFC 9106, low memory)."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._nobody = self.hash(one_time())

    def hash(self, password: str) -> str:
        """With a salt of its own."""
        with _AT_ONCE:
            return self._hasher.hash(password)

    def matches(self, hashed: str | None, password: str) -> bool:
        """Whether it is that password; without a hash a no takes just as long."""
        with _AT_ONCE:
            try:
                self._hasher.verify(hashed or self._nobody, password)
            except VerifyMismatchError:
                return False
        return hashed is not None


def one_time() -> str:
    """A password that is easy to read out: 16 letters and digits, 79 bits."""
    letters = [secrets.choice(_LETTERS) for _ in range(16)]
    return "-".join("".join(letters[at : at + 4]) for at in range(0, 16, 4))


def digest(token: str) -> str:
    """What is stored of a token: it is random, so that no salt and no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
