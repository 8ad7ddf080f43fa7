"""Letters for the tests: invented people at .test domains."""

from inflow.mail.message import Message
from inflow.mail.parse import parse

HEAD = b"From: a@x.test\nTo: b@x.test\nSubject: s\n"


def letter(*fields: str, body: str | bytes = "Hej!\n", charset: str = "utf-8") -> bytes:
    """A mail with these header lines, after a usual From and To unless they are given."""
    given = {field.partition(":")[0].lower() for field in fields}
    usual = [
        "From: Anna Test <anna@kund.test>",
        "To: info@exempel.test",
        "Date: Mon, 23 Nov 2026 10:11:12 +0100",
        "Message-ID: <1@kund.test>",
    ]
    head = [*fields, *(field for field in usual if field.partition(":")[0].lower() not in given)]
    content = body if isinstance(body, bytes) else body.encode(charset)
    return "\n".join(head).encode("utf-8", "surrogateescape") + b"\n\n" + content


def read(*fields: str, body: str | bytes = "Hej!\n", charset: str = "utf-8") -> Message:
    """The same, parsed."""
    return parse(letter(*fields, body=body, charset=charset))


def multipart(kind: str, *parts: str, boundary: str = "b") -> tuple[str, str]:
    """The Content-Type field and the body of a multipart; each part with its own fields."""
    lines = "".join(f"--{boundary}\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"', f"{lines}--{boundary}--\n"
