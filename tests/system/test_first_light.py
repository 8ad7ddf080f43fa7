"""A mail comes in, becomes a case, and reaches its role: as an operator's script sees it."""

import json
import time
from collections import Counter
from email import message_from_bytes, policy

import pytest

from tests.conftest import Inflow, StartInflow, WriteConfig
from tests.servers.dovecot import Dovecot
from tests.servers.sink import Sink

RULE = """
[[rule]]
name = "fakturor"
when = { subject = "faktura|invoice" }
route = "ekonomi"
"""


def mail(number: int, subject: str, text: str, *, sender: str = "", headers: str = "") -> bytes:
    sender = sender or f"Kund {number} <kund{number}@kund{number}.test>"
    return (
        f"From: {sender}\r\nTo: info@exempel.test\r\nSubject: {subject}\r\n"
        f"Message-ID: <m{number}@kund.test>\r\nDate: Sun, 22 Nov 2026 10:{number % 60:02}:00 +0100\r\n{headers}"
        f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    ).encode()


def forty() -> list[bytes]:
    """Ten each of what a rule knows, what keywords know, what nobody knows, and HTML with an attachment for support."""
    mails = [mail(n, f"Faktura {n}", f"Hej, här kommer faktura nummer {n}.") for n in range(10)]
    mails += [
        mail(n, "Kan inte logga in", f"Jag får felmeddelande {n} när jag försöker logga in.") for n in range(10, 20)
    ]
    mails += [mail(n, "Hej där", f"Vi undrar över något helt annat, nummer {n}.") for n in range(20, 30)]
    for n in range(30, 40):
        body = (
            "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Produkten <b>fungerar inte</b>. Felmeddelande "
            f"{n}</p>\r\n--b\r\nContent-Type: application/pdf; name=x.pdf\r\nContent-Disposition: attachment; filename=x.pdf\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--b--"
        )
        plain = mail(n, f"Problem med produkten {n}", body)
        mails.append(plain.replace(b"text/plain; charset=utf-8", b"multipart/mixed; boundary=b", 1))
    return mails


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_forty_mails_become_forty_cases_and_forty_forwards(
    dovecot: Dovecot,
    imap_user: str,
    sink: Sink,
    write_config: WriteConfig,
    inflow: Inflow,
    engine: str,
    request: pytest.FixtureRequest,
) -> None:
    url = request.getfixturevalue("postgres_url" if engine == "postgresql" else "sqlite_url")
    write_config(database_url=url, more=RULE)
    if engine == "postgresql":
        refused = inflow("run", "--once")
        assert refused.returncode == 1
        assert "inflow db upgrade" in refused.stderr
        assert inflow("db", "upgrade").returncode == 0
    dovecot.deliver(imap_user, *forty())

    first = inflow("run", "--once")

    assert first.returncode == 0, first.stderr
    assert dovecot.count(imap_user) == 0
    assert dovecot.count(imap_user, "Inflow/Done") == 40
    cases = json.loads(inflow("cases", "list", "--limit", "0", "--json").stdout)
    assert Counter(case["role"] for case in cases) == {"ekonomi": 10, "support": 20, "ovrigt": 10}
    assert Counter(case["status"] for case in cases) == {"open": 30, "unclaimed": 10}
    assert Counter(one.recipients[0] for one in sink.received) == {
        "ekonomi@exempel.test": 10,
        "support@exempel.test": 20,
        "ovrigt@exempel.test": 10,
    }
    assert len({case["number"] for case in cases}) == 40

    second = inflow("run", "--once")

    assert second.returncode == 0, second.stderr
    assert len(sink.received) == 40
    assert len(json.loads(inflow("cases", "list", "--limit", "0", "--json").stdout)) == 40


def test_a_forward_says_who_wrote_and_why_and_carries_the_senders_own_parts(
    dovecot: Dovecot, imap_user: str, sink: Sink, write_config: WriteConfig, inflow: Inflow
) -> None:
    write_config(more=RULE)
    original = mail(1, "Faktura 17", "Hej, betala gärna.", sender='"Åsa Öberg" <asa@leverantor.test>')
    dovecot.deliver(imap_user, original)

    assert inflow("run", "--once").returncode == 0

    received = sink.received[0]
    forward = message_from_bytes(received.raw, policy=policy.default)
    assert forward["From"].addresses[0].display_name == "Åsa Öberg via Exempel AB"
    assert forward["From"].addresses[0].addr_spec == "info@exempel.test"
    assert forward["To"].addresses[0].addr_spec == "ekonomi@exempel.test"
    assert forward["Reply-To"].addresses[0].username.startswith("info+r")
    assert forward["Subject"] == "[#1] Faktura 17"
    assert forward["X-Inflow-Case"] == "1"
    assert forward["Auto-Submitted"] is None
    assert received.sender.startswith("info+b")
    block, own = list(forward.iter_parts())
    assert 'regeln "fakturor" stämmer' in block.get_content()
    assert "Åsa Öberg <asa@leverantor.test>" in block.get_content()
    assert "/route" in block.get_content()
    assert original.partition(b"\r\n\r\n")[2].rstrip() in received.raw
    assert own.get_content().strip() == "Hej, betala gärna."


def test_a_mail_that_comes_while_the_daemon_idles_is_forwarded_within_two_seconds(
    dovecot: Dovecot, imap_user: str, sink: Sink, write_config: WriteConfig, start_inflow: StartInflow
) -> None:
    write_config(more=RULE)
    daemon = start_inflow("run")
    dovecot.deliver(imap_user, mail(1, "Faktura", "först"))
    sink.wait_for(1)
    time.sleep(1.0)  # it idles again

    begun = time.monotonic()
    dovecot.append(imap_user, mail(2, "Faktura", "nu"))
    sink.wait_for(2)

    assert time.monotonic() - begun < 2.0
    daemon.terminate()
    assert daemon.wait(timeout=15) == 0


def test_an_operator_steers_a_case_from_the_command_line(
    dovecot: Dovecot, imap_user: str, sink: Sink, write_config: WriteConfig, inflow: Inflow
) -> None:
    write_config()
    dovecot.deliver(imap_user, mail(1, "Hej där", "En fråga om uppsägningstid och pension."))
    assert inflow("run", "--once").returncode == 0
    assert json.loads(inflow("cases", "show", "1", "--json").stdout)["status"] == "unclaimed"

    assert inflow("cases", "claim", "1", "hr", "--by", "Reception").returncode == 0
    assert inflow("cases", "note", "1", "ring tillbaka", "--by", "Reception").returncode == 0
    assert inflow("cases", "label", "1", "pension").returncode == 0
    assert inflow("run", "--once").returncode == 0
    assert inflow("cases", "close", "1").returncode == 0
    wrong = inflow("cases", "close", "1")
    assert wrong.returncode == 1
    assert "closed" in wrong.stderr
    unknown = inflow("cases", "route", "1", "suport")
    assert unknown.returncode == 1
    assert "support" in unknown.stderr
    assert inflow("cases", "show", "99").returncode == 1

    case = json.loads(inflow("cases", "show", "1", "--json").stdout)
    assert (case["status"], case["role"], case["labels"]) == ("closed", "hr", ["pension"])
    assert case["decision"]["by"] == "person"
    assert [(one["role"], one["by"]) for one in case["decisions"]] == [("ovrigt", "other"), ("hr", "person")]
    assert [event["kind"] for event in case["events"]] == ["opened", "routed", "claimed", "noted", "labelled", "closed"]
    assert [message["direction"] for message in case["messages"]] == ["in", "note"]
    assert [delivery["to"] for delivery in case["deliveries"]] == ["ovrigt@exempel.test", "hr@exempel.test"]
    found = json.loads(inflow("cases", "search", "uppsägning", "--json").stdout)
    assert [case["number"] for case in found] == [1]
    for words in (["cases", "list"], ["cases", "show", "1"], ["stats"], ["outbox", "list"]):
        assert inflow(*words).returncode == 0
