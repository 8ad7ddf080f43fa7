"""Which case a message belongs to: signed address, then references, then a subject tag from a participant."""

from hypothesis import given
from hypothesis import strategies as st

from inflow.casework.addresses import Way, WayBack
from inflow.casework.conversation import MAX_REFERENCES, Known, Lead, leads, tagged, which_case
from inflow.mail.message import Address, Message

NOTHING = Known(by_reference={}, participants={})


def message(*, subject: str = "", sender: str = "kund@kund.test", references: tuple[str, ...] = ()) -> Message:
    return Message(
        raw=b"",
        headers={},
        subject=subject,
        from_=(Address(address=sender),),
        in_reply_to=references[-1:],
        references=references,
    )


def test_a_message_without_leads_begins_a_case() -> None:
    assert which_case(message(subject="Hej"), back=None, known=NOTHING) is None


def test_a_signed_address_is_stronger_than_references() -> None:
    known = Known(by_reference={"a@x": Lead(case=5)}, participants={})
    joined = which_case(message(references=("a@x",)), back=WayBack(way=Way.SENDER, number=7), known=known)
    assert joined is not None
    assert joined.case == 7


def test_the_nearest_reference_counts() -> None:
    known = Known(by_reference={"old@x": Lead(case=1, ours=True), "new@x": Lead(case=2, ours=True)}, participants={})
    joined = which_case(message(references=("old@x", "new@x")), back=None, known=known)
    assert joined is not None
    assert joined.case == 2


def test_a_subject_tag_counts_only_from_a_participant() -> None:
    known = Known(by_reference={}, participants={42: {"kund@kund.test"}})
    tag = "Sv: [#42] Faktura"
    mine = which_case(message(subject=tag, sender="Kund@Kund.test"), back=None, known=known)
    assert mine is not None
    assert mine.case == 42
    assert which_case(message(subject=tag, sender="annan@kund.test"), back=None, known=known) is None
    assert which_case(message(subject=tag, sender=""), back=None, known=known) is None


@given(st.lists(st.text(min_size=1), max_size=300).map(tuple), st.text())
def test_leads_are_bounded_and_without_doubles(references: tuple[str, ...], subject: str) -> None:
    found, tags = leads(message(subject=subject, references=references))
    assert len(found) <= MAX_REFERENCES
    assert len(set(found)) == len(found)
    assert len(tags) <= 3


@given(st.text(), st.integers(1, 10**9))
def test_a_subject_bears_its_tag_once(subject: str, number: int) -> None:
    once = tagged(subject, number)
    assert tagged(once, number) == once
    assert f"[#{number}]" in once


def test_a_reference_counts_from_who_takes_part_a_colleague_or_to_a_mail_of_ours() -> None:
    theirs = {"old@kund.test": Lead(case=7)}
    ours = {"inflow.1@exempel.test": Lead(case=7, ours=True)}
    taking_part = {7: {"eva@kund.test"}}

    def joins(lead: dict[str, Lead], sender: str, subject: str = "Sv: Hej", shared: tuple[str, ...] = ()) -> bool:
        known = Known(by_reference=lead, participants=taking_part, own_domains=["exempel.test"], shared=shared)
        return (
            which_case(message(subject=subject, sender=sender, references=tuple(lead)), back=None, known=known)
            is not None
        )

    assert joins(theirs, "eva@kund.test", "Något helt annat")
    assert joins(theirs, "bo@kund.test")
    assert joins(theirs, "anna@exempel.test")
    assert not joins(theirs, "bo@kund.test", shared=("kund.test",))
    assert not joins(theirs, "mal@evil.test")
    assert joins(ours, "revisor@annan.test")
    assert not joins(ours, "revisor@annan.test", "VB: Hej")
    assert not joins(theirs, "bo@kund.test", "Fwd: Hej")
