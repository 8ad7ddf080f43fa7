import binascii
import pickle
import struct
from hashlib import sha256

import pytest

from inflow.mail.attachments import file_name
from inflow.mail.parse import parse
from inflow.mail.tnef import unpack
from tests.mail.letters import letter, multipart, read

PLAIN = "Content-Type: text/plain\n\nSe bilaga\n"


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("filename=rapport.pdf", "rapport.pdf"),
        ('filename="års rapport.pdf"', "års rapport.pdf"),
        ("filename=två ord.pdf", "två ord.pdf"),
        ("filename*=utf-8''%C3%A5rsrapport.pdf", "årsrapport.pdf"),
        ("filename*=iso-8859-1'sv'%E5rsrapport.pdf", "årsrapport.pdf"),
        ('filename*0="års"; filename*1="rapport.pdf"', "årsrapport.pdf"),
        ("filename*0*=utf-8''%C3%A5rs; filename*1*=%20rapport; filename*2=.pdf", "års rapport.pdf"),
        ("filename*1=rapport.pdf; filename*0=års", "årsrapport.pdf"),
        ('filename="=?utf-8?Q?=C3=A5rsrapport.pdf?="', "årsrapport.pdf"),
        ("filename==?utf-8?B?w6Vyc3JhcHBvcnQucGRm?=", "årsrapport.pdf"),
        ('filename="=?utf-8?Q?=C3=A5rs?= =?utf-8?Q?rapport.pdf?="', "årsrapport.pdf"),
        ("filename*=utf-8''sm%C3%A5.pdf; filename=sma.pdf", "små.pdf"),
        ('filename="../../etc/passwd"', "passwd"),
        ('filename="C:\\\\Temp\\\\faktura.pdf"', "faktura.pdf"),
        ('filename="a\u202efdp.exe"', "afdp.exe"),
        ('filename="..."', ""),
        ('filename=""', ""),
    ],
)
def test_names_in_every_encoding(field: str, name: str) -> None:
    kind, body = multipart(
        "mixed", PLAIN, f"Content-Type: application/pdf\nContent-Disposition: attachment; {field}\n\nx"
    )
    assert [one.filename for one in read(kind, body=body).attachments] == [name]


def test_a_name_in_the_content_type_is_enough() -> None:
    kind, body = multipart("mixed", PLAIN, 'Content-Type: application/pdf; name="=?utf-8?Q?=C3=A5.pdf?="\n\nx')
    assert read(kind, body=body).attachments[0].filename == "å.pdf"


def test_long_names_keep_their_extension() -> None:
    assert file_name("å" * 500 + ".pdf").endswith("å.pdf")
    assert len(file_name("å" * 500 + ".pdf")) <= 200


def test_size_and_digest_are_of_the_decoded_content() -> None:
    part = "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\nSGVq\nIHDDpQ==\n"
    kind, body = multipart("mixed", PLAIN, part)
    (attachment,) = read(kind, body=body).attachments
    assert (attachment.size, attachment.sha256) == (7, sha256("Hej på".encode()).hexdigest())


def test_the_content_is_at_hand_also_after_a_journey_to_another_process() -> None:
    kind, body = multipart("mixed", PLAIN, "Content-Type: image/png\nContent-Transfer-Encoding: base64\n\nAAEC\n")
    message = pickle.loads(pickle.dumps(read(kind, body=body)))
    assert message.attachments[0].content == b"\0\1\2"


def test_inline_images_are_told_from_attachments() -> None:
    image = "Content-Type: image/png\nContent-ID: <bild1@x>\n\nx"
    kind, body = multipart("related", "Content-Type: text/html\n\n<img src=cid:bild1@x>Hej", image)
    (attachment,) = read(kind, body=body).attachments
    assert (attachment.inline, attachment.content_id) == (True, "bild1@x")


def test_an_attached_mail_is_one_attachment() -> None:
    inner = (
        "Content-Type: message/rfc822\n\nSubject: inuti\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\nx\n--i--"
    )
    kind, body = multipart("mixed", PLAIN, inner)
    message = read(kind, body=body)
    assert [one.content_type for one in message.attachments] == ["message/rfc822"]
    assert parse(message.attachments[0].content).subject == "inuti"


def test_uuencoded_files_are_taken_out_of_the_text() -> None:
    lines = b"".join(binascii.b2a_uu(b"innehall" * 5) for _ in range(3))
    message = parse(letter(body=b"Se fil:\nbegin 644 fil.bin\n" + lines + b"`\nend\nHej da\n"))
    assert message.text == "Se fil:\nHej da"
    assert (message.attachments[0].filename, message.attachments[0].content) == ("fil.bin", b"innehall" * 15)


def test_yenc_files_are_taken_out_of_the_text() -> None:
    content = bytes(range(256))
    encoded = b"".join(
        b"=" + bytes([(o + 106) % 256]) if (o + 42) % 256 in {0, 10, 13, 61} else bytes([(o + 42) % 256])
        for o in content
    )
    message = parse(letter(body=b"Se fil\n=ybegin line=300 size=256 name=fil.bin\n" + encoded + b"\n=yend size=256\n"))
    assert (message.text, message.attachments[0].content) == ("Se fil", content)


def test_the_parts_of_a_yenc_file_in_one_mail_are_one_file() -> None:
    first, second = (bytes((octet + 42) % 256 for octet in piece) for piece in (b"Hej", b" hopp"))
    body = (
        b"Se fil\n=ybegin part=2 total=2 line=128 size=8 name=fil.bin\n=ypart begin=4 end=8\n"
        + second
        + b"\n=yend size=5 part=2\n"
        b"=ybegin part=1 total=2 line=128 size=8 name=fil.bin\n=ypart begin=1 end=3\n"
        + first
        + b"\n=yend size=3 part=1\n"
    )
    message = parse(letter(body=body))
    assert (message.text, [one.content for one in message.attachments]) == ("Se fil", [b"Hej hopp"])
    assert not message.defects


def test_a_file_that_is_not_whole_is_kept_and_said_so() -> None:
    body = b"Se fil\n=ybegin part=1 total=3 line=128 size=8 name=fil.bin\n=ypart begin=1 end=3\n" + bytes(
        [114, 143, 148]
    )
    message = parse(letter(body=body))
    assert (message.text, message.attachments[0].content) == ("Se fil", b"Hej")
    assert message.defects == ("only 1 of 3 parts of a yEnc file",)


def test_uuencoded_lines_that_are_cut_off_are_a_file_too() -> None:
    content = bytes(range(256))
    lines = b"".join(binascii.b2a_uu(content[at : at + 45]) for at in range(0, 256, 45))
    message = parse(letter(body=b"Se fil\n\nbegin 644 fil.bin\n" + lines))
    assert (message.text, message.attachments[0].content) == ("Se fil", content)


def test_a_piece_of_a_mail_is_read_as_far_as_it_goes_and_said_so() -> None:
    kind = 'Content-Type: message/partial; id="x@kund.test"; number={}; total=2'
    inner = "Subject: Ritning\nContent-Type: text/plain; charset=utf-8\n\nSkrivaren på plan tre "
    first, second = read(kind.format(1), body=inner), read(kind.format(2), body="brinner nu.\n")
    assert (first.text.rstrip(), second.text) == ("Skrivaren på plan tre", "brinner nu.")
    assert [one.content_type for one in first.attachments] == ["message/partial"]
    assert "only piece 1 of 2 of a mail that was sent in several" in first.defects[0]


def test_enriched_text_beside_plain_text_is_attached_and_alone_it_is_read() -> None:
    enriched = "Content-Type: text/enriched\n\n<bold>Hej</bold> <<x>\n"
    kind, body = multipart("alternative", PLAIN, enriched)
    message = read(kind, body=body)
    assert (message.text, [one.content_type for one in message.attachments]) == ("Se bilaga", ["text/enriched"])
    assert read("Content-Type: text/enriched", body="<bold>Hej</bold> <<x>\n").text == "Hej <x>"


def test_text_that_only_says_it_is_base64_is_read_as_it_stands() -> None:
    message = read("Content-Transfer-Encoding: base64", body="Hej, skrivaren på plan tre brinner.\n")
    assert message.text == "Hej, skrivaren på plan tre brinner."
    assert "declared base64 but is not: read as it stands" in message.defects


def _attribute(level: int, name: int, content: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, 0, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


def test_winmail_dat_is_unpacked() -> None:
    stream = b"\x78\x9f\x3e\x22\x01\x00" + _attribute(2, 0x9002, b"\0" * 14)
    stream += _attribute(2, 0x8010, b"ritning.dwg\0") + _attribute(2, 0x800F, b"linjer")
    payload = binascii.b2a_base64(stream).decode()
    kind, body = multipart(
        "mixed",
        PLAIN,
        f"Content-Type: application/ms-tnef; name=winmail.dat\nContent-Transfer-Encoding: base64\n\n{payload}",
    )
    message = read(kind, body=body)
    assert [one.filename for one in message.attachments] == ["ritning.dwg"]
    assert message.attachments[0].content == b"linjer"


def test_mapi_names_win_over_short_ones() -> None:
    name = "långt namn.pdf".encode("utf-16-le")
    value = (
        struct.pack("<I", 1)
        + struct.pack("<HHI", 0x1F, 0x3707, 1)
        + struct.pack("<I", len(name))
        + name
        + b"\0" * (-len(name) % 4)
    )
    stream = (
        b"\x78\x9f\x3e\x22\x01\x00"
        + _attribute(2, 0x9002, b"")
        + _attribute(2, 0x8010, b"LANGTN~1.PDF\0")
        + _attribute(2, 0x9005, value)
    )
    found = unpack(stream)
    assert found is not None
    assert found.attachments[0].filename == "långt namn.pdf"


def test_a_broken_winmail_dat_stays_as_it_is() -> None:
    kind, body = multipart("mixed", PLAIN, "Content-Type: application/ms-tnef; name=winmail.dat\n\nskräp")
    assert [one.filename for one in read(kind, body=body).attachments] == ["winmail.dat"]


def test_a_meeting_is_understood() -> None:
    calendar = (
        "Content-Type: text/calendar; method=REQUEST; charset=utf-8\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\n"
        "SUMMARY:Möte om\\, skrivare\nLOCATION:Rum 3\nDTSTART;TZID=Europe/Stockholm:20261124T100000\nDTEND:20261124T100000Z\n"
        "ORGANIZER;CN=Anna:mailto:anna@kund.test\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    kind, body = multipart("mixed", PLAIN, calendar)
    event = read(kind, body=body).invitation
    assert event is not None
    assert (event.method, event.summary, event.place, event.organizer) == (
        "REQUEST",
        "Möte om, skrivare",
        "Rum 3",
        "anna@kund.test",
    )
    assert (event.starts, event.ends) == ("2026-11-24T10:00:00 Europe/Stockholm", "2026-11-24T10:00:00+00:00")
