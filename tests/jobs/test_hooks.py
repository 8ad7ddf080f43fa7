"""Other systems are told what happens: signed, again when they fail, and nothing of what is not for them."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from inflow import health
from inflow.casework.signing import key_of, signed
from inflow.desk import actions, hooks
from inflow.desk.world import World
from inflow.store import cases
from inflow.store import hooks as store
from tests.jobs.conftest import Clock, Receive, mail

SECRET = "whsec_" + base64.b64encode(b"sixteen octets and more").decode()


class Listener(ThreadingHTTPServer):
    """A system that listens, and answers as it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                listener.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(listener.answers.pop(0) if listener.answers else 204)
                self.send_header("Location", f"http://127.0.0.1:{listener.server_port}/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        super().__init__(("127.0.0.1", 0), Handler)

    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.heard]


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def telling(
    make_world: Callable[..., World], listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., World]:
    monkeypatch.setenv("HOOK_SECRET", SECRET)

    def telling(more: str = "") -> World:
        table = f'\n[[webhook]]\nname = "crm"\nurl = "http://127.0.0.1:{listener.server_port}/in"\n'
        world = make_world(more=f'{table}secret = {{ env = "HOOK_SECRET" }}\n{more}\n')
        hooks.step(world)
        return world

    return telling


def tell(world: World) -> None:
    while hooks.step(world):
        pass


def test_what_happens_is_told_once_and_signed(
    telling: Callable[..., World], listener: Listener, receive: Receive, clock: Clock
) -> None:
    world = telling()
    receive(world, mail("Faktura 1", "Här är fakturan."))
    tell(world)
    tell(world)
    assert listener.kinds() == ["case.opened", "case.routed"]
    headers, body = listener.heard[0]
    said = b".".join((headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body))
    mac = hmac.new(b"sixteen octets and more", said, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(mac).decode()}"
    assert int(headers["webhook-timestamp"]) == int(clock().timestamp())
    told = json.loads(body)["data"]["case"]
    assert told == {"number": 1, "subject": "Faktura 1", "role": "ekonomi", "status": "open"}
    with world.database.reading() as connection:
        assert store.waiting(connection) == []


def test_a_system_that_fails_is_told_again_later(
    telling: Callable[..., World], listener: Listener, receive: Receive, clock: Clock
) -> None:
    world = telling('events = ["opened"]')
    listener.answers = [500, 302]
    receive(world, mail())
    tell(world)
    tell(world)
    assert len(listener.heard) == 1
    clock.move(timedelta(minutes=2))
    tell(world)
    assert len(listener.heard) == 2
    with world.database.reading() as connection:
        assert [(one["calls"], one["status"], one["error"]) for one in store.waiting(connection)] == [
            (1, "queued", "it answered 302")
        ]
    clock.move(timedelta(hours=3))
    tell(world)
    assert len({headers["webhook-id"] for headers, _ in listener.heard}) == 1
    assert listener.kinds() == ["case.opened"] * 3
    with world.database.reading() as connection:
        assert store.waiting(connection) == []


def test_a_system_that_is_gone_is_given_up_until_somebody_tries_again(
    telling: Callable[..., World], listener: Listener, receive: Receive, clock: Clock
) -> None:
    world = telling('events = ["opened"]')
    listener.answers = [410]
    receive(world, mail())
    tell(world)
    clock.move(timedelta(days=2))
    tell(world)
    assert len(listener.heard) == 1
    with world.database.writing() as connection:
        assert store.retry(connection, now=clock()) == 1
    tell(world)
    assert len(listener.heard) == 2


def test_an_attempt_is_booked_before_it_is_made(
    telling: Callable[..., World], listener: Listener, receive: Receive, clock: Clock
) -> None:
    world = telling('events = ["opened"]')
    receive(world, mail())
    with world.database.writing() as connection:
        store.queue(connection, "crm", ["opened"], now=clock())
        call = store.due(connection, now=clock(), limit=1)[0]
        assert store.book(connection, call, until=clock() + timedelta(seconds=50))
        assert not store.book(connection, call, until=clock() + timedelta(seconds=50))
    tell(world)
    assert listener.heard == []
    clock.move(timedelta(minutes=1))
    tell(world)
    assert len(listener.heard) == 1


@pytest.mark.parametrize("confidential", [False, True])
def test_a_confidential_case_is_told_only_to_who_is_for_it(
    telling: Callable[..., World], listener: Listener, receive: Receive, *, confidential: bool
) -> None:
    world = telling("confidential = true" if confidential else "")
    receive(world, mail("Min lön och semester", "Zebra."))
    with world.database.reading() as connection:
        assert cases.get(connection, 1).role == "hr"
    tell(world)
    assert bool(listener.heard) == confidential


def test_a_one_time_code_that_lies_with_other_is_told_to_nobody(
    telling: Callable[..., World], listener: Listener, receive: Receive
) -> None:
    world = telling()
    receive(world, mail("Your verification code", "Your code is 482913.", sender="no-reply@tjanst.test"))
    tell(world)
    assert listener.heard == []


def test_a_signature_is_the_one_of_the_standard() -> None:
    key = key_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)
    found = signed(key, id_="msg_p5jXN8AQM9LWM0D4loKWxJek", at=at, body=b'{"test": 2432232314}')
    assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["short", "whsec_!!!", "whsec_" + base64.b64encode(b"short").decode()])
def test_a_weak_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match=r"octets|base64"):
        key_of(secret)


def test_what_was_given_up_is_an_alarm_until_somebody_does_something(
    telling: Callable[..., World], listener: Listener, receive: Receive, clock: Clock
) -> None:
    world = telling('events = ["opened"]')
    listener.answers = [410, 410]
    receive(world, mail(message_id="a@kund.test"), mail("Hej", message_id="b@kund.test"))
    tell(world)

    def raised() -> list[str]:
        with world.database.reading() as connection:
            return [one.text for one in health.alarms(connection, world) if one.name == "webhook crm"]

    assert raised() == ["webhook crm: 2 calls were given up, it answered 410: inflow webhooks --retry or --forget"]
    with world.database.writing() as connection:
        store.retry(connection, now=clock())
    assert raised() == []
    listener.answers = [410, 410]
    tell(world)
    assert len(raised()) == 1
    with world.database.writing() as connection:
        assert store.forget(connection) == 2
    assert raised() == []


def test_a_hook_that_fails_is_called_no_more_in_that_round(
    telling: Callable[..., World], listener: Listener, receive: Receive, clock: Clock
) -> None:
    world = telling('events = ["opened"]')
    listener.answers = [204, 500]
    receive(world, *(mail(f"Nummer {n}", message_id=f"{n}@kund.test") for n in range(4)))
    failing: set[str] = set()
    while hooks.step(world, failing=failing):
        pass
    assert failing == {"crm"}
    assert len(listener.heard) == 2
    tell(world)
    assert len(listener.heard) == 4


def test_what_happened_to_a_confidential_case_is_not_told_when_it_was_merged_into_another(
    telling: Callable[..., World], listener: Listener, receive: Receive
) -> None:
    world = telling()
    receive(world, mail("Min lön och semester", "Zebra."), mail("Faktura 1", "Här är fakturan."))
    with world.database.writing() as connection:
        actions.merge(connection, world, 1, 2, by="hanna@exempel.test")
    tell(world)
    told = [json.loads(body)["data"]["case"]["number"] for _, body in listener.heard]
    assert set(told) == {2}
