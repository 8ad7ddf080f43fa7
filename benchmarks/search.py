"""How long a search takes in a store of generated mail: `python -m benchmarks.search [--messages 100000] [--url URL]`.

The words are made up after Zipf's law, so that some stand in nearly every mail and most in few; every query is asked in its turn, and
each round asks other words. What is timed is what the board asks: parse, find, rank, cases, pieces of text.
"""

import argparse
import bisect
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from inflow.casework.query import parse
from inflow.store import board, found, indexing
from inflow.store.board import Reader
from inflow.store.engine import Database, open_database
from inflow.store.migrate import upgrade
from inflow.store.schema import cases, message, party

ROLES = ("support", "ekonomi", "hr", "ovrigt")
WORDS_A_MAIL, VOCABULARY, PARTIES, AT_ONCE = 120, 30_000, 5_000, 1_000
BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
ENDINGS = ("", "", "", "en", "ar", "arna", "or", "orna", "et", "s", "ing")


def vocabulary(random_: random.Random) -> list[str]:
    syllables = [a + b for a in "bdfghjklmnprstv" for b in "aeiouyåäö"]
    return ["".join(random_.choices(syllables, k=random_.randint(2, 4))) for _ in range(VOCABULARY)]


def writer(random_: random.Random, words: list[str]) -> Callable[[int], str]:
    heights = list(itertools.accumulate(1 / (rank + 10) for rank in range(len(words))))

    def write(count: int) -> str:
        chosen = (words[bisect.bisect(heights, random_.random() * heights[-1]) % VOCABULARY] for _ in range(count))
        return " ".join(word + random_.choice(ENDINGS) for word in chosen)

    return write


def fill(database: Database, count: int, write: Callable[[int], str], random_: random.Random) -> float:
    """Write cases of one mail each; returns seconds spent feeding the index."""
    spent = 0.0
    with database.writing() as connection:
        people = [
            {"address": f"p{n}@kund{n % 500}.test", "name": write(2), "kind": random_.choice(("customer", "supplier"))}
            for n in range(PARTIES)
        ]
        connection.execute(party.insert(), people)
    for begin in range(0, count, AT_ONCE):
        numbers = range(begin + 1, min(begin + AT_ONCE, count) + 1)
        with database.writing() as connection:
            texts = {n: (write(4), write(WORDS_A_MAIL)) for n in numbers}
            connection.execute(cases.insert(), [_case(n, texts[n][0], random_) for n in numbers])
            connection.execute(message.insert(), [_message(n, *texts[n]) for n in numbers])
            began = time.perf_counter()
            indexing._fill(connection, list(numbers))  # noqa: SLF001
            spent += time.perf_counter() - began
    return spent


def _case(n: int, subject: str, random_: random.Random) -> dict[str, object]:
    at = BEGIN + timedelta(minutes=n)
    return {
        "id": n, "subject": subject, "status": random_.choice(("open", "closed", "closed", "closed")),
        "role": random_.choice(ROLES), "party_id": n % PARTIES + 1, "domain": f"kund{n % 500}.test", "mailbox": "info",
        "opened_at": at, "updated_at": at, "decided_by": "rule", "confidence": 1.0, "reasons": [], "candidates": [],
    }  # fmt: skip


def _message(n: int, subject: str, text: str) -> dict[str, object]:
    return {
        "id": n, "identity": f"{n:064}", "direction": "in", "state": "filed", "mailbox": "info", "size": len(text),
        "received_at": BEGIN + timedelta(minutes=n), "sha256": "0" * 64, "case_id": n, "subject": subject, "text": text,
        "reply_text": "", "from_address": f"p{n % PARTIES}@kund{n % 500}.test", "from_name": "", "defects": [],
    }  # fmt: skip


def questions(words: list[str], random_: random.Random) -> dict[str, str]:
    """One of each kind of question."""
    common, middling, rare = (
        words[random_.randint(0, 20)],
        words[random_.randint(200, 400)],
        words[random_.randint(5000, 20000)],
    )
    return {
        "a rare word": rare,
        "a word": middling,
        "a word that stands nearly everywhere": common,
        "two words": f"{middling} {words[random_.randint(200, 400)]}",
        "a phrase": f'"{common} {words[random_.randint(0, 20)]}"',
        "two letters, as one types": rare[:2],
        "four letters, as one types": rare[:4],
        "from:": f"from:p{random_.randint(0, PARTIES - 1)}",
        "from: and a word": f"from:kund{random_.randint(0, 499)} {common}",
        "a word, role, status": f"{middling} role:ekonomi status:open",
        "a word in a month": f"{middling} after:2025-02 before:2025-03",
        "party:": f"party:@kund{random_.randint(0, 499)}.test",
    }


def measure(database: Database, words: list[str], random_: random.Random, rounds: int) -> None:
    taken: dict[str, list[float]] = {}
    reader = Reader(address="anna@exempel.test", hidden=("hr",))
    for _ in range(rounds):
        for kind, line in questions(words, random_).items():
            began = time.perf_counter()
            with database.reading() as connection:
                found.find(connection, parse(line), board.visible(reader))
            taken.setdefault(kind, []).append((time.perf_counter() - began) * 1000)
    print(f"{'':40}{'median':>10}{'p95':>10}  ms, {rounds} of each")
    for kind, times in (*taken.items(), ("all", [one for some in taken.values() for one in some])):
        print(f"{kind:40}{statistics.median(times):10.1f}{statistics.quantiles(times, n=20)[18]:10.1f}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--url", default="", help="an empty database; else an SQLite file that is thrown away")
    chosen = options.parse_args()
    random_ = random.Random(4711)
    words = vocabulary(random_)
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(chosen.url or f"sqlite:///{Path(folder) / 'search.db'}")
        upgrade(database)
        spent = fill(database, chosen.messages, writer(random_, words), random_)
        print(
            f"{chosen.messages} messages of {WORDS_A_MAIL} words; feeding the index {spent / chosen.messages * 1000:.3f} ms a mail"
        )
        if not database.is_sqlite:
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
        measure(database, words, random_, chosen.rounds)
        database.engine.dispose()


if __name__ == "__main__":
    main()
