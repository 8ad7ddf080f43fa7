"""Four mail clients: how each of them answers a mail, with what it quotes and how."""

from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum
from html import escape
from itertools import count

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
VOUCHED = "mx.exempel.test; dmarc=pass header.from="
_numbers = count(1)


class Client(StrEnum):
    """What a person writes mail with."""

    OUTLOOK = "outlook"
    GMAIL = "gmail"
    APPLE = "apple"
    PLAIN = "plain"


@dataclass(slots=True)
class Person:
    """Somebody with a mail client; `sent` are the Message-IDs of what they wrote, `signature` stands below each mail."""

    name: str
    address: str
    signature: str = ""
    sent: list[str] = field(default_factory=list)

    def writes(self, subject: str, text: str, *, files: dict[str, bytes] | None = None) -> bytes:
        """A first mail to the shared address, in plain text and HTML with an inline image."""
        mail = self._begun(subject, "info@exempel.test")
        mail.set_content(f"{text}\n")
        mail.add_alternative(f'<p>{escape(text)}</p><img src="cid:bild@kund.test">', subtype="html")
        _html(mail).add_related(PNG, "image", "png", cid="<bild@kund.test>", filename="bild.png", disposition="inline")
        return _with(mail, files)

    def answers(
        self, raw: bytes, text: str, *, client: Client, files: dict[str, bytes] | None = None, cc: str = ""
    ) -> bytes:
        """What the client makes of Reply, or of Reply to all with `cc`."""
        to = message_from_bytes(raw, policy=policy.default)
        prefix = "Sv" if client in (Client.OUTLOOK, Client.PLAIN) else "Re"
        mail = self._begun(f"{prefix}: {to['Subject']}", str(to["Reply-To"] or to["From"]))
        if cc:
            mail["Cc"] = cc
        mail["In-Reply-To"] = to["Message-ID"]
        mail["References"] = f"{to['References'] or ''} {to['Message-ID']}".strip()
        quoted = str(_body(to).get_content()).replace("\r\n", "\n")
        _WRITERS[client](mail, f"{text}{self.signature}", quoted, to)
        return _with(mail, files)

    def _begun(self, subject: str, to: str) -> EmailMessage:
        mail = EmailMessage(policy=policy.SMTP)
        domain = self.address.partition("@")[2]
        if domain == "exempel.test":
            mail["Authentication-Results"] = f"{VOUCHED}{domain}"
        mail["Received"] = (
            f"from laptop-{self.name.split(maxsplit=1)[0]} by mx.{domain}; Sun, 22 Nov 2026 10:00:00 +0100"
        )
        self.sent.append(f"<{next(_numbers)}.klient@{domain}>")
        mail["From"] = f"{self.name} <{self.address}>"
        mail["To"], mail["Subject"], mail["Message-ID"] = to, subject, self.sent[-1]
        mail["Date"] = "Sun, 22 Nov 2026 10:00:00 +0100"
        return mail


def _body(mail: EmailMessage) -> EmailMessage:
    body = mail.get_body(("plain", "html"))
    assert isinstance(body, EmailMessage)
    return body


def _html(mail: EmailMessage) -> EmailMessage:
    body = mail.get_body(("html",))
    assert isinstance(body, EmailMessage)
    return body


def _with(mail: EmailMessage, files: dict[str, bytes] | None) -> bytes:
    for name, content in (files or {}).items():
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(line) or '&nbsp;'}</p>" for line in text.split("\n"))


def _plain(mail: EmailMessage, text: str, quoted: str, to: EmailMessage) -> None:
    marked = "\n".join(f"> {line}" for line in quoted.split("\n"))
    mail.set_content(f"{text}\n\n{to['From']} skrev:\n\n{marked}\n", cte="quoted-printable")


def _outlook(mail: EmailMessage, text: str, quoted: str, to: EmailMessage) -> None:
    """HTML alone, as many are set up; the logo of the signature inline; a block of headers above the history."""
    block = [
        ("Från", to["From"]),
        ("Skickat", "den 22 november 2026 10:00"),
        ("Till", to["To"]),
        ("Ämne", to["Subject"]),
    ]
    lines = "<br>".join(f"<b>{name}:</b> {escape(str(value))}" for name, value in block)
    mail.set_content(
        f'<html><body lang="SV"><div class="WordSection1">{_paragraphs(text)}<p><img src="cid:image001.png@01"></p>'
        '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm">'
        f'<p class="MsoNormal">{lines}</p></div></div>{_paragraphs(quoted)}</div></body></html>',
        subtype="html",
    )
    mail.add_related(PNG, "image", "png", cid="<image001.png@01>", filename="image001.png", disposition="inline")


def _gmail(mail: EmailMessage, text: str, quoted: str, to: EmailMessage) -> None:
    attribution = f"On Sun, Nov 22, 2026 at 10:00 AM {to['From']} wrote:"
    marked = "\n".join(f"> {line}" for line in quoted.split("\n"))
    mail.set_content(f"{text}\n\n{attribution}\n\n{marked}\n")
    mail.add_alternative(
        f'<div dir="ltr">{_paragraphs(text)}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">'
        f'{escape(attribution)}<br></div><blockquote class="gmail_quote">{_paragraphs(quoted)}</blockquote></div>',
        subtype="html",
    )


def _apple(mail: EmailMessage, text: str, quoted: str, to: EmailMessage) -> None:
    attribution = f"22 nov. 2026 kl. 10:00 skrev {to['From']}:"
    marked = "\n".join(f"> {line}" for line in quoted.split("\n"))
    mail.set_content(f"{text}\n\n> {attribution}\n> \n{marked}\n", charset="utf-8")
    mail.add_alternative(
        f'<html><body dir="auto">{_paragraphs(text)}<div><blockquote type="cite"><div>{escape(attribution)}</div><br>'
        f'</blockquote></div><blockquote type="cite"><div>{_paragraphs(quoted)}</div></blockquote></body></html>',
        subtype="html",
    )


_WRITERS = {Client.PLAIN: _plain, Client.OUTLOOK: _outlook, Client.GMAIL: _gmail, Client.APPLE: _apple}
