"""One mail has one identity however it travelled; two mails never share one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inflow.mail.identity import fields, identity, split

MAIL = (
    b"From: Eva <eva@kund.test>\r\nTo: info@exempel.test\r\nSubject: Hej\r\n  igen\r\n"
    b"Message-ID: <a@kund.test>\r\n\r\nEtt\r\ntva\r\n"
)


def test_trace_headers_and_line_ends_are_no_part_of_it() -> None:
    traced = (
        b"Received: from a by b\r\n\tfor info\r\nDelivered-To: x@y\r\nReturn-Path: <e@k.test>\r\nX-Original-To: z@y\r\n"
        + MAIL
    )
    assert identity(traced) == identity(MAIL)
    assert identity(MAIL.replace(b"\r\n", b"\n")) == identity(MAIL)
    assert identity(MAIL + b"\r\n") == identity(MAIL)
    assert identity(MAIL.replace(b"\r\n  igen", b" igen")) == identity(MAIL)


def test_two_mails_that_share_a_message_id_are_two() -> None:
    assert identity(MAIL.replace(b"tva", b"tre")) != identity(MAIL)
    assert identity(MAIL.replace(b"Hej", b"Nej")) != identity(MAIL)


@pytest.mark.parametrize(
    "other", [b"", b"\x00\xff" * 10, b"no colon here", b"no colon there", b"X-Fax: 1\n\n", b"X-Fax: 2\n\n"]
)
def test_what_is_hardly_a_mail_is_not_taken_for_another(other: bytes) -> None:
    rest = {b"", b"\x00\xff" * 10, b"no colon here", b"no colon there", b"X-Fax: 1\n\n", b"X-Fax: 2\n\n"} - {other}
    assert identity(other) not in {identity(one) for one in rest}


def test_two_message_ids_are_two_mails() -> None:
    assert identity(MAIL.replace(b"<a@", b"<b@")) != identity(MAIL)


@given(st.binary(max_size=2000))
def test_any_bytes_have_an_identity_and_it_stays(raw: bytes) -> None:
    assert identity(raw) == identity(raw)
    head, body = split(raw)
    assert len(head) + len(body) <= len(raw)
    fields(head)


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_different_bodies_are_different_mails(one: bytes, other: bytes) -> None:
    head = b"From: a@b.test\r\n\r\n"
    same = one.replace(b"\r\n", b"\n").rstrip(b"\n") == other.replace(b"\r\n", b"\n").rstrip(b"\n")
    if b"\r" not in one + other and not one.startswith(b"\n") and not other.startswith(b"\n"):
        assert (identity(head + one) == identity(head + other)) is same
