"""Rules that look wrong though each is valid: one that an earlier rule always anticipates, one that can never match."""

from collections.abc import Sequence

from inflow.routing.parties import in_domain
from inflow.routing.rules import Rule, When

_PATTERNS = ("from_", "to", "subject", "text", "attachment")
_LISTS = ("language", "mailbox", "party", "nature")


def doubtful_rules(rules: Sequence[Rule]) -> tuple[str, ...]:
    """A sentence for each rule that has no effect, in their order."""
    doubts = []
    for at, rule in enumerate(rules):
        earlier = next((one for one in rules[:at] if one.route and implies(rule.when, one.when)), None)
        if rule.when.not_ and implies(rule.when, rule.when.not_):
            doubts.append(f'the rule "{rule.name}" can never match: its `not` holds whenever the rest does')
        elif earlier:
            doubts.append(
                f'the rule "{rule.name}" never decides: all it matches is taken by "{earlier.name}" before it'
            )
    return tuple(doubts)


def implies(narrow: When, wide: When) -> bool:
    """Whether all that `narrow` matches is surely matched by `wide` too; False where that cannot be seen."""
    return (
        all(_pattern_implies(getattr(narrow, name), getattr(wide, name)) for name in _PATTERNS)
        and all(_list_implies(getattr(narrow, name), getattr(wide, name)) for name in _LISTS)
        and _domains_imply(narrow.from_domain, wide.from_domain)
        and (wide.header or {}).items() <= (narrow.header or {}).items()
        and (wide.any is None or wide.any == narrow.any or any(implies(narrow, one) for one in wide.any))
        and (wide.not_ is None or wide.not_ == narrow.not_)
    )


def _pattern_implies(narrow: str | None, wide: str | None) -> bool:
    """Only plain alternatives are compared: `invoice` implies `faktura|invoice`."""
    if wide is None or narrow == wide:
        return True
    if narrow is None or not all(letter.isalnum() or letter in "| -" for letter in narrow + wide):
        return False
    words = [one.casefold() for one in wide.split("|")]
    return all(any(word in one for word in words) for one in narrow.casefold().split("|"))


def _list_implies(narrow: Sequence[str] | None, wide: Sequence[str] | None) -> bool:
    return wide is None or (narrow is not None and set(narrow) <= set(wide))


def _domains_imply(narrow: Sequence[str] | None, wide: Sequence[str] | None) -> bool:
    if wide is None:
        return True
    return narrow is not None and all(any(in_domain(one.lower().lstrip("@*."), two) for two in wide) for one in narrow)
