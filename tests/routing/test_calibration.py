import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inflow.routing.calibration import NEVER, binomial_tail, fit_slope, fit_temperature, fit_threshold, honest
from inflow.routing.evaluation import Judged, calibration_error, coverage_at, quality
from inflow.routing.features import Sample, features_of
from inflow.routing.folds import assign_folds, group_examples
from inflow.routing.solver import softmax


def threshold(right: list[bool], *, max_misrouted: float = 0.05) -> tuple[float, int]:
    confidence = np.linspace(0.99, 0.5, len(right)).astype(np.float32)
    found = fit_threshold(confidence, np.array(right), max_misrouted=max_misrouted)
    return found.confidence, found.routed


@pytest.mark.parametrize(
    ("routed", "wrong", "share", "tail"), [(10, 0, 0.5, 0.5**10), (2, 1, 0.5, 0.75), (3, 3, 0.2, 1.0)]
)
def test_the_binomial_tail_is_exact(routed: int, wrong: int, share: float, tail: float) -> None:
    assert binomial_tail(wrong, routed, share) == pytest.approx(tail)


def test_fifty_eight_right_ones_are_no_proof_of_five_per_cent_and_fifty_nine_are() -> None:
    assert threshold([True] * 58 + [False] * 140) == (NEVER, 0)
    assert threshold([True] * 59 + [False] * 140)[1] == 59


def test_a_share_wrong_beyond_the_promise_is_never_routed() -> None:
    assert threshold([True, False] * 200) == (NEVER, 0)


def test_the_strangest_twentieth_is_left_to_people_even_when_all_are_right() -> None:
    assert threshold([True] * 400)[1] == 380


def test_a_stricter_promise_routes_less() -> None:
    right = [True] * 300 + [False] * 10 + [True] * 200
    assert threshold(right, max_misrouted=0.02)[1] < threshold(right, max_misrouted=0.05)[1]


@given(st.lists(st.booleans(), max_size=300), st.sampled_from([0.01, 0.05, 0.2]))
def test_what_is_routed_never_held_more_wrong_ones_than_promised(right: list[bool], share: float) -> None:
    confidence = np.linspace(0.99, 0.5, len(right)).astype(np.float32)
    found = fit_threshold(confidence, np.array(right, dtype=bool), max_misrouted=share)
    assert found.wrong <= share * found.routed
    assert found.wrong == sum(not one for one in right[: found.routed])


def test_the_temperature_tells_overconfident_scores_from_timid_ones() -> None:
    targets = np.array([0, 1] * 50)
    right = np.where(np.eye(2)[targets] > 0, 1.0, 0.0).astype(np.float32)
    timid = fit_temperature(right, targets)
    wrong_often = right.copy()
    wrong_often[:40] = wrong_often[:40, ::-1]
    assert timid < 1 < fit_temperature(10 * wrong_often, targets)


def test_odds_that_promise_too_much_are_lowered_and_honest_ones_left_as_they_are() -> None:
    sure = np.tile(np.array([0.99, 0.01], dtype=np.float32), (100, 1))
    assert fit_slope(sure, np.arange(100) > 0) == 1
    slope = fit_slope(sure, np.arange(100) >= 10)
    assert 0.4 <= slope < 1
    assert honest(sure, slope)[0, 0] == pytest.approx(0.9, abs=0.02)


@given(st.lists(st.floats(-99, 99), min_size=2, max_size=9), st.floats(0.4, 1))
def test_honest_probabilities_still_add_up_and_the_best_stays_the_best(scores: list[float], slope: float) -> None:
    likely = softmax(np.array(scores, dtype=np.float32))
    told = honest(likely, slope)
    assert told.sum() == pytest.approx(1, abs=1e-4)
    assert told[likely.argmax()] == pytest.approx(told.max(), abs=1e-6)


def test_near_duplicates_and_conversations_are_held_out_together() -> None:
    said = "Vår leverans av trettio pallar till lagret i Gävle kom fram med två veckors försening och saknar följesedel"
    texts = [
        said,
        said + " tyvärr",
        "Något helt annat om semester och ledighet i sommar",
        "Ett tredje ärende",
        "Ett svar",
    ]
    groups = group_examples([features_of(Sample(text=text)) for text in texts], ["", "", "", "t7", "t7"])
    assert groups[0] == groups[1] != groups[2]
    assert groups[3] == groups[4]
    folds = assign_folds(groups, np.zeros(5, dtype=np.int64), 3)
    assert folds[0] == folds[1]
    assert folds[3] == folds[4]
    assert set(folds.tolist()) == {0, 1, 2}


def judged(confidence: list[float], right: list[int], in_scope: list[int], routed: list[int]) -> Judged:
    return Judged(
        confidence=np.array(confidence),
        right=np.array(right, bool),
        in_scope=np.array(in_scope, bool),
        routed=np.array(routed, bool),
    )


def test_the_figures_mean_what_the_contract_says() -> None:
    found = quality(judged([0.9, 0.8, 0.4, 0.7], [1, 0, 1, 0], [1, 1, 1, 0], [1, 1, 0, 0]))
    assert found.accuracy == pytest.approx(2 / 3)
    assert found.coverage == pytest.approx(2 / 3)
    assert found.misrouted == pytest.approx(1 / 2)
    assert found.other_recall == 1
    assert found.auroc == pytest.approx(2 / 3)


def test_figures_without_rows_to_measure_on_are_none() -> None:
    found = quality(judged([0.9], [1], [1], [0]))
    assert (found.misrouted, found.other_recall, found.auroc) == (None, None, None)


def test_perfectly_calibrated_rows_have_no_calibration_error() -> None:
    assert calibration_error(np.full(4, 0.75), np.array([True, True, True, False])) == pytest.approx(0)
    assert calibration_error(np.full(4, 1.0), np.array([True, True, False, False])) == pytest.approx(0.5)


def test_coverage_in_hindsight_counts_the_longest_prefix_within_the_share() -> None:
    rows = judged([0.9, 0.8, 0.7, 0.6], [1, 1, 0, 1], [1, 1, 1, 1], [0, 0, 0, 0])
    assert coverage_at(rows, 0.0) == 0.5
    assert coverage_at(rows, 0.25) == 1.0
