"""What people and scripts read of promises, of who was asked, and of gaps."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from inflow import clock as timers
from inflow.casework.addresses import Way
from inflow.cli import common
from inflow.cli.main import app
from inflow.desk.world import World
from tests.jobs.conftest import Clock, Receive, mail
from tests.jobs.conversing import EVA, PASS, address
from tests.servers.config import HEAD, config_text

HOURS = HEAD.replace("[database]", 'working_hours = ["mon-sun 00:00-24:00"]\n\n[database]')
PROMISE = '[[promise]]\nfirst_answer = "1h"\nsolved = "1d"\n'


@pytest.fixture
def run(
    make_world: Callable[..., World], receive: Receive, clock: Clock, tmp_path: Path, database_url: str
) -> Callable[..., Result]:
    """Commands over a world in which one promise broke, and nobody took a case."""
    world = make_world(head=HOURS, more=PROMISE)
    receive(world, mail("Hjälp", "Kan inte logga in.", sender="bo@kund.test"), mail("Bryggan", "Laga den?", sender=EVA))
    for hours in (4, 24):
        clock.move(timedelta(hours=hours))
        while timers.step(world):
            pass
        to = address(world, Way.ASKED, number=2, role="ekonomi")
        receive(world, mail("Sv", "/pass fråga hamnen", sender="d@exempel.test", to=to, headers=PASS))
    path = tmp_path / "inflow.toml"
    path.write_text(
        config_text(imap_port=1, imap_user="info", smtp_port=1, database_url=database_url, head=HOURS, more=PROMISE)
    )

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(app, ["--config", str(path), *arguments])
        assert result.exit_code == 0, result.output
        return result

    return run


def test_a_case_tells_its_promises_and_its_way(run: Callable[..., Result]) -> None:
    shown = json.loads(run("cases", "show", "1", "--json").stdout)
    told = [(one["what"], one["role"], one["state"]) for one in shown["promises"]]
    assert ("first-answer", "support", "broken") in told
    assert [one["role"] for one in shown["chain"]] == ["support", "support-2"]
    assert shown["chain"][1]["reasons"] == ["escalated by clock", "first-answer was promised by 2026-11-22 12:00"]
    assert shown["promises"][0]["due_at"] == "2026-11-22T11:00:00Z"


def test_a_case_tells_who_was_asked(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    shown = json.loads(run("cases", "show", "2", "--json").stdout)
    assert {one["role"]: one["answer"] for one in shown["asked"]} == {
        "support": None,
        "support-2": None,
        "ekonomi": "passed",
        "hr": None,
    }
    monkeypatch.setattr(common.console, "_width", 200)
    assert "ekonomi (passed: fråga hamnen)" in run("cases", "show", "2").stdout


def test_stats_tell_what_was_kept_and_broken(run: Callable[..., Result]) -> None:
    told = json.loads(run("stats", "--since", "2026-11-01", "--json").stdout)
    assert told["promises"]["support"]["first-answer"] == {"kept": 0, "broken": 1}
    assert "promises of support: first-answer 0 kept, 1 broken" in run("stats", "--since", "2026-11-01").stdout


def test_gaps_are_grouped_for_scripts(run: Callable[..., Result]) -> None:
    (group,) = json.loads(run("gaps", "--since", "2026-11-01", "--json").stdout)
    assert group["senders"] == 1
    assert [(one["number"], one["asked"], one["passed"]) for one in group["cases"]] == [(2, 4, 1)]


def test_a_case_can_be_asked_about_passed_and_declined_by_command(run: Callable[..., Result]) -> None:
    run("cases", "pass", "2", "hr", "--by", "hanna", "--why", "nej")
    run("cases", "whose", "1", "--by", "anna")
    assert json.loads(run("cases", "show", "1", "--json").stdout)["role"] == "ovrigt"
    run("cases", "decline", "1", "Sådant sköter vi inte.", "--by", "vd")
    shown = json.loads(run("cases", "show", "1", "--json").stdout)
    assert shown["status"] == "closed"
    assert [one["kind"] for one in shown["deliveries"]].count("relay") == 1
    assert all(one["settled_at"] for one in shown["promises"])
