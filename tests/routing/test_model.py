from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inflow.routing.archive import CorruptModelError, dumps, loads
from inflow.routing.explain import explain, told
from inflow.routing.features import Features, Sample, features_of
from inflow.routing.meanings import _ALIKE
from inflow.routing.model import Model, correct, predict, standing
from inflow.routing.solver import with_bias
from inflow.routing.training import Example, train
from inflow.routing.vocabulary import Vocabulary, build_vocabulary, positions, telling
from inflow.routing.words import stem
from tests.routing.mails import ROLES, examples, mail, unnamed


@pytest.fixture(scope="module")
def model() -> Model:
    return train(examples(20), unnamed(), max_misrouted=0.05)


def test_it_routes_unseen_mails_of_each_role_by_itself(model: Model) -> None:
    for role in ROLES:
        prediction = predict(model, mail(role, 23))
        assert prediction.sure
        assert prediction.candidates[0].role == role


def test_probabilities_are_over_all_roles_and_best_first(model: Model) -> None:
    confidences = [one.confidence for one in predict(model, mail("hr", 24)).candidates]
    assert sum(confidences) == pytest.approx(1, abs=1e-5)
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize("text", ["", "Tulpaner och narcisser till balkongen", "qwxz zzkj 000"])
def test_a_mail_unlike_anything_seen_is_not_routed(model: Model, text: str) -> None:
    assert not predict(model, Sample(text=text)).sure


def test_few_examples_are_no_evidence() -> None:
    assert not predict(train(examples(1), unnamed(), max_misrouted=0.05), mail("hr", 0)).sure


def test_examples_of_one_role_are_no_choice_to_learn() -> None:
    alone = train(examples(20, roles=("hr",)), unnamed(), max_misrouted=0.05)
    assert not predict(alone, mail("ekonomi", 1)).sure


def test_without_any_example_descriptions_already_lean_the_right_way() -> None:
    described = {"ekonomi": Sample(text="Fakturor och betalningar"), "support": Sample(text="Inloggning och lösenord")}
    cold = train([], described, max_misrouted=0.05)
    prediction = predict(cold, Sample(text="fakturan stämmer inte"))
    assert prediction.candidates[0].role == "ekonomi"
    assert not prediction.sure


def test_the_same_examples_give_the_same_model_bit_for_bit(model: Model) -> None:
    assert dumps(train(examples(20), unnamed(), max_misrouted=0.05)) == dumps(model)


def test_an_example_of_a_role_that_is_gone_is_left_out(model: Model) -> None:
    gone = Example(sample=Sample(text="gammalt"), role="gone")
    assert dumps(train([*examples(20), gone], unnamed(), max_misrouted=0.05)) == dumps(model)


def test_erasing_a_mail_and_training_leaves_no_trace_of_it() -> None:
    secret = Example(sample=Sample(text="hemligheten Xerxes", sender="x@hemlig.test"), role="hr")
    kept = examples(5)
    with_secret = train([*kept, secret], unnamed(), max_misrouted=0.05)
    again = train(kept, unnamed(), max_misrouted=0.05)
    assert len(with_secret.vocabulary) > len(again.vocabulary)
    assert len(again.vocabulary.vector(features_of(secret.sample)).at) < len(features_of(secret.sample).pieces.hashes)


def test_a_word_that_keeps_to_one_role_weighs_more_than_one_as_frequent_that_does_not() -> None:
    bound, loose = features_of(Sample(text="fakturan")), features_of(Sample(text="vänligen"))
    by_role = [[bound, bound, loose], [loose]]
    plain = build_vocabulary([one for some in by_role for one in some], [])

    def weight(vocabulary: Vocabulary, features: Features) -> float:
        block = vocabulary.blocks[0]
        return float(block.rarity[positions(block.known, features.words.hashes)].min())

    assert weight(plain, bound) == weight(plain, loose)
    told = telling(plain, by_role)
    assert weight(told, bound) > weight(told, loose) == pytest.approx(weight(plain, loose), rel=0.1)


def test_descriptions_that_explain_the_examples_speak_louder_than_those_that_mislead() -> None:
    fitting = {"ekonomi": Sample(text="fakturan"), "support": Sample(text="appen")}
    crossed = {"ekonomi": Sample(text="appen"), "support": Sample(text="fakturan")}

    def leaning(described: dict[str, Sample]) -> float:
        learned = train(examples(3, roles=("ekonomi", "support")), described, max_misrouted=0.05)
        return predict(learned, Sample(text="fakturan")).candidates[0].confidence

    assert train([], fitting, max_misrouted=0.05).weights.max() == train([], crossed, max_misrouted=0.05).weights.max()
    assert leaning(fitting) > leaning(crossed)


def test_words_that_stand_near_each_other_are_a_feature_in_either_order() -> None:
    one, other, *alone = (
        set(features_of(Sample(text=text)).words.hashes.tolist())
        for text in ("kortet som svaldes", "svaldes av kortet", "kortet", "svaldes")
    )
    assert len((one & other) - alone[0] - alone[1]) == 1


@pytest.mark.parametrize(
    ("word", "other"), [("refunded", "återbetalningen"), ("fakturorna", "Rechnung"), ("fee", "Kosten")]
)
def test_words_that_mean_the_same_share_a_feature_in_any_language(word: str, other: str) -> None:
    one, same, unlike = (
        set(features_of(Sample(text=text)).meanings.hashes.tolist()) for text in (word, other, "trumpeten")
    )
    assert one & same
    assert not one & unlike


def test_what_was_learned_of_a_word_holds_for_one_that_means_the_same() -> None:
    said = {"ekonomi": "The refund never came", "support": "I cannot login", "hr": "My salary changed"}
    learned = train(
        [Example(sample=Sample(text=text), role=role) for role, text in said.items()],
        unnamed(tuple(said)),
        max_misrouted=0.05,
    )
    for role, text in {"ekonomi": "Återbetalningen uteblev", "support": "Inloggning", "hr": "Lönen blev fel"}.items():
        assert predict(learned, Sample(text=text)).candidates[0].role == role


def test_each_word_has_one_meaning() -> None:
    written = [word for line in _ALIKE.split("\n") for word in line.split()]
    assert len({stem(word) for word in written}) == len(written)


def test_a_text_without_words_has_no_features() -> None:
    assert not any(tally.hashes.size for tally in features_of(Sample(text=" ... ")))


def test_a_correction_shows_in_the_very_next_mail(model: Model) -> None:
    asked = Sample(text="Drönaren på taket behöver nya propellrar", sender="pilot@exempel.test")
    corrected = correct(model, asked, "lager")
    prediction = predict(corrected, Sample(text="Drönaren behöver propellrar igen"))
    assert prediction.candidates[0].role == "lager"
    assert prediction.candidates[0].confidence > 0.5
    assert (corrected.examples, corrected.corrections) == (model.examples + 1, 1)
    assert predict(model, mail("hr", 3)).candidates[0].role == predict(corrected, mail("hr", 3)).candidates[0].role


def test_a_correction_to_an_unknown_role_asks_for_training(model: Model) -> None:
    with pytest.raises(ValueError, match="train anew"):
        correct(model, Sample(text="x"), "gone")


def test_two_new_topics_go_right_after_ten_corrections_each() -> None:
    described = {
        **unnamed(),
        "ekonomi": Sample(text="Fakturor och betalningar"),
        "support": Sample(text="Fel och inloggning"),
    }
    learned = train(examples(10, roles=("hr", "lager")), described, max_misrouted=0.05)
    predictions = [(role, predict(learned, mail(role, number))) for role in ("hr", "lager") for number in range(10, 20)]
    assert all(prediction.candidates[0].role == role for role, prediction in predictions)
    assert sum(prediction.sure for _, prediction in predictions) >= 18


@given(st.text(max_size=200), st.text(max_size=40), st.sampled_from(ROLES))
def test_contributions_add_up_to_the_score(model: Model, text: str, subject: str, role: str) -> None:
    sample = Sample(text=text, subject=subject, sender="kund1@exempel.test", attachments=(".pdf",))
    vector = with_bias(model.vocabulary.vector(features_of(sample)), len(model.vocabulary))
    scores = vector.values @ model.weights[vector.at]
    total = sum(one.weight for one in explain(model, sample, role))
    assert total == pytest.approx(float(scores[model.roles.index(role)] - scores.mean()), abs=1e-4)


def test_a_reason_names_the_words_that_carried_it(model: Model) -> None:
    assert '"fakturan"' in told(explain(model, Sample(text="Hej, fakturan är fel"), "ekonomi"))


def test_a_reason_for_another_role_says_what_speaks_against_it(model: Model) -> None:
    assert 'against it: "fakturan"' in told(explain(model, Sample(text="Hej, fakturan är fel"), "hr"))


def test_a_model_comes_back_from_its_bytes_as_it_was(model: Model) -> None:
    stored = dumps(model)
    assert dumps(loads(stored)) == stored
    assert predict(loads(stored), mail("hr", 9)) == predict(model, mail("hr", 9))


@given(st.data())
def test_damaged_bytes_raise_one_named_error(model: Model, data: st.DataObject) -> None:
    stored = bytearray(dumps(model))
    at = data.draw(st.integers(0, len(stored) - 1))
    stored[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CorruptModelError):
        loads(bytes(stored[: data.draw(st.sampled_from([len(stored), at]))]))


def test_it_says_what_it_may_do_and_on_what_it_rests(model: Model) -> None:
    alone = train(examples(20, roles=("hr",)), unnamed(), max_misrouted=0.05)
    assert "cannot learn a choice yet" in standing(alone)
    assert "does not route yet: 4 cases" in standing(train(examples(1), unnamed(), max_misrouted=0.05))
    assert "0 were wrong" in standing(model)


def test_weak_labels_are_learned_from_but_prove_little() -> None:
    strong, weak = (
        train([replace(one, weight=weight) for one in examples(20)], unnamed(), max_misrouted=0.05)
        for weight in (1.0, 0.3)
    )
    assert predict(weak, mail("hr", 23)).candidates[0].role == "hr"
    assert weak.threshold.routed < 0.4 * strong.threshold.routed


def test_subject_sender_and_facts_are_learned_from() -> None:
    def written(number: int) -> list[Example]:
        return [
            Example(
                sample=Sample(text=f"Se bilaga {number}", sender="bot@bank.test", mailbox="ekonomi"), role="ekonomi"
            ),
            Example(sample=Sample(text=f"Se bilaga {number}", sender="bot@jobb.test", mailbox="jobb"), role="hr"),
        ]

    learned = train(
        [one for number in range(8) for one in written(number)], unnamed(("ekonomi", "hr")), max_misrouted=0.05
    )
    assert predict(learned, Sample(text="Se bilaga", sender="x@jobb.test", mailbox="jobb")).candidates[0].role == "hr"
