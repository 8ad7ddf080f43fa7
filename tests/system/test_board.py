"""The board as operations start it: accounts by command, alone or beside the daemon."""

import json
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.conftest import Inflow, StartInflow, WriteConfig
from tests.servers.process import answers, free_port, stop, wait_until


def test_accounts_are_kept_by_command(write_config: WriteConfig, inflow: Inflow) -> None:
    write_config()
    short = inflow("users", "add", "anna@exempel.test", "--stdin", stdin="kort\n")
    assert (short.returncode, "at least 10 characters" in short.stderr) == (1, True)
    added = inflow("users", "add", "Anna@exempel.test", "--name", "Anna", "--stdin", stdin="en lång mening\n")
    assert added.returncode == 0, added.stderr
    assert inflow("users", "password", "anna@exempel.test", "--stdin", stdin="en annan mening\n").returncode == 0
    listed = json.loads(inflow("users", "list", "--json").stdout)
    assert [(one["address"], one["name"]) for one in listed] == [("anna@exempel.test", "Anna")]
    assert inflow("users", "remove", "anna@exempel.test").returncode == 0
    assert inflow("users", "remove", "anna@exempel.test").returncode == 1


def status_of(url: str) -> int:
    """What a browser that nobody is signed in with gets."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def test_the_board_runs_alone_and_ends_when_it_is_told(write_config: WriteConfig, start_inflow: StartInflow) -> None:
    port = free_port()
    write_config(more=f"\n[web]\nport = {port}\n")
    board = start_inflow("web")
    wait_until(lambda: answers(port), seconds=30, what="the board")
    assert status_of(f"http://127.0.0.1:{port}/login") == 200
    assert status_of(f"http://127.0.0.1:{port}/cases/1") == 401
    stop(board, number=15)
    assert board.returncode == 0


def test_the_board_runs_beside_the_daemon_and_ends_with_it(
    write_config: WriteConfig, start_inflow: StartInflow, tmp_path: Path
) -> None:
    port = free_port()
    write_config(more=f"\n[web]\nenabled = true\nport = {port}\n")
    daemon = start_inflow("run")
    wait_until(lambda: answers(port), seconds=30, what="the board")
    assert status_of(f"http://127.0.0.1:{port}/login") == 200
    began = time.monotonic()
    stop(daemon, number=15)
    assert daemon.returncode == 0
    assert time.monotonic() - began < 9
    assert "Traceback" not in (tmp_path / "inflow.log").read_text()
