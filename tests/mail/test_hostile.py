import gc
import json
import pickle
import time
import tracemalloc
from collections.abc import Callable

import pytest

from inflow.mail.outline import as_json
from inflow.mail.parse import parse
from tests.mail.letters import letter, multipart, read

HEAD = b"From: a@x.test\nTo: b@x.test\nSubject: s\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\n\n"
HTML = HEAD + b"Content-Type: text/html\n\n"
REPORT = b"From: mailer-daemon@x.test\nSubject: undeliverable\n\n"
SMALL, LARGE = 100_000, 400_000
TINY = 200_000  # octets that reading may take whatever the mail's size


def nested(depth: int) -> bytes:
    levels = (b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number) for number in range(depth))
    return HEAD + b"".join(levels) + b"Content-Type: text/plain\n\nhej\n"


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "nothing": lambda size: b"",
    "zeros": lambda size: b"\0" * size,
    "line ends": lambda size: b"\n" * size,
    "carriage returns": lambda size: b"\r" * size,
    "nested multiparts": lambda size: nested(2000),
    "many parts": lambda size: MIXED + b"--b\n\nx\n" * 10_000,
    "many empty delimiters": lambda size: MIXED + b"--\n" * (size // 3),
    "guessed boundaries": lambda size: MIXED + b"--b\nContent-Type: multipart/mixed\n\n" * (size // 36),
    "a long field": lambda size: b"Subject: " + b"x" * size + b"\n\nb",
    "many fields": lambda size: b"X: y\n" * (size // 5),
    "a much folded field": lambda size: b"Subject: " + b"a\n " * (size // 3) + b"\n\nx",
    "open encoded words": lambda size: b"Subject: " + b"=?a?q?" * (size // 6) + b"\n\nx",
    "encoded words": lambda size: b"From: " + b"=?utf-8?q?a?= " * (size // 14) + b"\n\nx",
    "angles": lambda size: b"From: " + b"<" * size + b"\n\nx",
    "quotes": lambda size: b"From: " + b'"' * size + b"\n\nx",
    "comments": lambda size: b"From: " + b"(" * size + b"\n\nx",
    "backslashes": lambda size: b'From: "' + b"\\" * size + b"\n\nx",
    "ats": lambda size: b"To: " + b"a@" * (size // 2) + b"\n\nx",
    "a long type": lambda size: b"Content-Type: " + b"a" * size + b"\n\nx",
    "many parameters": lambda size: b"Content-Type: text/plain; " + b"a=b;" * (size // 4) + b"\n\nx",
    "many continuations": lambda size: (
        b"Content-Type: a/b; " + b"".join(b"name*%d=x;" % n for n in range(size // 12)) + b"\n\nx"
    ),
    "spaces in a type": lambda size: b"Content-Type: text/plain; a" + b" " * size + b"\n\nx",
    "references": lambda size: b"References: " + b"< " * (size // 2) + b"\n\nx",
    "results": lambda size: b"Authentication-Results: mx.x.test" + b"(" * size + b"; dkim=pass\n\nx",
    "subject of answers": lambda size: b"Subject: " + b"Re: " * (size // 4) + b"\n\nx",
    "a long date": lambda size: b"Date: " + b"1" * size + b"\n\nx",
    "quote marks": lambda size: HEAD + b"\n" + b"> x\n" * (size // 4),
    "introductions": lambda size: HEAD + b"\n" + b"On 1 May 2020 a@b.test wrote\n" * (size // 29),
    "beginnings of introductions": lambda size: HEAD + b"\n" + b"On 1 May 2020\n" * (size // 14),
    "signatures": lambda size: HEAD + b"\n" + b"-- \nSent from my x\nregards,\n" * (size // 28),
    "header blocks": lambda size: HEAD + b"\n" + b"From: a\n" * (size // 8),
    "fences": lambda size: HEAD + b"\n" + b"```\n" * (size // 4),
    "armour": lambda size: HEAD + b"\n" + b"-----BEGIN PGP SIGNED MESSAGE-----\n\n" * (size // 36),
    "uuencode": lambda size: HEAD + b"\n" + b"begin 644 x\n`\n" * (size // 14),
    "yenc": lambda size: HEAD + b"\n" + b"=ybegin line=1 name=x\n" * (size // 22),
    "flowed": lambda size: HEAD + b"Content-Type: text/plain; format=flowed\n\n" + b"> a \n>> b \n" * (size // 11),
    "deep html": lambda size: HTML + b"<div>" * (size // 5),
    "deep quotations": lambda size: HTML + b"<blockquote>a" * (size // 13),
    "open tags": lambda size: HTML + b"<" * size,
    "open links": lambda size: HTML + b"<a href=x>" * (size // 10),
    "lists in lists": lambda size: HTML + b"<ul><li>x" * (size // 9),
    "tables in tables": lambda size: HTML + b"<table><tr><td>x" * (size // 16),
    "all bytes": lambda size: HEAD + b"\n" + bytes(range(256)) * (size // 256),
    "punycode": lambda size: HEAD + b"Content-Type: text/plain; charset=punycode\n\n" + b"a-b" * (size // 3),
    "hz": lambda size: HEAD + b"Content-Type: text/plain; charset=hz\n\n" + b"~{" * (size // 2),
    "broken base64": lambda size: HEAD + b"Content-Transfer-Encoding: base64\n\n" + b"A=B=" * (size // 4),
    "blamed addresses": lambda size: REPORT + b"user@example.test failed 550 " * (size // 29),
    "a report of dashes": lambda size: REPORT + b"-" * size,
    "a report of line ends": lambda size: REPORT + b"\n" * size,
    "a report of words": lambda size: REPORT + b"failed message user " * (size // 20),
    "a calendar of quotes": lambda size: (
        HEAD + b"Content-Type: text/calendar\n\nBEGIN:VEVENT\nDTSTART;" + b'a";' * (size // 3)
    ),
    "an absence": lambda size: b"Subject: Autosvar: x\n\n" + b"back until tillbaka " * (size // 20),
    "winmail": lambda size: HEAD + b"Content-Type: application/ms-tnef\n\n\x78\x9f\x3e\x22" + b"\0" * size,
    "forwards in forwards": lambda size: (HEAD + b"Content-Type: message/rfc822\n\n") * (size // 80),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_comes_is_read_soon(name: str) -> None:
    raw = HOSTILE[name](LARGE)
    started = time.process_time()
    message = parse(raw, authserv_id="mx.x.test", own_domains=["x.test"])
    json.dumps(as_json(message))
    assert time.process_time() - started < 2
    assert message.raw == raw


@pytest.mark.parametrize("name", HOSTILE)
def test_four_times_the_mail_takes_no_more_than_its_share(name: str) -> None:
    def spent(size: int) -> float:
        raw = HOSTILE[name](size)
        started = time.process_time()
        parse(raw)
        return time.process_time() - started

    small = min(spent(SMALL) for _ in range(2))
    assert spent(LARGE) < 10 * small + 0.3


@pytest.mark.parametrize("name", HOSTILE)
def test_reading_takes_at_most_twenty_times_the_memory_of_the_mail(name: str) -> None:
    for size in (2_000, SMALL):
        raw = HOSTILE[name](size)
        parse(raw)  # what is loaded once a process is not the mail's
        gc.collect()
        tracemalloc.start()
        message = parse(raw, authserv_id="mx.x.test", own_domains=["x.test"])
        json.dumps(as_json(message))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 20 * len(raw) + TINY


def test_a_big_attachment_is_neither_copied_nor_decoded() -> None:
    raw = MIXED + b"--b\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + b"QUJD" * 1_000_000
    tracemalloc.start()
    parse(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < TINY


def test_depth_is_bounded_and_what_lies_deeper_is_kept_as_one_part() -> None:
    message = parse(nested(2000))
    assert any("too deep" in defect for defect in message.defects)
    assert "hej" in message.text


def test_all_of_ten_thousand_parts_are_kept() -> None:
    raw = MIXED + (b"--b\nContent-Type: image/png\n\n" + b"x" * 80 + b"\n") * 10_000
    assert len(parse(raw).attachments) == 10_000


def test_where_parts_are_too_many_for_the_size_of_the_mail_the_last_holds_the_rest() -> None:
    attachments = parse(MIXED + b"--b\nContent-Type: image/png\n\nx\n" * 10_000).attachments
    assert 1_000 < len(attachments) < 10_000
    assert attachments[-1].content.count(b"image/png") == 10_000 - len(attachments)


def test_names_cannot_climb_or_hide() -> None:
    for given, shown in (
        ("../../x", "x"),
        ("/etc/passwd", "passwd"),
        ("a\\b", "b"),
        ("\u202ecod.exe", "cod.exe"),
        ("a=0Ab", "a=0Ab"),
        (".bashrc", "bashrc"),
    ):
        kind, body = multipart("mixed", f'Content-Type: image/png; name="{given}"\n\nx')
        assert [one.filename for one in read(kind, body=body).attachments] == [shown]


def test_no_control_character_survives_in_a_field() -> None:
    message = read("Subject: =?utf-8?Q?a=00b=0D=0Ac=1B[31m=C2=85d?=", "From: =?utf-8?Q?x=0Ay?= <a@x.test>")
    assert message.subject.isprintable()
    assert message.sender.name == "x y"
    assert all(value.isprintable() for values in message.headers.values() for value in values)


def test_an_unheard_of_message_can_travel_to_another_process() -> None:
    for make in HOSTILE.values():
        message = parse(make(1000))
        assert pickle.loads(pickle.dumps(message)) == message


def test_a_mail_that_is_cut_off_anywhere_is_still_read() -> None:
    kind, body = multipart("alternative", "Content-Type: text/plain\n\nhej", "Content-Type: text/html\n\n<p>hej</p>")
    whole = letter(kind, "Subject: =?utf-8?Q?Fr=C3=A5ga?=", body=body)
    for end in range(len(whole)):
        assert parse(whole[:end]).raw == whole[:end]
