"""What Inflow says to members, in the organisation's language. Pure text: who it goes to is decided elsewhere."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from inflow.casework.bank import Likely
from inflow.casework.happenings import SENT
from inflow.casework.reasons import told

RULE = "─" * 60

_WORDS: dict[str, dict[str, str]] = {
    "sv": {
        "case": "Ärende",
        "from": "Från",
        "beware": "Se upp",
        "to": "Till",
        "why": "Varför hit",
        "suggestions": "Kan höra till",
        "ready": "Färdigt svar",
        "ready_line": "/answer {key} ({title}), ty mejlet nämner {words}",
        "offered": "Har fått",
        "offered_text": "det färdiga svaret {key}, med kvittensen; räcker det inte svarar avsändaren",
        "files": "Bilagor",
        "answer": "Svara",
        "answer_text": "svara på det här mejlet som vanligt; den som ärendet kom från får svaret från {address}",
        "move": "Flytta",
        "move_text": "börja svaret med en rad /route ROLL  ({roles})",
        "escalate": "Eskalera",
        "escalate_text": "/escalate skickar ärendet vidare till {next}",
        "receivers": "Svaret får även",
        "cord": "LARM",
        "many": "Fler",
        "more": "Mer",
        "more_text": "/note, /close, /label, /help; inget av det når avsändaren",
        "history": "Tidigare i ärendet",
        "nobody": "Ingen roll kändes igen med säkerhet.",
        "truncated": "[… förkortat; hela ärendet: inflow cases show {number}]",
    },
    "en": {
        "case": "Case",
        "from": "From",
        "beware": "Beware",
        "to": "To",
        "why": "Why here",
        "suggestions": "May belong to",
        "ready": "Ready answer",
        "ready_line": "/answer {key} ({title}), for the mail says {words}",
        "offered": "Was sent",
        "offered_text": "the ready answer {key}, with the acknowledgement; the sender replies where it is not enough",
        "files": "Attachments",
        "answer": "Answer",
        "answer_text": "reply to this mail as usual; the one whom the case is from gets the answer from {address}",
        "move": "Move",
        "move_text": "begin your reply with a line /route ROLE  ({roles})",
        "escalate": "Escalate",
        "escalate_text": "/escalate hands the case on to {next}",
        "receivers": "Also answered",
        "cord": "ANDON",
        "many": "Others",
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
    tricks: Sequence[str] = ()
    suggestions: Sequence[str] = ()
    ready: Sequence[Likely] = ()
    offered: str = ""
    roles: Sequence[str] = ()
    next: str | None = None
    history: str = ""
    receivers: Sequence[str] = ()
    cord: str = ""
    many: str = ""


def block(said: Block, language: str) -> str:
    """Who wrote, to what address, why it came here, and how to answer, move or escalate it."""
    words = _WORDS[language]
    lines = [
        (words["from"], said.sender),
        (words["beware"], "; ".join(told(trick, language) for trick in said.tricks)),
        (words["cord"], said.cord),
        (words["many"], said.many),
        (words["to"], said.address),
        (words["why"], "; ".join(told(reason, language) for reason in said.reasons)),
        (words["suggestions"], "\n".join(said.suggestions)),
        (words["ready"], "\n".join(_ready(one, language) for one in said.ready)),
        (words["offered"], words["offered_text"].format(key=said.offered) if said.offered else ""),
        (words["answer"], words["answer_text"].format(address=said.address)),
        (words["receivers"], ", ".join(said.receivers)),
        (words["move"], words["move_text"].format(roles=", ".join(said.roles))),
        (words["escalate"], words["escalate_text"].format(next=said.next) if said.next else ""),
        (words["more"], words["more_text"]),
    ]
    width = max(len(name) for name, value in lines if value) + 1
    below = "\n" + " " * (width + 1)
    shown = [f"{name + ':':<{width}} {value.replace(chr(10), below)}" for name, value in lines if value]
    title = f"── {words['case']} #{said.number} "
    parts = [title + RULE[len(title) :], *shown, RULE, ""]
    if said.history:
        parts += [f"{words['history']}:", "", said.history, RULE, ""]
    return "\n".join(parts)


def _ready(one: Likely, language: str) -> str:
    entry = one.entry
    return _WORDS[language]["ready_line"].format(
        key=entry.key, title=entry.title or entry.key, words=", ".join(one.words[:5])
    )


def history(messages: Iterable[dict[str, Any]], *, number: int, language: str, longest: int = 20_000) -> str:
    """The conversation so far as text, oldest first, cut at the beginning when it is long."""
    turns = []
    for one in messages:
        moment = f"{one['received_at']:%Y-%m-%d %H:%M}"
        who = " ".join(part for part in (one["from_name"], f"<{one['from_address']}>") if part.strip("<>"))
        words = (one["reply_text"] or one["text"]).strip()
        turns.append(f"{moment}  {who}\n" + "\n".join(f"| {line}" for line in words.splitlines()))
    text = "\n\n".join(turns)
    if len(text) <= longest:
        return text
    return _WORDS[language]["truncated"].format(number=number) + "\n" + text[-longest:].partition("\n")[2]


def failed_delivery(language: str, row: dict[str, Any], error: str) -> tuple[str, str]:
    """Subject and text of the notice that a delivery will not arrive."""
    if language == "sv":
        what = SENT[row["kind"]]
        return (
            f"Kom inte fram: {what} till {row['to']}",
            (
                f"Ett utskick ({what}) till {row['to']} kom inte fram och försöks inte igen.\n\n"
                f"Orsak: {told(error, language)}\n\n"
                f"Rätta adressen eller mottagaren och skicka på nytt: inflow outbox retry {row['id']}\n"
            ),
        )
    return (
        f"Not delivered: {row['kind']} to {row['to']}",
        (
            f"A delivery ({row['kind']}) to {row['to']} did not arrive and is not tried again.\n\nReason: {error}\n\n"
            f"Mend the address or the receiver and send it again: inflow outbox retry {row['id']}\n"
        ),
    )


def quarantined(language: str, number: int, reason: str) -> tuple[str, str]:
    """Subject and text of the notice that a mail could not be processed."""
    if language == "sv":
        return (
            "Ett mejl kunde inte behandlas",
            (
                f"Ett mejl kunde inte behandlas och ligger hos övrigt som ärende #{number}, med originalet bifogat.\n\n"
                f"Orsak: {told(reason, language)}\n"
            ),
        )
    return (
        "A mail could not be processed",
        f"A mail could not be processed and lies with other as case #{number}, the original attached.\n\nReason: {reason}\n",
    )


def held_reply(language: str, *, number: int, sender: str, reason: str) -> tuple[str, str]:
    """Subject and text of the notice that a reply was not sent."""
    if language == "sv":
        return (
            "Svaret hölls kvar och skickades inte",
            (
                f"Ett svar från {sender} i ärende #{number} skickades inte till avsändaren.\n\n"
                f"Orsak: {told(reason, language)}\n\n"
                "Är det äkta? En annan medlem kan svara på det här mejlet med raden /release, eller: inflow cases release "
                f"{number}\n"
            ),
        )
    return (
        "The reply was held and not sent",
        (
            f"A reply from {sender} in case #{number} was not sent to the sender.\n\nReason: {reason}\n\n"
            f"Is it genuine? Another member can answer this mail with a line /release, or: inflow cases release {number}\n"
        ),
    )


def outcome_of_commands(
    language: str,
    *,
    number: int,
    done: Sequence[str],
    faults: Sequence[str],
    verbs: Sequence[str],
    roles: Sequence[str],
    answers: Sequence[str] = (),
) -> tuple[str, str]:
    """Subject and text of the answer to orders by mail: what was done, what was not understood, what is possible."""
    swedish = language == "sv"
    lines = [("Gjort: " if swedish else "Done: ") + one for one in done]
    if "empty" in faults:
        lines.append("Svaret var tomt, så inget skickades." if swedish else "The reply was empty, so nothing was sent.")
    lines += [("Gick inte: " if swedish else "Not possible: ") + one for one in faults if one != "empty"]
    if faults:
        nothing = "Inget skickades till avsändaren, och inget annat gjordes."
        lines += ["", nothing if swedish else "Nothing was sent to the sender, and nothing else was done."]
    if faults or not done:
        lines += ["", "Kommandon:" if swedish else "Commands:", "  " + "  ".join(f"/{verb}" for verb in verbs)]
        lines += ["", "Roller:" if swedish else "Roles:", *(f"  {role}" for role in roles)]
        lines += ["", "Svar:" if swedish else "Answers:", "  " + "  ".join(answers)] if answers else []
    if faults:
        return (f"Ärende #{number}: kommandot gick inte" if swedish else f"Case #{number}: not done"), "\n".join(
            [*lines, ""]
        )
    return (f"Ärende #{number}: klart" if swedish else f"Case #{number}: done"), "\n".join([*lines, ""])


def alarm_notice(language: str, text: str) -> tuple[str, str]:
    """Subject and text of the notice to operations that something is wrong."""
    if language == "sv":
        text = told(text, language)
        return (
            "Inflow larmar: " + text,
            f"{text}\n\nSe läget med: inflow status\nDetta sägs en gång, och en gång till när det är bra igen.\n",
        )
    return (
        "Inflow alarm: " + text,
        f"{text}\n\nSee how it stands: inflow status\nThis is said once, and once more when it is well again.\n",
    )


def healed_notice(language: str, text: str) -> tuple[str, str]:
    """Subject and text of the notice to operations that something is well again."""
    if language == "sv":
        return "Inflow: åter bra", f"Larmet är över: {told(text, language)}\n"
    return "Inflow: well again", f"The alarm is over: {text}\n"


def acknowledgement(
    language: str, *, organisation: str, number: int, subject: str, answer: str = ""
) -> tuple[str, str]:
    """Subject and text that tell a sender that the mail has come in, in the sender's language where there is one; with `answer`, that
    this may be what was asked for."""
    if language in ("sv", "nb", "da"):
        offered = (
            f"Kanske är det här svaret på det du undrar:\n\n{quoted(answer)}\n\n"
            "Räcker det behöver du inte göra något mer. Annars: svara på det här mejlet, så hör någon av sig."
        )
        plain = "Du behöver inte göra något;\nvill du lägga till något, svara på det här mejlet."
        return (
            f"Vi har tagit emot ditt mejl: {subject}",
            (
                f"Hej!\n\nVi har tagit emot ditt mejl och det har nummer {number} hos oss. {offered if answer else plain}\n\n"
                f"Vänliga hälsningar\n{organisation}\n"
            ),
        )
    offered = (
        f"Perhaps this is what you ask for:\n\n{quoted(answer)}\n\n"
        "If it is, there is nothing you need to do. If not, reply to this mail, and somebody gets back to you."
    )
    plain = "There is nothing you need to do.\nTo add something, reply to this mail."
    return (
        f"We have received your mail: {subject}",
        (
            f"Hello,\n\nWe have received your mail; its number with us is {number}. {offered if answer else plain}\n\n"
            f"Kind regards\n{organisation}\n"
        ),
    )


def quoted(words: str) -> str:
    """Somebody's words, marked as such line by line."""
    return "\n".join(f"| {line}".rstrip() for line in words.strip().splitlines())
