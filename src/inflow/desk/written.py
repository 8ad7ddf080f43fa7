"""An answer written on the board: a mail of the member's made on the spot, that goes out as a reply by mail does."""

import base64
import re
import secrets
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from inflow.casework.case import Kind, NotPossibleError
from inflow.casework.conversation import tagged
from inflow.casework.letterhead import is_internal
from inflow.desk import actions, answers
from inflow.desk.relays import Answer, relay
from inflow.desk.world import World
from inflow.mail import compose
from inflow.mail.compose import Enclosure, Outgoing
from inflow.mail.message import Address, Message
from inflow.mail.parse import parse
from inflow.store import answers as used
from inflow.store import asked, cases, messages
from inflow.store.rows import Case

_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,80}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What somebody writes: text, the key of a ready answer that stands below it, files. `once` tells one sending from another:
    a form that is sent twice is one answer."""

    text: str
    ready: str = ""
    files: tuple[Enclosure, ...] = ()
    once: str = ""


def enclosure(filename: str, content_type: str, content: bytes) -> Enclosure:
    """A file that somebody brings."""
    kind = content_type.lower() if _TYPE.fullmatch(content_type.lower()) else "application/octet-stream"
    name = re.split(r"[\\/]", filename)[-1][:200] or "file"
    coded = base64.encodebytes(content).decode("ascii").replace("\n", "\r\n").rstrip("\r\n")
    return Enclosure(filename=name, content_type=kind, base64=coded)


def answer(connection: Connection, world: World, number: int, said: Words, *, who: Address, by: str = "") -> None:
    """The words go to who gets the answers of a case, for the role that has it; that `who` may speak for it, whoever calls has made
    sure. `by` stands in the history, where it is not `who`. Raises NotPossibleError where there is nothing to say or nobody to say
    it to, NoAnswerError, and NoRoleError."""
    asked.alone_with(connection, number)
    case = cases.get(connection, number)
    role = actions.role_named(world, case.role)
    ready = (answers.text_of(connection, world, said.ready),) if said.ready else ()
    text = said.text.strip()
    if not text and not ready and not said.files:
        raise NotPossibleError("there is nothing to send: write an answer")
    if is_internal(text):
        raise NotPossibleError("it repeats what stands above a case and is for us alone: leave the history away")
    message = _mail(connection, world, case, said, text="\n\n".join((text, *ready)).strip(), who=who)
    source = messages.write(
        connection, message.raw, number, message, direction="out", mailbox=case.mailbox, now=world.now()
    )
    going = Answer(text=text, role=role, ready=ready)
    if not (went := relay(connection, world, case, going, source=source, message=message)):
        raise NotPossibleError("the case has no sender to write to")
    more = [one for one in went if one != case.party.address]
    told = f"for {role.name}" + (f", to {', '.join(more)} too" if more else "")
    if said.ready:
        used.use(connection, number, said.ready, now=world.now())
    cases.happened(connection, number, Kind.REPLIED, text=told, by=by or who.address, now=world.now())


def _mail(connection: Connection, world: World, case: Case, said: Words, *, text: str, who: Address) -> Message:
    """The words as a mail to the shared address, as the member's own client would have made it: not a word of it is taken for a
    quotation. Raises NotPossibleError where it has been written already."""
    mailbox = world.settings.mailbox(case.mailbox)
    mark = re.sub(r"[^0-9a-z]", "", said.once)[:40] or secrets.token_hex(16)
    message_id = f"board.{case.number}.{mark}@{mailbox.address.rpartition('@')[2]}"
    if any(one["message_id"] == message_id for one in messages.of_case(connection, case.number)):
        raise NotPossibleError("this answer has been sent already")
    outgoing = Outgoing(
        from_=who,
        to=(Address(address=mailbox.address),),
        subject=tagged(case.subject, case.number),
        date=compose.at(world.now().astimezone(world.settings.organisation.zone)),
        message_id=message_id,
        text=text + "\n",
        files=said.files,
    )
    return replace(parse(compose.render(outgoing)), text=text, reply_text=text)
