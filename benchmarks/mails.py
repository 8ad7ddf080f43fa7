"""Mails for measurements: mixed sizes with a mean of about 40 KB, the same for the same seed."""

import base64
import random
from collections.abc import Iterator

WORDS = (
    "hej tack faktura betalning leverans order cykeln batteri felmeddelande logga in fungerar inte svar offert möte "
    "avtal kund vecka pris frågan skickar gärna återkom hälsningar hello invoice payment error login broken please "
    "order thank you regards meeting contract price question delivery week customer product password semester lön "
    "ansökan bifogat"
)
SUBJECTS = (
    "Faktura {n}",
    "Kan inte logga in",
    "Invoice {n} is overdue",
    "Error {n} after the update",
    "Ansökan om semester",
    "Fråga om vår order {n}",
    "Möte på torsdag?",
    "Re: delivery {n}",
)


def mails(number: int, *, seed: int = 1) -> Iterator[bytes]:
    """So many mails: six in ten plain, a quarter with HTML, the rest with an attachment; one in ten answers another."""
    chance = random.Random(seed)
    for n in range(number):
        reply_to = f"bench.{chance.randrange(n)}@kund.test" if n and chance.random() < 0.1 else None
        head = _head(n, reply_to, chance)
        kind = chance.random()
        text = _prose(chance, chance.randrange(60, 900))
        if kind < 0.6:
            yield _mail(head, [("text/plain", text)])
        elif kind < 0.85:
            yield _mail(head, [("text/plain", text), ("text/html", _html(chance, chance.randrange(1_000, 6_000)))])
        else:
            size = int(chance.paretovariate(1.6) * 55_000)
            yield _mail(head, [("text/plain", text), ("application/pdf", chance.randbytes(min(size, 1_500_000)))])


def _head(n: int, reply_to: str | None, chance: random.Random) -> str:
    lines = [
        f"From: Kund {n % 400} <kund{n % 400}@kund.test>",
        "To: info@exempel.test",
        f"Subject: {chance.choice(SUBJECTS).format(n=n)}",
        f"Date: Mon, 16 Nov 2026 {n // 3600 % 24:02}:{n // 60 % 60:02}:{n % 60:02} +0100",
        f"Message-ID: <bench.{n}@kund.test>",
        "MIME-Version: 1.0",
    ]
    return "\r\n".join(lines + ([f"In-Reply-To: <{reply_to}>", f"References: <{reply_to}>"] if reply_to else []))


def _mail(head: str, parts: list[tuple[str, str | bytes]]) -> bytes:
    if len(parts) == 1:
        return f"{head}\r\n{_part(*parts[0])}".encode()
    kind = "alternative" if parts[1][0] == "text/html" else "mixed"
    body = "".join(f"--=_bench\r\n{_part(*part)}\r\n" for part in parts)
    return f'{head}\r\nContent-Type: multipart/{kind}; boundary="=_bench"\r\n\r\n{body}--=_bench--\r\n'.encode()


def _part(content_type: str, content: str | bytes) -> str:
    if isinstance(content, str):
        return f"Content-Type: {content_type}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{content}"
    encoded = base64.encodebytes(content).decode().replace("\n", "\r\n")
    name = 'Content-Disposition: attachment; filename="bilaga.pdf"'
    return f"Content-Type: {content_type}\r\n{name}\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}"


def _prose(chance: random.Random, words: int) -> str:
    picked = chance.choices(WORDS.split(), k=words)
    return "\r\n".join(" ".join(picked[at : at + 11]) for at in range(0, words, 11)) + "\r\n"


def _html(chance: random.Random, words: int) -> str:
    rows = "".join(f"<p style='margin:0'>{line}</p>\r\n" for line in _prose(chance, words).split("\r\n"))
    return f"<html><body>{rows}</body></html>\r\n"
