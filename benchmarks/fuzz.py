"""Mails cut, mixed and bent for a number of seconds: nothing may raise, hang, or lose its bytes.

`python benchmarks/fuzz.py SECONDS [SEED]`; with `INFLOW_CORPUS=FOLDER` the mails of the corpora are the seeds, else
those of tests/corpus. A finding is written to the current folder as `found-N.eml`, and the exit status is 1.
"""

import json
import os
import pickle
import random
import struct
import sys
import time
from pathlib import Path

from inflow.mail.outline import as_json
from inflow.mail.parse import parse

SLOW = 1.0
TOKENS = [
    b"\r\n", b"\n\n", b"\0", b"=?utf-8?B?", b"=?x?q?", b"?=", b"--", b"Content-Type: multipart/mixed; boundary=",
    b"Content-Type: text/html",
    b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: x-uuencode\n", b"charset=utf-7", b"charset=punycode", b"name*0*=",
    b'"', b"(", b"<", b";", b",", b"\xff", b"\xc3", b"begin 644 x\n", b"=ybegin line=1 name=x\n", b"> ", b" wrote:\n", b"From: ", b"Sent: ",
    b"\x78\x9f\x3e\x22", b"BEGIN:VEVENT\n", b"message/rfc822", b"message/delivery-status",
    b"mailer-daemon@x.test", b"99999", b"<blockquote>", b"message/partial; number=2; total=3", b"text/enriched", b"=ypart begin=1 end=3\n",
    b"LZFu", b"{\\*\\htmltag64 <p>}", b"\\htmlrtf ", b"\\u8364?", b"}", b"-----Original Message-----\n", b"Date: 11/23/2026 10:11 PM\n",
]  # fmt: skip


RTF = rb"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}Fr\'e5gan \htmlrtf {\b \htmlrtf0 brinner\u8364?{\*\htmltag72 </p>}}"
STORED = struct.pack("<II4sI", len(RTF) + 12, len(RTF), b"MELA", 0) + RTF
PROPERTIES = struct.pack("<IHHII", 1, 0x102, 0x1009, 1, len(STORED)) + STORED + b"\0" * (-len(STORED) % 4)
WINMAIL = b"\x78\x9f\x3e\x22\0\0\1" + struct.pack("<HHI", 0x9003, 6, len(PROPERTIES)) + PROPERTIES + b"\0\0"


def seeds() -> list[bytes]:
    folders = [Path(__file__).resolve().parent.parent / "tests" / "corpus"]
    if folder := os.environ.get("INFLOW_CORPUS"):
        folders.append(Path(folder))
    mails = [path.read_bytes() for folder in folders for path in sorted(folder.rglob("*.eml"))]
    mails = [mail for mail in mails if len(mail) < 100_000]
    return [*mails, *[b"From: a@x.test\nContent-Type: application/ms-tnef\n\n" + WINMAIL] * (1 + len(mails) // 50)]


def bend(mail: bytes, mails: list[bytes], chance: random.Random) -> bytes:
    """One mail after a few accidents."""
    content = bytearray(mail)
    for _ in range(chance.randint(1, 8)):
        place = chance.randrange(len(content) + 1)
        span = chance.choice((1, 4, 40, 400))
        match chance.randrange(7):
            case 0:
                content[place:place] = chance.choice(TOKENS)
            case 1:
                del content[place : place + span]
            case 2:
                content[place:place] = content[place : place + span] * chance.choice((1, 3, 30))
            case 3:
                content[place : place + 1] = bytes([chance.randrange(256)])
            case 4:
                other = chance.choice(mails)
                start = chance.randrange(len(other) + 1)
                content[place:place] = other[start : start + span * 4]
            case 5:
                content[place : place + span] = chance.choice(TOKENS) * chance.choice((1, 50))
            case _:
                del content[place:]
    return bytes(content[:300_000])


def trouble(raw: bytes) -> str:
    """What is wrong with how one mail is read; empty when nothing is."""
    started = time.process_time()
    try:
        message = parse(raw, authserv_id="mx.x.test", own_domains=["x.test"])
        json.dumps(as_json(message)).encode("utf-8")
        pickle.dumps(message)
    except Exception as error:  # noqa: BLE001 - every kind is a finding
        return repr(error)
    spent = time.process_time() - started
    if spent > SLOW:
        return f"took {spent:.1f} s"
    return "" if message.raw == raw else "the raw bytes changed"


def main() -> int:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    mails = seeds()
    trouble(mails[0])  # the language model is loaded here, not measured below
    tried = found = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        raw = bend(chance.choice(mails), mails, chance)
        tried += 1
        if problem := trouble(raw):
            found += 1
            Path(f"found-{found}.eml").write_bytes(raw)
            print(f"found-{found}.eml: {problem}")
    print(f"{tried} mails in {seconds:.0f} s from {len(mails)} seeds: {found} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
