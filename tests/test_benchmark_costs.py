"""What the benchmarks of data size and start-up count."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.data_size import DIGITS, count_images, noise
from benchmarks.measure import ROOT, run_python
from benchmarks.start_up import stage_calls
from hw2.core.errors import UserError

HELD = 700 * 2**20  # more than the process of the tests has, which counts too


def test_memory_of_children_counts() -> None:
    hold = f"import time; held = bytearray({HELD}); time.sleep(0.3)"
    start = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {hold!r}])"
    # In a small process: until it is another program, a child counts its parent's memory
    # as its own.
    measure = f"""
import json, pathlib
from benchmarks.measure import ROOT, run_python
found = [run_python(["-c", code], pathlib.Path()) for code in ("pass", {start!r})]
print(json.dumps([vars(cost) for cost in found]))
"""
    output = subprocess.check_output([sys.executable, "-c", measure], cwd=ROOT, text=True)
    alone, parent = json.loads(output)
    assert alone["peak_gib"] < HELD / 2**30 <= parent["peak_gib"]
    assert parent["seconds"] >= 0.3


def test_a_command_that_fails_has_no_cost(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="exit status 3"):
        run_python(["-c", "raise SystemExit(3)"], tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
def test_a_benchmark_that_is_stopped_leaves_no_command_running(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    slow = f"""
import os, pathlib, time
pathlib.Path({str(pid)!r}).write_text(str(os.getpid()))
time.sleep(60)
"""
    benchmark = f"""
import pathlib
from benchmarks.measure import run_python
from hw2.core.errors import exit_on_user_error
with exit_on_user_error():
    run_python(["-c", {slow!r}], pathlib.Path())
"""
    running = subprocess.Popen([sys.executable, "-c", benchmark], cwd=ROOT)
    while not (pid.exists() and pid.read_text()):
        assert running.poll() is None
        time.sleep(0.05)
    running.terminate()
    assert running.wait(timeout=240) == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_digits_are_as_many_as_asked_in_the_courses_proportions() -> None:
    course = {"faces_train": 40, "faces_val": 8, "usps_train": 100, "svhn_train": 300}
    counts = count_images(course, 0.25)
    assert counts == {
        "faces_train": 10,
        "faces_val": 2,
        "usps_train": DIGITS / 16,
        "svhn_train": 3 * DIGITS / 16,
    }


def test_images_of_noise_differ_from_one_another_and_between_splits() -> None:
    train, val = (noise("mnistm", split, 5) for split in ("train", "val"))
    assert train.shape == (5, 28, 28, 3)
    assert train.dtype == np.uint8
    assert len(np.unique(np.concatenate([train, val]), axis=0)) == 10


def test_calls_of_a_stage_script_are_counted_over_its_runs() -> None:
    commands = ("python -m stages.a x", "python -m stages.a y", "python -m stages.b")
    lock = {"stages": {str(number): {"cmd": cmd} for number, cmd in enumerate(commands)}}
    assert stage_calls(lock) == {"stages.a": 2, "stages.b": 1}
