"""Rules: conditions written by people, and what follows from them. The first one that matches and routes decides.

Every search is bounded in time: a pattern that runs away counts as no match, and the outcome says so.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Self, TypeVar

import regex
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from inflow.mail.message import Address, Message, Nature
from inflow.routing.facts import Facts, PartyKind
from inflow.routing.parties import in_domain

_SECONDS_A_SEARCH = 0.25
_LONGEST_TEXT = 200_000


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> regex.Pattern[str]:
    return regex.compile(unicodedata.normalize("NFC", pattern), regex.IGNORECASE)


def _valid_pattern(pattern: str) -> str:
    try:
        _compiled(pattern)
    except regex.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return pattern


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


T = TypeVar("T")
Pattern = Annotated[str, Field(min_length=1), AfterValidator(_valid_pattern)]
Listed = Annotated[tuple[T, ...], BeforeValidator(_listed), Field(min_length=1)]


class When(BaseModel):
    """The conditions of a rule; all that are given must hold. Patterns are searched for, case-insensitively."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    from_: Pattern | None = Field(None, alias="from", description="Pattern in the sender, as `Name <address>`.")
    from_domain: Listed[str] | None = Field(None, description="Domains of the sender; a subdomain matches.")
    to: Pattern | None = Field(None, description="Pattern in any To or Cc address, as `Name <address>`.")
    subject: Pattern | None = Field(None, description="Pattern in the subject.")
    text: Pattern | None = Field(None, description="Pattern in the new text: quoted history and signature off.")
    header: dict[str, Pattern] | None = Field(None, min_length=1, description="Header name to a pattern in its value.")
    attachment: Pattern | None = Field(None, description="Pattern in the file name of an attachment.")
    language: Listed[str] | None = Field(None, description="Language codes.")
    mailbox: Listed[str] | None = Field(None, description="Names of mailboxes the message came in by.")
    party: Listed[PartyKind] | None = Field(None, description="Kinds of party.")
    nature: Listed[Nature] | None = Field(None, description="Natures of message.")
    any: tuple["When", ...] | None = Field(None, min_length=1, description="At least one of these must hold.")
    not_: "When | None" = Field(None, alias="not", description="This must not hold.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("no condition given: it would match every message")
        return self


class Rule(BaseModel):
    """One `[[rule]]`: `route` to a role, or with `continue = true` only label or set the party kind and go on."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: str = Field(min_length=1, description="What reasons and `rules test` call it.")
    when: When = Field(description="What must hold.")
    route: str | None = Field(None, description="The role that gets the message.")
    label: Annotated[tuple[str, ...], BeforeValidator(_listed)] = Field(
        (), description="Labels the case gets: one or a list."
    )
    party: PartyKind | None = Field(None, description="The party kind of the sender from here on.")
    continue_: bool = Field(
        default=False,
        alias="continue",
        description="Go on with the next rule: this one only labels or sets the party kind.",
    )

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if self.continue_ and self.route:
            raise ValueError("`route` and `continue = true` exclude each other")
        if not self.continue_ and not self.route:
            raise ValueError(
                "`route` is missing (or `continue = true` for a rule that only labels or sets the party kind)"
            )
        if self.continue_ and not (self.label or self.party):
            raise ValueError("`continue = true` needs a `label` or a `party` to set")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What rules say: the rule that routes if any, labels, party kind, names of those matched, remarks for people."""

    rule: Rule | None = None
    labels: tuple[str, ...] = ()
    party: PartyKind | None = None
    matched: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def apply_rules(rules: Iterable[Rule], message: Message, facts: Facts) -> Outcome:
    """Go through the rules in order until one routes. A party kind that a rule sets counts for the rules after it."""
    labels: dict[str, None] = {}
    matched: list[str] = []
    remarks: list[str] = []
    party = facts.party
    for rule in rules:
        try:
            holds = matches(rule.when, message, facts, party=party)
        except TimeoutError:
            remarks.append(f'the rule "{rule.name}" was passed over: its pattern took too long on this message')
            continue
        if not holds:
            continue
        matched.append(rule.name)
        labels |= dict.fromkeys(rule.label)
        party = rule.party or party
        if not rule.continue_:
            return Outcome(rule=rule, labels=tuple(labels), party=party, matched=tuple(matched), remarks=tuple(remarks))
    return Outcome(labels=tuple(labels), party=party, matched=tuple(matched), remarks=tuple(remarks))


def matches(when: When, message: Message, facts: Facts, *, party: PartyKind | None = None) -> bool:
    """Whether all conditions hold. Raises TimeoutError when a pattern takes too long."""
    return (
        _lists_hold(when, message, facts, party=party)
        and _patterns_hold(when, message)
        and (when.any is None or any(matches(one, message, facts, party=party) for one in when.any))
        and (when.not_ is None or not matches(when.not_, message, facts, party=party))
    )


def _lists_hold(when: When, message: Message, facts: Facts, *, party: PartyKind | None) -> bool:
    language = message.language.lower()
    return (
        (when.from_domain is None or any(in_domain(message.sender.domain, domain) for domain in when.from_domain))
        and (
            when.language is None
            or language.partition("-")[0] in {code.lower().partition("-")[0] for code in when.language}
        )
        and (when.mailbox is None or facts.mailbox in when.mailbox)
        and (when.party is None or party in when.party)
        and (when.nature is None or message.nature in when.nature)
    )


def _patterns_hold(when: When, message: Message) -> bool:
    return (
        _found(when.from_, map(_written, message.from_))
        and _found(when.to, map(_written, (*message.to, *message.cc)))
        and _found(when.subject, [message.subject])
        and _found(when.text, [message.reply_text or message.text])
        and _found(
            when.attachment, (attachment.filename for attachment in message.attachments) if when.attachment else ()
        )
        and all(_found(pattern, message.headers.get(name.lower(), ())) for name, pattern in (when.header or {}).items())
    )


def _found(pattern: str | None, texts: Iterable[str]) -> bool:
    if pattern is None:
        return True
    search = _compiled(pattern).search
    return any(search(unicodedata.normalize("NFC", text[:_LONGEST_TEXT]), timeout=_SECONDS_A_SEARCH) for text in texts)


def _written(address: Address) -> str:
    return f"{address.name} <{address.address}>" if address.name else address.address
