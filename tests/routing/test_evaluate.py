import json
from pathlib import Path

import typer
from typer.testing import CliRunner

from inflow.cli.classify import classified, evaluate
from inflow.mail.message import Address, Message
from inflow.routing.decide import Policy
from inflow.routing.facts import Facts
from inflow.routing.roles import Role
from tests.routing.mails import ROLES, mail

APP = typer.Typer()
APP.command()(evaluate)
FIELDS = {
    "n_train",
    "n_test",
    "accuracy",
    "coverage",
    "misrouted",
    "other_recall",
    "auroc",
    "ece",
    "seconds_train",
    "ms_per_message",
}


def write(file: Path, rows: list[dict[str, str]], *, spoilt: str = "") -> str:
    file.write_text("".join(json.dumps(row) + "\n" for row in rows) + spoilt, encoding="utf-8")
    return str(file)


def labelled(first: int, last: int) -> list[dict[str, str]]:
    return [{"text": mail(role, number).text, "role": role} for number in range(first, last) for role in ROLES]


def test_evaluate_prints_every_figure_of_the_contract(tmp_path: Path) -> None:
    train = write(tmp_path / "a.jsonl", labelled(0, 20))
    alien = [
        {
            "text": "tulpaner och narcisser till balkongen",
            "role": "blommor",
            "from": "Bo <bo@kund.test>",
            "subject": "x",
        }
    ]
    test = write(tmp_path / "b.jsonl", labelled(20, 25) + alien)
    result = CliRunner().invoke(APP, ["--train", train, "--test", test, "--json"])
    figures = json.loads(result.stdout)
    assert result.exit_code == 0
    assert set(figures) >= FIELDS
    assert (figures["n_train"], figures["n_test"], figures["other_recall"]) == (80, 21, 1.0)
    assert figures["accuracy"] > 0.9


def test_rows_without_text_or_role_are_named_counted_and_skipped(tmp_path: Path) -> None:
    spoilt = '{"role": "hr"}\n{"text": "x"}\nnot json\n[]\n{"text": 3, "role": "hr"}\n\n'
    train = write(tmp_path / "a.jsonl", labelled(0, 5), spoilt=spoilt)
    test = write(tmp_path / "b.jsonl", labelled(5, 6))
    result = CliRunner().invoke(APP, ["--train", train, "--test", test, "--json"])
    assert json.loads(result.stdout)["n_train"] == 20
    assert "a.jsonl:21: no text or no role" in result.stderr
    assert "a.jsonl:23: not JSON" in result.stderr
    assert "5 rows skipped" in result.stderr


def test_nothing_to_learn_from_is_measured_as_nothing_known(tmp_path: Path) -> None:
    train, test = write(tmp_path / "a.jsonl", []), write(tmp_path / "b.jsonl", labelled(0, 2))
    result = CliRunner().invoke(APP, ["--train", train, "--test", test])
    assert result.exit_code == 0
    assert "other_recall    1" in result.stdout


def test_a_classified_file_has_the_fields_of_the_contract() -> None:
    roles = (
        Role(name="ekonomi", address="e@exempel.test", keywords=("faktura",)),
        Role(name="ovrigt", address="o@exempel.test"),
    )
    message = Message(raw=b"", headers={}, subject="Faktura", from_=(Address(address="a@kund.test"),))
    row = classified("a.eml", message, Policy(roles=roles, other="ovrigt"), facts=Facts())
    assert set(row) == {"file", "role", "by", "confidence", "reasons", "candidates"}
    assert (row["role"], row["by"], row["candidates"][0]["role"]) == ("ekonomi", "rule", "ekonomi")
