"""A member's words as they may go out: the signature under them told from the history, the member's own address exchanged."""

import re

from inflow.mail.body import read
from inflow.mail.mime import split
from inflow.mail.quotes import new_text
from inflow.mail.reading import text_of


def signed(raw: bytes) -> str:
    """What a reply adds, with the signature that stands under it; quoted history is off."""
    return new_text(text_of(read(split(raw))), signed=True)


def signature(raw: bytes, new: str) -> str:
    """The signature that stands under the new text of a reply; empty when there is none, or none for certain."""
    whole, said = signed(raw), new.rstrip()
    return whole[len(said) :].strip("\n") if said and whole.startswith(said) else ""


def exchanged(text: str, address: str, instead: str) -> str:
    """A text in which another address stands wherever one was written."""
    if not address:
        return text
    written = re.compile(rf"(?<![\w.+-]){re.escape(address)}(?![\w-]|\.\w)", re.IGNORECASE)
    return written.sub(lambda _: instead, text)
