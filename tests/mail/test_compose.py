"""What is written can be read back, encloses the original byte for byte, and lets nothing in."""

from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inflow.mail.compose import Outgoing, render
from inflow.mail.message import Address
from inflow.mail.parse import parse

words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn", "Zl", "Zp")), max_size=80)


def outgoing(**changes: object) -> Outgoing:
    plain = {
        "from_": Address(name="Exempel AB", address="info@exempel.test"),
        "to": (Address(address="eva@kund.test"),),
        "subject": "Hej",
        "date": "Sun, 22 Nov 2026 10:00:00 +0100",
        "message_id": "inflow.1@exempel.test",
        "text": "Hej!\n",
    }
    return Outgoing(**(plain | changes))  # type: ignore[arg-type]


@given(
    subject=words,
    name=words,
    text=st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=500),
)
def test_what_is_composed_is_parsed_back(subject: str, name: str, text: str) -> None:
    said = outgoing(subject=subject, text=text, from_=Address(name=name, address="info@exempel.test"))
    raw = render(said)
    read = message_from_bytes(raw, policy=policy.default)
    assert " ".join(str(read["Subject"]).split()) == " ".join(subject.split())
    assert read["From"].addresses[0].addr_spec == "info@exempel.test"
    assert parse(raw).message_id == "inflow.1@exempel.test"
    content = read.get_content()
    assert content.replace("\r\n", "\n").rstrip("\n") == text.rstrip("\n")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


@given(name=words)
def test_a_senders_name_comes_back_as_it_was(name: str) -> None:
    raw = render(outgoing(from_=Address(name=name, address="info@exempel.test")))
    assert " ".join(parse(raw).sender.name.split()) == " ".join(name.split())


@pytest.mark.parametrize(
    "evil", ["x\r\nBcc: v@evil.test", "x\nBcc: v@evil.test", "x\u2028Bcc: v@evil.test", "x\x00\rBcc: v@evil.test"]
)
def test_nothing_adds_a_header(evil: str) -> None:
    said = outgoing(
        subject=evil,
        from_=Address(name=evil, address=f"info@exempel.test{evil}"),
        to=(Address(name=evil, address="eva@kund.test"),),
        in_reply_to=evil,
        references=(evil,),
        headers=(("X-Test", evil),),
    )
    read = message_from_bytes(render(said), policy=policy.compat32)
    assert "Bcc" not in read
    assert sorted(read.keys()) == sorted(
        [
            "From",
            "To",
            "Subject",
            "Date",
            "Message-ID",
            "In-Reply-To",
            "References",
            "X-Test",
            "MIME-Version",
            "Content-Type",
        ]
    )


ORIGINAL = (
    b"Received: from mx\r\nFrom: eva@kund.test\r\nSubject: Hej\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/signed; boundary="s";\r\n protocol="application/pkcs7-signature"\r\n\r\n'
    b"--s\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    b"sm\xf6rg\xe5s  \r\n--s\r\nContent-Type: application/pkcs7-signature\r\n\r\nMIIB\r\n--s--\r\n"
)


def test_a_forward_encloses_the_original_parts_byte_for_byte() -> None:
    raw = render(outgoing(encloses="parts"), ORIGINAL)
    body = ORIGINAL.partition(b"\r\n\r\n")[2]
    assert body in raw
    block, original = message_from_bytes(raw, policy=policy.default).iter_parts()
    assert block.get_content_type() == "text/plain"
    assert original.get_content_type() == "multipart/signed"
    assert original.get_param("protocol") == "application/pkcs7-signature"
    assert b"Received: from mx" not in raw


def test_a_mail_that_could_not_be_read_is_enclosed_whole() -> None:
    raw = render(outgoing(encloses="file"), ORIGINAL)
    attached = list(message_from_bytes(raw, policy=policy.default).iter_attachments())
    assert attached[0].get_filename() == "original.eml"
    assert attached[0].get_content() == ORIGINAL


def test_a_relay_carries_the_attachments_and_nothing_else() -> None:
    source = (
        b"From: anna@exempel.test\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nHemligt\r\n--b\r\nContent-Type: application/pdf\r\n"
        b"Content-Disposition: attachment; filename*=utf-8''r%C3%A4kning.pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n--b--\r\n"
    )
    raw = render(outgoing(encloses="reply"), source)
    attached = list(message_from_bytes(raw, policy=policy.default).iter_attachments())
    assert [(one.get_filename(), one.get_content()) for one in attached] == [("räkning.pdf", b"%PDF-")]
    assert b"anna" not in raw
    assert b"Hemligt" not in raw


def test_the_same_mail_is_the_same_bytes_each_time() -> None:
    said = outgoing(subject="Smörgås åäö " * 20, encloses="parts")
    assert render(said, ORIGINAL) == render(Outgoing.of_json(said.as_json()), ORIGINAL)


def test_a_boundary_is_never_one_that_the_original_holds() -> None:
    first = render(outgoing(encloses="parts"), ORIGINAL)
    boundary = message_from_bytes(first, policy=policy.default).get_boundary()
    assert boundary is not None
    tricky = ORIGINAL.replace(b"MIIB", b"--" + boundary.encode())
    raw = render(outgoing(encloses="parts"), tricky)
    assert message_from_bytes(raw, policy=policy.default).get_boundary() != boundary
