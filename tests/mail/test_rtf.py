import struct

from hypothesis import given
from hypothesis import strategies as st

from inflow.mail.parse import parse
from inflow.mail.rtf import decompress, rtf_text
from tests.mail.letters import HEAD

# the two examples of MS-OXRTFCP section 4
HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
)
CROSSING = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")


def stored(rtf: str) -> bytes:
    """RTF as it stands in a stream that is not compressed."""
    content = rtf.encode("latin-1")
    return struct.pack("<II4sI", len(content) + 12, len(content), b"MELA", 0) + content


def test_compressed_rtf_is_unpacked() -> None:
    assert decompress(HELLO) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert decompress(CROSSING) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"
    assert decompress(b"no rtf") == b""


def test_text_is_read_with_its_letters_and_lines() -> None:
    head = (
        r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fnil Arial;}{\f1\fcharset204 Arial;}}{\colortbl;\red0;}{\*\generator x;}"
    )
    rtf = head + r"\pard Fr\'e5gan\par \u8364? 5 \{ok\}\tab x {\f1 \'e4\'e0}}"
    assert rtf_text(stored(rtf)) == "Frågan\n€ 5 {ok}\tx да"


def test_the_html_it_was_made_from_is_found_again() -> None:
    rtf = (
        r"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 Hej, {\*\htmltag84 <b>}\htmlrtf {\b \htmlrtf0 skrivaren}"
        r"\htmlrtf }\htmlrtf0{\*\htmltag92 </b>}{\*\mhtmltag <x>} brinner.\htmlrtf\par}\htmlrtf0{\*\htmltag72 </p>}"
        r"{\*\htmltag64 <blockquote>}Vi kommer.{\*\htmltag72 </blockquote>}}"
    )
    assert rtf_text(stored(rtf)) == "Hej, skrivaren brinner.\n>\n> Vi kommer."


def test_a_winmail_whose_only_text_is_rtf_is_read() -> None:
    packed = stored(r"{\rtf1\ansi Min skrivare brinner.}")
    properties = struct.pack("<IHHII", 1, 0x102, 0x1009, 1, len(packed)) + packed + b"\0" * (-len(packed) % 4)
    stream = b"\x78\x9f\x3e\x22\0\0" + b"\x01" + struct.pack("<HHI", 0x9003, 6, len(properties)) + properties + b"\0\0"
    message = parse(HEAD + b"Content-Type: application/ms-tnef; name=winmail.dat\n\n" + stream)
    assert message.text == "Min skrivare brinner."
    assert [one.filename for one in message.attachments] == ["winmail.dat"]


@given(st.binary(max_size=300), st.sampled_from([b"LZFu", b"MELA"]))
def test_whatever_stands_there_is_read(content: bytes, kind: bytes) -> None:
    assert isinstance(rtf_text(struct.pack("<II4sI", 0, 5000, kind, 0) + content), str)


@given(st.text(alphabet="\\{}'*ufhtmlrtag019- a", max_size=300))
def test_rtf_that_is_no_rtf_is_read_too(rtf: str) -> None:
    assert isinstance(rtf_text(stored("{\\rtf1\\fromhtml1 " + rtf)), str)
