"""What the history of a case tells, as a Swedish reader reads it. It is kept in English; what people wrote stays as they wrote it."""

import re
from collections.abc import Callable
from functools import partial

from inflow.casework.case import Kind
from inflow.casework.reasons import told
from inflow.casework.refusals import refused

SENT = {"forward": "mejlet till rollen", "relay": "svaret", "acknowledgement": "kvittensen", "notice": "meddelandet"}
PEOPLES = frozenset({Kind.NOTED, Kind.LABELLED, Kind.ANDON, Kind.LINKED, Kind.SWAPPED})
"""Kinds whose text is a person's words, or has no words."""
_PROMISED = {"first-answer": "ett första svar", "next-answer": "ett svar", "solved": "en lösning"}
_NATURES = {"auto-reply": "autosvar", "bounce": "studs", "list": "listmejl", "bulk": "massutskick", "loop": "rundgång"}
_BY = {
    "clock": "klockan", "dispatch": "utskicket", "outbox": "utskicket", "thread": "samtalet", "rule": "en regel",
    "history": "historiken", "model": "det inlärda", "other": "övrigt", "person": "en person", "words": "orden",
    "import": "inläsningen", "operator": "driften",
}  # fmt: skip

Rest = Callable[[str], str]


def _as_written(rest: str) -> str:
    return rest


def _reasons(rest: str) -> str:
    return "; ".join(told(one, "sv") for one in re.split(r"; (?!against it: )", rest))


def _in_brackets(rest: str) -> str:
    return f"{told(rest[:-1], 'sv')})"


def _refusals(rest: str) -> str:
    return "; ".join(refused(one, "sv") for one in rest.split("; "))


_MOVED: list[tuple[str, str, Rest]] = [
    (r"^from (\S+) to (\S+): (\S+) was promised by ", r"från \1 till \2: {\3} var lovat senast ", _as_written),
    (r"^from (\S+) to (\S+?)(?=: |$)", r"från \1 till \2", _as_written),
    (r"^to (\S+): ", r"till \1: ", _reasons),
]
_FAILED: list[tuple[str, str, Rest]] = [(r"^(\S+) to (\S+): ", r"{\1} till \2: ", _reasons)]
_ERASED: list[tuple[str, str, Rest]] = [
    (r"^everything of this case was erased, under data-protection law$",
     "allt i ärendet är raderat, enligt dataskyddslagen", _as_written),
    (r"^what one person wrote here was erased, under data-protection law$",
     "det en person skrev här är raderat, enligt dataskyddslagen", _as_written),
]  # fmt: skip
_SWEDISH: dict[Kind, list[tuple[str, str, Rest]]] = {
    Kind.OPENED: [
        (r"^by a mail that could not be processed", "av ett mejl som inte kunde behandlas", _as_written),
        (r"^split from (#\d+)", r"delat från \1", _as_written),
        (r"^imported from an archive$", "inläst från ett arkiv", _as_written),
        (r"^by (.+), to (\S+)$", r"av \1, till \2", _as_written),
        (r"^by an unknown sender \(too big: headers only\)$", "av en okänd avsändare (för stort: bara huvudet)", _as_written),
        (r"^by an unknown sender$", "av en okänd avsändare", _as_written),
        (r"^by (.+) \(too big: headers only\)$", r"av \1 (för stort: bara huvudet)", _as_written),
        (r"^by (.+)$", r"av \1", _as_written),
    ],
    Kind.RECEIVED: [(r"^from (\S+): ", r"från \1: ", _reasons)],
    Kind.JOINED: [
        (r"^(\S+) from (\S+) joined quietly, away until (\S+): ", r"{\1} från \2 kom till i tysthet, borta till \3: ", _reasons),
        (r"^(\S+) from (\S+) joined quietly: ", r"{\1} från \2 kom till i tysthet: ", _reasons),
    ],
    Kind.ROUTED: _MOVED,
    Kind.CLAIMED: _MOVED,
    Kind.ESCALATED: _MOVED,
    Kind.ASKED: [(r"^whose is this\? ", "vems är det här? ", _as_written)],
    Kind.PASSED: [(r"^(\S+): not ours", r"\1: inte vårt", _as_written)],
    Kind.MANAGEMENT: [
        (r"^a question for nobody: other\.management is not set: (\d+) were asked, (\d+) passed$",
         r"en fråga till ingen: other.management är inte satt: \1 tillfrågades, \2 sade att det inte är deras", _as_written),
        (r"^a question for (\S+): (\d+) were asked, (\d+) passed$",
         r"en fråga till \1: \2 tillfrågades, \3 sade att det inte är deras", _as_written),
    ],
    Kind.HELD: [
        *_FAILED,
        (r"^for (\S+), in message (\d+): ", r"för \1, i mejl \2: ", _reasons),
        ("^", "", _reasons),
    ],
    Kind.RELEASED: [(r"^(\d+) held$", r"\1 som hölls inne", _as_written)],
    Kind.DELIVERY_FAILED: _FAILED,
    Kind.BOUNCED: _FAILED,
    Kind.REPLIED: [
        (r"^a held reply was released$", "ett svar som hölls inne släpptes", _as_written),
        (r"^declined$", "avböjt", _as_written),
        (r"^for (\S+), sent to (.+) by the member's own reply to all, to (.+) too$",
         r"för \1, skickat till \2 med medlemmens eget svar till alla, till \3 också", _as_written),
        (r"^for (\S+), sent to (.+) by the member's own reply to all$",
         r"för \1, skickat till \2 med medlemmens eget svar till alla", _as_written),
        (r"^for (\S+), to (.+) too$", r"för \1, till \2 också", _as_written),
        (r"^for (\S+)$", r"för \1", _as_written),
    ],
    Kind.QUESTIONED: [(r"^(\S*) was asked: ", r"\1 tillfrågades: ", _as_written)],
    Kind.ANSWERED: [(r"^answered what we asked$", "svarade på det vi frågade", _as_written)],
    Kind.READ: [
        (r"^the case$", "ärendet", _as_written),
        (r"^the ready answers for it$", "de färdiga svaren på det", _as_written),
        (r"^its answer, to make it a ready one$", "svaret, för att göra det till ett färdigt svar", _as_written),
        (r"^message (\d+) as it came$", r"mejl \1 som det kom", _as_written),
        (r"^message (\d+) as it is formatted$", r"mejl \1 som det är formaterat", _as_written),
        (r"^file (\d+) of message (\d+)$", r"fil \1 i mejl \2", _as_written),
        (r"^file (\d+) of message (\d+) to look at$", r"fil \1 i mejl \2 för att titta på den", _as_written),
    ],
    Kind.SPLIT: [(r"^(\d+) messages are case (#\d+) now$", r"\1 mejl är ärende \2 nu", _as_written)],
    Kind.ADDED: [("^", "", _reasons)],
    Kind.REMOVED: [(r"^(\S+) gets no more answers$", r"\1 får inga fler svar", _as_written)],
    Kind.MERGED: [(r"^into (#\d+)$", r"i \1", _as_written)],
    Kind.MERGED_IN: [(r"^(#\d+) is part of this case now(; )?", r"\1 är en del av det här ärendet nu\2", _reasons)],
    Kind.CLOSED: [
        (r"^closed$", "stängt", _as_written),
        (r"^settled before it was imported$", "avslutat innan det lästes in", _as_written),
    ],
    Kind.REOPENED: [(r"^reopened$", "öppnat igen", _as_written)],
    Kind.QUARANTINED: [("^", "", _reasons)],
    Kind.COMMAND_REFUSED: [("^", "", _refusals)],
    Kind.DECLINED: [
        (r"^(.*) \((\S+) was told\)$", r"\1 (\2 fick veta det)", _as_written),
        (r"^(.*) \(nobody was told: (?=[^()]*\)$)", r"\1 (ingen fick veta det: ", _in_brackets),
    ],
    Kind.WARNED: [(r"^(\S+) is due ", r"{\1} är lovat senast ", _as_written)],
    Kind.PROMISE_BROKEN: [(r"^(\S+) was due (.+), by (\S+)$", r"{\1} var lovat senast \2, av \3", _as_written)],
    Kind.PROBLEM: [
        (r"^maybe of problem (\d+), like (#\d+): ", r"kanske av problem \1, liknar \2: ", _as_written),
        (r"^not of problem (\d+) ", r"inte av problem \1 ", _as_written),
        (r"^of problem (\d+): the same as (#\d+)$", r"av problem \1: samma som \2", _as_written),
        (r"^of problem (\d+): ", r"av problem \1: ", _as_written),
        (r"^problem (\d+) is called ", r"problem \1 heter ", _as_written),
        (r"^problem (\d+) \((.*)\) is solved$", r"problem \1 (\2) är löst", _as_written),
    ],
    Kind.OFFERED: [(r"^the ready answer (\S+)$", r"det färdiga svaret \1", _as_written)],
    Kind.ANDON_ANSWERED: [(r"^andon (\d+): ", r"larm \1: ", _as_written)],
    Kind.UNDONE: [(r"^(\S+) was a mistake: back to (\S+)", r"\1 var ett misstag: tillbaka till \2", _as_written)],
    Kind.ERASED: _ERASED,
    Kind.ERASED_IN_PART: _ERASED,
}  # fmt: skip
_NAMES = SENT | _PROMISED | _NATURES


def happened(kind: str, text: str, language: str) -> str:
    """The text of an event in the reader's language."""
    if language != "sv":
        return text
    for pattern, swedish, rest in _SWEDISH.get(Kind(kind), ()) if kind in set(Kind) else ():
        if found := re.match(pattern, text, re.DOTALL):
            said = found.expand(re.sub(r"\{\\(\d)\}", partial(_named, found), swedish))
            return said + (rest(text[found.end() :]) if found.end() < len(text) else "")
    return text


def _named(found: re.Match[str], place: re.Match[str]) -> str:
    """What a word of ours is called, ready for a template."""
    word = found[int(place[1])]
    return _NAMES.get(word, word).replace("\\", r"\\")


def by_whom(by: str, language: str) -> str:
    """Who or what did it: a name stays a name."""
    return _BY.get(by, by) if language == "sv" else by
