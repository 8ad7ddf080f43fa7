"""Mails that were made to break what reads them: each is a whole mail whose subject is its name."""

import base64
import zipfile
from io import BytesIO

_HEAD = b"To: info@exempel.test\r\n"
_FROM, _DATE = b"From: mallory@hostile.test\r\n", b"Date: Sun, 22 Nov 2026 10:00:00 +0100\r\n"


def _mail(name: str, headers: bytes = b"", body: bytes = b"Hej") -> bytes:
    head = _HEAD + b"".join(field for field in (_FROM, _DATE) if field.partition(b":")[0] + b":" not in headers)
    return head + b"Subject: " + name.encode() + b"\r\n" + headers + b"\r\n" + body + b"\r\n"


def _nested(depth: int) -> bytes:
    opening = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth))
    return b"MIME-Version: 1.0\r\n" + opening + b"Content-Type: text/plain\r\n\r\ninnerst"


def _parts(number: int) -> bytes:
    part = b'--b\r\nContent-Type: text/plain; name="f%d.txt"\r\nContent-Disposition: attachment\r\n\r\nx\r\n'
    return b"".join(part % n for n in range(number)) + b"--b--"


def _attached(names: list[str], content: bytes = b"x") -> bytes:
    encoded = base64.encodebytes(content)
    return (
        b"".join(
            b"--b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
            b'Content-Disposition: attachment; filename="' + name.encode() + b'"\r\n\r\n' + encoded
            for name in names
        )
        + b"--b--"
    )


def _swelling() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"\0" * (64 << 20))
    return packed.getvalue()


MIXED = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n'
HTML = b"Content-Type: text/html; charset=utf-8\r\n"
NAMES = ["../../etc/passwd", "C:\\evil.exe", "a\u202egnp.exe", "", "x" * 5000, "con\r\nX: y", "nul\0.txt"]


def hostile() -> dict[str, bytes]:
    """The suite, by name."""
    return {name: _mail(name, headers, body) for name, headers, body in (*_structures(), *_headers(), *_bodies())}


def _structures() -> list[tuple[str, bytes, bytes]]:
    report = b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
    inside = b"Content-Type: message/rfc822\r\n"
    head, _, body = _nested(2000).partition(b"\r\n\r\n")
    return [
        ("two thousand nested multiparts", head + b"\r\n", body),
        ("ten thousand parts", MIXED, _parts(10_000)),
        ("names that climb and turn", MIXED, _attached(NAMES)),
        ("an archive that swells", MIXED, _attached(["a.zip"], _swelling())),
        ("a boundary that is nowhere", b"Content-Type: multipart/mixed; boundary=zz\r\n", b"x"),
        ("a message inside itself", inside, (inside + b"\r\n") * 3000),
        ("a bounce of nothing", report, b"--b\r\nContent-Type: message/delivery-status\r\n\r\n\xff: \0\r\n--b--"),
    ]


def _headers() -> list[tuple[str, bytes, bytes]]:
    smuggled = b'From: "=?utf-8?q?=0D=0AX-Evil:_1?=" <m@hostile.test>\r\n'
    long_ids = b"Message-ID: <" + b"i" * 10_000 + b"@x>\r\nIn-Reply-To: <" + b"j" * 10_000 + b"@x>\r\n"
    return [
        ("NULs everywhere\0\0", b"X-A\0B: \0\r\nMessage-ID: <\0@x>\r\n", b"a\0b\0" * 1000),
        ("a header of a megabyte", b"X-Long: " + b"a" * (1 << 20) + b"\r\n", b"x"),
        ("a folded header of a megabyte", b"X: a\r\n" + b" b\r\n" * 250_000, b"x"),
        ("fifty thousand headers", b"X-Y: z\r\n" * 50_000, b"x"),
        ("a hundred thousand recipients", b"Cc: " + b"a@b.test, " * 100_000 + b"\r\n", b"x"),
        ("a hundred thousand references", b"References: " + b"<a@b.test> " * 100_000 + b"\r\n", b"x"),
        ("CRLF in an encoded word =?utf-8?q?=0D=0ABcc:_all@exempel.test=0D=0A=0D=0Ax?=", smuggled, b"x"),
        ("the year 99999", b"Date: Fri, 99 Foo 99999 99:99:99 +9999\r\n", b"x"),
        ("ids of ten thousand letters", long_ids, b"x"),
        ("a sender of ten thousand letters", b"From: " + b"m" * 5000 + b"@" + b"h" * 5000 + b".test\r\n", b"x"),
        ("an address without end", b"Reply-To: " + b"(" * 50_000 + b"\r\n", b"x"),
    ]


def _bodies() -> list[tuple[str, bytes, bytes]]:
    encoded = b"Content-Transfer-Encoding: "
    return [
        ("no such charset", b"Content-Type: text/plain; charset=klingon-8\r\n", b"\xff\xfe\x80"),
        ("broken base64", encoded + b"base64\r\n", b"=A=B" * 10_000 + b"\xff"),
        ("broken quoted-printable", encoded + b"quoted-printable\r\n", b"=ZZ=" * 10_000),
        ("quoted ten thousand deep", b"", b">" * 10_000 + b" x\r\n" * 1000),
        ("html nested ten thousand deep", HTML, b"<div>" * 10_000 + b"x"),
        ("html with entities and scripts", HTML, b"<script>&lt;<![CDATA[&#0;&#xD800;" * 5000),
        ("one line of five megabytes", b"", b"a " * (5 << 19)),
        ("lines that look like quotes", b"", b"On Mon, a wrote:\r\n-----\r\n_____\r\n" * 20_000),
        ("lone surrogates and controls", b"X: \xed\xa0\x80\r\n", b"\xed\xa0\x80\x1b[2J\x07" * 100),
    ]


NAMELESS = [b"", b"\0", b"\xff" * 100, b"From: \r\n\r\n", b":\r\n:\r\n\r\n", b"no colon at all"]
"""Mails with nothing that could be their subject."""
