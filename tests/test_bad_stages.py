"""Each mistake that a stage meets, and a full disk: one message, what was there stays."""

import errno
import os
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from one_message import told
from raw_folders import make
from spoilt_project import (
    CUDA,
    CUDA_ASKED,
    GAN,
    Prepare,
    change,
    cut,
    nothing,
    pickled,
    project,
    trained,
)
from tiny_runs import stage
from trained_runs import RUN

from hw2.cli import app
from hw2.core.paths import prepared

__all__ = ["project", "trained"]  # fixtures
pytestmark = pytest.mark.usefixtures("project")

STAGES: list[tuple[str, str, Prepare, str]] = [
    ("train_gan", "dcgna", nothing, "did you mean 'dcgan'?"),
    ("train_gan", "dcgan", prepared("face", "train").unlink, "face_train.npz: no such file"),
    ("train_gan", "dcgan", cut(prepared("face", "train")), "face_train.npz: damaged or not an"),
    (
        *("train_gan", "dcgan", change("gan", "models", "dcgan", "batch", 41)),
        "batch 41 is larger than the data set (40 images); lower batch",
    ),
    ("train_gan", "dcgan", CUDA, CUDA_ASKED),
    ("train_diffusion", "context_unt", nothing, "did you mean 'context_unet'?"),
    ("train_adapt", f"{RUN}x", nothing, f"did you mean '{RUN}'?"),
    ("sample_gan", "dcgan", cut(GAN), f"{GAN}: damaged weights"),
    ("sample_gan", "dcgan", pickled(GAN), f"{GAN}: damaged weights"),
]


@pytest.mark.parametrize(("script", "run", "prepare", "words"), STAGES)
def test_a_stage_s_mistake_is_told(
    tmp_path: Path, script: str, run: str, prepare: Prepare, words: str
) -> None:
    prepare()
    assert words in told(partial(stage(script), run), tmp_path)


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    "line",
    [
        "sample dcgan out --n 2",
        "sample dcgan out --n 2 --format npz",
        f"predict {RUN} own out.csv",
        f"embed {RUN} own out.csv --perplexity 2",
    ],
)
def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr(os, "fsync", full)
    message = told(partial(app, line.split()), tmp_path)
    assert "cannot write it: No space left on device; nothing was changed" in message
    assert ".tmp" not in message


def test_a_full_disk_leaves_what_was_prepared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(Path("data"))
    monkeypatch.setattr(os, "fsync", full)
    main: Any = stage("prepare")
    assert "No space left on device" in told(main, tmp_path)


def test_too_little_space_is_told_before_anything_is_downloaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(1, 1, 0))
    shutil.copytree("own", "photographs")
    line = "data make-public new --only digits --backgrounds photographs"
    message = told(partial(app, line.split()), tmp_path)
    assert "are needed on its disk" in message and "make room or name another folder" in message
