"""Numbers are written as in the reader's language."""

import pytest

from inflow.casework.numbers import decimal, duration


@pytest.mark.parametrize(
    ("value", "sv", "en"),
    [(5.94, "5,9", "5.9"), (5.0, "5", "5"), (0.04, "0", "0"), (10.0, "10", "10"), (99.96, "100", "100")],
)
def test_a_decimal_is_a_comma_in_swedish(value: float, sv: str, en: str) -> None:
    assert (decimal(value, "sv"), decimal(value, "en")) == (sv, en)


@pytest.mark.parametrize(
    ("seconds", "said"), [(59, "59 s"), (60, "1 min"), (5400, "1,5 h"), (86400, "1 d"), (216000, "2,5 d")]
)
def test_a_stretch_of_time_is_told_in_the_largest_unit_that_fits(seconds: float, said: str) -> None:
    assert duration(seconds, "sv") == said
