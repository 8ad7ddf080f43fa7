"""What an outsider reads of us: whom an answer is from, what stands under it, that an order was carried out.

The organisation's words, with the first name of a member at most.
"""

import re
from collections.abc import Sequence

from inflow.units import filled

_FIRST = re.compile(r"[^\W\d_]{1,40}(?:-[^\W\d_]{1,40})?")
_INTERNAL = re.compile(r"── (?:Ärende|Case) #\d|\+[a-rt-z]\d{1,9}z[0-9a-y]{1,13}-[a-z2-7]{16}@", re.IGNORECASE)


def first_name(name: str) -> str:
    """The first name in a display name (`Anna Berg`, `Berg, Anna (IT)`); empty when it is not one that can be told."""
    last, comma, rest = re.sub(r"\([^)]*\)", " ", name).partition(",")
    words = (rest if comma and rest.strip() else last).split()
    return words[0] if words and "@" not in name and _FIRST.fullmatch(words[0]) else ""


def from_name(template: str, *, member: str, role: str, organisation: str) -> str:
    """The display name of an answer; the organisation alone where the template needs a name that is not known."""
    values = {"first_name": first_name(member), "role": role, "organisation": organisation}
    return filled(template, values) or organisation


def signature(template: str, *, member: str, role: str, organisation: str) -> str:
    """What stands under an answer instead of the member's own signature; a line whose variable has no value is left out."""
    values = {"first_name": first_name(member), "role": role, "organisation": organisation}
    return filled(template, values).strip()


def is_internal(text: str) -> bool:
    """Whether a text holds the block above a forward, or a signed address that is not the sender's: neither ever goes outside."""
    return _INTERNAL.search(text) is not None


def people_changed(language: str, *, number: int, done: Sequence[str], faults: Sequence[str]) -> tuple[str, str]:
    """Subject and text of the answer to a sender who said who else gets the answers."""
    swedish = language in ("sv", "nb", "da")
    lines = [("Gjort: " if swedish else "Done: ") + one for one in done]
    lines += [("Gick inte: " if swedish else "Not possible: ") + one for one in faults]
    subject = "Vem som får svaren" if swedish else "Who gets the answers"
    return f"{subject}: {number}", "\n".join([*lines, ""])
