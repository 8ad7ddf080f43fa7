"""A signed address leads back to what it was made for, and to nothing else."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inflow.casework.addresses import Way, WayBack, bare, fault, looks_signed, read, sign

KEYS = {1: b"old" * 11, 2: b"new" * 11}
ROLES = ["support", "ekonomi", "hr"]
ways = st.builds(WayBack, way=st.sampled_from(Way), number=st.integers(0, 2**62), role=st.sampled_from(["", *ROLES]))


@given(ways)
def test_what_was_signed_is_read_back_whatever_happened_to_its_capitals(back: WayBack) -> None:
    address = sign("info@exempel.test", back, KEYS)
    assert read(address, KEYS, roles=ROLES) == back
    assert read(address.upper(), KEYS, roles=ROLES) == back
    assert bare(address) == "info@exempel.test"
    assert len(address.partition("@")[0]) <= 64


@given(ways, st.integers(0, 60), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_token_changed_in_one_place_leads_nowhere_new(back: WayBack, place: int, letter: str) -> None:
    local, _, domain = sign("info@exempel.test", back, KEYS).partition("@")
    place = 5 + place % (len(local) - 5)
    changed = local[:place] + letter + local[place + 1 :]
    if changed != local:
        assert read(f"{changed}@{domain}", KEYS, roles=ROLES) is None


def test_a_key_that_was_rotated_out_of_signing_is_still_believed() -> None:
    back = WayBack(way=Way.ROLE, number=7, role="hr")
    assert read(sign("info@exempel.test", back, {1: KEYS[1]}), KEYS, roles=ROLES) == back


def test_another_organisations_key_is_not_believed() -> None:
    address = sign("info@exempel.test", WayBack(way=Way.ROLE, number=7, role="hr"), {1: b"theirs"})
    assert looks_signed(address)
    assert read(address, KEYS, roles=ROLES) is None


def test_a_role_that_is_gone_is_not_believed() -> None:
    address = sign("info@exempel.test", WayBack(way=Way.ROLE, number=7, role="hr"), KEYS)
    assert read(address, KEYS, roles=["support"]) is None


@pytest.mark.parametrize(
    "address",
    ["", "info@exempel.test", "info+hej@exempel.test", "info+r1z@x", "+@", "info+r9999999999z1-aaaaaaaaaaaaaaaa@x"],
)
def test_what_is_no_token_is_nothing(address: str) -> None:
    assert read(address, KEYS, roles=ROLES) is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda local: local[:-9], "cut off"),
        (lambda local: local.replace("+r2z", "+r9z"), "a key that is not believed any more"),
        (lambda local: local[:-1] + ("a" if local[-1] != "a" else "b"), "changed"),
    ],
)
def test_why_a_signed_address_leads_nowhere_is_told(change: Callable[[str], str], why: str) -> None:
    local, _, domain = sign("info@exempel.test", WayBack(way=Way.ROLE, number=7, role="hr"), KEYS).partition("@")
    broken = f"{change(local)}@{domain}"
    assert looks_signed(broken)
    assert read(broken, KEYS, roles=ROLES) is None
    assert why in fault(broken, KEYS)
