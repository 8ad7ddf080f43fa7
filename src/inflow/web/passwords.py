"""Passwords by argon2. Two at a time: each takes 64 MB and a twentieth of a second, on purpose."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
LONGEST = 1000
_HASHER = PasswordHasher()
_NOBODY = _HASHER.hash("nobody has this password")
_turn = threading.BoundedSemaphore(2)


def hashed(password: str) -> str:
    """The hash of a password. Raises ValueError where it is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise ValueError(f"a password has at least {SHORTEST} characters")
    with _turn:
        return _HASHER.hash(password)


def fits(password: str, hash_: str | None) -> bool:
    """Whether a password is the one of a hash. None (there is no such account) takes as long as a wrong one."""
    with _turn:
        try:
            return _HASHER.verify(hash_ or _NOBODY, password[:LONGEST]) and hash_ is not None
        except (VerificationError, InvalidHashError):
            return False
