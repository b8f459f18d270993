"""Observations: each sentence follows from hand-made figures, and none claims what they do not."""

from pathlib import Path

import numpy as np
import pytest
from report_factory import change_scores, write_project
from report_runs import EVERYTHING, RUNS

from hw2.report.adapt_observations import adapt_observations
from hw2.report.observations import (
    best_by,
    brightness,
    deviations_apart,
    digit_observations,
    face_observations,
)
from hw2.report.scores import FACE_RATE, FID
from hw2.report.sources import RunNames, read_measurements


def test_deviations_are_those_of_a_difference_of_two_means() -> None:
    first, second = {"fid": 10.0, "fid_std": 3.0}, {"fid": 20.0, "fid_std": 4.0}
    assert deviations_apart(first, second, "fid") == pytest.approx(10 / 5)
    assert deviations_apart(first, {"fid": 20.0}, "fid") is None
    same = {"fid": 1.0, "fid_std": 0.0}
    assert deviations_apart(same, same, "fid") is None


def test_best_is_lowest_of_distances_and_highest_of_rates() -> None:
    runs = {
        "a": {"fid": 10.0, "fid_std": 3.0, "face_rate": 0.1},
        "b": {"fid": 30.0, "fid_std": 4.0, "face_rate": 0.2},
    }
    fid = "FID: best is a (10.0 ± 3.0), then b (30.0 ± 4.0): 4.0 standard deviations apart."
    assert best_by(runs, FID) == fid
    assert best_by(runs, FACE_RATE) == "Face rate, %: best is b (20.0), then a (10.0)."


def test_a_difference_that_draws_may_cause_is_called_so() -> None:
    runs = {"a": {"fid": 10.0, "fid_std": 3.0}, "b": {"fid": 15.0, "fid_std": 4.0}}
    assert best_by(runs, FID).endswith(
        "1.0 standard deviations apart, which draws alone may cause."
    )


def test_brightness_tells_dark_images_from_images_that_differ() -> None:
    images = np.zeros((2, 4, 4, 3), np.uint8)
    assert str(brightness(images)) == "0 ± 0"
    images[1] = 200
    assert str(brightness(images)) == "100 ± 100"


def test_a_and_b_of_each_report_stand_side_by_side(everything: Path) -> None:
    sentences = face_observations(read_measurements(EVERYTHING, everything), everything)
    reports = [line for line in sentences if line.startswith("Report ")]
    assert [line[:10] for line in reports] == [f"Report 00{n}" for n in (0, 1, 2, 4)]
    assert reports[3].startswith("Report 004, dcgan_wide (A) against wgan_clip (B): Face rate, %")
    assert "mean pixel value" in reports[3] and "real val faces" in reports[3]


def test_one_run_alone_is_compared_with_nothing(project: Path) -> None:
    assert face_observations(read_measurements(RUNS, project), project) == []


def test_digits_read_no_better_than_by_guessing_are_named(tmp_path: Path) -> None:
    write_project(tmp_path)
    text = " ".join(digit_observations(read_measurements(RUNS, tmp_path), tmp_path))
    assert "guessing" not in text
    assert "Of context_unet the judge reads 7 best (95.0 %) and 5 worst (50.0 %)." in text
    change_scores(tmp_path, "gan/acgan", judge_accuracy=0.105)
    text = " ".join(digit_observations(read_measurements(RUNS, tmp_path), tmp_path))
    assert "No better than guessing (10 %) by that accuracy: acgan." in text


def test_adapting_that_loses_is_named(tmp_path: Path) -> None:
    write_project(tmp_path)
    change_scores(tmp_path, "adapt/mnistm_svhn-conv_bn-dann", accuracy=0.35)
    lines = adapt_observations(read_measurements(RUNS, tmp_path))
    assert "MNIST-M → SVHN: adapting gains −5.0 points on average; " in lines[0]
    assert "conv_bn DANN (−5.0) did worse than source only." in lines[0]
    assert any("MNIST-M → USPS: conv_bn DANN closes most of its gap, 20.0 %" in x for x in lines)


def test_dsn_is_set_against_dann_on_the_pairs_of_its_report(everything: Path) -> None:
    lines = adapt_observations(read_measurements(EVERYTHING, everything))
    wanted = "Report 003, DSN minus DANN in points: 10.0 on SVHN → MNIST-M"
    assert any(line.startswith(wanted) for line in lines)


def test_no_runs_make_no_sentences(project: Path) -> None:

    nothing = read_measurements(RunNames(), project)
    assert face_observations(nothing, project) == []
    assert digit_observations(nothing, project) == [] and adapt_observations(nothing) == []
