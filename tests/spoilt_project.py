"""A project that looks trained, and ways to spoil it, for the tests of what a user is told."""

import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from raw_folders import png
from tiny_runs import enter
from trained_runs import RUN, write_adapt_run

from hw2.core.generators import seeded
from hw2.core.lookup import build
from hw2.core.params import read_section, read_yaml
from hw2.core.paths import JUDGE, prepared
from hw2.core.weights import save_weights
from hw2.evaluation.digit_judge import WEIGHTS_NAME, DigitJudge
from hw2.gan.params import GanModel

GAN = Path("runs/gan/dcgan/weights.safetensors")
NET = Path("runs/adapt", RUN, "weights.safetensors")
Prepare = Callable[[], object]


CUDA_ASKED = "compute.accelerator is 'cuda', but torch sees no GPU; use 'auto' or 'cpu'"


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A GAN, an adaptation run and a judge that look trained, and a folder of digits."""
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch, seeded(0, "tests"):
        enter(folder, patch)
        content = read_yaml()
        content["gan"]["models"]["dcgan"]["net_args"]["generator_channels"] = [8, 8, 8, 8]
        Path("params.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
        settings = read_section(GanModel, "gan", "models", "dcgan")
        nets = build("hw2.gan.nets", settings.net, "net_args", **settings.build_args)
        save_weights(GAN, {settings.sampled: nets.generator})
        save_weights(JUDGE, {WEIGHTS_NAME: DigitJudge()})
        write_adapt_run(RUN)
        Path("own").mkdir()
        for digit in range(3):
            Path(f"own/{digit}_001.png").write_bytes(png(28, seed=digit))
    return folder


@pytest.fixture
def project(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of that folder, as the working directory, on a machine without a GPU."""
    shutil.copytree(trained, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)


class Payload:
    """What a pickle can hold: a command that is run when it is read."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, ("touch ran",)


def pickled(path: Path) -> Prepare:
    return lambda: path.write_bytes(pickle.dumps(Payload()))


def saved(content: Callable[[], object]) -> Prepare:
    def prepare() -> None:
        torch.save(content(), "judge.pth")
        change("evaluation", "judge_weights", "judge.pth")()

    return prepare


def change(*keys: Any) -> Prepare:
    """Set a value of params.yaml: its keys, then the value."""

    def prepare() -> None:
        content = section = read_yaml()
        *parents, last, value = keys
        for key in parents:
            section = section[key]
        section[last] = value
        Path("params.yaml").write_text(yaml.safe_dump(content, sort_keys=False))

    return prepare


def copied(source: Path, path: Path) -> Prepare:
    return lambda: shutil.copyfile(source, path)


def cut(path: Path) -> Prepare:
    return lambda: os.truncate(path, path.stat().st_size // 2)


def objects() -> None:
    """A file of images whose names are pickled objects."""
    images = np.zeros((1, 28, 28, 3), np.uint8)
    np.savez(prepared("mnistm", "val"), images=images, names=np.array([Payload()], dtype=object))


def written(path: str, content: bytes) -> Prepare:
    return lambda: Path(path).write_bytes(content)


def nothing() -> None:
    pass


CUDA = change("compute", "accelerator", "cuda")
