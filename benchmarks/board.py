"""How long the board's pages take with many cases: p50 and p95 of each list page over real requests, on SQLite and PostgreSQL.

`python -m benchmarks.board [CASES] [sqlite|postgresql ...]`; a generated store, most of its cases closed, as after years.
"""

import random
import statistics
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import zstandard
from sqlalchemy import Connection, Table, select, text
from starlette.testclient import TestClient

from inflow.casework.promises import What
from inflow.config import build as read_config
from inflow.desk.world import World, open_world
from inflow.store import accounts
from inflow.store.accounts import Session
from inflow.store.engine import open_database
from inflow.store.migrate import upgrade
from inflow.store.schema import cases, correction, decision, event, message, party, raw_mail
from inflow.store.tables_problems import cord, problem, problem_case
from inflow.store.tables_time import gap, promise
from inflow.web import tokens
from inflow.web.app import build
from inflow.web.visitor import cookie_name
from tests.servers.config import ROLES, config_text
from tests.servers.postgres import Postgres

ROUNDS = 40
PACKED = zstandard.compress(b"From: a@b.test\r\nSubject: x\r\n\r\nHej\r\n")
NOW = datetime.now(UTC)
NAMES = ("support", "support-2", "ekonomi", "hr", "ovrigt")
WORDS = "faktura betalning leverans order fel inloggning fråga pris offert möte avtal retur garanti cykel batteri skruv mutter".split()  # noqa: SIM905
PAGES = {
    "inbox": "/",
    "all": "/?status=all",
    "by activity": "/?order=activity",
    "a role, by activity": "/?order=activity&role=ekonomi",
    "far down": "/?status=all&below=1000",
    "a role": "/?role=ekonomi",
    "a role, all": "/?status=all&role=ekonomi",
    "a role, unclaimed": "/?status=unclaimed&role=support",
    "closed": "/?status=closed",
    "kind of party": "/?status=all&party=supplier",
    "kind of party, last month": f"/?status=all&party=supplier&since={NOW - timedelta(days=31):%Y-%m-%d}",
    "an old month": f"/?status=all&since={NOW - timedelta(days=900):%Y-%m-%d}&until={NOW - timedelta(days=870):%Y-%m-%d}",
    "an address": "/?status=all&party=p77@firma7.test",
    "a domain": "/?status=all&party=@firma7.test",
    "unclaimed": "/unclaimed",
    "problems": "/problems",
    "a problem": "/problems/7",
    "letter": "/letter",
    "letter of an old week": f"/letter?week={NOW - timedelta(days=900):%G-W%V}",
    "roles": "/roles",
    "status": "/status",
    "a case": "/cases/{some}",
    "statistics": "/statistics",
}


def main() -> None:
    words = sys.argv[1:]
    number = next((int(word) for word in words if word.isdigit()), 100_000)
    engines = [word for word in words if not word.isdigit()] or ["sqlite", "postgresql"]
    for engine in engines:
        with _url(engine) as url:
            _measure(engine, url, number)


@contextmanager
def _url(engine: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder, Postgres() if engine == "postgresql" else nullcontext() as server:
        yield server.url(server.create()) if server else f"sqlite:///{folder}/inflow.db"


def _measure(engine: str, url: str, number: int) -> None:
    database = open_database(url)
    upgrade(database)
    database.engine.dispose()
    settings = config_text(
        imap_port=1,
        imap_user="info",
        smtp_port=1,
        database_url=url,
        roles=ROLES.replace("confidential = true", 'confidential = true\nmembers = ["h@exempel.test"]'),
    )
    world = open_world(read_config(tomllib.loads(settings), folder=Path()))
    began = time.perf_counter()
    with world.database.writing() as connection:
        _fill(connection, number)
    with world.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE" if engine == "sqlite" else "VACUUM (ANALYZE)"))  # as PostgreSQL's own does
    print(
        f"\n{engine}: {number} cases made in {time.perf_counter() - began:.0f} s\n\n| page | p50 ms | p95 ms |\n| --- | --- | --- |"
    )
    client = _signed_in(world)
    for name, path in PAGES.items():
        p50, p95 = _ask(client, path, number)
        print(f"| {name} | {p50:.0f} | {p95:.0f} |", flush=True)
    world.database.engine.dispose()


def _fill(connection: Connection, number: int) -> None:
    chance = random.Random(7)
    kinds = ("public", "customer", "customer", "supplier", "authority")
    parties = max(number // 10, 1000)
    connection.execute(
        party.insert(),
        [
            {"id": i, "address": f"p{i}@firma{i % 500}.test", "name": f"Person {i}", "kind": chance.choice(kinds)}
            for i in range(1, parties)
        ],
    )
    for begin in range(1, number + 1, 5000):
        _fill_some(connection, range(begin, min(begin + 5000, number + 1)), chance, (number, parties))
    if connection.dialect.name == "postgresql":
        for table in ("party", "cases", "message"):
            connection.execute(
                text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
            )
    _fill_problems(connection)


def _fill_problems(connection: Connection) -> None:
    """What was written about: sixty problems that are not solved, of the newest cases, and cords that hang."""
    about = [f"{WORDS[n % len(WORDS)]} {n}" for n in range(60)]
    connection.execute(
        problem.insert(),
        [
            {
                "id": n + 1,
                "name": name,
                "words": [name.split()[0]],
                "state": "open",
                "opened_at": NOW,
                "updated_at": NOW,
            }
            for n, name in enumerate(about)
        ],
    )
    opened = connection.execute(select(cases.c.id, cases.c.opened_at).order_by(cases.c.id.desc()).limit(6000)).all()
    reports = [
        {"case_id": row.id, "problem_id": row.id % 60 + 1, "at": row.opened_at, "by": "words", "why": "ord"}
        for row in opened
    ]
    connection.execute(problem_case.insert(), reports)
    hanging: list[dict[str, Any]] = [{"target": f"problem:{n}", "problem_id": n} for n in range(1, 20)]
    hanging += [{"target": f"case:{row.id}", "case_id": row.id} for row in opened[:20]]
    alike: dict[str, Any] = {
        "case_id": None,
        "problem_id": None,
        "by": "a",
        "reason": "x",
        "pulled_at": NOW,
        "told_at": NOW,
    }
    connection.execute(cord.insert(), [alike | one for one in hanging])


def _fill_some(connection: Connection, numbers: range, chance: random.Random, of: tuple[int, int]) -> None:
    rows: dict[Table, list[dict[str, Any]]] = defaultdict(list)
    for n in numbers:
        case = _case(n, chance, of)
        rows[cases].append(case)
        rows[message].append(_mail(case, chance))
        for table, some in _history(case, chance).items():
            rows[table] += some
    for table, some in rows.items():
        connection.execute(table.insert(), some)
    connection.execute(raw_mail.insert(), [{"message_id": n, "zstd": PACKED} for n in numbers])


def _case(n: int, chance: random.Random, of: tuple[int, int]) -> dict[str, Any]:
    at = NOW - timedelta(days=1460) * (1 - n / of[0])
    active = n > of[0] * 0.985 or chance.random() < 0.002
    role = chance.choice(NAMES)
    status = ("unclaimed" if role == "ovrigt" else chance.choice(("open", "waiting"))) if active else "closed"
    who = chance.randrange(1, of[1])
    return {
        "id": n,
        "subject": " ".join(chance.choices(WORDS, k=6)),
        "status": status,
        "role": role,
        "party_id": who,
        "domain": f"firma{who % 500}.test",
        "mailbox": "info",
        "opened_at": at,
        "updated_at": at,
        "closed_at": at if status == "closed" else None,
        "decided_by": "rule",
        "confidence": 0.9,
        "reasons": ['because of "faktura"'],
        "candidates": [],
    }


def _mail(case: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """A mail of five sentences and a number of its own."""
    n, who = case["id"], case["party_id"]
    said = ". ".join(" ".join(chance.choices(WORDS, k=8)).capitalize() for _ in range(5)) + f". nummer{n}"
    return {
        "id": n,
        "identity": f"{n:064x}",
        "direction": "in",
        "state": "filed",
        "mailbox": "info",
        "received_at": case["opened_at"],
        "size": 900,
        "sha256": f"{n:064x}",
        "case_id": n,
        "subject": case["subject"],
        "from_name": f"Person {who}",
        "from_address": f"p{who}@{case['domain']}",
        "text": said,
        "reply_text": said,
        "nature": "person",
    }


def _history(case: dict[str, Any], chance: random.Random) -> dict[Table, list[dict[str, Any]]]:
    """What happened to a case: one in thirty was moved, one in fifty was a question that nobody owned, all were promised an answer."""
    n, at, role = case["id"], case["opened_at"], case["role"]
    answered = at + timedelta(hours=chance.expovariate(1 / 8))
    moved, unowned, done = chance.random() < 1 / 30, chance.random() < 1 / 50, case["status"] == "closed"
    happened = [("opened", at, ""), ("routed", at, role)]
    happened += [("routed", answered, "from support")] if moved else []
    happened += [("replied", answered, ""), ("closed", answered + timedelta(hours=2), "")] if done else []
    promised = {
        "what": What.FIRST.value,
        "role": role,
        "state": "kept" if done else "running",
        "allowed": 3600,
        "since_event": 0,
    }
    promised |= {
        "began_at": at,
        "started_at": at,
        "due_at": at + timedelta(hours=1),
        "settled_at": answered if done else None,
    }
    decided = {"role": role, "by": "rule", "confidence": 0.9, "reasons": [], "contributions": []}
    return {
        event: [{"case_id": n, "at": then, "kind": kind, "by": "rule", "text": said} for kind, then, said in happened],
        decision: [{"case_id": n, "at": at, **decided}],
        promise: [{"case_id": n, **promised}],
        correction: [{"case_id": n, "from_role": "support", "to_role": role, "by": "a", "at": answered}] * moved,
        gap: [{"case_id": n, "at": answered, "asked": 4, "passed": 1}] * unowned,
    }


def _signed_in(world: World) -> TestClient:
    cookie = tokens.new(world.keys)
    with world.database.writing() as connection:
        accounts.begin(
            connection,
            tokens.digest(tokens.read(cookie, world.keys) or ""),
            Session(address="a@exempel.test", name="A"),
            now=world.now(),
            lasts=timedelta(hours=1),
        )
    client = TestClient(build(world), base_url="http://board.test")
    client.cookies.set(cookie_name(world.settings), cookie)
    return client


def _ask(client: TestClient, path: str, number: int) -> tuple[float, float]:
    took = []
    for place in range(ROUNDS + 3):
        asked = path.format(some=number - 1 - place * 7)
        began = time.perf_counter()
        answer = client.get(asked)
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status_code in (200, 404), answer.text
    took = took[3:]
    return statistics.median(took), statistics.quantiles(took, n=20)[-1]


if __name__ == "__main__":
    main()
