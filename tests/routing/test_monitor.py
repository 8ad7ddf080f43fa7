import pytest

from inflow.routing.asking import ask_first
from inflow.routing.calibration import NEVER, Threshold
from inflow.routing.features import Sample
from inflow.routing.monitor import Settled, report, share_of, tightened
from inflow.routing.training import train
from tests.routing.mails import examples, mail, unnamed

THRESHOLD = Threshold(confidence=0.6, routed=100, wrong=2)


def settled(number: int, *, wrong: int = 0, confidence: float = 0.8) -> list[Settled]:
    return [Settled(proposed="hr", confidence=confidence, final="it" if at < wrong else "hr") for at in range(number)]


def test_a_kept_promise_leaves_the_threshold_alone() -> None:
    assert tightened(THRESHOLD, settled(100, wrong=5), max_misrouted=0.05) is THRESHOLD
    assert tightened(THRESHOLD, [], max_misrouted=0.05) is THRESHOLD


def test_a_broken_promise_raises_the_threshold_to_where_it_held() -> None:
    recent = settled(100, confidence=0.95) + settled(40, wrong=20, confidence=0.7)
    assert 0.7 < tightened(THRESHOLD, recent, max_misrouted=0.05).confidence <= 0.951


def test_where_it_held_nowhere_nothing_is_routed() -> None:
    assert tightened(THRESHOLD, settled(40, wrong=20), max_misrouted=0.05).confidence == NEVER


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"), [(0, 59, 0, 0.0495), (5, 100, 0.0199, 0.1023), (3, 3, 0.3684, 1)]
)
def test_intervals_are_those_of_clopper_and_pearson(part: int, whole: int, low: float, high: float) -> None:
    share = share_of(part, whole)
    assert share.low == pytest.approx(low, abs=1e-3)
    assert share.high == pytest.approx(high, abs=1e-3)


def test_the_report_compares_what_it_would_have_done_with_what_people_did() -> None:
    cases = [*settled(90, wrong=9, confidence=0.7), *settled(10, confidence=0.3)]
    found = report(cases, THRESHOLD)
    assert (found.routed.part, found.wrong.part, found.wrong_by_role["hr"].whole) == (90, 9, 90)
    assert found.routed_at[0.05] == 0


def test_a_stricter_promise_never_buys_more() -> None:
    bought = report(settled(300, confidence=0.9) + settled(300, wrong=20, confidence=0.7), THRESHOLD).routed_at
    assert bought[0.01] <= bought[0.02] <= bought[0.05] <= bought[0.1]
    assert bought[0.1] > 0


def test_other_is_asked_first_what_the_model_knows_least_and_near_duplicates_once() -> None:
    model = train(examples(20), unnamed(), max_misrouted=0.05)
    strange = "Drönaren på taket behöver nya propellrar till festivalen i Ystad nästa helg enligt uppgift"
    waiting = [mail("hr", 3), Sample(text=strange), Sample(text=strange + " nu")]
    assert ask_first(model, waiting)[0] == (1, 2)
    assert {number for number, _ in ask_first(model, waiting)} == {0, 1}
