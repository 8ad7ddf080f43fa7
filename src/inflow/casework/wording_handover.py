"""The handover mail: what lies open with a role, what is late, what was odd, who is on duty. Pure text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inflow.casework.happenings import happened

_SV = {
    "title": "Överlämning: {role}, vecka {week}",
    "duty": "Jour",
    "nobody": "ingen enligt schemat",
    "then": "Därefter",
    "open": "Ligger öppet",
    "late": "Försenat",
    "odd": "Avvek",
    "ask": "Fråga om dessa först (svaret lär mest)",
    "alike": "liknar {count} andra",
    "none": "inget",
    "more": "… och {count} till: inflow cases list --role {name}",
    "swap": "Byta: svara med en rad /swap ADRESS [DAG], eller: inflow duty swap {name} ADRESS\n",
    "opened": "sedan",
}
_EN = {
    "title": "Handover: {role}, week {week}",
    "duty": "On duty",
    "nobody": "nobody by the rota",
    "then": "After that",
    "open": "Lies open",
    "late": "Late",
    "odd": "Was odd",
    "ask": "Ask about these first (the answer teaches most)",
    "alike": "like {count} others",
    "none": "nothing",
    "more": "… and {count} more: inflow cases list --role {name}",
    "swap": "To swap: reply with a line /swap ADDRESS [DAY], or: inflow duty swap {name} ADDRESS\n",
    "opened": "since",
}
_STATUS = {"new": "ny", "open": "öppen", "unclaimed": "utan ägare", "waiting": "väntar på avsändaren"}
_KINDS = {
    "held": "svar kvarhållet", "delivery-failed": "kom inte fram", "bounced": "studsade", "quarantined": "kunde inte behandlas",
    "command-refused": "kommando gick inte", "promise-broken": "löfte brutet",
}  # fmt: skip
_LATE = {"first-answer": "första svar", "next-answer": "svar", "solved": "lösning"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """What a handover tells: lines are pairs of a case and what is to be said of it."""

    role: str
    name: str
    week: int
    on_duty: str
    following: Sequence[str] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    open: Sequence[tuple[int, str, str, str]] = ()
    late: Sequence[tuple[int, str]] = ()
    odd: Sequence[tuple[int, str, str]] = ()
    ask: Sequence[tuple[int, str, int]] = ()


def handover(said: Handover, language: str) -> tuple[str, str]:
    """Subject and text of a handover."""
    words = _SV if language == "sv" else _EN
    status, kinds, late = (_STATUS, _KINDS, _LATE) if language == "sv" else ({}, {}, {})
    total = sum(said.counts.values())
    lines = [f"{words['duty']}: {said.on_duty or words['nobody']}"]
    lines += [f"{words['then']}: {', '.join(said.following)}"] if said.following else []
    opened = [f"{subject} ({status.get(how, how)}, {words['opened']} {day})" for _, subject, how, day in said.open]
    lines += _section(f"{words['open']} ({total})", [one[0] for one in said.open], opened, words)
    if total > len(said.open):
        lines.append("  " + words["more"].format(count=total - len(said.open), name=said.name))
    lines += _section(
        words["late"], [one[0] for one in said.late], [late.get(one[1], one[1]) for one in said.late], words
    )
    odd = [f"{kinds.get(kind, kind)}: {_short(happened(kind, text, language))}" for _, kind, text in said.odd]
    lines += _section(words["odd"], [one[0] for one in said.odd], odd, words)
    if said.ask:
        asked = [
            subject + (f" ({words['alike'].format(count=alike - 1)})" if alike > 1 else "")
            for _, subject, alike in said.ask
        ]
        lines += _section(words["ask"], [one[0] for one in said.ask], asked, words)
    lines += ["", words["swap"].format(name=said.name)]
    return words["title"].format(role=said.role, week=said.week), "\n".join(lines)


def _section(title: str, numbers: Sequence[int], texts: Sequence[str], words: Mapping[str, str]) -> list[str]:
    rows = [f"  #{number:<6} {_short(text)}" for number, text in zip(numbers, texts, strict=True)]
    return ["", f"{title}:", *(rows or [f"  {words['none']}"])]


def _short(text: str, longest: int = 110) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
