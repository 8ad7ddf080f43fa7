"""What a browser holds: a signed random token in a cookie, and beside it a word that only our own pages know (CSRF).

Signed, so that a made-up token costs no question to the database; kept there by its digest, so that it can be taken back.
"""

import hashlib
import hmac
import secrets

from inflow.casework.addresses import Keys


def new(keys: Keys) -> str:
    """A token as it stands in the cookie: random, a dot, the signature."""
    token = secrets.token_urlsafe(32)
    return f"{token}.{_mac(keys[max(keys)], 'token', token)}"


def read(cookie: str, keys: Keys) -> str | None:
    """The token of a cookie; None where we did not sign it."""
    token, _, mac = cookie.partition(".")
    known = any(hmac.compare_digest(_mac(key, "token", token), mac) for key in keys.values())
    return token if token and known else None


def digest(token: str) -> str:
    """What the database knows of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def csrf(token: str, keys: Keys) -> str:
    """The word that every form of ours brings with it."""
    return _mac(keys[min(keys)], "csrf", token)


def _mac(key: bytes, use: str, text: str) -> str:
    return hmac.new(key, f"board {use} {text}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
