"""A week of simulated mail: who writes what and when (seeded), what members answer, and a daemon whose clock a test moves.

The mails go into a real Dovecot and come out at a real SMTP server; nothing between is simulated but the time.
"""

import asyncio
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from inflow.config import load
from inflow.daemon import Daemon
from inflow.desk.world import World, open_world
from inflow.dispatch import Dispatch
from inflow.service import reader_of
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink

PEOPLE = (
    "Eva Ekblad", "Per Palmqvist", "Ada Almstedt", "Ove Oskarsson", "Siv Sjökvist", "Ulf Uvman", "Maj Malmros", "Bo Bruhn",
    "Lena Lindgård", "Ivar Isaksson", "Tea Tjärnlund", "Hugo Hagstrand", "Nora Norrby", "Axel Askman", "Rut Rosengård",
)  # fmt: skip
_OPENINGS = ("Hej!", "God morgon,", "Hejsan", "Hej, jag heter {name}.", "Till den det berör")
_PORTAL = (
    "Kundportalen visar bara en tom sida när jag ska logga in, felkoden är E42.",
    "När jag försöker logga in på kundportalen blir det en tom sida med felkoden E42.",
    "Jag får felkoden E42 och en tom sida så fort jag öppnar kundportalen.",
    "Det går inte att logga in, kundportalen är en tom sida. Felkoden E42 står i hörnet.",
)
_TAILS = (
    "Ring mig på {phone} om ni vet mer.",
    "Mitt personnummer är {personal}, om ni behöver det.",
    "Svara till {address} helst, det här är bråttom.",
    "Jag bor på Storgatan {house} om någon vill komma förbi.",
    "Mitt kundnummer är {number}.",
)
_ROUTINE = (
    ("Faktura {n}", "Fakturan för {thing} har fel belopp, {sum} kronor för mycket."),
    ("Betalning {n}", "Har ni fått min betalning för {thing}? Banken säger {sum} kronor."),
    ("Logga in {n}", "Jag har glömt mitt lösenord till {thing} och kan inte logga in där."),
    ("Felmeddelande {n}", "Ett felmeddelande om {thing} kom upp på rad {sum}."),
)
_THINGS = (
    "skidorna", "trädgårdsmöbeln", "kaffebryggaren", "cykelhjälmen", "barnvagnen", "symaskinen", "båtmotorn", "gitarren", "tältet",
    "mikroskopet", "snöslungan", "akvariet", "dammsugaren", "golvlampan", "segelduken", "bokhyllan", "brödrosten", "hängmattan",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Somebody outside."""

    name: str

    @property
    def address(self) -> str:
        """A mailbox at a domain of its own."""
        return (
            f"{self.name.split()[0].lower()}@{self.name.split()[1].lower().translate(str.maketrans('åäö', 'aao'))}.test"
        )


@dataclass
class House:
    """Inflow under a clock that is moved, its mailbox, and what it has sent."""

    world: World
    dovecot: Dovecot
    user: str
    sink: Sink
    moment: datetime = datetime(2026, 11, 9, 7, tzinfo=UTC)
    chance: random.Random = field(default_factory=lambda: random.Random(1042))
    count: int = 0

    @classmethod
    def of(cls, config: Path, *, dovecot: Dovecot, user: str, sink: Sink) -> "House":
        """The house of a config file."""
        house = cls(world=open_world(load(config)), dovecot=dovecot, user=user, sink=sink)
        house.world = replace(house.world, now=lambda: house.moment)
        return house

    def until(self, moment: datetime) -> None:
        """Time passes; what came in is taken in, what is due is done, what waits is sent."""
        self.moment = moment
        assert asyncio.run(self._round())

    async def _round(self) -> bool:
        return await Daemon(self.world, reader_of(self.world.settings), Dispatch(self.world)).once()

    def write(self, who: Writer, subject: str, text: str, *, to: str = "info@exempel.test", headers: str = "") -> None:
        """A mail lands in the shared mailbox."""
        self.count += 1
        raw = (
            f"From: {who.name} <{who.address}>\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{self.count}@post.test>\r\n"
            f"Date: {self.moment:%a, %d %b %Y %H:%M:%S} +0000\r\n{headers}MIME-Version: 1.0\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
        )
        self.dovecot.deliver(self.user, raw.encode())

    def answer(self, mail: EmailMessage, text: str, *, by: str) -> None:
        """A member answers a mail that came out."""
        name, _, domain = by.partition("@")
        who = Writer(name=f"{name} member")
        headers = f"In-Reply-To: {mail['Message-ID']}\r\nReferences: {mail['Message-ID']}\r\n"
        self.count += 1
        raw = (
            f"From: {who.name} <{name}@{domain}>\r\nTo: {mail['Reply-To']}\r\nSubject: Sv: {' '.join(mail['Subject'].split())}\r\n"
            f"Message-ID: <{self.count}@post.test>\r\n{headers}MIME-Version: 1.0\r\n"
            f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
        )
        self.dovecot.deliver(self.user, raw.encode())

    def portal(self, who: Writer) -> None:
        """One of many who meet the same, in other words, with more about themselves than anybody needs."""
        tail = self.chance.choice(_TAILS).format(
            phone=f"07{self.chance.randrange(10)}-{self.chance.randrange(10**6, 10**7)}",
            personal=f"{self.chance.randrange(400101, 991231):06}-{self.chance.randrange(1000, 9999)}",
            address=who.address,
            house=self.chance.randrange(1, 90),
            number=self.chance.randrange(10**5, 10**6),
        )
        said = [self.chance.choice(_OPENINGS).format(name=who.name), self.chance.choice(_PORTAL), tail, who.name]
        self.write(who, self.chance.choice(("Kundportalen", "Tom sida", "Inloggning", "Hjälp!")), "\n".join(said))

    def routine(self, who: Writer) -> None:
        """What comes every day, each about a thing of its own."""
        subject, text = self.chance.choice(_ROUTINE)
        thing, amount = _THINGS[self.count % len(_THINGS)], self.chance.randrange(10, 999)
        self.write(who, subject.format(n=self.count), text.format(thing=thing, sum=amount))

    def sent(self, to: str, *words: str) -> list[EmailMessage]:
        """What has come to an address, with these words in its subject or text."""
        found = []
        for one in self.sink.received:
            mail = message_from_bytes(one.raw, policy=policy.default)
            if to in one.recipients and all(word in f"{mail['Subject']}\n{plain(mail)}" for word in words):
                found.append(mail)
        return found


def plain(mail: EmailMessage) -> str:
    """The readable text of a mail: what is ours, and what it encloses."""
    parts = [part for part in mail.walk() if part.get_content_type() == "text/plain"]
    return "\n".join(str(part.get_content()) for part in parts).replace("\r\n", "\n")


def html(mail: EmailMessage) -> str:
    """Its HTML."""
    body = mail.get_body(("html",))
    return "" if body is None else str(body.get_content())
