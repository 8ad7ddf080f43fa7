from datetime import UTC, datetime

import pytest

from inflow.mail.dates import parse_date
from inflow.mail.message import Address
from inflow.mail.parse import parse
from tests.mail.letters import letter, read


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        ("=?utf-8?Q?Fr=C3=A5ga?=", "Fråga"),
        ("=?utf-8?B?RnLDpWdh?=", "Fråga"),
        ("=?ISO-8859-1?Q?Fr=E5ga?= om =?iso-8859-1?q?m=F6te?=", "Fråga om möte"),
        ("=?utf-8?Q?Fr=C3?= =?utf-8?Q?=A5ga?=", "Fråga"),
        ("=?utf-8?B?RnLD?= =?utf-8?B?pWdh?=", "Fråga"),
        ("=?utf-8?B?RnLDp?= =?utf-8?B?Wdh?=", "Fråga"),
        ("=?utf-8?Q?Fr=C3=A5ga?==?utf-8?Q?_ett?=", "Fråga ett"),
        ("Re:=?utf-8?Q?Fr=C3=A5ga?=", "Re:Fråga"),
        ("=?utf-8?Q?Vad h=C3=A4nder??=", "Vad händer?"),
        ("=?x-unknown?Q?Fr=E5ga?=", "Fråga"),
        ("=?utf8?Q?Fr=C3=A5ga?=", "Fråga"),
        ("=?utf-8*sv?Q?Fr=C3=A5ga?=", "Fråga"),
        ("=?gb2312?B?suLK1A==?=", "测试"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("=?utf-8?Q?trasig", "trasig"),
        ("Om =?utf-8?Q?Fr=C3=A5ga?= =?utf-8?Q?_och_sv=C3", "Om Fråga och svÃ"),
        ("  mycket   luft", "mycket   luft"),
        ("Fråga rakt av", "Fråga rakt av"),
    ],
)
def test_a_subject_reads_as_it_was_meant(raw: str, subject: str) -> None:
    assert read(f"Subject: {raw}").subject == subject


def test_raw_latin_1_in_a_field_is_read() -> None:
    assert parse("Subject: Räksmörgås på mötet\n\n".encode("latin-1")).subject == "Räksmörgås på mötet"


def test_raw_fields_are_in_the_charset_of_the_body() -> None:
    head = b"Content-Type: text/plain; charset=koi8-r\nSubject: "
    assert parse(head + "Принтер".encode("koi8-r") + b"\n\nx").subject == "Принтер"


def test_a_folded_subject_is_one_line() -> None:
    assert parse(b"Subject: ett\r\n  tv\xc3\xa5\r\n\ttre\r\n\r\n").subject == "ett  två\ttre".replace("\t", " ")


def test_line_breaks_in_encoded_words_cannot_make_a_new_field() -> None:
    message = read("Subject: =?utf-8?Q?Hej=0D=0ABcc:_offer@x.test?=")
    assert message.subject == "Hej Bcc: offer@x.test"
    assert "bcc" not in message.headers


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("anna@x.test", [("", "anna@x.test")]),
        ("Anna Test <anna@x.test>", [("Anna Test", "anna@x.test")]),
        ('"Test, Anna" <anna@x.test>', [("Test, Anna", "anna@x.test")]),
        ("anna@x.test (Anna Test)", [("Anna Test", "anna@x.test")]),
        ("Anna (på (riktigt) lager) <anna@x.test>", [("Anna", "anna@x.test")]),
        ("=?utf-8?Q?=C3=85sa_Test?= <asa@x.test>", [("Åsa Test", "asa@x.test")]),
        ('"=?utf-8?Q?=C3=85sa_Test?=" <asa@x.test>', [("Åsa Test", "asa@x.test")]),
        ("=?utf-8?Q?Test,_=C3=85sa?= <asa@x.test>, b@x.test", [("Test, Åsa", "asa@x.test"), ("", "b@x.test")]),
        ("Alla: a@x.test, Bo <b@x.test>;", [("", "a@x.test"), ("Bo", "b@x.test")]),
        ("undisclosed-recipients:;", []),
        ("a@x.test; b@x.test", [("", "a@x.test"), ("", "b@x.test")]),
        ("<a@x.test> <b@x.test>", [("", "a@x.test")]),
        ('"Anna \\"Ann\\" Test" <anna@x.test>', [('Anna "Ann" Test', "anna@x.test")]),
        ("'Anna Test' <anna@x.test>", [("Anna Test", "anna@x.test")]),
        ("mailto:anna@x.test", [("", "anna@x.test")]),
        ("Anna Test <mailto:anna@x.test>", [("Anna Test", "anna@x.test")]),
        ("Anna Test anna@x.test", [("Anna Test", "anna@x.test")]),
        ("<@relay.test,@b.test:anna@x.test>", [("", "anna@x.test")]),
        ("åsa@exämpel.test", [("", "åsa@exämpel.test")]),
        ("Lagret", [("Lagret", "")]),
        ("a@x.test b@x.test", [("", "a@x.test"), ("", "b@x.test")]),
        ("anna@kund . test", [("", "anna@kund.test")]),
        ("Anna <anna(på lager)@x.test>", [("Anna", "anna@x.test")]),
        ("Test, Anna <anna@x.test>", [("Test, Anna", "anna@x.test")]),
        ("Lagret, anna@x.test", [("Lagret", ""), ("", "anna@x.test")]),
        ("anna @ kund . test", [("", "anna@kund.test")]),
        ("Anna <<anna@x.test>>", [("Anna", "anna@x.test")]),
        ("Anna [anna@x.test]", [("Anna", "anna@x.test")]),
        ("anna@[192.0.2.1]", [("", "anna@[192.0.2.1]")]),
        (",,, a@x.test ,,", [("", "a@x.test")]),
        ('"anna@x.test" <anna@x.test>', [("anna@x.test", "anna@x.test")]),
        ('"a b"@x.test', [("", '"a b"@x.test')]),
    ],
)
def test_addresses_in_every_shape(raw: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.name, one.address) for one in read(f"To: {raw}").to] == expected


def test_several_from_addresses_are_kept_and_told() -> None:
    message = read("From: a@x.test, b@x.test")
    assert message.from_ == (Address(address="a@x.test"), Address(address="b@x.test"))
    assert "2 From addresses" in message.defects


def test_repeated_fields_are_read_together() -> None:
    assert [one.address for one in read("To: a@x.test", "To: b@x.test").to] == ["a@x.test", "b@x.test"]


def test_a_missing_from_is_no_obstacle() -> None:
    message = parse(b"Subject: x\n\nhej")
    assert (message.from_, message.sender) == ((), Address())
    assert "no From address" in message.defects


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Mon, 23 Nov 2026 10:11:12 +0100", datetime(2026, 11, 23, 9, 11, 12, tzinfo=UTC)),
        ("23 Nov 2026 10:11 +0100", datetime(2026, 11, 23, 9, 11, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:11:12 +0100 (CET)", datetime(2026, 11, 23, 9, 11, 12, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:11:12 GMT", datetime(2026, 11, 23, 10, 11, 12, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:11:12 EST", datetime(2026, 11, 23, 15, 11, 12, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:11:12 CET", datetime(2026, 11, 23, 9, 11, 12, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:11:12 (CEST)", datetime(2026, 11, 23, 8, 11, 12, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:11:12 GMT+0100", datetime(2026, 11, 23, 9, 11, 12, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:11:12 +01:00", datetime(2026, 11, 23, 9, 11, 12, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:11:12 -0330", datetime(2026, 11, 23, 13, 41, 12, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:11:12 XYZ", datetime(2026, 11, 23, 10, 11, 12, tzinfo=UTC)),
        ("måndag 23 november 2026 10:11", datetime(2026, 11, 23, 10, 11, tzinfo=UTC)),
        ("11/23/2026 10:11 PM", datetime(2026, 11, 23, 22, 11, tzinfo=UTC)),
        ("23.11.2026 10:11", datetime(2026, 11, 23, 10, 11, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:11:12", datetime(2026, 11, 23, 10, 11, 12, tzinfo=UTC)),
        ("23 Nov 99 10:11:12 +0000", datetime(1999, 11, 23, 10, 11, 12, tzinfo=UTC)),
        ("23 Nov 69 10:11:12 +0000", datetime(1969, 11, 23, 10, 11, 12, tzinfo=UTC)),
        ("23 Nov 26 10:11:12 +0000", datetime(2026, 11, 23, 10, 11, 12, tzinfo=UTC)),
        ("Mon Nov 23 10:11:12 2026", datetime(2026, 11, 23, 10, 11, 12, tzinfo=UTC)),
        ("2026-11-23 10:11:12 +0100", datetime(2026, 11, 23, 9, 11, 12, tzinfo=UTC)),
        ("2026-11-23T10:11:12Z", datetime(2026, 11, 23, 10, 11, 12, tzinfo=UTC)),
        ("31 Dec 2016 23:59:60 +0000", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("23 Nov 99999 10:11:12 +0000", None),
        ("99 Nov 2026 99:99:99 +9999", None),
        ("i går", None),
        ("", None),
    ],
)
def test_dates_in_every_shape(raw: str, expected: datetime | None) -> None:
    assert parse_date(raw) == expected


def test_without_a_date_the_last_hop_tells_it() -> None:
    message = parse(b"Received: from a by b; Mon, 23 Nov 2026 10:11:12 +0000\nFrom: a@x.test\n\nhej")
    assert message.date == datetime(2026, 11, 23, 10, 11, 12, tzinfo=UTC)
    assert "no date: taken from the last hop" in message.defects


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("<a@x.test> <b@x.test>", ("a@x.test", "b@x.test")),
        ("<a@x.test><b@x.test>", ("a@x.test", "b@x.test")),
        ("<a@\n x.test>", ("a@x.test",)),
        ("a@x.test b@x.test", ("a@x.test", "b@x.test")),
        ("Annas brev <a@x.test> av i dag", ("a@x.test",)),
        ("<a@x.test> <a@x.test>", ("a@x.test",)),
        ("<inte-ens-ett-at>", ("inte-ens-ett-at",)),
    ],
)
def test_references_that_clients_mangled(raw: str, expected: tuple[str, ...]) -> None:
    assert read(f"References: {raw}").references == expected


def test_of_too_many_references_the_nearest_are_kept() -> None:
    message = read("References: " + " ".join(f"<{number}@x.test>" for number in range(5000)))
    assert len(message.references) == 200
    assert message.references[-1] == "4999@x.test"


def test_message_id_without_brackets() -> None:
    assert read("Message-ID: abc@x.test").message_id == "abc@x.test"
    assert parse(b"Subject: x\n\nhej").message_id is None


def test_fields_are_found_whatever_the_line_ends() -> None:
    for ends in (b"\n", b"\r\n"):
        assert parse(letter("Subject: rad").replace(b"\n", ends)).subject == "rad"


def test_fields_are_found_behind_a_byte_order_mark_and_empty_lines() -> None:
    assert parse(b"\xef\xbb\xbf\r\n\r\nSubject: rad\r\n\r\nhej").subject == "rad"


def test_carriage_returns_alone_end_lines_too() -> None:
    message = parse(b"Subject: rad\rTo: a@x.test\r\rhej\rdu")
    assert (message.subject, message.text) == ("rad", "hej\ndu")


def test_a_stray_line_among_the_fields_is_passed_over() -> None:
    message = parse(b"Subject: ett\nen los rad utan mening\nFrom: a@x.test\n\nhej")
    assert (message.subject, message.sender.address, message.text) == ("ett", "a@x.test", "hej")
