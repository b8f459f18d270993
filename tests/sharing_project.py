"""A project with two tiny models, and its stages in two processes."""

import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
from stage_processes import Process, StageServer
from tiny_runs import ROOT, change, enter

from hw2.core.files import write_json
from hw2.core.params import read_section
from hw2.core.paths import JUDGE, run_folder
from hw2.core.weights import save_weights
from hw2.diffusion.build import build_unet
from hw2.diffusion.params import DiffusionModel
from hw2.evaluation.digit_judge import WEIGHTS_NAME, DigitJudge
from hw2.gan.build import build_networks
from hw2.gan.params import GanModel

CHANNELS = {f"{player}_channels": [8, 8, 8, 8] for player in ("generator", "discriminator")}
CHANGES: dict[str, Any] = {
    "compute": {"accelerator": "cpu"},
    "evaluation": {"kid_subset_size": 10, "kid_subsets": 3},
    "gan": {
        "common": {"samples": 30},  # 60 in two draws: three blocks for two processes
        "models": {"dcgan": {"net_args": {"latent": 8, **CHANNELS}, "ema": None}},
    },
    "diffusion": {
        "models": {"context_unet": {"net_args": {"features": 8}, "sampler": "ancestral"}}
    },
}
WATCHED = """
import os
_replace = os.replace
def _noted(source, target, *rest, **more):
    with open("written.txt", "a") as file:
        file.write(os.environ.get("RANK", os.environ.get("LOCAL_RANK", "0")) + "\\n")
    return _replace(source, target, *rest, **more)
os.replace = _noted
"""
TROUBLE = """
import os
import sys
import time
from hw2.core import processes
from hw2.core.errors import UserError
from hw2.core.sharing import launch, shared_out
from hw2.core.stage import run_stage_for

def main(trouble: str) -> None:
    launch()
    def compute(number: int) -> int:
        open(f"begun{processes.rank()}", "w").close()
        if trouble == "error" and number == 3:
            raise UserError("part 3 is wrong")
        if trouble == "death" and number == 3:
            os._exit(9)
        if trouble == "signal":
            time.sleep(0.05 if processes.rank() else 0.1)
        return number
    list(shared_out(range(400 if trouble == "signal" else 5), compute))

if __name__ == "__main__":
    run_stage_for(main, "")
"""
Servers = list[StageServer]


def write_project(folder: Path) -> None:
    """Two tiny models with untrained weights, prepared images, and code that notes who writes."""
    with pytest.MonkeyPatch.context() as patch:
        enter(folder, patch)
        for part in ("hw2", "stages"):
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / part, folder / part, ignore=ignored)
        (folder / "stages/trouble.py").write_text(TROUBLE)
        files = folder / "hw2/core/files.py"
        files.write_text(files.read_text() + WATCHED)
        change(CHANGES)
        write_models()


def write_models() -> None:
    nets = build_networks("dcgan", read_section(GanModel, "gan", "models", "dcgan"))
    unet = build_unet(
        "context_unet", read_section(DiffusionModel, "diffusion", "models", "context_unet")
    )
    save_weights(run_folder("gan", "dcgan") / "weights.safetensors", nets.modules())
    save_weights(run_folder("diffusion", "context_unet") / "weights.safetensors", {"unet": unet})
    save_weights(JUDGE, {WEIGHTS_NAME: DigitJudge()})
    for family, run in (("gan", "dcgan"), ("diffusion", "context_unet")):
        write_json(run_folder(family, run) / "training.json", {"seed": 0})


def start_two(servers: Servers, folder: Path, stage: str, *arguments: str) -> list[Process]:
    """Two processes of a stage, as torchrun starts them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    shared = {"WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2", "GROUP_RANK": "0", "MASTER_PORT": port}
    shared |= {"MASTER_ADDR": "127.0.0.1", "TORCHELASTIC_RUN_ID": "test"}
    shared |= {"TORCH_HOME": str(folder)}
    return [
        server.start(
            folder, stage, *arguments, output=f"{rank}.txt", RANK=rank, LOCAL_RANK=rank, **shared
        )
        for rank, server in zip("01", servers, strict=True)
    ]
