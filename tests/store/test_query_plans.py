"""What the daemon asks all day uses an index on both engines: its cost does not grow with the number of closed cases."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from inflow.casework.case import Kind
from inflow.casework.promises import What
from inflow.store import (
    alike,
    appointments,
    asked,
    board,
    cases,
    cords,
    deliveries,
    gaps,
    handover,
    health,
    leads,
    letter,
    mailboxes,
    messages,
    problems,
    promises,
    received,
    stats,
    swaps,
    timers,
)
from inflow.store.board import Reader
from inflow.store.engine import Database, open_database
from inflow.store.migrate import upgrade

NOW = datetime(2026, 11, 22, tzinfo=UTC)
READER = Reader(address="a@exempel.test", hidden=("hr",))
LARGE = (
    "message",
    "raw_mail",
    "attachment",
    "sighting",
    "known_id",
    "event",
    "delivery",
    "cases",
    "decision",
    "timer",
    "promise",
    "asked",
    "gap",
    "swap",
    "problem",
    "problem_case",
    "case_word",
    "cord",
    "correction",
    "party",
)

QUESTIONS: dict[str, Callable[[Connection], object]] = {
    "claim of mails": lambda c: received.claim(c, owner="a", now=NOW, limit=32),
    "mails still held": lambda c: received.held(c, [1, 2], owner="a"),
    "next mail": received.next_due,
    "who holds mails": lambda c: received.claimers(c, now=NOW),
    "mails of the dead": lambda c: received.give_back_of(c, ["a"], now=NOW),
    "mails in a wrong future": lambda c: received.bring_near(c, now=NOW),
    "highest UID": lambda c: received.highest_uid(c, "info", 1),
    "UIDs seen before": lambda c: received.sighted(c, "info", 1, [1, 2, 3]),
    "UIDs of mails too big": lambda c: received.too_big(c, "info", 1, [1, 2, 3]),
    "claim of deliveries": lambda c: deliveries.claim(c, owner="a", now=NOW, limit=8),
    "next delivery": deliveries.next_due,
    "who holds deliveries": deliveries.claimers,
    "deliveries in hand": deliveries.in_hand,
    "deliveries of the dead": lambda c: deliveries.give_back_of(c, ["a"], now=NOW),
    "deliveries in a wrong future": lambda c: deliveries.bring_near(c, now=NOW),
    "the mail that a forward carried": lambda c: deliveries.source_of(c, 1, ["x@y.test", "z@y.test"]),
    "whether a mail asked something": lambda c: deliveries.is_question(c, 1, ["x@y.test"], sender="a@b.test"),
    "who was asked by mail": lambda c: deliveries.was_asked(c, 1, "a@b.test"),
    "who gets the answers": lambda c: leads.added(c, 1),
    "images of the sender": lambda c: messages.inline_images(c, 1),
    "the delivery of a bounce": lambda c: deliveries.by_message_id(c, "x@y.test"),
    "earlier mails to a role": lambda c: deliveries.previous(c, 1, "a@b.test"),
    "timers": lambda c: timers.take(c, now=NOW, limit=9),
    "next timer": timers.next_due,
    "promises of a case": lambda c: (promises.unsettled(c, 1), promises.replies(c, 1), promises.somebody_waits(c, 1)),
    "a promise breaks": lambda c: promises.break_(c, 1, What.FIRST, now=NOW),
    "what is late": lambda c: promises.late(c, "support", limit=9),
    "promises kept and broken": lambda c: promises.tally(c, since=NOW),
    "who was asked": lambda c: (asked.lately(c, 1), asked.answer(c, 1, "hr", "passed", by="a"), asked.take(c, 1)),
    "gaps": lambda c: gaps.since(c, NOW),
    "swaps": lambda c: swaps.since(c, "support", NOW),
    "next appointment": appointments.next_due,
    "what lies open": lambda c: (handover.lying_open(c, "a"), handover.first_words(c, "a", status="open", limit=9)),
    "what was odd": lambda c: handover.odd(c, "support", since=NOW),
    "cases to compare": lambda c: (alike.is_behind(c, until=NOW), alike.take(c, until=NOW, limit=9), alike.began(c)),
    "the window of comparing": lambda c: alike.horizon(c, now=NOW, newest=9000),
    "what is alike": lambda c: (alike.counts(c, ["a", "b"], since=1), alike.nearest(c, {"a": 1.0}, since=1, but=2)),
    "the problem of a case": lambda c: problems.of_case(c, 1),
    "a problem": lambda c: (problems.get(c, 1), problems.reports(c, 1), problems.reported(c, 1, since=NOW)),
    "problems": lambda c: (problems.unsolved(c, limit=9), problems.since(c, NOW, until=NOW, limit=9), problems.loud(c)),
    "what of problems and cases somebody sees": lambda c: (
        problems.seen(c, [1, 2], reader=READER),
        board.seen(c, READER, [1, 2]),
        cases.several(c, [1, 2]),
        cases.roles_had(c, [1, 2]),
    ),
    "the cord of a case": lambda c: (cords.of(c, case=1, problem=1), cords.get(c, 1)),
    "cords": lambda c: (cords.unanswered(c, limit=9), cords.since(c, NOW, limit=9)),
    "the weekly letter": lambda c: (
        letter.opened(c, NOW, NOW),
        letter.count(c, NOW, NOW),
        letter.happened(c, Kind.ANDON, NOW, NOW),
        letter.corrected(c, NOW, NOW),
        letter.reports(c, [1, 2], NOW, NOW),
        letter.senders(c, [1, 2], NOW, NOW),
        letter.words(c, [1]),
    ),
    "statistics": lambda c: (list(stats.lives(c, since=NOW)), stats.backlog(c, steps=(NOW,))),
    "the lease": lambda c: mailboxes.owner(c, "info"),
    "health": lambda c: health.look(c, ["info"]),
}


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = open_database(database_url)
    upgrade(database)
    yield database
    database.engine.dispose()


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_of_every_day_uses_an_index(database: Database, question: str) -> None:
    for statement, plan in plans(database, QUESTIONS[question]):
        assert [line for line in plan if scans(line)] == [], statement


def test_sqlite_looks_for_the_first_answer_to_a_case_among_what_happened_to_it(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path}/inflow.db")
    upgrade(database)
    ((_, plan),) = plans(database, lambda c: letter.opened(c, NOW, NOW))
    assert [line for line in plan if "ix_event_case_id_id" in line]
    database.engine.dispose()


def plans(database: Database, question: Callable[[Connection], object]) -> list[tuple[str, list[str]]]:
    """What is asked, and the lines of its plan."""
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        asked.append((statement, parameters))

    with database.writing() as connection:
        event.listen(database.engine, "before_cursor_execute", note)
        question(connection)
        event.remove(database.engine, "before_cursor_execute", note)
        assert asked
        if not database.is_sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        return [
            (statement, [str(row[-1]) for row in connection.exec_driver_sql(explain + statement, parameters)])
            for statement, parameters in asked
        ]


def scans(line: str) -> bool:
    """Whether a line of a plan reads a whole large table."""
    words = line.split()
    if "Seq Scan on" in line:
        return words[words.index("on") + 1] in LARGE
    return words[0] == "SCAN" and words[1] in LARGE and "USING" not in words
