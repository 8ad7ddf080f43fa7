"""A mail over the size limit: its headers and size become a case with *other*, the mail itself stays where people find it."""

import json
from collections.abc import Callable

import pytest

from tests.conftest import Inflow, WriteConfig
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink
from tests.system.promises import arrived, mail, subjects

LIMIT = 'max_size = "100KB"\n'
HUGE = mail("faktura-huge", text="lång rad\r\n" * 20_000)
TOO_BIG_FOLDER = "Inflow/TooBig"


@pytest.fixture
def limited(write_config: WriteConfig) -> Callable[..., None]:
    def write(done: str) -> None:
        path = write_config(done=done)
        path.write_text(path.read_text().replace("idle = true\n", f"idle = true\n{LIMIT}"))

    return write


@pytest.mark.parametrize("done", ["move", "flag"])
def test_what_is_too_big_becomes_a_case_with_other_and_stays_in_the_mailbox(
    done: str, limited: Callable[..., None], dovecot: Dovecot, imap_user: str, sink: Sink, inflow: Inflow
) -> None:
    limited(done)
    dovecot.deliver(imap_user, mail("before"), HUGE, mail("after"))

    for _ in range(2):
        assert inflow("run", "--once").returncode == 0

    cases = {one["subject"]: one for one in json.loads(inflow("cases", "list", "--json").stdout)}
    assert cases.keys() == subjects(["before", "faktura-huge", "after"])
    huge = cases["Mail faktura-huge."]
    assert huge["role"] == "ovrigt"
    assert huge["party"]["address"] == "faktura-huge@kund.test"
    assert "MB" in " ".join(huge["decision"]["reasons"]) or "KB" in " ".join(huge["decision"]["reasons"])
    forwards = arrived(sink.received)
    assert {subject: len(ids) for subject, ids in forwards.items()} == dict.fromkeys(cases, 1)
    assert max(len(one.raw) for one in sink.received) < 100_000
    if done == "move":
        assert dovecot.count(imap_user) == 0
        assert dovecot.messages(imap_user, TOO_BIG_FOLDER) == [HUGE]
    else:
        assert HUGE in dovecot.messages(imap_user)
        assert [("$InflowTooBig" in one, "$InflowDone" in one) for one in dovecot.flags(imap_user)] == [
            (False, True),
            (True, False),
            (False, True),
        ]
    assert inflow("verify").returncode == 0
