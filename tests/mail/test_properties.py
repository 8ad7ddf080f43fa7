import json

from hypothesis import given, settings
from hypothesis import strategies as st

from inflow.mail.addresses import addresses
from inflow.mail.attachments import file_name
from inflow.mail.charsets import decode
from inflow.mail.dates import parse_date
from inflow.mail.html import html_text
from inflow.mail.outline import as_json
from inflow.mail.parse import parse
from inflow.mail.quotes import new_text
from inflow.mail.transfer import decode_transfer
from inflow.mail.words import clean, decode_field

PIECES = [
    b"\n", b"\r\n", b"\n\n", b"From: ", b"To: ", b"Subject: ", b"Content-Type: ", b"multipart/mixed; boundary=b", b"text/plain; charset=",
    b"text/html", b"message/rfc822", b"multipart/report; report-type=delivery-status; boundary=b", b"message/delivery-status",
    b"Content-Transfer-Encoding: base64", b"--b", b"--b--", b"=?utf-8?Q?",
    b"?=", b"=E5", b"<a@x.test>", b'"', b"(", b")", b"<", b">", b",", b";",
    b"Final-Recipient: rfc822; a@x.test", b"Action: failed", b"name*0*=utf-8''%C3",
    b"begin 644 x", b"end", b"> ", b"On 1 May 2020 X wrote:", b"-- ",
    b"<blockquote>", b"</div>", b"\xff\xfe", b"\xe5\xe4\xf6", "åäö".encode(),
    b"\0", b"application/ms-tnef", b"\x78\x9f\x3e\x22", b"utf-7", b"Date: ",
    b"-----BEGIN PGP SIGNED MESSAGE-----", b"text/calendar; method=REPLY",
    b"BEGIN:VEVENT", b"DTSTART:20260101", b"application/pkcs7-mime", b"```",
]  # fmt: skip
MAIL = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=12)), max_size=60).map(b"".join)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20)


@settings(max_examples=400, deadline=None)
@given(MAIL)
def test_any_bytes_become_a_message(raw: bytes) -> None:
    message = parse(raw, authserv_id="mx.x.test", own_domains=["x.test"])
    assert message.raw == raw
    json.dumps(as_json(message))


@settings(deadline=None)
@given(
    st.binary(max_size=300),
    st.sampled_from(
        ["", "utf-8", "utf-7", "latin-1", "cp1252", "gb2312", "hz", "iso-2022-jp", "utf-16", "rot13", "idna", "\0"]
    ),
)
def test_any_bytes_become_text(raw: bytes, charset: str) -> None:
    text, _ = decode(raw, charset)
    text.encode("utf-8")


@given(WORDS, st.sampled_from(["utf-8"]))
def test_text_in_a_charset_comes_back(text: str, charset: str) -> None:
    assert decode(text.encode(charset), charset)[0] == text.removeprefix("\ufeff")


@given(st.text("åäöÅÄÖéüæøÆØß abcdefghij", min_size=1, max_size=80))
def test_western_text_comes_back_whatever_is_declared(text: str) -> None:
    assert (
        decode(text.encode("cp1252"), "us-ascii")[0] == text
        or "\ufffd" not in decode(text.encode("cp1252"), "us-ascii")[0]
    )


@given(st.binary(max_size=300))
def test_no_field_holds_a_control_character(value: bytes) -> None:
    text = decode_field(value)
    assert clean(text) == text
    assert not any(ord(letter) < 32 for letter in text)


@given(WORDS, st.from_regex(r"[a-z]{1,10}@[a-z]{1,10}\.test", fullmatch=True))
def test_a_quoted_name_comes_back(name: str, address: str) -> None:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    (found,) = addresses(f'"{quoted}" <{address}>'.encode())
    assert found.address == address


@given(st.binary(max_size=300))
def test_any_bytes_are_some_addresses(value: bytes) -> None:
    assert all(" " not in one.address or one.address.startswith('"') for one in addresses(value))


@given(st.text(max_size=300))
def test_a_file_name_is_safe(name: str) -> None:
    safe = file_name(name)
    assert "/" not in safe
    assert "\\" not in safe
    assert safe not in {".", ".."}
    assert len(safe) <= 200


@given(st.text(max_size=100))
def test_any_date_is_a_moment_or_none(value: str) -> None:
    moment = parse_date(value)
    assert moment is None or moment.utcoffset() is not None


@settings(deadline=None)
@given(st.text(max_size=400))
def test_new_text_adds_nothing(text: str) -> None:
    letters = "".join(text.split())
    assert "".join(new_text(text).split()) in letters or all(
        line.strip() in text.replace("\xa0", " ") for line in new_text(text).split("\n")
    )


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<table>",
                "<td>",
                "<a href='x'>",
                "</a>",
                "<blockquote>",
                "<!--",
                "a",
                "&amp;",
                "<ul>",
                "<li>",
                "\0",
                "<br>",
            ]
        ),
        max_size=40,
    )
)
def test_any_html_is_text(pieces: list[str]) -> None:
    assert "\0" not in html_text("".join(pieces))


@given(st.binary(max_size=200), st.sampled_from(["base64", "quoted-printable", "x-yenc", "7bit"]))
def test_any_bytes_decode(content: bytes, encoding: str) -> None:
    assert len(decode_transfer(content, encoding)) <= len(content)
