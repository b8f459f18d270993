"""Sampling and scoring in two processes: the bytes of one, one writer, one message, no hang."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from stage_processes import Process, StageServer
from tiny_runs import ROOT, change, enter

from hw2.core.files import write_json
from hw2.core.params import read_section
from hw2.core.paths import JUDGE, run_folder
from hw2.core.sharing import shared_out
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
        "models": {
            "context_unet": {"net_args": {"features": 8}, "sampler_args": {"smoke": {"eta": 1.0}}}
        }
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
STAGES = {  # in the pipeline's order
    "score_real": (),
    "score_real_digits": (),
    "sample_gan": ("dcgan",),
    "score_gan": ("dcgan",),
    "sample_diffusion": ("context_unet",),
    "score_diffusion": ("context_unet",),
}
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


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with StageServer() as first, StageServer() as second:
        yield [first, second]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, servers: Servers) -> Path:
    """Two tiny models, real digits and faces, and all that one process makes of them."""
    folder = tmp_path_factory.mktemp("alone")
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
    with_models = tmp_path_factory.mktemp("models") / "start"
    shutil.copytree(folder, with_models)
    for stage, arguments in STAGES.items():
        process = servers[0].start(folder, stage, *arguments, TORCH_HOME=str(folder))
        assert process.wait() == 0, process.output.read_text()
    shutil.move(with_models, folder / "start")
    return folder


def write_models() -> None:
    nets = build_networks("dcgan", read_section(GanModel, "gan", "models", "dcgan"))
    unet = build_unet(
        "context_unet", read_section(DiffusionModel, "diffusion", "models", "context_unet"), 10
    )
    save_weights(run_folder("gan", "dcgan") / "weights.safetensors", nets.modules())
    save_weights(run_folder("diffusion", "context_unet") / "weights.safetensors", {"unet": unet})
    save_weights(JUDGE, {WEIGHTS_NAME: DigitJudge()})
    for family, run in (("gan", "dcgan"), ("diffusion", "context_unet")):
        write_json(run_folder(family, run) / "training.json", {"seed": 0})


@pytest.fixture
def folder(alone: Path, tmp_path: Path) -> Path:
    """The models, and nothing made of them yet."""
    return Path(shutil.copytree(alone / "start", tmp_path / "two"))


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


def said(pair: list[Process]) -> str:
    return "".join(process.output.read_text() for process in pair)


def made(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of the stages, by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for kind in ("runs", "metrics", "plots")
        for path in sorted((folder / kind).rglob("*"))
        if path.is_file()
    }


def test_two_processes_make_the_bytes_of_one_and_the_first_alone_writes(
    alone: Path, folder: Path, servers: Servers
) -> None:
    (folder / "written.txt").unlink(missing_ok=True)
    for stage, arguments in STAGES.items():
        pair = start_two(servers, folder, stage, *arguments)
        assert [process.wait() for process in pair] == [0, 0], said(pair)
    assert made(folder) == made(alone)
    new = made(alone).keys() - made(alone / "start").keys()
    assert {"runs/gan/dcgan/samples.npz", "metrics/diffusion/context_unet.json"} <= new
    assert set((folder / "written.txt").read_text().split()) == {"0"}


def test_devices_starts_the_processes(alone: Path, folder: Path) -> None:
    params = folder / "params.yaml"
    params.write_text(params.read_text().replace("devices: 1", "devices: 2"))
    environment = {**os.environ, "PYTHONPATH": ".", "OMP_NUM_THREADS": "1"}
    subprocess.run(
        [sys.executable, "-m", "stages.sample_gan", "dcgan"],
        cwd=folder,
        env=environment,
        check=True,
        timeout=120,
    )
    samples = "runs/gan/dcgan/samples.npz"
    assert (folder / samples).read_bytes() == (alone / samples).read_bytes()


def test_an_error_in_one_process_ends_all_with_one_message(folder: Path, servers: Servers) -> None:
    pair = start_two(servers, folder, "trouble", "error")
    assert [process.wait() for process in pair] == [1, 1]
    assert said(pair) == "error: part 3 is wrong\n"


def test_a_process_that_dies_ends_the_other(folder: Path, servers: Servers) -> None:
    pair = start_two(servers, folder, "trouble", "death")
    assert [process.wait() for process in pair] == [1, 9]
    assert said(pair).startswith("error: one of the 2 processes ended before its work was done")
    assert "Traceback" not in said(pair)


@pytest.mark.parametrize(
    ("number", "sent_to", "statuses"),
    [
        (signal.SIGINT, (0, 1), [130, 130]),  # Ctrl-C in a terminal
        (signal.SIGTERM, (0,), [143, 1]),  # `kill` of the process that started the other
    ],
)
def test_a_signal_ends_both_with_one_message(
    folder: Path, servers: Servers, number: int, sent_to: tuple[int, ...], statuses: list[int]
) -> None:
    pair = start_two(servers, folder, "trouble", "signal")
    while not all((folder / f"begun{rank}").exists() for rank in (0, 1)):
        time.sleep(0.01)
    for rank in sent_to:
        pair[rank].signal(number)
    assert [process.wait() for process in pair] == statuses
    name = signal.Signals(number).name
    assert said(pair) == f"stopped by {name}; no file is half written, run it again\n"


def test_alone_parts_are_computed_as_their_results_are_taken() -> None:
    computed: list[int] = []
    note: Callable[[int], None] = computed.append
    results = shared_out(range(3), note)
    next(results)
    assert computed == [0]
    list(results)
    assert computed == [0, 1, 2]
