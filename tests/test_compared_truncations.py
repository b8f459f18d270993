"""The stage that compares truncations, on an untrained generator."""

import csv
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tiny_runs import ROOT, change, enter, stage

from hw2.core.errors import UserError
from hw2.core.files import read_json, write_json
from hw2.core.generators import seeded
from hw2.core.params import read_section
from hw2.core.paths import run_folder
from hw2.core.weights import save_weights
from hw2.data.asked import Asked
from hw2.gan.build import build_networks
from hw2.gan.params import GanModel
from hw2.gan.trained import TrainedGan

RUN = "resnet_gan"
FACTS = {"seed": 0, "steps": 1, "hardware": "none", "parameters": {"generator": 1}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the stage ran, at truncations 0 and 1."""
    folder = tmp_path_factory.mktemp("truncated")
    with pytest.MonkeyPatch.context() as patch:
        enter(folder, patch)
        patch.setenv("TORCH_HOME", str(folder / "no_weights"))  # FID is not the matter
        change({"gan": {"common": {"samples": 20}}})
        with seeded(0, "tests"):
            nets = build_networks(RUN, read_section(GanModel, "gan", "models", RUN))
        save_weights(
            run_folder("gan", RUN) / "weights.safetensors", {"generator_ema": nets.generator}
        )
        write_json(run_folder("gan", RUN) / "training.json", FACTS)
        runpy.run_path(str(ROOT / "stages/score_real.py"))["main"]()
        stage("compare_truncations")(RUN)
    return folder


@pytest.fixture
def entry(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The stage's metrics; the working directory is where it ran."""
    monkeypatch.chdir(folder)
    found: dict[str, Any] = read_json(Path(f"metrics/truncations/{RUN}.json"))
    return found


def test_each_truncation_has_a_point_with_the_scores_of_the_run(entry: dict[str, Any]) -> None:
    assert [point["truncation"] for point in entry["points"]] == [0.0, 1.0]
    assert entry["report"] == [] and (entry["n"], entry["seeds"]) == (20, 2)
    for point in entry["points"]:
        assert 0 <= point["face_rate"] <= 1
        assert np.isfinite([point["swd"], point["random_fd"], point["random_fd_std"]]).all()


def test_one_image_alone_has_no_variety(entry: dict[str, Any]) -> None:
    """At 0 both draws hold one image, twenty times: nothing differs between them."""
    single, whole = entry["points"]
    assert single["random_fd_std"] == pytest.approx(0, abs=1e-3 * single["random_fd"])
    assert single["random_coverage"] <= whole["random_coverage"]


def test_the_plot_has_a_row_a_point(entry: dict[str, Any]) -> None:
    with open(f"plots/truncations/{RUN}.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    found = [(float(row["truncation"]), float(row["swd"])) for row in rows]
    assert found == [(point["truncation"], point["swd"]) for point in entry["points"]]


def test_images_at_truncation_one_are_those_of_the_run(entry: dict[str, Any]) -> None:
    asked = Asked.evenly(3, None)
    own, one, half = (
        np.concatenate(list(TrainedGan(RUN, psi).images(asked, 0))) for psi in (None, 1.0, 0.5)
    )
    np.testing.assert_array_equal(own, one)
    assert (own != half).any()


def test_a_gan_without_truncation_says_so(entry: dict[str, Any]) -> None:
    with pytest.raises(UserError, match="dcgan: its latents cannot be truncated"):
        TrainedGan("dcgan", 0.5)
