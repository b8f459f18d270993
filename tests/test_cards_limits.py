"""What a model card says of limits and data follows from the figures, and is said only then."""

import shutil
from pathlib import Path

import pytest
from card_runs import row, run_of
from report_factory import change_scores, write_project

from hw2.cards.limits import limits
from hw2.cards.use import data


@pytest.fixture
def own(project: Path, tmp_path: Path) -> Path:
    """A project to change."""
    return Path(shutil.copytree(project, tmp_path / "own"))


def test_limits_follow_from_the_figures(own: Path) -> None:
    name = "mnistm_svhn-conv_bn-dann"
    assert "below source only" not in limits(run_of(own, name))
    change_scores(own, f"adapt/{name}", accuracy=0.3, per_class=[0.5] * 9 + [0.1])
    text = limits(run_of(own, name))
    assert "below source only of its network (30.0 against 40.0 %)" in text
    assert "weakest digit is 9, 10.0 %" in text and "One training" not in text
    change_scores(own, f"adapt/{name}", per_class=[None, 0.7, *[0.9] * 8])  # val has no 0
    assert "weakest digit is 1, 70.0 %" in limits(run_of(own, name))
    change_scores(own, f"adapt/{name}", seeds=1)
    assert "One training (seed 0)" in limits(run_of(own, name))


def test_digits_read_by_chance_are_called_so(own: Path) -> None:
    assert "no more than chance" not in limits(run_of(own, "context_unet"))
    change_scores(own, "diffusion/context_unet", judge_accuracy=0.12, judge_accuracy_std=0.02)
    assert "no more than chance" in limits(run_of(own, "context_unet"))


def test_diversity_is_called_too_high_only_beyond_its_spread(own: Path) -> None:
    real = {"diversity": 1.0, "diversity_std": 0.03}
    for diversity, said in ((1.09, False), (1.11, True)):  # two deviations: 2 x 0.05
        scores = {"diversity": diversity, "diversity_std": 0.04, "real": real}
        change_scores(own, "diffusion/context_unet", **scores)
        assert ("above that of real digits, 1.00" in limits(run_of(own, "context_unet"))) == said


def test_a_run_measured_with_other_settings_is_named(own: Path) -> None:
    steps = run_of(own, "dcgan_wide").at("starter")["steps"]
    change_scores(own, "gan/dcgan_wide", steps=steps)
    assert "has changed" not in limits(run_of(own, "dcgan_wide"))
    change_scores(own, "gan/dcgan_wide", steps=steps + 1)
    assert "has changed since it was measured (steps)" in limits(run_of(own, "dcgan_wide"))


def test_labels_of_the_target_are_said_to_be_used_only_where_they_are(project: Path) -> None:
    for method, says in (("dann", "No label of USPS"), ("target_only", "learns from the labels")):
        assert says in limits(run_of(project, f"mnistm_usps-conv_bn-{method}"))
    domains = data(run_of(project, "mnistm_usps-conv_bn-target_only"))
    assert row(domains, "MNIST-M")[1] == "scores alone"
    assert row(domains, "USPS")[1] == "training, with labels"


def test_data_of_ones_own_has_the_licence_of_its_own(tmp_path: Path) -> None:
    write_project(tmp_path, source="own")
    run = run_of(tmp_path, "dcgan_wide")
    assert "may not be passed on" in data(run) and "starter" not in data(run)
    assert "stand-ins" not in limits(run)
