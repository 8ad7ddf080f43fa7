"""Two machines that say nothing of being machines, one on each side of a case: they fall silent, and operations hear of it."""

from collections.abc import Callable
from datetime import timedelta

from inflow import health
from inflow.casework.delivery import MOST_AN_HOUR
from inflow.desk.world import World
from inflow.store import deliveries
from tests.jobs.conftest import Clock, Receive, mail
from tests.jobs.conversing import AUTHSERV, EVA, PASS, kinds, letters, outbox

DUMB = {
    "support@exempel.test": ("Support <support@exempel.test>", "Hej! Vi har fått ditt mejl och läser det snart.", PASS),
    "eva@kund.test": (EVA, "Hi! I got your message and shall read it one day.", ""),
}


def test_two_dumb_machines_fall_silent_and_operations_hear_of_it(
    make_world: Callable[..., World], receive: Receive, clock: Clock
) -> None:
    world = make_world(mailbox=AUTHSERV, more='[operations]\naddress = "drift@exempel.test"\n')
    receive(world, mail("Inloggning", "Jag kan inte logga in, felmeddelande.", sender=EVA))
    for number in range(3 * MOST_AN_HOUR):
        if not (sent := exchange(world, receive, clock, number)):
            break
    assert not sent
    assert MOST_AN_HOUR <= len(outbox(world, "relay")) <= MOST_AN_HOUR + 1
    assert kinds(world).count("held") == 1
    health.step(world, started_at=clock())
    with world.database.reading() as connection:
        assert "noise" in [alarm.name for alarm in health.alarms(connection, world)]

    with world.database.writing() as connection:
        assert deliveries.retry(connection, None, now=clock()) >= 1
    with world.database.reading() as connection:
        assert "noise" not in [alarm.name for alarm in health.alarms(connection, world)]


def exchange(world: World, receive: Receive, clock: Clock, number: int) -> int:
    """Everything that is due goes out, and both machines answer what they got. Returns how many answers there were."""
    answers: list[bytes] = []
    for sent in letters(world).values():
        sender, words, headers = DUMB.get(sent["To"].addresses[0].addr_spec, ("", "", ""))
        if sender:
            to, known = sent["Reply-To"].addresses[0].addr_spec, f"{number}.{len(answers)}@dumb.test"
            headers += f"In-Reply-To: {sent['Message-ID']}\r\n"
            subject = f"Re: {sent['Subject']}"
            answers.append(mail(subject, words, sender=sender, to=to, headers=headers, message_id=known))
    with world.database.writing() as connection:
        due = [one.id for one in deliveries.claim(connection, owner=world.owner, now=clock(), limit=99)]
        deliveries.settle_sent(connection, due, owner=world.owner, now=clock())
    clock.move(timedelta(seconds=5))
    receive(world, *answers)
    return len(answers)
