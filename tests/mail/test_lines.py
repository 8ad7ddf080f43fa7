"""A forward with lines that no server need take is encoded anew where they are, and reads the same."""

from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inflow.mail.lines import LONGEST, is_too_long, within

LONG = b"<p>" + b"x" * 5000 + b"</p>"


def test_what_is_within_the_limit_stays_byte_for_byte() -> None:
    entity = b"Content-Type: text/plain\r\n\r\n" + b"x" * LONGEST + b"\r\nhej\r\n"
    assert within(entity) is entity


@pytest.mark.parametrize(
    "encoding", [b"", b"Content-Transfer-Encoding: 8bit\r\n", b"Content-Transfer-Encoding: 7bit\r\n"]
)
def test_a_long_line_is_encoded_and_reads_the_same(encoding: bytes) -> None:
    entity = b"Content-Type: text/html; charset=utf-8\r\n" + encoding + b"\r\n" + LONG + "smörgås".encode()
    done = within(entity)
    assert not is_too_long(done)
    read = message_from_bytes(done, policy=policy.default)
    assert read.get_content_type() == "text/html"
    assert read.get_payload(decode=True) == LONG + "smörgås".encode()


def test_only_the_part_with_the_long_line_is_touched() -> None:
    plain = b"--b\r\nContent-Type: text/plain\r\n\r\nsm\xf6rg\xe5s  \r\n"
    html = b"--b\r\nContent-Type: text/html\r\n\r\n" + LONG + b"\r\n"
    inner = b'--a\r\nContent-Type: multipart/alternative; boundary="b"\r\n\r\n' + plain + html + b"--b--\r\n"
    entity = b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + inner + b"--a\r\n\r\nslut\r\n--a--\r\n"
    done = within(entity)
    assert not is_too_long(done)
    assert plain in done
    parts = [one for one in message_from_bytes(done, policy=policy.default).walk() if not one.is_multipart()]
    assert [one.get_content_type() for one in parts] == ["text/plain", "text/html", "text/plain"]
    assert parts[1].get_payload(decode=True) == LONG
    assert parts[2].get_content().strip() == "slut"


@given(st.binary(max_size=4000), st.integers(0, 6000))
def test_nothing_is_ever_too_long_in_the_body(noise: bytes, length: int) -> None:
    entity = (
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n" + noise + b"y" * length + b"\r\n--a\r\n\r\nx\r\n--a--\r\n"
    )
    done = within(entity)
    assert not is_too_long(done.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
