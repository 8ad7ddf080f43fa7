"""No noise: to whom Inflow may write unasked. Never to a machine, never to one whom the receiving server does not vouch for."""

import re
from collections.abc import Collection

from inflow.mail.message import Message, Nature

A_DAY = 1
MOST_AN_HOUR = 200
_SUPPRESSED = frozenset({"all", "oof", "autoreply"})
_MACHINE = re.compile(
    r"(?i)^(no|do[-_.]?not)[-_.]?reply|^(mailer-daemon|postmaster|bounce|owner-|.*-(request|bounces?|owner)@)"
)


def may_acknowledge(  # noqa: PLR0911  one reason a line
    message: Message, *, own: Collection[str], recently: int, lately_in_all: int
) -> str | None:
    """Why a sender is not told that the mail has come in; None when it may be told. `recently`: acknowledgements to this
    address in the last day; `lately_in_all`: to anybody in the last hour (RFC 3834 sections 2 and 3)."""
    suppressed = message.headers.get("x-auto-response-suppress", ())
    if reason := may_answer(message, own=own):
        return reason
    if message.reply_to and message.reply_to[0].address.lower() != message.sender.address.lower():
        return "it has no sender to write to"
    if _SUPPRESSED & {one.strip().lower() for value in suppressed for one in value.split(",")}:
        return "it asks for no automatic answer"
    if message.authenticity.verdict != "pass":
        return "the receiving server does not vouch for the sender"
    if recently >= A_DAY:
        return "this address has had one today"
    if lately_in_all >= MOST_AN_HOUR:
        return "too many have gone out in an hour"
    return None


def may_answer(message: Message, *, own: Collection[str]) -> str | None:
    """Why a mail has no sender to answer: a machine wrote it, or we did. None when it has one."""
    sender = message.sender.address.lower()
    if message.nature is not Nature.PERSON:
        return f"it is {message.nature.value}"
    if "@" not in sender or _MACHINE.search(sender) or sender in own:
        return "it has no sender to write to"
    if any(value.strip() in ("", "<>") for value in message.headers.get("return-path", ())):
        return "its envelope sender is empty"
    return None
