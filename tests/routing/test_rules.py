import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from inflow.mail.message import Address, Attachment, Message, Nature
from inflow.routing.facts import Facts, PartyKind
from inflow.routing.rules import Rule, When, apply_rules, matches

MAIL = Message(
    raw=b"",
    headers={"x-spam-flag": ("YES",)},
    subject="Faktura 4711",
    from_=(Address(name="Anna Ek", address="anna@sub.kund.test"),),
    to=(Address(address="info@exempel.test"),),
    cc=(Address(address="ekonomi@exempel.test"),),
    text="Hej\n> gammalt",
    reply_text="Hej",
    language="sv",
    nature=Nature.PERSON,
    attachments=(Attachment(filename="faktura.pdf", content_type="application/pdf"),),
)
FACTS = Facts(mailbox="info", party=PartyKind.SUPPLIER)


def when(**conditions: object) -> When:
    return When.model_validate(conditions)


def rule(name: str, conditions: dict[str, object], **then: object) -> Rule:
    return Rule.model_validate({"name": name, "when": conditions, **then})


@pytest.mark.parametrize(
    "conditions",
    [
        {"from": "anna ek <anna@"},
        {"from_domain": ["kund.test"]},
        {"from_domain": ["@sub.kund.test"]},
        {"to": "ekonomi@"},
        {"subject": "FAKTURA|invoice"},
        {"text": "^hej$"},
        {"header": {"X-Spam-Flag": "yes"}},
        {"attachment": r"\.pdf$"},
        {"language": ["en", "sv"]},
        {"mailbox": ["info"]},
        {"party": ["supplier"]},
        {"nature": ["person"]},
        {"any": [{"subject": "nej"}, {"subject": "faktura"}]},
        {"not": {"subject": "offert"}},
        {"subject": "faktura", "from_domain": "kund.test"},
    ],
)
def test_each_condition_holds_for_the_mail_it_describes(conditions: dict[str, object]) -> None:
    assert matches(when(**conditions), MAIL, FACTS, party=FACTS.party)


@pytest.mark.parametrize(
    "conditions",
    [
        {"from": "bertil"},
        {"from_domain": ["und.test"]},
        {"to": "hr@"},
        {"subject": "offert"},
        {"text": "gammalt"},
        {"header": {"X-Spam-Flag": "no"}},
        {"header": {"X-Absent": "."}},
        {"attachment": r"\.exe$"},
        {"language": ["en"]},
        {"mailbox": ["hr"]},
        {"party": ["media"]},
        {"nature": ["list"]},
        {"any": [{"subject": "nej"}, {"subject": "offert"}]},
        {"not": {"subject": "faktura"}},
        {"subject": "faktura", "mailbox": "hr"},
    ],
)
def test_each_condition_fails_for_another_mail(conditions: dict[str, object]) -> None:
    assert not matches(when(**conditions), MAIL, FACTS, party=FACTS.party)


def test_a_letter_written_in_two_code_points_is_the_same_letter() -> None:
    assert matches(when(subject="lön"), Message(raw=b"", headers={}, subject="Lo\u0308n"), FACTS)


def test_the_first_rule_that_routes_decides() -> None:
    rules = [rule("one", {"subject": "offert"}, route="salj"), rule("two", {"subject": "faktura"}, route="ekonomi")]
    outcome = apply_rules([*rules, rule("three", {"text": "hej"}, route="hr")], MAIL, FACTS)
    assert outcome.rule is rules[1]
    assert outcome.matched == ("two",)


def test_a_rule_that_continues_labels_and_sets_the_party_for_those_after_it() -> None:
    labels = rule("press", {"text": "hej"}, label="press", party="media", **{"continue": True})
    outcome = apply_rules([labels, rule("media", {"party": ["media"]}, route="ledning")], MAIL, FACTS)
    assert outcome.rule
    assert (outcome.rule.route, outcome.labels, outcome.party) == ("ledning", ("press",), PartyKind.MEDIA)


def test_a_pattern_that_runs_away_is_passed_over_in_bounded_time_and_named() -> None:
    began = time.monotonic()
    runaway = rule("slow", {"text": "(a|aa)+$"}, route="hr")
    outcome = apply_rules([runaway], Message(raw=b"", headers={}, text="a" * 80 + "b"), FACTS)
    assert outcome.rule is None
    assert "slow" in outcome.remarks[0]
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ({"name": "x", "when": {"subject": "("}, "route": "hr"}, "not a regular expression"),
        ({"name": "x", "when": {"sujet": "a"}, "route": "hr"}, "when.sujet"),
        ({"name": "x", "when": {"header": {"A": "["}}, "route": "hr"}, "when.header.A"),
        ({"name": "x", "when": {}, "route": "hr"}, "no condition"),
        ({"name": "x", "when": {"subject": "a"}}, "`route` is missing"),
        ({"name": "x", "when": {"subject": "a"}, "continue": True}, "needs a `label`"),
        ({"name": "x", "when": {"subject": "a"}, "continue": True, "route": "hr"}, "exclude"),
        ({"name": "x", "when": {"party": ["alien"]}, "route": "hr"}, "when.party"),
    ],
)
def test_a_faulty_rule_is_refused_with_its_key(fault: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told.replace(".", r"\.")):
        Rule.model_validate(fault)


@given(st.text(), st.text())
def test_not_is_the_opposite_whatever_the_text(subject: str, text: str) -> None:
    mail = Message(raw=b"", headers={}, subject=subject, text=text)
    condition = {"any": [{"subject": "a"}, {"text": "b+"}]}
    assert matches(when(**condition), mail, FACTS) is not matches(when(**{"not": condition}), mail, FACTS)
