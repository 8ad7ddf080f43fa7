"""What Inflow says about a case that nobody owns: to the roles, to *other*, to the management, and to whoever wrote. Pure text."""

from collections.abc import Sequence

from inflow.casework.wording import quoted

_WORDS = {
    "sv": {
        "whose": "Vems är detta? {subject}",
        "whose_text": "Ärende #{case} har ingen som känns vid det. Är det ert?\n\n{about}\n\n"
        "Ja: svara på det här mejlet med raden /claim, gärna med ett ord om varför. Ärendet kommer då till er.\n"
        "Nej: svara med raden /pass.\n",
        "from": "Från",
        "kind": "Från en",
        "subject": "Ämne",
        "secret": "Innehållet kan vara förtroligt och visas inte här.",
        "taken": "Taget: {subject}",
        "taken_text": "Ärende #{case} är hos {role} nu. Ni behöver inte göra något.\n",
        "passed": "Inte hos {role}: {subject}",
        "passed_text": "{role} säger att ärende #{case} inte är deras ({passed} av {asked} har sagt så):\n\n{why}\n",
        "all": "Ingen vill ha det: {subject}",
        "all_text": "Alla {asked} tillfrågade har sagt att ärende #{case} inte är deras. {then}\n\n{answers}\n",
        "all_management": "Nu får ledningen frågan.",
        "all_nobody": "Ingen ledning är utsedd (other.management): ni får avgöra, med /route ROLL eller /decline SKÄL.",
        "management": "En fråga för ledningen: {subject}",
        "management_text": "Ingen har tagit ärende #{case}.\n\n{about}\n\nTillfrågade:\n{answers}\n\n"
        "Vad som krävs är ett av tre. Svara på det här mejlet med en rad:\n\n"
        "  /route ROLL       den rollen får ärendet ({roles})\n"
        "  /decline SKÄL     ingen sköter sådant; skälet går som svar till avsändaren, på hens språk\n"
        "  en ny roll        driften lägger till en [[role]] i inflow.toml och läser om den; därefter /route NYROLL\n",
        "silent": "inget svar",
        "said_no": "nej",
        "nobody_asked": "  ingen",
    },
    "en": {
        "whose": "Whose is this? {subject}",
        "whose_text": "Nobody has recognised case #{case}. Is it yours?\n\n{about}\n\n"
        "Yes: reply to this mail with a line /claim, if you like with a word of why, and the case comes to you.\n"
        "No: reply with a line /pass.\n",
        "from": "From",
        "kind": "From",
        "subject": "Subject",
        "secret": "What it says may be confidential and is not shown here.",
        "taken": "Taken: {subject}",
        "taken_text": "Case #{case} lies with {role} now. There is nothing you need to do.\n",
        "passed": "Not with {role}: {subject}",
        "passed_text": "{role} says that case #{case} is not theirs ({passed} of {asked} have said so):\n\n{why}\n",
        "all": "Nobody wants it: {subject}",
        "all_text": "All {asked} who were asked have said that case #{case} is not theirs. {then}\n\n{answers}\n",
        "all_management": "Now it is a question for the management.",
        "all_nobody": "No management is named (other.management): it is for you to decide, by /route ROLE or /decline REASON.",
        "management": "A question for the management: {subject}",
        "management_text": "Nobody has taken case #{case}.\n\n{about}\n\nAsked:\n{answers}\n\n"
        "It takes one of three. Reply to this mail with a line:\n\n"
        "  /route ROLE       that role gets the case ({roles})\n"
        "  /decline REASON   nobody handles such matters; the reason goes to the sender as an answer, in their language\n"
        "  a new role        operations adds a [[role]] to inflow.toml and reloads it; then /route NEWROLE\n",
        "silent": "no answer",
        "said_no": "no",
        "nobody_asked": "  nobody",
    },
}
_KINDS = {
    "customer": "kund", "supplier": "leverantör", "authority": "myndighet", "media": "journalist", "public": "privatperson",
    "internal": "kollega", "applicant": "sökande",
}  # fmt: skip
_DECLINED = {
    "sv": "Hej!\n\nTack för ditt mejl. Vi kan tyvärr inte hjälpa dig med det här:\n\n{reason}\n\nVänliga hälsningar\n{organisation}",
    "en": "Hello,\n\nThank you for your mail. We are sorry that we cannot help you with this:\n\n{reason}\n\nKind regards\n{organisation}",
}
_NORTHERN = frozenset({"sv", "nb", "nn", "no", "da"})


def about(language: str, *, subject: str, sender: str, kind: str, words: str, secret: bool) -> str:
    """What may be told of a case to those who are asked: who, what and the first words; of what may be confidential subject and kind."""
    said = _WORDS[language]
    if secret:
        kind = _KINDS.get(kind, kind) if language == "sv" else kind
        return f"{said['kind']}: {kind}\n{said['subject']}: {subject}\n\n{said['secret']}"
    return f"{said['from']}: {sender}\n{said['subject']}: {subject}\n\n{quoted(words)}".rstrip()


def whose_is_this(language: str, *, case: int, subject: str, about: str) -> tuple[str, str]:
    """The question to every role about a case that nobody recognised."""
    return _told(language, "whose", case=case, subject=subject, about=about)


def taken(language: str, *, case: int, subject: str, role: str) -> tuple[str, str]:
    """Tell those who have not answered that somebody else has it."""
    return _told(language, "taken", case=case, subject=subject, role=role)


def passed(language: str, *, case: int, subject: str, role: str, why: str, counts: tuple[int, int]) -> tuple[str, str]:
    """Tell *other* why a role says no; `counts` are how many have passed, and how many were asked."""
    return _told(
        language, "passed", case=case, subject=subject, role=role, why=quoted(why), passed=counts[0], asked=counts[1]
    )


def all_passed(
    language: str, *, case: int, subject: str, answers: Sequence[tuple[str, str | None, str]], management: bool
) -> tuple[str, str]:
    """Tell *other* that everybody has said no."""
    then = _WORDS[language]["all_management" if management else "all_nobody"]
    shown = _answers(language, answers)
    return _told(language, "all", case=case, subject=subject, asked=len(answers), answers=shown, then=then)


def for_the_management(
    language: str,
    *,
    case: int,
    subject: str,
    about: str,
    answers: Sequence[tuple[str, str | None, str]],
    roles: Sequence[str],
) -> tuple[str, str]:
    """The question to the management: the case, who was asked and what they said, and what it would take."""
    shown = _answers(language, answers)
    return _told(language, "management", case=case, subject=subject, about=about, answers=shown, roles=", ".join(roles))


def declined(language: str, template: str | None, *, reason: str, organisation: str) -> str:
    """What a sender reads when nobody handles a matter: by a template of the organisation's, else our own."""
    template = template or _DECLINED[declining(language)]
    return template.replace("{organisation}", organisation).replace("{reason}", reason.strip())


def declining(language: str) -> str:
    """The language in which a sender of some language is declined: Swedish in the North, else English."""
    return "sv" if language in _NORTHERN else "en"


def _answers(language: str, answers: Sequence[tuple[str, str | None, str]]) -> str:
    said = _WORDS[language]
    lines = [
        f"  {role}: {said['said_no'] if answer == 'passed' else said['silent']}" + (f" ({why})" if why else "")
        for role, answer, why in answers
    ]
    return "\n".join(lines) or said["nobody_asked"]


def _told(language: str, key: str, /, **values: object) -> tuple[str, str]:
    said = _WORDS[language]
    return said[key].format(**values), said[f"{key}_text"].format(**values)
