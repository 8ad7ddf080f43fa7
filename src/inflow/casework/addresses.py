"""Signed addresses: what stands between + and @ of a shared address tells the way back, and nobody else can make one.

A token is `KIND VERSION NUMBER - MAC` in lower-case letters and digits (local parts lose their case on the way): the
kind of way back, the version of the key, what it leads to in base 35, and 80 bits of HMAC-SHA-256 in base 32.
"""

import base64
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

_TOKEN = re.compile(r"([a-z])([0-9]+)z([0-9a-y]+)-([a-z2-7]{16})")
_BEGINNING = re.compile(r"[a-z][0-9]+z[0-9a-y]")
_LONGEST_NUMBER = 13
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxy"


class Way(StrEnum):
    """Where a signed address leads."""

    ROLE = "r"
    """The case, for members of one role: an answer to it goes to the sender."""
    SENDER = "s"
    """The case, for the sender: an answer to it goes to the role."""
    ANSWER = "a"
    """The case, for someone who was asked something about it: the answer goes to its owner."""
    ASKED = "q"
    """The case, for a role that was asked 'whose is this?'."""
    MANAGEMENT = "m"
    """The case, for the management: a question that no role has taken."""
    DUTY = "d"
    """No case: a role's members, about who mans it."""
    PROBE = "p"
    """A mail to ourselves, that measures the way."""
    BOUNCE = "b"
    """The delivery whose bounce comes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayBack:
    """What a signed address stands for: a case (or a delivery, for BOUNCE) and, where one is meant, a role."""

    way: Way
    number: int
    role: str = ""


Keys = Mapping[int, bytes]
"""Signing keys by version; the highest signs, all of them are believed."""


def sign(address: str, back: WayBack, keys: Keys) -> str:
    """`address` with the token of `back` as its subaddress."""
    version = max(keys)
    local, _, domain = address.rpartition("@")
    return f"{local}+{back.way}{version}z{_base35(back.number)}-{_mac(keys[version], back)}@{domain}"


def read(address: str, keys: Keys, *, roles: Iterable[str]) -> WayBack | None:
    """What a signed address stands for; None when it bears no token, or one that we did not make."""
    local = address.rpartition("@")[0].lower()
    match = _TOKEN.fullmatch(local.rpartition("+")[2]) if "+" in local else None
    if not match or match[1] not in set(Way):
        return None
    key = keys.get(int(match[2][:9]))
    if key is None or len(match[3]) > _LONGEST_NUMBER:
        return None
    number = int(match[3], 35)
    for role in ("", *roles):
        back = WayBack(way=Way(match[1]), number=number, role=role)
        if hmac.compare_digest(_mac(key, back), match[4]):
            return back
    return None


def looks_signed(address: str) -> bool:
    """Whether a subaddress begins like a token, valid or not: one that a client cut off is still seen to have been one."""
    local = address.rpartition("@")[0].lower()
    return "+" in local and _BEGINNING.match(local.rpartition("+")[2]) is not None


def fault(address: str, keys: Keys) -> str:
    """Why an address that looks signed stands for nothing, in words."""
    match = _TOKEN.fullmatch(address.rpartition("@")[0].lower().rpartition("+")[2])
    if match is None:
        return "its signed address was cut off on its way"
    if int(match[2][:9]) not in keys:
        return "its signed address was made with a key that is not believed any more"
    return "its signed address is not one that was made here: it was changed"


def bare(address: str) -> str:
    """The address without its subaddress, lower-case."""
    local, _, domain = address.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _mac(key: bytes, back: WayBack) -> str:
    said = f"{back.way}|{back.number}|{back.role}".encode()
    return base64.b32encode(hmac.new(key, said, "sha256").digest()[:10]).decode().lower()


def _base35(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 35)
        digits = _DIGITS[rest] + digits
        if not number:
            return digits
