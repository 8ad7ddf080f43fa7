"""What Inflow says to members, in the organisation's language. Pure text: who it goes to is decided elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

RULE = "─" * 60

_WORDS: dict[str, dict[str, str]] = {
    "sv": {
        "case": "Ärende",
        "from": "Från",
        "to": "Till",
        "why": "Varför hit",
        "suggestions": "Kan höra till",
        "files": "Bilagor",
        "answer": "Svara",
        "answer_text": "svara på det här mejlet som vanligt; {sender} får svaret från {address}",
        "move": "Flytta",
        "move_text": "börja svaret med en rad /route ROLL  ({roles})",
        "escalate": "Eskalera",
        "escalate_text": "/escalate skickar ärendet vidare till {next}",
        "more": "Mer",
        "more_text": "/note, /close, /label, /help; inget av det når avsändaren",
        "history": "Tidigare i ärendet",
        "nobody": "Ingen roll kändes igen med säkerhet.",
        "truncated": "[… förkortat; hela ärendet: inflow cases show {number}]",
    },
    "en": {
        "case": "Case",
        "from": "From",
        "to": "To",
        "why": "Why here",
        "suggestions": "May belong to",
        "files": "Attachments",
        "answer": "Answer",
        "answer_text": "reply to this mail as usual; {sender} gets the answer from {address}",
        "move": "Move",
        "move_text": "begin your reply with a line /route ROLE  ({roles})",
        "escalate": "Escalate",
        "escalate_text": "/escalate hands the case on to {next}",
        "more": "More",
        "more_text": "/note, /close, /label, /help; none of it reaches the sender",
        "history": "Earlier in the case",
        "nobody": "No role was recognised for certain.",
        "truncated": "[… shortened; the whole case: inflow cases show {number}]",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What stands above the sender's own words in a forward."""

    number: int
    sender: str
    address: str
    reasons: Sequence[str]
    suggestions: Sequence[str] = ()
    roles: Sequence[str] = ()
    next: str | None = None
    history: str = ""


def block(said: Block, language: str) -> str:
    """Who wrote, to what address, why it came here, and how to answer, move or escalate it."""
    words = _WORDS[language]
    lines = [
        (words["from"], said.sender),
        (words["to"], said.address),
        (words["why"], "; ".join(said.reasons)),
        (words["suggestions"], ", ".join(said.suggestions)),
        (words["answer"], words["answer_text"].format(sender=said.sender, address=said.address)),
        (words["move"], words["move_text"].format(roles=", ".join(said.roles))),
        (words["escalate"], words["escalate_text"].format(next=said.next) if said.next else ""),
        (words["more"], words["more_text"]),
    ]
    width = max(len(name) for name, value in lines if value) + 1
    told = [f"{name + ':':<{width}} {value}" for name, value in lines if value]
    title = f"── {words['case']} #{said.number} "
    parts = [title + RULE[len(title) :], *told, RULE, ""]
    if said.history:
        parts += [f"{words['history']}:", "", said.history, RULE, ""]
    return "\n".join(parts)


def history(messages: Iterable[dict[str, Any]], *, number: int, language: str, longest: int = 20_000) -> str:
    """The conversation so far as text, oldest first, cut at the beginning when it is long."""
    told = []
    for one in messages:
        moment = f"{one['received_at']:%Y-%m-%d %H:%M}"
        who = " ".join(part for part in (one["from_name"], f"<{one['from_address']}>") if part.strip("<>"))
        words = (one["reply_text"] or one["text"]).strip()
        told.append(f"{moment}  {who}\n" + "\n".join(f"| {line}" for line in words.splitlines()))
    text = "\n\n".join(told)
    if len(text) <= longest:
        return text
    return _WORDS[language]["truncated"].format(number=number) + "\n" + text[-longest:].partition("\n")[2]
