"""Verdicts on claims follow from hand-made measurements."""

import numpy as np
import pytest
from small_claim import small

from hw2.claims.comparison import parse
from hw2.claims.spread import Spread, of_curve, of_score, of_values, pooled
from hw2.claims.verdict import judge


def three(mean: float, std: float = 0.01) -> Spread:
    return Spread(mean, std, 3, "draws")


@pytest.mark.parametrize(
    ("text", "difference", "error"),
    [
        ("a.x < b.x", 0.4, np.hypot(0.03, 0.04)),
        ("a.x > b.x", -0.4, np.hypot(0.03, 0.04)),
        ("a.x < b.x - 0.3", 0.1, np.hypot(0.03, 0.04)),
        ("b.x > a.x + 0.3", 0.1, np.hypot(0.03, 0.04)),
        ("a.x < 0.5", 0.2, 0.03),
        ("0.5 < b.x", 0.2, 0.04),
        ("sd(b.x) > sd(a.x)", 0.02, np.hypot(0.06, 0.08) / np.sqrt(6)),
    ],
)
def test_differences_by_hand(text: str, difference: float, error: float) -> None:
    """a is 0.3 +- 0.06 and b 0.7 +- 0.08, each of four."""
    measured = {
        ("a", "x"): Spread(0.3, 0.06, 4, "draws"),
        ("b", "x"): Spread(0.7, 0.08, 4, "draws"),
    }
    outcome = parse(text).against(measured)
    assert outcome.difference == pytest.approx(difference)
    assert outcome.error == pytest.approx(error)
    assert outcome.shown == (difference > 2 * error)


@pytest.mark.parametrize(
    ("right", "naive", "word"),
    [
        (0.95, 0.12, "holds"),
        (0.95, 0.93, "fails"),
        (0.95, 0.75, "undecided"),  # neither 0.3 below nor within 0.1
        (0.12, 0.11, "undecided"),  # the model cannot draw digits at all
    ],
)
def test_verdicts(right: float, naive: float, word: str) -> None:
    measured = {("right", "accuracy"): three(right), ("naive", "accuracy"): three(naive)}
    assert judge(small(), measured).word == word


def test_a_large_spread_decides_nothing() -> None:
    for std, word in ((0.05, "holds"), (0.5, "undecided")):
        measured = {("right", "accuracy"): three(0.95), ("naive", "accuracy"): three(0.4, std)}
        assert judge(small(), measured).word == word


def test_single_values_and_missing_arms_decide_nothing() -> None:
    single = Spread(0.1, 0.0, 1, "trainings")
    one = judge(small(), {("right", "accuracy"): three(0.95), ("naive", "accuracy"): single})
    assert one.word == "undecided" and "a single value" in one.reason
    missing = judge(small(), {("right", "accuracy"): three(0.95)})
    assert missing.word == "undecided" and "naive.accuracy was not measured" in missing.reason
    assert judge(small(), {}).word == "not run"


def test_large_numbers_are_written_out() -> None:
    assert Spread(2404.0, 271.3, 3, "trainings").words == "2,404 ± 271 (3 trainings)"
    assert Spread(0.6364, 0.0351, 3, "trainings").words == "0.636 ± 0.035 (3 trainings)"


def test_scores_with_their_spread() -> None:
    scores = {"seeds": 3, "a": 0.5, "a_std": 0.1, "each": [1.0, 3.0], "alone": 2, "in": {"b": 4.0}}
    assert of_score("a", scores) == Spread(0.5, 0.1, 3, "draws")
    assert of_score("each", scores) == Spread(2.0, pytest.approx(np.sqrt(2)), 2, "trainings")
    assert of_score("alone", scores) == Spread(2.0, 0.0, 1, "trainings")
    assert of_score("in.b", scores) == Spread(4.0, 0.0, 1, "trainings")
    assert of_score("fid", scores) is None


def test_over_seeds_draws_do_not_count() -> None:
    over = pooled([Spread(1.0, 9.0, 3, "draws"), Spread(3.0, 9.0, 3, "draws")], 2)
    assert over == Spread(2.0, pytest.approx(np.sqrt(2)), 2, "trainings")
    assert pooled([Spread(1.0, 9.0, 3, "draws")], 1) == Spread(1.0, 9.0, 3, "draws")


def test_the_first_of_several_seeds_decides_nothing() -> None:
    """Its draws are not trainings, though they have a spread."""
    assert pooled([Spread(1.0, 9.0, 3, "draws")], 2) == Spread(1.0, 0.0, 1, "trainings")
    both = {("right", "accuracy"): Spread(0.9, 0.01, 3, "draws")}
    both["naive", "accuracy"] = Spread(0.1, 0.01, 3, "draws")
    assert judge(small(seeds=[0]), both).word == "holds"
    first = {term: pooled([spread], 2) for term, spread in both.items()}
    assert judge(small(), first).word == "undecided"


def test_figures_of_real_images_are_not_held_against_drawn_ones() -> None:
    both = {("right", "accuracy"): three(0.95), ("naive", "accuracy"): three(0.1)}
    claim = small(real_data=True)
    assert judge(claim, both, starter=False).word == "holds"
    drawn = judge(claim, both, starter=True)
    assert drawn.word == "undecided" and "of real images" in drawn.reason
    assert judge(small(), both, starter=True).word == "holds"


def test_over_seeds_each_training_counts() -> None:
    """Of 1, 2, 3 from one seed and 5, 9 from another: as of all five."""
    over = pooled([of_values([1.0, 2.0, 3.0]), of_values([5.0, 9.0])], 2)
    assert over == Spread(4.0, pytest.approx(np.sqrt(10)), 5, "trainings")


def one(value: float) -> Spread:
    """Nearly this, of one training."""
    return Spread(pytest.approx(value, abs=1e-12), 0.0, 1, "trainings")


def test_curves_are_reduced() -> None:
    text = "step,loss,seldom\n" + "".join(
        f"{step},{9 - step},{step if step % 2 else ''}\n" for step in range(1, 9)
    )  # loss 8, 7, .. 1; seldom 1, 3, 5, 7
    assert of_curve("curve:loss:late", text) == of_values([1.5])
    assert of_curve("curve:loss:rise", text) == one(1 - 4)
    assert of_curve("curve:loss:wobble", text) == one(0)
    assert of_curve("curve:seldom:wobble", text) is None  # two values make a line
    assert of_curve("curve:nothing:late", text) is None
    assert of_curve("curve:loss - step:late", text) == of_values([1.5 - 7.5])


def test_wobble_is_about_the_trend() -> None:
    """The last half 0, 0, 3, 0: about its line 0.3 + 0.3 t, squares of 6.3 with 2 to spare."""
    text = "step,loss\n" + "".join(
        f"{k},{value}\n" for k, value in enumerate([7] * 4 + [0, 0, 3, 0])
    )
    assert of_curve("curve:loss:wobble", text) == one(np.sqrt(6.3 / 2))
    assert of_curve("curve:loss:rise", text) == one(0.9)
