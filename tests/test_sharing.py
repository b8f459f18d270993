"""Sampling and scoring in two processes: the bytes of one, one writer, one message, no hang."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sharing_project import Servers, start_two, write_project
from stage_processes import Process, StageServer

from hw2.core.sharing import shared_out

STAGES = {  # in the pipeline's order
    "score_real": (),
    "score_real_digits": (),
    "sample_gan": ("dcgan",),
    "score_gan": ("dcgan",),
    "sample_diffusion": ("context_unet",),
    "score_diffusion": ("context_unet",),
}


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    with StageServer() as first, StageServer() as second:
        yield [first, second]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, servers: Servers) -> Path:
    """Two tiny models, real digits and faces, and all that one process makes of them."""
    folder = tmp_path_factory.mktemp("alone")
    write_project(folder)
    with_models = tmp_path_factory.mktemp("models") / "start"
    shutil.copytree(folder, with_models)
    for stage, arguments in STAGES.items():
        process = servers[0].start(folder, stage, *arguments, TORCH_HOME=str(folder))
        assert process.wait() == 0, process.output.read_text()
    shutil.move(with_models, folder / "start")
    return folder


@pytest.fixture
def folder(alone: Path, tmp_path: Path) -> Path:
    """The models, and nothing made of them yet."""
    return Path(shutil.copytree(alone / "start", tmp_path / "two"))


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
        timeout=240,
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
