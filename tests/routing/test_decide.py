from dataclasses import replace

import pytest

from inflow.mail.message import Address, Message
from inflow.routing.decide import Policy, decide
from inflow.routing.decision import DecidedBy
from inflow.routing.facts import Earlier, Facts, PartyKind
from inflow.routing.roles import Role
from inflow.routing.rules import Rule
from inflow.routing.settings import ClassifierSettings, Mode
from inflow.routing.training import train
from tests.routing.mails import ROLES as ROLES_LEARNED
from tests.routing.mails import examples, unnamed

ROLES = (
    Role(
        name="support",
        address="support@exempel.test",
        description="Hjälp med produkten: fel, inloggning, användning",
        keywords=("fungerar inte", "felmeddelande", "logga in", "error", "login"),
    ),
    Role(name="support-2", address="support2@exempel.test", level=2, keywords=("faktura",)),
    Role(name="ekonomi", address="ekonomi@exempel.test", keywords=("faktura", "betalning", "invoice", "payment")),
    Role(name="hr", address="hr@exempel.test", description="Lön, semester, anställning"),
    Role(name="ovrigt", address="ovrigt@exempel.test"),
)
RULE = Rule.model_validate({"name": "kvitton", "when": {"subject": "kvitto"}, "route": "ekonomi"})
POLICY = Policy(roles=ROLES, other="ovrigt", rules=(RULE,), internal_domains=("exempel.test",))


def mail(subject: str, text: str = "", *, sender: str = "bo@kund.test") -> Message:
    return Message(raw=b"", headers={}, subject=subject, text=text, from_=(Address(address=sender),))


def test_a_rule_decides_before_all_else() -> None:
    facts = Facts(sender_roles=(Earlier(role="hr", cases=50),))
    decision = decide(mail("Kvitto för inloggning"), facts, POLICY)
    assert (decision.role, decision.by, decision.confidence) == ("ekonomi", DecidedBy.RULE, 1.0)
    assert "kvitton" in decision.reasons[0]


@pytest.mark.parametrize(
    ("subject", "text", "role", "named"),
    [
        ("Fakturorna stämmer inte", "", "ekonomi", "faktura"),
        ("Leverantörsfakturan", "", "ekonomi", "faktura"),
        ("Hej", "två payments are missing", "ekonomi", "payment"),
        ("Hej", "Jag loggar in men felmeddelandet kommer", "support", "logga in"),
        ("Semestern", "När får jag ledigt?", "hr", "semester"),
        ("LÖNEN", "", "hr", "lön"),
    ],
)
def test_keywords_route_inflected_and_in_compounds(subject: str, text: str, role: str, named: str) -> None:
    decision = decide(mail(subject, text), Facts(), POLICY)
    assert (decision.role, decision.by) == (role, DecidedBy.RULE)
    assert f'"{named}"' in decision.reasons[0]


def test_the_subject_outweighs_the_text() -> None:
    decision = decide(mail("Fel på fakturan", "Jag kunde inte logga in heller"), Facts(), POLICY)
    assert decision.role == "ekonomi"


def test_two_roles_about_equal_go_to_other_with_both_as_candidates() -> None:
    decision = decide(mail("Hej", "Jag kan inte logga in för att se min betalning"), Facts(), POLICY)
    assert (decision.role, decision.by) == ("ovrigt", DecidedBy.OTHER)
    assert {candidate.role for candidate in decision.candidates} == {"ekonomi", "support"}
    assert "about equally" in decision.reasons[0]


def test_what_nobody_recognises_goes_to_other() -> None:
    decision = decide(mail("Blommor?", "Vill ni köpa tulpaner"), Facts(), POLICY)
    assert (decision.role, decision.by) == ("ovrigt", DecidedBy.OTHER)


def test_a_mail_without_text_is_decided_by_what_the_sender_wrote_about_before() -> None:
    facts = Facts(sender_roles=(Earlier(role="hr", cases=7, days=3),))
    decision = decide(mail(""), facts, POLICY)
    assert (decision.role, decision.by) == ("hr", DecidedBy.HISTORY)
    assert decision.reasons[0] == "earlier mails from bo@kund.test went to hr (7 of 7)"


@pytest.mark.parametrize(
    "earlier",
    [
        (Earlier(role="hr", cases=1),),
        (Earlier(role="hr", cases=5), Earlier(role="ekonomi", cases=5)),
        (Earlier(role="hr", cases=5, days=3000),),
        (Earlier(role="gone", cases=50),),
    ],
)
def test_history_that_is_thin_divided_old_or_of_a_role_that_is_gone_does_not_route(
    earlier: tuple[Earlier, ...],
) -> None:
    assert decide(mail("Tulpaner"), Facts(sender_roles=earlier), POLICY).role == "ovrigt"


def test_a_domain_speaks_for_its_senders_but_a_mail_provider_does_not() -> None:
    facts = Facts(domain_roles=(Earlier(role="ekonomi", cases=9),))
    assert decide(mail("Tulpaner"), facts, POLICY).role == "ekonomi"
    assert decide(mail("Tulpaner", sender="bo@gmail.com"), facts, POLICY).role == "ovrigt"


def test_keywords_against_a_clear_history_are_a_question_for_other() -> None:
    facts = Facts(sender_roles=(Earlier(role="hr", cases=9),))
    decision = decide(mail("Faktura"), facts, POLICY)
    assert decision.role == "ovrigt"
    assert decision.reasons[0] == "it is unclear: keywords point to ekonomi, earlier mails to hr"


def test_a_sender_of_an_own_domain_is_internal() -> None:
    rule = Rule.model_validate({"name": "inifrån", "when": {"party": ["internal"]}, "route": "hr"})
    policy = Policy(roles=ROLES, other="ovrigt", rules=(rule,), internal_domains=("exempel.test",))
    decision = decide(mail("x", sender="eva@it.exempel.test"), Facts(party=PartyKind.CUSTOMER), policy)
    assert (decision.role, decision.party) == ("hr", PartyKind.INTERNAL)


LEARNED = train(examples(20), unnamed(), max_misrouted=0.05)
LEARNED_ROLES = tuple(Role(name=name, address=f"{name}@exempel.test") for name in (*ROLES_LEARNED, "ovrigt"))
LEARNED_POLICY = Policy(roles=LEARNED_ROLES, other="ovrigt")
INVOICE = "God morgon, Det gäller fakturan: fakturan har passerat förfallodagen. Tack på förhand."


def test_the_classifier_routes_what_it_is_sure_of_and_says_why() -> None:
    decision = decide(mail("", INVOICE), Facts(), LEARNED_POLICY, model=LEARNED)
    assert (decision.role, decision.by) == ("ekonomi", DecidedBy.MODEL)
    assert '"fakturan"' in decision.reasons[0]
    assert decision.contributions


def test_a_mail_unlike_anything_seen_goes_to_other_with_a_suggestion() -> None:
    decision = decide(mail("", "Tulpaner och narcisser?"), Facts(), LEARNED_POLICY, model=LEARNED)
    assert (decision.role, decision.by) == ("ovrigt", DecidedBy.OTHER)
    assert {candidate.role for candidate in decision.candidates} <= set(ROLES_LEARNED)
    assert "unlike any mail seen before" in decision.reasons[1]


def test_in_shadow_mode_the_classifier_only_says_what_it_would_do() -> None:
    shadow = replace(LEARNED_POLICY, classifier=ClassifierSettings(mode=Mode.SHADOW))
    decision = decide(mail("", INVOICE), Facts(), shadow, model=LEARNED)
    assert decision.role == "ovrigt"
    assert decision.shadow
    assert decision.shadow.role == "ekonomi"


def test_a_disabled_classifier_is_not_asked() -> None:
    off = replace(LEARNED_POLICY, classifier=ClassifierSettings(enabled=False))
    assert decide(mail("", INVOICE), Facts(), off, model=LEARNED) == decide(mail("", INVOICE), Facts(), off)


def test_a_role_that_no_longer_exists_is_not_routed_to() -> None:
    fewer = Policy(roles=tuple(role for role in LEARNED_ROLES if role.name != "ekonomi"), other="ovrigt")
    decision = decide(mail("", INVOICE), Facts(), fewer, model=LEARNED)
    assert decision.role == "ovrigt"
    assert "ekonomi" not in {candidate.role for candidate in decision.candidates}


def test_the_classifier_overrules_a_keyword_it_has_learned_to_distrust() -> None:
    misled = Role(name="hr", address="hr@exempel.test", keywords=("fakturan",))
    policy = Policy(roles=(misled, *(role for role in LEARNED_ROLES if role.name != "hr")), other="ovrigt")
    assert decide(mail("", INVOICE), Facts(), policy, model=LEARNED).role == "ekonomi"


def test_keywords_and_history_together_against_the_classifier_are_a_question() -> None:
    misled = Role(name="hr", address="hr@exempel.test", keywords=("fakturan",))
    policy = Policy(roles=(misled, *(role for role in LEARNED_ROLES if role.name != "hr")), other="ovrigt")
    decision = decide(mail("", INVOICE), Facts(sender_roles=(Earlier(role="hr", cases=9),)), policy, model=LEARNED)
    assert decision.role == "ovrigt"
    assert decision.reasons[0].startswith("it is unclear")


def test_a_mail_without_text_is_left_to_history() -> None:
    facts = Facts(sender_roles=(Earlier(role="hr", cases=9),))
    decision = decide(mail(""), facts, LEARNED_POLICY, model=LEARNED)
    assert (decision.role, decision.by) == ("hr", DecidedBy.HISTORY)
