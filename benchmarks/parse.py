"""How fast a mail is read: whole parse, beside the standard library's default policy and fast-mail-parser, in the same run.

`INFLOW_CORPUS=FOLDER python benchmarks/parse.py`: the corpus mails and one typical mail of 40 KB. Best of several rounds.
"""

import email
import email.policy
import os
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from inflow.mail.parse import parse

ROUNDS = 7


def typical(attachment_size: int = 24_000) -> bytes:
    """A mail as people write it: received hops, a short text, its HTML, an attachment: about 40 KB."""
    hop = (
        "Received: from out.kund.test (out.kund.test [192.0.2.7])\r\n\tby mx.exempel.test (Postfix) with ESMTPS id 4F2\r\n"
        "\tfor <info@exempel.test>; Mon, 23 Nov 2026 10:11:12 +0100 (CET)\r\n"
    )
    text = "Hej!\r\n\r\nVår skrivare på plan tre fungerar inte sedan i går. Kan någon titta på den?\r\n" * 12
    history = (
        "\r\n\r\nDen mån 23 nov. 2026 kl 09:00 skrev Info <info@exempel.test>:\r\n\r\n"
        + "> Tack för ditt mejl.\r\n" * 30
    )
    html = "<html><body>" + "<p style='margin:0'>Vår skrivare på plan tre fungerar inte.</p>" * 60 + "</body></html>"
    import base64

    payload = base64.encodebytes(bytes(range(256)) * (attachment_size // 256)).decode().replace("\n", "\r\n")
    head = (
        hop * 5
        + "From: =?utf-8?Q?K=C3=A5re_Test?= <kare@kund.test>\r\nTo: Info <info@exempel.test>\r\n"
        + "Subject: =?iso-8859-1?Q?Skrivaren_p=E5_plan_tre?=\r\nDate: Mon, 23 Nov 2026 10:11:12 +0100\r\n"
        + "Message-ID: <1@kund.test>\r\nReferences: <0@exempel.test>\r\nIn-Reply-To: <0@exempel.test>\r\nMIME-Version: 1.0\r\n"
        + 'Content-Type: multipart/mixed; boundary="m"\r\n\r\n--m\r\nContent-Type: multipart/alternative; boundary="a"\r\n\r\n'
    )
    return (
        head
        + f"--a\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}{history}\r\n"
        + f"--a\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{html}\r\n--a--\r\n"
        + 'Content-Disposition: attachment; filename="bild.png"\r\n'.join(
            ["--m\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n", f"\r\n{payload}\r\n--m--\r\n"]
        )
    ).encode()


def ours(raw: bytes) -> object:
    return parse(raw)


def ours_with_attachments(raw: bytes) -> object:
    message = parse(raw)
    return [(one.size, one.sha256) for one in message.attachments]


def stdlib(raw: bytes) -> object:
    """The same with the standard library: every header, the body, the names and sizes of attachments."""
    message: Any = email.message_from_bytes(raw, policy=email.policy.default)
    found: list[object] = []
    for read in (
        lambda: [str(value) for value in message.values()],
        lambda: [message[name].addresses for name in ("from", "to") if message[name]],
        lambda: message.get_body(("plain", "html")).get_content(),
        lambda: [
            (part.get_filename(), len(part.get_payload(decode=True) or b"")) for part in message.iter_attachments()
        ],
    ):
        try:
            found.append(read())
        except Exception:  # noqa: BLE001 - it raises on a part of the corpus
            found.append(None)
    return found


def measure(read: Callable[[bytes], object], mails: list[bytes]) -> float:
    """Milliseconds a mail, best of the rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        for raw in mails:
            try:
                read(raw)
            except Exception:  # noqa: BLE001 - a peer may raise
                continue
        best = min(best, time.process_time() - started)
    return best / len(mails) * 1000


def main() -> None:
    readers: dict[str, Callable[[bytes], object]] = {
        "inflow": ours,
        "inflow, attachments too": ours_with_attachments,
        "stdlib policy.default": stdlib,
    }
    try:
        fast = import_module("fast_mail_parser")
        readers["fast-mail-parser"] = fast.parse_email
    except ImportError:
        print("not installed: fast-mail-parser")
    sets = {"typical 40 KB": [typical()] * 20, "attachment 10 MB": [typical(7_500_000)]}
    if folder := os.environ.get("INFLOW_CORPUS"):
        sets["corpus"] = [path.read_bytes() for path in sorted(Path(folder).glob("*/*")) if path.is_file()]
    for name, mails in sets.items():
        size = sum(map(len, mails)) / len(mails) / 1000
        print(f"{name}: {len(mails)} mails, {size:.0f} KB mean")
        times = {who: measure(read, mails) for who, read in readers.items()}
        for who, spent in times.items():
            print(f"  {who:26} {spent:8.3f} ms   {spent / times['inflow']:5.1f} x inflow")


if __name__ == "__main__":
    main()
