"""SIGINT and SIGTERM anywhere in a stage: one line, no traceback, nothing half written."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from stage_imports import ROOT

STAGE = """
import sys, time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import Pool
from pathlib import Path
from hw2.core.files import atomic
from hw2.core.stage import run_stage_for

def sleep(seconds):
    Path("begun").touch()
    time.sleep(seconds)

def main(name):
    if name == "compute":
        sleep(60)
    if name == "write":
        with atomic(Path("out.bin")) as file:
            file.write(b"half")
            sleep(60)
    if name == "processes":
        with ProcessPoolExecutor(2) as workers:
            list(workers.map(sleep, [60] * 8))
    if name == "threads":
        with ThreadPoolExecutor(2) as workers:
            list(workers.map(sleep, [1] * 60))
    if name == "stuck":  # as a pool may be, one of whose workers died with its lock
        try:
            sleep(60)
        finally:
            time.sleep(60)
    if name == "tidy":
        try:
            sleep(60)
        finally:
            Path("tidying").touch()
            time.sleep(1)
            Path("tidied").touch()
    if name == "done":
        for _ in range(50):  # a signal may reach a worker that is forked or waits for a lock
            with Pool(2) as workers:  # whose end is a SIGTERM to each
                workers.map(sleep, [0, 0])

if __name__ == "__main__":
    run_stage_for(main, None)
"""


def test_ctrl_c_while_a_stage_imports_shows_no_traceback():
    command = [sys.executable, "-X", "importtime", "-m", "stages.train_gan", "dcgan"]
    stage = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert stage.stderr
    for line in stage.stderr:
        if line.endswith("| stages\n"):
            stage.send_signal(signal.SIGINT)
            break
    rest = stage.stderr.read()
    assert stage.wait() == -signal.SIGINT
    assert "Traceback" not in rest


def start(folder: Path, name: str) -> subprocess.Popen[str]:
    """The stage in a process group of its own, at work."""
    (folder / "work.py").write_text(STAGE)
    process = subprocess.Popen(
        [sys.executable, "work.py", name],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    wait_for(folder / "begun")
    return process


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 240
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("name", ["compute", "write", "processes", "threads", "stuck"])
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_stage_leaves_at_once_and_in_order(
    name: str, number: signal.Signals, status: int, tmp_path: Path
) -> None:
    process = start(tmp_path, name)
    # A terminal's Ctrl-C reaches every process of the group; kill reaches the one it names.
    send = os.killpg if number == signal.SIGINT else os.kill
    send(process.pid, number)
    out, err = process.communicate(timeout=240)
    assert (process.returncode, out) == (status, "")
    assert err == f"stopped by {number.name}; no file is half written, run it again\n"
    assert {path.name for path in tmp_path.iterdir()} == {"work.py", "begun"}
    with pytest.raises(ProcessLookupError):  # no worker is left behind
        os.killpg(process.pid, 0)


def test_a_second_signal_does_not_break_off_the_tidying(tmp_path: Path) -> None:
    process = start(tmp_path, "tidy")
    process.send_signal(signal.SIGINT)
    wait_for(tmp_path / "tidying")
    for number in (signal.SIGINT, signal.SIGTERM):
        process.send_signal(number)
    _, err = process.communicate(timeout=240)
    assert (process.returncode, err.count("\n")) == (130, 1)
    assert (tmp_path / "tidied").exists()


def test_a_stage_with_workers_ends_well(tmp_path: Path) -> None:
    process = start(tmp_path, "done")
    assert process.communicate(timeout=240) == ("", "") and process.returncode == 0
