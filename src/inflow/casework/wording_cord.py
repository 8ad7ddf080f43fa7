"""What is said when the cord is pulled, while it hangs, and when somebody says what is done. Pure text."""

from dataclasses import dataclass

from inflow.casework.numbers import decimal

_SV = {
    "subject": "Larm: {about}",
    "pulled": "{by} har dragit i snöret.",
    "itself": "Snöret drogs av sig självt: det här ökar mer än vad som kan vara en slump.",
    "why": "Varför",
    "case": "Gäller: ärende #{case}",
    "problem": "Gäller: problem {problem}, {senders} avsändare",
    "role": "Hos: {role}",
    "house": "Gäller: hela huset",
    "secret": "Innehållet är förtroligt och visas inte här.",
    "answer": "Larmet hänger kvar tills någon säger vad som görs. Svara med en rad\n\n  /andon-answer VAD SOM GÖRS\n\n"
    "eller: inflow andon answer {number} VAD SOM GÖRS",
    "answer_cli": "Larmet hänger kvar tills någon säger vad som görs: inflow andon answer {number} VAD SOM GÖRS",
    "look": "Se mer: {command}",
    "more": "Larmet hänger kvar: {about}",
    "more_text": "Sedan förra mejlet om det: {pulls} drag till i snöret, {senders} avsändare till. "
    "Totalt {all_pulls} drag, {all_senders} avsändare.",
    "answered": "Larmet besvarat: {about}",
    "answered_text": "{by} säger om larm {number}:\n\n{text}",
}
_EN = {
    "subject": "Andon: {about}",
    "pulled": "{by} has pulled the cord.",
    "itself": "The cord pulled itself: this rises by more than chance.",
    "why": "Why",
    "case": "About: case #{case}",
    "problem": "About: problem {problem}, {senders} senders",
    "role": "With: {role}",
    "house": "About: the whole house",
    "secret": "What it says is confidential and is not shown here.",
    "answer": "It hangs until somebody says what is done. Reply with a line\n\n  /andon-answer WHAT IS DONE\n\n"
    "or: inflow andon answer {number} WHAT IS DONE",
    "answer_cli": "It hangs until somebody says what is done: inflow andon answer {number} WHAT IS DONE",
    "look": "More: {command}",
    "more": "The cord still hangs: {about}",
    "more_text": "Since the last mail about it: {pulls} more pulls, {senders} more senders. "
    "In all {all_pulls} pulls, {all_senders} senders.",
    "answered": "Andon answered: {about}",
    "answered_text": "{by} says about andon {number}:\n\n{text}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """What a cord is about, as one reader may know it; with `secret` no more than where it hangs. `replies`: a mail can answer it."""

    number: int
    about: str
    reason: str
    by: str
    case: int | None = None
    problem: int | None = None
    senders: int = 0
    role: str = ""
    itself: bool = False
    secret: bool = False
    replies: bool = True


def called(said: Alarm, language: str) -> tuple[str, str]:
    """Subject and text of the call to the management and the owners."""
    words = _words(language)
    first = words["itself"] if said.itself else words["pulled"].format(by=said.by)
    lines = [first, "", *_target(said, words), *_reason(said, words), "", *_end(said, words)]
    return words["subject"].format(about=_about(said)), "\n".join([*lines, ""])


def hangs(said: Alarm, language: str, *, pulls: tuple[int, int], senders: int) -> tuple[str, str]:
    """Subject and text of the sum of an hour: how often it was pulled since and in all, and how many senders there are more."""
    words = _words(language)
    since = words["more_text"].format(pulls=pulls[0], senders=senders, all_pulls=pulls[1], all_senders=said.senders)
    lines = [since, "", *_target(said, words), *_reason(said, words), "", *_end(said, words)]
    return words["more"].format(about=_about(said)), "\n".join([*lines, ""])


def answered(said: Alarm, language: str, *, text: str, by: str) -> tuple[str, str]:
    """Subject and text that tell what is done."""
    words = _words(language)
    told = words["secret"] if said.secret else text
    lines = [words["answered_text"].format(by=by, number=said.number, text=told), "", *_target(said, words)]
    return words["answered"].format(about=_about(said)), "\n".join([*lines, ""])


def in_block(language: str, *, number: int, reason: str, by: str, pulls: int) -> str:
    """One line above a forward."""
    if language == "sv":
        times = f", {pulls} gånger" if pulls > 1 else ""
        return f"{reason} ({by}{times}); /andon-answer VAD SOM GÖRS (larm {number})"
    times = f", {pulls} times" if pulls > 1 else ""
    return f"{reason} ({by}{times}); /andon-answer WHAT IS DONE (andon {number})"


def rises(language: str, *, title: str, recent: int, usual: float) -> str:
    """Why the cord pulled itself."""
    often = decimal(usual, language)
    if language == "sv":
        return f"{title}: {recent} avsändare på ett dygn, brukar vara {often}"
    return f"{title}: {recent} senders in 24 hours, usually {often}"


def _target(said: Alarm, words: dict[str, str]) -> list[str]:
    lines = [words["problem"].format(problem=said.problem, senders=said.senders)] if said.problem else []
    lines += [words["case"].format(case=said.case)] if said.case else []
    lines += [words["role"].format(role=said.role)] if said.role else []
    return lines or [words["house"]]


def _reason(said: Alarm, words: dict[str, str]) -> list[str]:
    return [words["secret"]] if said.secret else [f"{words['why']}: {said.reason}"]


def _end(said: Alarm, words: dict[str, str]) -> list[str]:
    end = words["answer" if said.replies else "answer_cli"].format(number=said.number)
    command = f"inflow problems show {said.problem}" if said.problem else f"inflow cases show {said.case}"
    return [end, "", *([words["look"].format(command=command)] if said.problem or said.case else [])]


def _about(said: Alarm) -> str:
    shortened = " ".join(("" if said.secret else said.about).split())[:120]
    return shortened or f"{said.number}"


def _words(language: str) -> dict[str, str]:
    return _SV if language == "sv" else _EN
