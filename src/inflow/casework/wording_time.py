"""What Inflow says about time: a promise that is about to break or has broken, a question without an answer. Pure text."""

from inflow.casework.promises import What

_WHAT = {
    "sv": {What.FIRST: "ett första svar", What.NEXT: "ett svar", What.SOLVED: "en lösning"},
    "en": {What.FIRST: "a first answer", What.NEXT: "an answer", What.SOLVED: "a solution"},
}
_WORDS = {
    "sv": {
        "warned": "Snart för sent: {subject}",
        "warned_text": "Ärende #{case} är lovat {what} senast {due}. Svara på ärendets mejl, eller lämna över med /escalate här.\n",
        "broken": "För sent: {subject}",
        "broken_text": "Ärende #{case} var lovat {what} senast {due}, och det har gått ut. {then}\n",
        "escalated": "Ärendet har gått vidare till {next}.",
        "to_management": "Ledningen har fått veta det.",
        "stays": "Ärendet ligger kvar hos er.",
        "management": "Ett löfte höll inte: {subject}",
        "management_text": "Ärende #{case} hos {role} var lovat {what} senast {due}, och det har gått ut. Ingen nivå finns över {role}.\n\n"
        "Flytta det: svara på det här mejlet med raden /route ROLL. Annars ligger det kvar hos {role}.\n",
        "unanswered": "Inget svar än: {subject}",
        "unanswered_text": "Den som fick frågan i ärende #{case} har inte svarat på tre dagar.\n"
        "Fråga igen med /ask, eller ge avsändaren besked.\n",
        "tell": "Avsändaren väntar på besked: {subject}",
        "tell_text": "Frågan i ärende #{case} besvarades {due}, och avsändaren har inte fått veta det. Svara på ärendets mejl.\n",
    },
    "en": {
        "warned": "Soon too late: {subject}",
        "warned_text": "Case #{case} is promised {what} by {due}. Answer the case's mail, or hand it on with /escalate here.\n",
        "broken": "Too late: {subject}",
        "broken_text": "Case #{case} was promised {what} by {due}, and that has passed. {then}\n",
        "escalated": "The case has gone up to {next}.",
        "to_management": "The management has been told.",
        "stays": "The case stays with you.",
        "management": "A promise was not kept: {subject}",
        "management_text": "Case #{case} with {role} was promised {what} by {due}, and that has passed. There is no level above {role}.\n\n"
        "Move it: reply to this mail with a line /route ROLE. Otherwise it stays with {role}.\n",
        "unanswered": "No answer yet: {subject}",
        "unanswered_text": "The one who was asked in case #{case} has not answered for three days.\n"
        "Ask again with /ask, or tell the sender.\n",
        "tell": "The sender waits to be told: {subject}",
        "tell_text": "The question in case #{case} was answered on {due}, and the sender has not been told. Answer the case's mail.\n",
    },
}


def warned(language: str, *, case: int, subject: str, what: What, due: str) -> tuple[str, str]:
    """Warn a role that a promise is about to break."""
    return _told(language, "warned", case=case, subject=subject, what=_WHAT[language][what], due=due)


def broken(
    language: str, *, case: int, subject: str, what: What, due: str, next_: str = "", management: bool = False
) -> tuple[str, str]:
    """Tell a role that a promise broke, and where the case is now."""
    said = _WORDS[language]
    then = said["escalated"].format(next=next_) if next_ else said["to_management" if management else "stays"]
    return _told(language, "broken", case=case, subject=subject, what=_WHAT[language][what], due=due, then=then)


def broken_for_management(
    language: str, *, case: int, subject: str, role: str, what: What, due: str
) -> tuple[str, str]:
    """Tell the management that a promise broke and no level is left."""
    return _told(language, "management", case=case, subject=subject, role=role, what=_WHAT[language][what], due=due)


def no_answer_yet(language: str, *, case: int, subject: str) -> tuple[str, str]:
    """Remind the owner of a question that has not been answered."""
    return _told(language, "unanswered", case=case, subject=subject)


def tell_the_sender(language: str, *, case: int, subject: str, due: str) -> tuple[str, str]:
    """Remind the owner that what was asked is answered, and the sender does not know."""
    return _told(language, "tell", case=case, subject=subject, due=due)


def _told(language: str, key: str, /, **values: object) -> tuple[str, str]:
    said = _WORDS[language]
    return said[key].format(**values), said[f"{key}_text"].format(**values)
