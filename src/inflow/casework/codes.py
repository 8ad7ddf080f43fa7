"""Mail that opens doors: sign-in links and one-time codes that third parties send to the shared address.

Whoever can read such a mail can sign in as the organisation, so it never goes to a wide role.
"""

import re

from inflow.mail.message import Message

_SAYS = re.compile(
    r"\b("
    r"verification code|security code|one[- ]time (code|password|passcode|pin)|sign[- ]?in (code|link)|log[- ]?in (code|link)"
    r"|magic link|confirm your e-?mail( address)?|verify your e-?mail( address)?|reset your password|password reset"
    r"|verifieringskod|säkerhetskod|engångs(kod|lösenord)|inloggnings(kod|länk)|bekräfta din e-?post(adress)?"
    r"|verifiera din e-?post(adress)?|återställ(a|ning av)? (ditt )?lösenord|byt(a)? lösenord"
    r")\b"
)
_KEY = re.compile(r"(?<![\w-])(\d{4,8}|[A-Z0-9]{3,4}-[A-Z0-9]{3,4})(?![\w-])|https?://\S{20,}")
_LONGEST = 3000
_HINTS = ("code", "kod", "link", "länk", "passw", "pin", "lösenord", "verif", "confirm", "bekräfta")


def opens_a_door(message: Message) -> bool:
    """Whether a mail looks like one with a sign-in link or a one-time code: it says so, and it bears one."""
    return bears_a_key(message.subject, message.text)


def bears_a_key(subject: str, text: str) -> bool:
    """The same of a mail's subject and text."""
    text = text[:_LONGEST]
    said = f"{subject}\n{text}".lower()
    return any(hint in said for hint in _HINTS) and bool(_SAYS.search(said) and _KEY.search(text))
