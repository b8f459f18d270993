"""A full disk: the last good file stays, one message, status 1, and nothing temporary is left."""

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure
from PIL import Image
from raw_folders import make
from tiny_runs import ROOT, images
from torch import nn

from hw2.core.checkpoint import Checkpoint
from hw2.core.errors import UserError
from hw2.core.files import atomic, write_arrays, write_bytes, write_json, write_text
from hw2.core.weights import save_weights
from hw2.data.export import write_folder
from hw2.raw.course_folder import write_digits, write_faces
from hw2.raw.prepare import prepare
from hw2.report.animation import save_animation
from hw2.report.figure import save_figure, save_image

ROOM = 300  # bytes that still fit
NOISE = np.random.default_rng(0).integers(0, 256, (10, 64, 64, 3), dtype=np.uint8)
DIGITS = (NOISE, np.arange(10))
Writer = Callable[[Path], object]


def checkpoint(path: Path) -> None:
    stored = Checkpoint("toy", "0" * 64, 1.0)
    stored.path = path
    stored.save({"weights": torch.zeros(10_000)})


def figure(path: Path) -> None:
    drawn = Figure()
    drawn.text(0.5, 0.5, "some words, so that it is larger than a blank one")
    save_figure(drawn, path)


# Each writes more than ROOM bytes to the path it is given.
WRITERS: dict[str, Writer] = {
    "x.bin": lambda path: write_bytes(path, bytes(10_000)),
    "x.md": lambda path: write_text(path, "x" * 10_000),
    "x.json": lambda path: write_json(path, list(range(5000))),
    "x.npz": lambda path: write_arrays(path, {"a": np.zeros(10_000)}),
    "images.npz": lambda path: images(40, 28).save(path),
    "x.safetensors": lambda path: save_weights(path, {"net": nn.Linear(100, 100)}),
    "state.pt": checkpoint,
    "x.png": lambda path: save_image(Image.fromarray(NOISE[0]), path),
    "figure.png": figure,
    "x.webp": lambda path: save_animation(NOISE, path),
    "train.zip": lambda path: write_faces(path.parent, "train", NOISE, progress=False),
    "data.zip": lambda path: write_digits(path.parent, DIGITS, DIGITS, progress=False),
}


@contextmanager
def longest_file(size: int) -> Iterator[None]:
    """Let the system refuse longer files with EFBIG."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def no_space(_file: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("name", WRITERS)
def test_a_disk_that_fills_up_while_a_file_is_written(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"old")
    with longest_file(ROOM), pytest.raises(UserError, match=f"{name}: cannot write it: "):
        WRITERS[name](path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", WRITERS)
def test_a_disk_that_has_no_room_when_the_file_is_to_reach_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(UserError, match=f"{name}: .*: No space left on device; nothing was chan"):
        WRITERS[name](path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_without_room_for_the_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: object, **_named: object) -> None:
        no_space(0)

    monkeypatch.setattr("builtins.open", full)
    with (
        pytest.raises(UserError, match=r"a/x: cannot write it: No space left on device"),
        atomic(tmp_path / "a/x"),
    ):
        raise AssertionError("the block must not be entered")


def test_prepare_keeps_what_was_prepared_before(tmp_path: Path) -> None:
    make(tmp_path / "data")
    out = tmp_path / "prepared"
    prepare(tmp_path / "data", out, 1, progress=False)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with longest_file(ROOM), pytest.raises(UserError, match="cannot write"):
        prepare(tmp_path / "data", out, 1, progress=False)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    with longest_file(ROOM), pytest.raises(UserError, match="cannot write"):
        prepare(tmp_path / "data", tmp_path / "new", 1, progress=False)
    assert not (tmp_path / "new").exists()


def test_a_folder_of_samples_is_replaced_by_a_whole_one_alone(tmp_path: Path) -> None:
    out = tmp_path / "samples"
    names = [f"{k}.png" for k in range(10)]
    write_folder(out, names[:1], [NOISE[:1]])
    before = (out / "0.png").read_bytes()
    with longest_file(ROOM), pytest.raises(UserError, match=r"cannot write it: File too large"):
        write_folder(out, names, [NOISE])
    assert list(tmp_path.iterdir()) == [out] and (out / "0.png").read_bytes() == before


STAGE = """
import resource, sys
from pathlib import Path
from hw2.core.files import write_json
from hw2.core.stage import run_stage

def main():
    write_json(Path("metrics/x.json"), list(range(5000)))

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop()), resource.RLIM_INFINITY))
run_stage(main, None)
"""


def test_a_stage_says_one_sentence_and_ends_with_status_1(tmp_path: Path) -> None:
    (tmp_path / "stage.py").write_text(STAGE)
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics/x.json").write_text("old")
    done = subprocess.run(
        [sys.executable, "stage.py", str(ROOM)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    said = "error: metrics/x.json: cannot write it: File too large; nothing was changed\n"
    assert done.stderr == said and done.stdout == ""
    assert {path.name for path in tmp_path.rglob("*")} == {"stage.py", "metrics", "x.json"}
    assert (tmp_path / "metrics/x.json").read_text() == "old"
