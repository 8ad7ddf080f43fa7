"""Commands at the top of a member's reply: lines that begin with `/`, in English or Swedish, tolerant of mail clients."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from inflow.mail.message import Address


class Verb(StrEnum):
    """What a member can order."""

    ROUTE = "route"
    CLAIM = "claim"
    NOTE = "note"
    ESCALATE = "escalate"
    CLOSE = "close"
    REOPEN = "reopen"
    UNDO = "undo"
    LABEL = "label"
    MERGE = "merge"
    RELEASE = "release"
    ASK = "ask"
    ANSWER = "answer"
    LINK = "link"
    SPLIT = "split"
    ADD = "add"
    REMOVE = "remove"
    TO = "to"
    WHOSE = "whose"
    PASS = "pass"  # noqa: S105  a word of the language, no secret
    DECLINE = "decline"
    SWAP = "swap"
    SAME = "same"
    PROBLEM = "problem"
    SOLVED = "solved"
    TELL = "tell"
    ANDON = "andon"
    ANDON_ANSWER = "andon-answer"
    HELP = "help"


_ALIASES = {
    "till": Verb.ROUTE, "flytta": Verb.ROUTE, "ta": Verb.CLAIM, "vår": Verb.CLAIM, "notis": Verb.NOTE, "notering": Verb.NOTE,
    "eskalera": Verb.ESCALATE, "upp": Verb.ESCALATE, "stäng": Verb.CLOSE, "stang": Verb.CLOSE, "klar": Verb.CLOSE,
    "öppna": Verb.REOPEN, "oppna": Verb.REOPEN, "etikett": Verb.LABEL, "märk": Verb.LABEL, "slåihop": Verb.MERGE,
    "slå-ihop": Verb.MERGE, "sammanfoga": Verb.MERGE,
    "fråga": Verb.ASK, "fraga": Verb.ASK, "svar": Verb.ANSWER, "länka": Verb.LINK, "dela": Verb.SPLIT,
    "lägg-till": Verb.ADD, "läggtill": Verb.ADD, "lagg-till": Verb.ADD, "ta-bort": Verb.REMOVE, "tabort": Verb.REMOVE,
    "mottagare": Verb.TO,
    "släpp": Verb.RELEASE, "slapp": Verb.RELEASE, "avstå": Verb.PASS,
    "vems": Verb.WHOSE, "avböj": Verb.DECLINE, "avboj": Verb.DECLINE, "byt": Verb.SWAP,
    "samma": Verb.SAME, "löst": Verb.SOLVED, "lost": Verb.SOLVED, "berätta": Verb.TELL, "beratta": Verb.TELL,
    "problemet": Verb.PROBLEM, "larm": Verb.ANDON, "larmsvar": Verb.ANDON_ANSWER, "larm-svar": Verb.ANDON_ANSWER,
    "ångra": Verb.UNDO, "angra": Verb.UNDO,
    "hjälp": Verb.HELP, "hjalp": Verb.HELP,
}  # fmt: skip
_NAMES = {**{verb.value: verb for verb in Verb}, **_ALIASES}
_FOLLOWED = frozenset({Verb.NOTE, Verb.ASK, Verb.DECLINE, Verb.SOLVED, Verb.ANDON_ANSWER})
_NEEDS = {
    Verb.ROUTE: "ROLE",
    Verb.LABEL: "LABEL",
    Verb.MERGE: "N",
    Verb.LINK: "N",
    Verb.NOTE: "TEXT",
    Verb.ASK: "ROLE-or-ADDRESS TEXT",
    Verb.ANSWER: "KEY",
    Verb.TO: "ADDRESS",
    Verb.ADD: "ADDRESS",
    Verb.REMOVE: "ADDRESS",
    Verb.SAME: "N",
    Verb.PROBLEM: "NAME",
    Verb.ANDON: "REASON",
    Verb.ANDON_ANSWER: "TEXT",
}
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_ADDRESS = re.compile(
    r"<?(?:mailto:)?([^@\s<>,;:\"]+@[^@\s<>,;:\"]+\.[^@\s<>,;:\".]+)(?:>|<mailto:[^\s<>]*>)?", re.IGNORECASE
)
_NAMED = re.compile(r"\"?([^\"<>@]*?)\"?\s*(<.+)", re.DOTALL)
_SLASHED_NO = re.compile(r"^/\s?(not ours|inte v[åa]rt?)\b[.!]?", re.IGNORECASE)
_NO = re.compile(r"^(?:(?:/\s?)?(not ours|inte v[åa]rt?)\b|(nej|no)(?=[.!,]|$))[.!,]?", re.IGNORECASE)
_LINE = re.compile(r"/\s?([^\W\d_][\w-]*)(?:[\s:]+(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One order: a verb and what follows it on its line (for NOTE and ASK, all that follows)."""

    verb: Verb
    argument: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What a reply says beside its text: commands in their order, lines that are none, and the text that is left."""

    commands: tuple[Command, ...] = ()
    faults: tuple[str, ...] = ()
    text: str = ""


def read(reply_text: str, *, asked: bool = False) -> Orders:
    """The commands at the top of a reply's new text, and the rest. `asked`: it answers whose a case is, and a plain no will do."""
    lines = _INVISIBLE.sub("", reply_text).replace("\u00a0", " ").strip().splitlines()
    lines = [(_NO if asked else _SLASHED_NO).sub("/pass ", line.strip(), count=1) for line in lines[:1]] + lines[1:]
    commands: list[Command] = []
    faults: list[str] = []
    while lines:
        line = lines[0].strip()
        if line and not line.startswith("/"):
            break
        lines.pop(0)
        if not line:
            continue
        verb = _verb(line)
        match = _LINE.fullmatch(line)
        if verb is None or match is None:
            faults.append(line[:100])
            continue
        argument = (match[2] or "").strip()
        if verb in _FOLLOWED:
            argument, lines = "\n".join([argument, *lines]).strip(), []
        if verb in _NEEDS and not argument:
            faults.append(f"/{verb} {_NEEDS[verb]}")
            continue
        commands.append(Command(verb=verb, argument=argument))
    return Orders(commands=tuple(commands), faults=tuple(faults), text="\n".join(lines).strip())


def _verb(line: str) -> Verb | None:
    match = _LINE.fullmatch(line)
    return _NAMES.get(match[1].lower()) if match else None


def address(word: str) -> str:
    """The mail address that somebody wrote or a client made a link of; empty when it is none, or more than one."""
    match = _ADDRESS.fullmatch(word.strip())
    return match[1] if match else ""


def person(words: str) -> Address:
    """Whom somebody wrote, with a name (`Pia Ek <pia@kund.test>`) or without; an empty address when it is none."""
    match = _NAMED.fullmatch(words.strip())
    if match is None:
        return Address(address=address(words))
    return Address(name=" ".join(match[1].split()), address=address(match[2]))


def nearest(name: str, names: Iterable[str]) -> list[str]:
    """Names like the one that was written."""
    return difflib.get_close_matches(name.lower(), list(names), n=3, cutoff=0.5)
