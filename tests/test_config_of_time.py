"""Working hours, promises and rotas in the config: every fault names its key."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest

from inflow.config import ConfigError, Settings, build, load
from tests.conftest import Inflow, WriteConfig

EXAMPLE = (Path(__file__).parents[1] / "config" / "inflow.toml").read_text(encoding="utf-8")
HOURS = 'working_hours = ["mon-fri 08:00-17:00"]'
OURS = f'timezone = "Europe/Stockholm"\n{HOURS}\n'


def built(tmp_path: Path, *, organisation: str = HOURS, role: str = "", more: str = "") -> Settings:
    text = EXAMPLE.replace('timezone = "Europe/Stockholm"', f'timezone = "Europe/Stockholm"\n{organisation}', 1)
    text = text.replace('name = "support"\n', f'name = "support"\n{role}\n', 1)
    return build(tomllib.loads(f"{text}\n{more}"), folder=tmp_path)


SHIFT = "{{ from = 2026-11-{:02}, to = 2026-11-{:02}, who = '{}@exempel.test' }}"


def shifts(*said: tuple[int, int, str]) -> str:
    return f"[[duty]]\nrole = 'support'\nshifts = [{', '.join(SHIFT.format(*one) for one in said)}]"


FAULTS = [
    ({"organisation": "working_hours = []"}, "organisation.working_hours: has no hours: time would never pass"),
    ({"organisation": 'working_hours = ["mon 17-8"]'}, "organisation.working_hours: 'mon 17-8' has no hours"),
    ({"organisation": 'working_hours = ["mon 8-12", "mon 11-17"]'}, "organisation.working_hours: hours of mon overlap"),
    ({"organisation": 'working_hours = "mon 8-17"'}, "organisation.working_hours: "),
    ({"organisation": 'country = "SE"'}, "organisation.country: means nothing without organisation.working_hours"),
    ({"organisation": f'{HOURS}\ncountry = "SW"'}, "organisation.country: 'SW' is no country"),
    ({"organisation": f'{HOURS}\ncountry = "DE-XX"'}, "organisation.country: 'XX' is no part of DE"),
    ({"organisation": f'{HOURS}\nclosed = ["13-24"]'}, "organisation.closed: '13-24' is no day"),
    ({"role": "working_hours = []"}, "role[0].working_hours: has no hours"),
    ({"organisation": "", "role": HOURS}, "role[0].working_hours: set organisation.working_hours first"),
    ({"organisation": "", "more": '[[promise]]\nfirst_answer = "4h"'}, "promise[0]: counts in working time and there is none"),
    ({"more": "[[promise]]"}, "promise[0]: promises nothing"),
    ({"more": '[[promise]]\nfirst_answer = "0h"'}, "promise[0]: a promise needs time"),
    ({"more": '[[promise]]\nrole = ["suport"]\nsolved = "1d"'}, "promise[0].role: there is no role 'suport'"),
    ({"more": '[[promise]]\nparty = ["king"]\nsolved = "1d"'}, "promise[0].party[0]: "),
    ({"more": "[[duty]]\nrole = 'suport'\nrotation = ['a@exempel.test']"}, "duty[0].role: there is no role 'suport'"),
    ({"more": "[[duty]]\nrole = 'support'"}, "duty[0]: give one of rotation, shifts or calendar"),
    ({"more": 2 * "[[duty]]\nrole = 'support'\nrotation = ['a@exempel.test']\n"}, "duty[1].role: 'support' has a rota already: duty[0]"),
    ({"more": shifts((2, 8, "a"), (10, 15, "b"))}, "duty[0].shifts: gap: nobody from 2026-11-09 until 2026-11-10"),
    ({"more": shifts((2, 8, "a"), (8, 15, "b"))}, "duty[0].shifts: overlap: a@exempel.test until 2026-11-09, b@exempel.test from"),
    ({"more": shifts((8, 2, "a"))}, "duty[0].shifts[0]: ends before it begins"),
    ({"more": "[[duty]]\nrole = 'support'\nrotation = ['a@annan.test']"}, "duty[0].rotation: a@annan.test is not a member of support"),
    ({"more": "[[duty]]\nrole = 'support'\ncalendar = 'jour.ics'"}, "duty[0].calendar: cannot be read: No such file"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "fault"), FAULTS, ids=[fault for _, fault in FAULTS])
def test_a_fault_of_time_names_its_key(changes: dict[str, str], fault: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        built(tmp_path, **changes)
    assert any(line.startswith(fault) for line in caught.value.faults), caught.value.faults


def test_a_calendar_is_checked_before_anything_is_touched(tmp_path: Path) -> None:
    more = "[[duty]]\nrole = 'support'\ncalendar = 'jour.ics'"
    (tmp_path / "jour.ics").write_text("hej")
    with pytest.raises(ConfigError, match=r"duty\[0\].calendar: is not an iCalendar file"):
        built(tmp_path, more=more)
    (tmp_path / "jour.ics").write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20261102\r\n"
        "DTEND;VALUE=DATE:20261109\r\nRRULE:FREQ=WEEKLY\r\nATTENDEE:mailto:anna@exempel.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    assert built(tmp_path, more=more).duties[0].calendar == tmp_path / "jour.ics"


def test_days_between_shifts_on_which_nobody_works_are_no_gap(tmp_path: Path) -> None:
    assert built(tmp_path, more=shifts((2, 6, "a"), (9, 13, "b"))).duties


def test_the_example_counts_every_hour(tmp_path: Path) -> None:
    settings = built(tmp_path, organisation="")
    assert settings.clock() is None
    assert settings.clock("support") is None
    assert settings.other.management_after == timedelta(days=1)


def test_a_role_has_the_organisations_hours_or_its_own(tmp_path: Path) -> None:
    settings = built(
        tmp_path, organisation=f'{HOURS}\ncountry = "SE"\nclosed = ["12-23"]', role='working_hours = ["mon-sun 0-24"]'
    )
    office, support = settings.clock("hr"), settings.clock("support")
    assert office is not None
    assert support is not None
    assert office == settings.clock()
    assert support.week[6] == ((0, 1440),)
    free = [day for day in range(20, 32) if date(2026, 12, day) in office.free]
    assert free == [23, 24, 25, 26, 31]


def test_a_wrong_rota_is_exit_status_78(write_config: WriteConfig, inflow: Inflow) -> None:
    write_config(more=shifts((2, 8, "a"), (10, 15, "b")))
    ended = inflow("check")
    assert ended.returncode == 78
    assert "duty[0].shifts: gap" in ended.stderr


def test_the_commands_show_who_is_on_duty_and_swap(write_config: WriteConfig, inflow: Inflow, tmp_path: Path) -> None:
    write_config(more="[[duty]]\nrole = 'ovrigt'\nrotation = ['anna@exempel.test', 'bo@exempel.test']")
    shown = inflow("duty", "show", "--json")
    assert shown.returncode == 0, shown.stderr
    now = "anna" if '"now": "anna@' in shown.stdout else "bo"
    other = {"anna": "bo", "bo": "anna"}[now]
    swapped = inflow("duty", "swap", "ovrigt", f"{other}@exempel.test", "--by", f"{now}@exempel.test")
    assert swapped.returncode == 0, swapped.stderr
    assert f'"now": "{other}@exempel.test"' in inflow("duty", "show", "--json").stdout
    assert inflow("duty", "swap", "support", "bo@exempel.test").returncode == 1
    assert inflow("gaps", "--json").stdout.strip() == "[]"
    assert "No gaps" in inflow("gaps").stdout
    assert load(tmp_path / "inflow.toml").duties
