"""Which case a message belongs to: signed address, then references, then a subject tag from a participant."""

from hypothesis import given
from hypothesis import strategies as st

from inflow.casework.addresses import Way, WayBack
from inflow.casework.conversation import MAX_REFERENCES, Known, leads, tagged, which_case
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
    known = Known(by_reference={"a@x": 5}, participants={})
    joined = which_case(message(references=("a@x",)), back=WayBack(way=Way.SENDER, number=7), known=known)
    assert joined is not None
    assert joined.case == 7


def test_the_nearest_reference_counts() -> None:
    known = Known(by_reference={"old@x": 1, "new@x": 2}, participants={})
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
