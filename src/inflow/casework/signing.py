"""Signatures of webhooks (Standard Webhooks 1.0.0): who knows the secret can tell that a call is ours, and when it was made."""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime

PREFIX = "whsec_"
_SHORTEST = 16


def key_of(secret: str) -> bytes:
    """The octets of a secret as it is handed over: `whsec_` and base64, or plain text. Raises ValueError for one that is too short."""
    secret = secret.strip()
    try:
        coded = secret.removeprefix(PREFIX)
        key = base64.b64decode(coded, validate=True) if coded != secret else secret.encode()
    except binascii.Error as error:
        raise ValueError("is not base64 after whsec_") from error
    if len(key) < _SHORTEST:
        raise ValueError(f"has fewer than {_SHORTEST} octets")
    return key


def signed(key: bytes, *, id_: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a call."""
    stamp = str(int(at.timestamp()))
    mac = hmac.new(key, b".".join((id_.encode(), stamp.encode(), body)), hashlib.sha256).digest()
    return {
        "webhook-id": id_,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(mac).decode()}",
    }
