import pytest

from inflow.routing.doubts import doubtful_rules
from inflow.routing.rules import Rule


def rule(name: str, conditions: dict[str, object]) -> Rule:
    return Rule.model_validate({"name": name, "when": conditions, "route": "hr"})


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"subject": "faktura"}, {"subject": "faktura"}),
        ({"subject": "faktura|invoice"}, {"subject": "invoice", "mailbox": "info"}),
        ({"subject": "faktura"}, {"subject": "leverantörsfaktura"}),
        ({"from_domain": ["kund.test"]}, {"from_domain": ["sub.kund.test"], "subject": "x"}),
        ({"language": ["sv", "en"]}, {"language": ["sv"]}),
        ({"header": {"A": "x"}}, {"header": {"A": "x", "B": "y"}}),
        ({"any": [{"subject": "a"}, {"text": "b"}]}, {"subject": "a"}),
    ],
)
def test_a_rule_that_an_earlier_one_anticipates_is_named(first: dict[str, object], second: dict[str, object]) -> None:
    (doubt,) = doubtful_rules([rule("first", first), rule("second", second)])
    assert '"second" never decides' in doubt
    assert '"first"' in doubt


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"subject": "faktura", "mailbox": "info"}, {"subject": "faktura"}),
        ({"subject": "invoice"}, {"subject": "faktura|invoice"}),
        ({"subject": "^faktura$"}, {"subject": "faktura"}),
        ({"from_domain": ["sub.kund.test"]}, {"from_domain": ["kund.test"]}),
        ({"mailbox": "hr"}, {"mailbox": "info"}),
        ({"subject": "a", "not": {"text": "b"}}, {"subject": "a"}),
    ],
)
def test_rules_that_both_have_an_effect_are_not_doubted(first: dict[str, object], second: dict[str, object]) -> None:
    assert doubtful_rules([rule("first", first), rule("second", second)]) == ()


def test_a_rule_that_only_labels_anticipates_nothing() -> None:
    labels = Rule.model_validate({"name": "first", "when": {"subject": "a"}, "label": "x", "continue": True})
    assert doubtful_rules([labels, rule("second", {"subject": "a"})]) == ()


def test_a_rule_that_excludes_itself_can_never_match() -> None:
    (doubt,) = doubtful_rules([rule("never", {"subject": "faktura", "not": {"subject": "faktura"}})])
    assert "can never match" in doubt
