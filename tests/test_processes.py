"""Two processes that train one network: the same gradients as one, one writer, the same resume."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from tiny_runs import ROOT, change, enter

# A step of Adam is nearly linear in the gradient where eps is far above it: so weights differ as
# gradients do.
PLAIN = {"name": "adam", "lr": 0.01, "betas": [0.0, 0.0], "eps": 1.0}
DCGAN = {
    "generator_channels": [8, 8, 8, 8],
    "discriminator_channels": [8, 8, 8, 8],
}
TINY_STEPS = {player: {**PLAIN, "lr": 1e-6} for player in ("generator", "discriminator")}
RUNS: dict[tuple[str, str], dict[str, Any]] = {
    ("gan", "dcgan"): {"net_args": {"latent": 8, **DCGAN}},
    ("gan", "wgan_gp"): {
        "net_args": {"latent": 8},
        "d_steps": 1,
        "loss_args": {"penalty_weight": 0.1},  # gradients of about 1: rounding grows with them
    },
    ("diffusion", "context_unet"): {
        "net_args": {"features": 8},
        "lr_schedule": "constant",
        "lr_schedule_args": {},
    },
    ("adapt", "mnistm_usps-lenet_gap-dann"): {},  # without dropout, whose masks differ
}
FABRIC = ("-m",)
TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2", "-m")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    enter(tmp_path, monkeypatch)
    for part in ("hw2", "stages"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def entry(family: str, run: str, changes: dict[str, Any]) -> dict[str, Any]:
    """Those changes of a run, with an optimiser that shows gradients, in float32."""
    compute = {"accelerator": "cpu", "precision": "32-true"}
    if family == "gan":
        players = {"generator": PLAIN, "discriminator": PLAIN}
        model = {"batch": 4, "steps": 1, "ema": None, "optimizers": players, **changes}
        return {"compute": compute, "gan": {"models": {run: model}}}
    if family == "diffusion":
        model = {"batch": 4, "steps": 1, "ema": None, "optimizer": PLAIN, **changes}
        return {"compute": compute, "diffusion": {"models": {run: model}}}
    net = {"batch": 4, "steps": 1, "optimizer": PLAIN, **changes}
    name = run.split("-")[1]
    return {"compute": compute, "adapt": {"common": {"seeds": 1}, "nets": {name: net}}}


def train(family: str, run: str, how: tuple[str, ...] = FABRIC) -> str:
    """What the stage printed."""
    command = [sys.executable, *how, f"stages.train_{family}", run]
    environment = {**os.environ, "PYTHONPATH": ".", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def weights(family: str, run: str) -> dict[str, torch.Tensor]:
    found: dict[str, torch.Tensor] = load_file(f"runs/{family}/{run}/weights.safetensors")
    return found


@pytest.mark.parametrize(("family", "run"), RUNS)
def test_two_processes_step_as_one(folder: Path, family: str, run: str) -> None:
    change(entry(family, run, RUNS[family, run]))
    train(family, run)
    alone = weights(family, run)
    shutil.rmtree("runs/" + family)
    change({"compute": {"devices": 2}})
    train(family, run)
    together = weights(family, run)
    assert alone.keys() == together.keys()
    for name, tensor in alone.items():
        difference = (together[name] - tensor).abs().max().item()
        assert difference < 2e-7, name


def test_two_processes_read_alike(folder: Path) -> None:
    """The agreement of views draws random numbers for each image."""
    run = "mnistm_usps-lenet_gap-dann"
    change(entry("adapt", run, {"optimizer": {**PLAIN, "lr": 1e-6}}))
    found = []
    for devices in (1, 2):
        change({"compute": {"devices": devices}})
        train("adapt", run)
        found.append(np.load(f"runs/adapt/{run}/val.npz"))
        shutil.rmtree("runs/adapt")
    alone, together = found
    assert alone.keys() == together.keys()
    for name in alone:
        np.testing.assert_allclose(together[name], alone[name], rtol=1e-4, err_msg=name)


def test_lazy_terms_in_two_processes(folder: Path) -> None:
    """StyleGAN2's first losses; its gradients differ by rounding as much as between processors."""
    change(entry("gan", "stylegan2", {"loss_args": {"path_every": 1, "path_from": 0}}))
    change({"gan": {"models": {"stylegan2": {"steps": 2, "optimizers": TINY_STEPS}}}})
    train("gan", "stylegan2")
    alone = pd.read_csv("plots/curves/gan/stylegan2.csv")
    change({"compute": {"devices": 2}})
    train("gan", "stylegan2")
    together = pd.read_csv("plots/curves/gan/stylegan2.csv")
    assert {"d_penalty", "g_path_length", "monitor.path length"} <= {*alone.columns}
    pd.testing.assert_frame_equal(together, alone, rtol=1e-3)


def test_both_processes_end_with_the_same_judge(folder: Path) -> None:
    """Of gradients over all images: without that each would have a judge of its own."""
    stage = Path("stages/train_judge.py")
    kept = """    import torch
    torch.save(judge.state_dict(), f"judge{run.fabric.global_rank}.pt")
    only_the_first_goes_on()
"""
    stage.write_text(stage.read_text().replace("    only_the_first_goes_on()\n", kept))
    change({"compute": {"devices": 2, "accelerator": "cpu"}, "judge": {"steps": 5}})
    environment = {**os.environ, "PYTHONPATH": ".", "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-m", "stages.train_judge"], env=environment, check=True)
    first, second = (torch.load(f"judge{rank}.pt") for rank in range(2))
    for name, tensor in first.items():
        assert torch.equal(tensor, second[name]), name


def test_torchrun_does_the_same_as_devices(folder: Path) -> None:
    family, run = "gan", "dcgan"
    change(entry(family, run, RUNS[family, run]))
    train(family, run, TORCHRUN)
    started_by_torchrun = weights(family, run)
    change({"compute": {"devices": 2}})
    train(family, run)
    for name, tensor in weights(family, run).items():
        assert torch.equal(tensor, started_by_torchrun[name]), name


def test_the_first_process_alone_writes(folder: Path) -> None:
    watch = """
import json
import os
replace = os.replace
def noted(source, target, *rest, **more):
    with open("written.txt", "a") as file:
        file.write(os.environ.get("LOCAL_RANK", "0") + "\\n")
    return replace(source, target, *rest, **more)
os.replace = noted
"""
    Path("hw2/core/files.py").write_text(watch + Path("hw2/core/files.py").read_text())
    change(entry("gan", "dcgan", RUNS["gan", "dcgan"]))
    change({"compute": {"devices": 2, "checkpoint_seconds": 1e-9}})
    train("gan", "dcgan")
    written = Path("written.txt").read_text().split()
    assert len(written) > 3 and set(written) == {"0"}


def test_a_stopped_training_goes_on_to_the_same_bytes(folder: Path) -> None:
    """Dropout and curves included, though SIGTERM reaches one process only."""
    run = "mnistm_usps-conv_bn-dann"
    change({"compute": {"devices": 2, "accelerator": "cpu"}})
    change({"adapt": {"common": {"seeds": 1}, "nets": {"conv_bn": {"batch": 4, "steps": 150}}}})
    train("adapt", run)
    outputs = [Path(f"runs/adapt/{run}/weights.safetensors"), Path(f"plots/curves/adapt/{run}.csv")]
    unbroken = [path.read_bytes() for path in outputs]
    shutil.rmtree("runs/adapt")
    change({"compute": {"checkpoint_seconds": 1e-9}})
    command = [sys.executable, "-m", "stages.train_adapt", run]
    environment = {**os.environ, "PYTHONPATH": ".", "OMP_NUM_THREADS": "1"}
    stage = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    while not list(Path(".work/checkpoints").glob("*/state.pt")):
        time.sleep(0.01)
    stage.send_signal(signal.SIGTERM)
    _, said = stage.communicate(timeout=240)
    assert stage.returncode == 143
    assert len(re.findall("stopped by SIGTERM after step", said)) == 1, said
    assert not outputs[0].exists()
    assert "resumed after step" in train("adapt", run)
    assert [path.read_bytes() for path in outputs] == unbroken


def test_a_batch_that_cannot_be_shared_out_is_named(folder: Path) -> None:
    change({"compute": {"devices": 2}, "gan": {"models": {"dcgan": {"batch": 5}}}})
    done = subprocess.run(
        [sys.executable, "-m", "stages.train_gan", "dcgan"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert done.returncode == 1
    assert done.stderr.count("batch 5 cannot be shared out evenly among 2 processes") == 1
