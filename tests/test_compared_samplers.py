"""The stage that compares samplers, on an untrained network that is read by an untrained judge."""

import csv
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from tiny_runs import ROOT, enter, stage

from hw2.core.files import read_json, write_json
from hw2.core.generators import seeded
from hw2.core.params import read_section, read_yaml
from hw2.core.paths import JUDGE, run_folder
from hw2.core.weights import save_weights
from hw2.diffusion.build import build_unet
from hw2.diffusion.params import DiffusionModel
from hw2.evaluation.digit_judge import WEIGHTS_NAME, DigitJudge

RUN, T = "context_unet", 4
FACTS = {"seed": 0, "steps": 1, "hardware": "none", "parameters": {"unet": 1}}


@pytest.fixture(scope="module")
def entry(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """The stage's metrics, and the folder where it ran."""
    folder = tmp_path_factory.mktemp("compared")
    with pytest.MonkeyPatch.context() as patch:
        enter(folder, patch)
        params = read_yaml()
        model = {"timesteps": T, "reverse_t": [0], "net_args": {"features": 8}}
        params["diffusion"]["models"][RUN] |= model
        compared = {"models": [RUN], "samplers": ["ddim", "dpm_solver", "ddpm"], "steps": [1, 3]}
        params["diffusion"]["comparison"] = compared | {"samples_per_class": 2}
        Path("params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
        with seeded(0, "tests"):
            settings = read_section(DiffusionModel, "diffusion", "models", RUN)
            unet = build_unet(RUN, settings)
            save_weights(JUDGE, {WEIGHTS_NAME: DigitJudge()})
        # As it begins, the last layer's zeros would give every sampler the same images.
        with torch.no_grad():
            for value in unet.parameters():
                value.add_(0.02)
        save_weights(run_folder("diffusion", RUN) / "weights.safetensors", {"unet": unet})
        write_json(run_folder("diffusion", RUN) / "training.json", FACTS)
        runpy.run_path(str(ROOT / "stages/score_real_digits.py"))["main"]()
        stage("compare_samplers")(RUN)
        return read_json(Path(f"metrics/samplers/{RUN}.json")), folder


def test_each_sampler_has_a_point_for_each_number_of_evaluations(
    entry: tuple[dict[str, Any], Path],
) -> None:
    """DDPM has one alone: it leaves out no step."""
    found = [(point["sampler"], point["evaluations"]) for point in entry[0]["points"]]
    assert found == [(name, n) for name in ("ddim", "dpm_solver") for n in (1, 3)] + [("ddpm", T)]
    assert entry[0]["n"] == 20 and entry[0]["guidance"] == 0.5 and entry[0]["seed"] == 0


def test_all_begin_from_the_same_noise(entry: tuple[dict[str, Any], Path]) -> None:
    """With one evaluation DPM-Solver++ is DDIM: the same images have the same scores."""
    scores = {(p.pop("sampler"), p.pop("evaluations")): p for p in map(dict, entry[0]["points"])}
    assert scores["ddim", 1] == scores["dpm_solver", 1]
    assert scores["ddim", 3] != scores["dpm_solver", 3]


def test_the_interval_holds_the_accuracy(entry: tuple[dict[str, Any], Path]) -> None:
    for point in entry[0]["points"]:
        low, high = point["interval"]
        assert 0 <= low <= point["judge_accuracy"] <= high <= 1
        assert np.isfinite(point["diversity"]) and np.isfinite(point["swd"])


def test_the_plot_has_a_row_a_point(entry: tuple[dict[str, Any], Path]) -> None:
    with open(entry[1] / f"plots/samplers/{RUN}.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    points = [(p["sampler"], str(p["evaluations"]), p["diversity"]) for p in entry[0]["points"]]
    assert [(r["sampler"], r["evaluations"], float(r["diversity"])) for r in rows] == points
