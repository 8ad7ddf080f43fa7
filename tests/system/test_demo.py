"""The demo is the real daemon: what it shows is what an organisation would get."""

import os
import re
import signal
import smtplib
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import inflow_program

SHOWN = re.compile(r"^ *#(\d+)  (\S+) +(rule|other|thread|history|model)", re.MULTILINE)


@pytest.fixture
def staying(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """`inflow demo`, and the file that its output goes to."""
    output = tmp_path / "demo.txt"
    with output.open("wb") as file:
        demo = subprocess.Popen([inflow_program(), "demo"], stdout=file, stderr=file, env=environment(tmp_path))
    yield demo, output
    demo.kill()
    demo.wait()


def environment(folder: Path) -> dict[str, str]:
    return dict(os.environ) | {"TMPDIR": str(folder), "NO_COLOR": "1"}


def wait_for(output: Path, words: str, *, seconds: float = 60) -> str:
    deadline = time.monotonic() + seconds
    while words not in (text := output.read_text()):
        assert time.monotonic() < deadline, text
        time.sleep(0.1)
    return text


def test_the_demo_plays_every_mail_and_ends(tmp_path: Path) -> None:
    command = [inflow_program(), "demo", "--once"]
    played = subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env=environment(tmp_path)
    )
    assert played.returncode == 0, played.stdout + played.stderr
    roles = {number: role for number, role, _ in SHOWN.findall(played.stdout)}
    assert len(roles) == 23
    assert roles["1"] == "Kundsupport"
    assert {"Ekonomi", "Försäljning", "IT", "Juridik", "Personal", "Press", "Övrigt"} <= set(roles.values())
    assert played.stderr == ""
    assert list(tmp_path.iterdir()) == []


def test_the_demo_stays_up_takes_a_new_mail_and_leaves_nothing_behind(
    staying: tuple[subprocess.Popen[bytes], Path], tmp_path: Path
) -> None:
    demo, output = staying
    text = wait_for(output, "Ctrl-C")
    config = next(tmp_path.glob("inflow-demo-*/inflow.toml"))
    listed = subprocess.run(
        [inflow_program(), "--config", str(config), "cases", "list", "--json"], capture_output=True, check=False
    )
    assert listed.returncode == 0
    port = int(re.search(r"smtp://127.0.0.1:(\d+)", text)[1])  # type: ignore[index]
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.sendmail("ny@kund.test", ["info@fjallvind.test"], "From: ny@kund.test\nSubject: Pressbild?\n\nHej!\n")
    wait_for(output, "Pressbild?")
    demo.send_signal(signal.SIGINT)
    assert demo.wait(timeout=30) == 0
    assert not config.parent.exists()
