"""Invented Swedish mails of four roles: enough alike to be learned, enough unlike not to be copies."""

from inflow.routing.features import Sample
from inflow.routing.training import Example

_SAYS = {
    "ekonomi": (
        ("fakturan", "betalningen", "påminnelsen", "kreditnotan", "OCR-numret"),
        ("är fel", "kom två gånger", "saknar belopp", "stämmer inte med ordern", "har passerat förfallodagen"),
    ),
    "support": (
        ("appen", "inloggningen", "skärmen", "uppdateringen", "lösenordet"),
        ("kraschar", "fungerar inte", "visar ett felmeddelande", "hänger sig", "godtas inte längre"),
    ),
    "hr": (
        ("semestern", "lönespecifikationen", "sjukanmälan", "anställningen", "föräldraledigheten"),
        ("ska godkännas", "behöver ändras", "syns inte i systemet", "gäller från måndag", "måste skrivas på"),
    ),
    "lager": (
        ("leveransen", "paketet", "pallen", "följesedeln", "returen"),
        ("är försenad", "kom skadad", "saknar två kartonger", "står kvar på kajen", "ska hämtas av åkeriet"),
    ),
}
_AROUND = (
    "Hej!",
    "God morgon,",
    "Vi undrar en sak.",
    "Kan ni titta på detta?",
    "Tack på förhand.",
    "Hör gärna av er snart.",
)
ROLES = tuple(sorted(_SAYS))


def mail(role: str, number: int) -> Sample:
    """The mail of this role with this number; numbers up to 25 differ in what they say."""
    nouns, verbs = _SAYS[role]
    noun, verb = nouns[number % 5], verbs[number // 5 % 5]
    opening, closing = _AROUND[number % 3], _AROUND[3 + number % 3]
    return Sample(text=f"{opening} Det gäller {noun}: {noun} {verb}. {closing}", sender=f"kund{number}@exempel.test")


def examples(a_role: int, *, roles: tuple[str, ...] = ROLES, first: int = 0) -> list[Example]:
    """So many examples of each role, the roles in turn."""
    return [Example(sample=mail(role, number), role=role) for number in range(first, first + a_role) for role in roles]


def unnamed(roles: tuple[str, ...] = ROLES) -> dict[str, Sample]:
    """Roles that say nothing of themselves."""
    return {role: Sample(text="") for role in roles}
