"""A training that is killed again and again ends with the bytes of one that never was."""

import copy
import shutil
import signal
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import torch
import yaml
from stage_processes import OUTPUT, Process, StageServer
from tiny_runs import ROOT, images

from hw2.core.params import read_yaml
from hw2.core.paths import prepared
from hw2.core.seeds import numpy_generator

STEPS = 48
COMMANDS = {
    "gan": ("train_gan", "dcgan"),
    "diffusion": ("train_diffusion", "context_unet"),
    "adapt": ("train_adapt", "mnistm_usps-conv_bn-dann"),
    "judge": ("train_judge",),
}
ENDS = {
    signal.SIGKILL: (-signal.SIGKILL, ""),
    signal.SIGTERM: (143, "stopped by SIGTERM after step"),
    signal.SIGINT: (130, "stopped by SIGINT after step"),
}
# Small, and with every kind of state: averages, schedules, dropout, jitter, two trainings in a row.
EMA = {"decay": 0.9, "every": 2, "start": 3}
JITTER = {"target": "usps", "brightness": 0.4, "contrast": 0.4, "saturation": 0.4, "hue": 0.1}
CHANGES = {
    "scale": "smoke",
    "compute": {"accelerator": "cpu", "checkpoint_seconds": 1e-9},  # saves after every step
    "judge": {"batch": 8, "steps": STEPS},
    "gan": {
        "models": {
            "dcgan": {
                "net_args": {
                    "latent": 8,
                    "generator_channels": [8, 8, 8, 8],
                    "discriminator_channels": [8, 8, 8, 8],
                },
                "batch": 4,
                "ema": EMA,
                "steps": STEPS,
            }
        }
    },
    "diffusion": {
        "models": {
            "context_unet": {
                "net_args": {"features": 8},
                "ema": EMA,
                "autoguidance": 1,
                "steps": STEPS,
            }
        }
    },
    "adapt": {
        "common": {"seeds": 2},
        "nets": {
            "conv_bn": {
                "lr_schedule": "one_cycle",
                "colour_jitter": JITTER,
                "batch": 4,
                "steps": STEPS // 2,
            }
        },
    },
}


@pytest.fixture(scope="module")
def server() -> Iterator[StageServer]:
    with StageServer() as started:
        yield started


def project(folder: Path) -> Path:
    """A copy of the code, with few images and tiny networks."""
    for part in ("hw2", "stages"):
        shutil.copytree(ROOT / part, folder / part)
    params = read_yaml(ROOT / "params.yaml")
    change(params, CHANGES)
    (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    for domain, size in (("face", 64), ("mnistm", 28), ("usps", 28)):
        for split in ("train", "val"):
            path = folder / prepared(domain, split)
            images(24, size, labelled=size == 28).save(path)
    return folder


def change(params: dict[str, Any], changes: dict[str, Any]) -> None:
    for key, value in changes.items():
        if isinstance(value, dict) and isinstance(params[key], dict):
            change(params[key], value)
        else:
            params[key] = copy.deepcopy(value)  # the same one twice would be written as an alias


def take_results(folder: Path) -> dict[str, str]:
    """Hashes of all that the stage wrote; it is removed, as DVC does before a stage runs again."""
    parts = ("runs/gan", "runs/diffusion", "runs/adapt", "runs/judge", "plots", "metrics")
    files = [file for part in parts for file in (folder / part).rglob("*") if file.is_file()]
    found = {str(f.relative_to(folder)): sha256(f.read_bytes()).hexdigest() for f in files}
    for file in files:
        file.unlink()
    return found


def saved_steps(folder: Path) -> list[int]:
    states = (folder / ".work/checkpoints").glob("*/state.pt")
    return [torch.load(path, weights_only=True)["step"] for path in states]


def printed(folder: Path) -> str:
    return (folder / OUTPUT).read_text()


def end(process: Process, status: int = 0) -> str:
    """Wait for the end; what was printed."""
    assert process.wait() == status, printed(process.folder)
    return printed(process.folder)


@pytest.mark.parametrize("family", COMMANDS)
def test_a_training_killed_again_and_again_ends_with_the_same_bytes(
    family: str, tmp_path: Path, server: StageServer
) -> None:
    command, rng, folder = COMMANDS[family], numpy_generator(0, "tests", family), project(tmp_path)
    end(server.start(folder, *command))
    expected = take_results(folder)
    done = [0]
    for number in rng.permutation([*[signal.SIGKILL] * 3, signal.SIGTERM, signal.SIGINT]):
        process = server.start(folder, *command)
        process.wait_for_saves(int(rng.integers(1, 7)))
        time.sleep(rng.uniform(0, 0.02))  # anywhere in a step or in a save
        process.signal(number)
        status, said = ENDS[number]
        output = end(process, status)
        assert said in output and "Traceback" not in output
        assert all(f"resumed after step {step} " in output for step in done if step)
        assert sum(done) < sum(done := saved_steps(folder)) < STEPS
        assert take_results(folder) == {}
    end(server.start(folder, *command))
    assert take_results(folder) == expected
    assert not any((folder / ".work/checkpoints").iterdir())


def stop_early(server: StageServer, folder: Path) -> str:
    process = server.start(folder, *COMMANDS["gan"])
    process.wait_for_saves(3)
    process.signal(signal.SIGTERM)
    return end(process, 143)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_changed_value_and_changed_code_begin_anew(tmp_path: Path, server: StageServer) -> None:
    folder = project(tmp_path)
    assert "resumed" not in stop_early(server, folder)
    edit(folder / "params.yaml", "lr: 0.0002", "lr: 0.0003")
    assert "resumed" not in stop_early(server, folder)
    edit(folder / "hw2/gan/losses/bce.py", "\nimport torch\n", "\n# changed\nimport torch\n")
    assert "resumed" not in stop_early(server, folder)
    assert "resumed" in stop_early(server, folder)
    assert len(saved_steps(folder)) == 3
