"""An adaptation run is trained once for each seed; its score is the mean over them."""

import runpy
from pathlib import Path

import numpy as np
import pytest
import torch
from tiny_runs import ROOT, enter, stage

from hw2.adapt.shared.outcome import load_outcome
from hw2.adapt.shared.params import AdaptNetSettings, AdaptRun
from hw2.adapt.training.sides import make_side
from hw2.core.files import read_json
from hw2.core.params import read_section
from hw2.core.training_run import TrainingRun

RUN = "mnistm_usps-conv_bn-dann"


def set_param(old: str, new: str) -> None:
    text = Path("params.yaml").read_text()
    assert text.count(old) == 1
    Path("params.yaml").write_text(text.replace(old, new))


@pytest.fixture
def twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, np.ndarray]:
    """What the two trainings of scale smoke predict."""
    enter(tmp_path, monkeypatch)
    stage("train_adapt")(RUN)
    return load_outcome(RUN)


def test_training_k_is_the_run_with_seed_plus_k(twice: dict[str, np.ndarray]) -> None:
    weights = Path(f"runs/adapt/{RUN}/weights.safetensors").read_bytes()
    set_param("\nseed: 0", "\nseed: 1")
    set_param("seeds: {smoke: 2, starter: 1, full: 3}", "seeds: 1")
    stage("train_adapt")(RUN)
    alone = load_outcome(RUN)
    assert twice["target_predicted"].shape == (2, 40)
    np.testing.assert_array_equal(twice["target_predicted"][1], alone["target_predicted"][0])
    assert Path(f"runs/adapt/{RUN}/weights.safetensors").read_bytes() != weights


def test_the_score_is_the_mean_over_trainings(twice: dict[str, np.ndarray]) -> None:
    runpy.run_path(str(ROOT / "stages/score_adapt.py"))["score"](RUN)
    scores, labels = read_json(Path(f"metrics/adapt/{RUN}.json")), np.arange(40) % 10
    each = [(row == labels).mean() for row in twice["target_predicted"]]
    assert scores["accuracies"] == each and scores["seeds"] == 2 and scores["n"] == 40
    assert scores["accuracy"] == pytest.approx(np.mean(each))
    assert scores["accuracy_std"] == pytest.approx(abs(each[0] - each[1]) / np.sqrt(2))


def test_a_stop_between_trainings_costs_none_that_is_over(
    twice: dict[str, np.ndarray], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(".work/checkpoints")
    assert not any(folder.iterdir())
    script = runpy.run_path(str(ROOT / "stages/train_adapt.py"))
    script["train_once"](RUN, 0)
    assert len(list(folder.iterdir())) == 1
    script["main"](RUN)
    assert "resumed after step 3" in capsys.readouterr().out
    for key, values in load_outcome(RUN).items():
        np.testing.assert_array_equal(values, twice[key])
    assert not any(folder.iterdir())


def test_source_images_leaves_the_source_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(tmp_path, monkeypatch)
    names = read_section(AdaptRun, "adapt", "runs", RUN)
    settings = read_section(AdaptNetSettings, "adapt", "nets", names.net)
    run = TrainingRun("adapt", RUN)
    for most, different in ((16, 16), (None, 40)):
        batches = make_side(run, "source", names, settings, most).batches
        drawn = torch.cat([batches.draw().images for _ in range(20)])  # 16 each
        assert len(drawn.flatten(1).unique(dim=0)) == different
