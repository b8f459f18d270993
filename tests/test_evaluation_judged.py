"""Scores of a run's digits: draws, copies, real digits beside them, and files that do not fit."""

import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny_runs import ROOT, enter

from hw2.core.errors import UserError
from hw2.core.files import read_arrays, read_json
from hw2.core.paths import JUDGE, prepared
from hw2.core.weights import save_weights
from hw2.data.arrays import ImageSet, digit_names
from hw2.evaluation.digit_judge import (
    WEIGHTS_NAME,
    CourseJudge,
    DigitJudge,
    load_judge,
    read_digits,
)
from hw2.evaluation.digit_references import (
    class_draws,
    load_reference,
    match_classes,
    reference_path,
)
from hw2.evaluation.judged import judge_digits

LABELS = np.repeat(np.arange(10), 5)  # a draw at scale smoke
DRAWS = 2


def digits(labels: np.ndarray, seed: int) -> ImageSet:
    """Noise in a frame of a brightness that tells the digit."""
    images = np.random.default_rng(seed).integers(0, 256, (len(labels), 28, 28, 3), np.uint8)
    images[:, :7] = (25 * labels)[:, None, None, None]
    return ImageSet(images, digit_names(labels), labels)


def joined(*draws: np.ndarray) -> ImageSet:
    labels = np.tile(LABELS, len(draws))
    return ImageSet(np.concatenate(draws), digit_names(labels), labels)


def judge(samples: ImageSet) -> tuple[dict[str, Any], np.ndarray]:
    return judge_digits(samples, family="gan", run="acgan", domain="mnistm", seed=0)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImageSet:
    """A working directory with an untrained judge and real digits scored; gives train."""
    enter(tmp_path, monkeypatch)
    train = digits(np.repeat(np.arange(10), 12), 0)
    train.save(prepared("mnistm", "train"))
    digits(LABELS, 1).save(prepared("mnistm", "val"))
    torch.manual_seed(0)
    save_weights(JUDGE, {WEIGHTS_NAME: DigitJudge()})
    score_real_digits()
    return train


def score_real_digits() -> None:
    runpy.run_path(str(ROOT / "stages/score_real_digits.py"))["main"]()


def use_course_weights(state: object) -> None:
    torch.save(state, "course.pth")
    params = Path("params.yaml")
    params.write_text(
        params.read_text().replace("judge_weights: null", "judge_weights: course.pth")
    )


def test_copies_of_training_digits_are_seen_through(project: ImageSet) -> None:
    chosen = np.flatnonzero(np.arange(120) % 12 < 5)  # five of each digit
    scores, _ = judge(joined(*[project.images[chosen]] * DRAWS))
    assert scores["nearer_than_val"] == scores["copied"] == 1
    pairs = read_arrays(Path("runs/gan/acgan/neighbours.npz"))
    assert (pairs["generated"] == pairs["nearest"]).all()
    assert (pairs["distance"] == 0).all() and pairs["distance"].shape == (10,)
    assert pairs["generated"].shape == (10, 28, 28, 3)
    assert pairs["nearest_names"].tolist() == [f"{digit}_001.png" for digit in range(10)]


def test_real_val_digits_are_like_real_val_digits(project: ImageSet) -> None:
    scores, _ = judge(joined(*[digits(LABELS, 1).images] * DRAWS))
    assert scores["n"] == scores["n_real"] == len(LABELS) and scores["seeds"] == DRAWS
    assert scores["diversity"] == pytest.approx(1)
    assert scores["random_fd"] == pytest.approx(0, abs=1e-3)
    assert scores["random_precision"] == scores["random_coverage"] == 1
    assert scores["nearer_than_val"] == pytest.approx(0.5, abs=0.01)  # rounding parts equals
    assert scores["swd"] < scores["real"]["swd"]
    assert scores["judge_accuracy_std"] == scores["random_fd_std"] == 0


def test_scores_are_mean_and_deviation_over_draws(project: ImageSet) -> None:
    first, second = digits(LABELS, 2), digits(LABELS[::-1], 3)
    reader = load_judge(JUDGE)
    right = [
        float((read_digits(reader, each.images).labels == LABELS).mean())
        for each in (first, second)
    ]
    scores, predicted = judge(joined(first.images, second.images))
    assert scores["judge_accuracy"] == pytest.approx(np.mean(right))
    assert scores["judge_accuracy_std"] == pytest.approx(np.std(right, ddof=1))
    assert len(predicted) == len(LABELS) * DRAWS
    by_class = [
        (predicted == np.tile(LABELS, 2))[np.tile(LABELS, 2) == d].mean() for d in range(10)
    ]
    assert scores["per_class"] == pytest.approx(by_class)
    assert scores["swd_std"] > 0
    again, _ = judge(joined(first.images, second.images))
    assert scores == again


def test_real_digits_stand_beside(project: ImageSet) -> None:
    scores, _ = judge(joined(*[digits(LABELS, 2).images] * DRAWS))
    known = read_json(Path("metrics/real_digits.json"))["mnistm"]
    assert set(known) == {"50", "40"}  # acgan's draws and the diffusion models'
    assert scores["real"] == known["50"]
    assert scores["judge_on_real"] == known["50"]["judge_accuracy"]
    for key in ("swd", "random_fd", "diversity", "random_recall"):
        assert {key, f"{key}_std"} <= known["50"].keys() & scores.keys()


def test_course_judge_is_counted_where_its_weights_are_given(project: ImageSet) -> None:
    samples = joined(*[digits(LABELS, 2).images] * DRAWS)
    assert not any("course" in key for key in judge(samples)[0])
    course = CourseJudge()
    use_course_weights(course.state_dict())
    score_real_digits()
    scores, _ = judge(samples)
    expected = (read_digits(course, samples.images).labels == samples.labels).mean()
    assert scores["course_judge_accuracy"] == pytest.approx(expected)
    assert len(scores["course_judge_per_class"]) == 10
    assert 0 <= scores["real"]["course_judge_accuracy"] <= 1
    use_course_weights({"weight": torch.zeros(3)})
    with pytest.raises(UserError, match=r"course\.pth: does not hold the course's"):
        judge(samples)


def test_samples_that_are_no_such_draws_are_refused(project: ImageSet) -> None:
    one = digits(LABELS, 2)
    with pytest.raises(UserError, match=r"samples\.npz: 50 images are not 2 draws"):
        judge(one)  # 25 images, of other digits than the next 25
    with pytest.raises(UserError, match=r"samples\.npz: 51 images are no whole number"):
        judge(digits(np.append(LABELS, 0), 2))
    with pytest.raises(UserError, match="no scores of 20 real mnistm digits"):
        judge(digits(np.tile(np.arange(20) // 2, 2), 2))


def test_reference_of_other_images_is_refused(project: ImageSet) -> None:
    digits(LABELS[:-1], 1).save(prepared("mnistm", "val"))
    with pytest.raises(UserError, match=r"mnistm\.npz: made from other images"):
        load_reference("mnistm")
    reference_path("mnistm").unlink()
    with pytest.raises(UserError, match=r"mnistm\.npz: no such file"):
        load_reference("mnistm")


def test_classes_are_matched() -> None:
    ours, theirs = np.array([0, 0, 0, 1, 5]), np.array([1, 0, 1, 0, 2, 1])
    first, second = match_classes(ours, theirs, np.random.default_rng(0))
    assert first.tolist() == [0, 1, 3]
    assert (ours[first] == theirs[second]).all() and len(set(second)) == 3
    with pytest.raises(UserError, match="no digit in common"):
        match_classes(ours[-1:], theirs, np.random.default_rng(0))


def test_draws_hold_each_class_and_share_no_image_where_there_are_enough() -> None:
    labels = np.repeat(np.arange(10), 6)
    counts = np.full(10, 2)
    draws = list(class_draws(labels, counts, 3, np.random.default_rng(0)))
    assert sorted(np.concatenate(draws)) == list(range(60))
    assert all((np.bincount(labels[draw]) == counts).all() for draw in draws)
    draws = list(class_draws(labels, 2 * counts, 3, np.random.default_rng(0)))
    assert all(len(set(draw)) == 40 for draw in draws)
    assert len({tuple(draw) for draw in draws}) == 3
