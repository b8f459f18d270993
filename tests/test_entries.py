"""Every entry of params.yaml trains: its real stage runs, at scale smoke, on a few images."""

from pathlib import Path
from typing import Any

import pytest
from tiny_runs import PARAMS, enter, stage

import hw2.adapt.training.train
from hw2.core.files import read_json

STEPS = {  # family: run: steps at scale smoke
    "gan": {run: entry["steps"]["smoke"] for run, entry in PARAMS["gan"]["models"].items()},
    "diffusion": {
        run: entry["steps"]["smoke"] for run, entry in PARAMS["diffusion"]["models"].items()
    },
    "adapt": {
        run: PARAMS["adapt"]["nets"][entry["net"]]["steps"]["smoke"]
        for run, entry in PARAMS["adapt"]["runs"].items()
    },
}


@pytest.mark.parametrize(
    ("family", "run"), [(family, run) for family, runs in STEPS.items() for run in runs]
)
def test_every_run_trains(
    family: str, run: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(tmp_path, monkeypatch)
    stage(f"train_{family}")(run)
    folder = Path("runs", family, run)
    facts = read_json(folder / "training.json")
    assert facts["steps"] == STEPS[family][run] and facts["scale"] == "smoke"
    assert (folder / "weights.safetensors").stat().st_size > 0
    assert (folder / "architecture.txt").read_text()
    header, *rows = Path("plots/curves", family, f"{run}.csv").read_text().splitlines()
    assert header.startswith("step,") and rows[-1].startswith(f"{facts['steps']},")
    assert not any(Path(".work/checkpoints").glob("*/*"))


@pytest.mark.parametrize("run", PARAMS["adapt"]["runs"])
def test_only_target_only_is_handed_target_labels(
    run: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(tmp_path, monkeypatch)
    seen = {}

    class Enough(Exception):
        pass

    def watch(net: object, method: object, source: Any, target: Any, **others: Any) -> None:
        seen.update(source=source.draw().labels, target=target.draw().labels)
        raise Enough

    monkeypatch.setattr(hw2.adapt.training.train, "train", watch)
    with pytest.raises(Enough):
        stage("train_adapt")(run)
    assert seen["source"] is not None
    upper_bound = PARAMS["adapt"]["runs"][run]["method"] == "target_only"
    assert (seen["target"] is not None) is upper_bound
