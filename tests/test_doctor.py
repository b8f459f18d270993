"""What `hw2 doctor` says of DVC's lock, runs, data, weights, leftovers, disk and memory."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from raw_folders import make
from tiny_runs import ROOT
from trained_runs import RUN, write_adapt_run

from hw2.core.errors import UserError
from hw2.doctor import leftovers, machine, project
from hw2.doctor.finding import Finding, findings_of


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with params.yaml."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "params.yaml").write_text((ROOT / "params.yaml").read_text())
    return tmp_path


def only(findings: list[Finding]) -> Finding:
    assert len(findings) == 1
    return findings[0]


def test_the_lock(folder: Path) -> None:
    assert only(project.check_lock()).status == "missing"
    lock = "schema: '2.0'\nstages:\n  a:\n    outs:\n    - path: runs/a\n    - path: runs/b\n"
    (folder / "dvc.lock").write_text(lock)
    (folder / "runs").mkdir()
    (folder / "runs/a").touch()
    finding = only(project.check_lock())
    assert finding.status == "missing" and "1 of 2 outputs" in finding.fact
    assert "runs/b" in finding.fact
    (folder / "runs/b").touch()
    assert only(project.check_lock()).status == "ok"
    (folder / "dvc.lock").write_text(f"<<<<<<< HEAD\n{lock}=======\n{lock}>>>>>>> other\n")
    assert only(findings_of("dvc.lock", project.check_lock)).status == "problem"


def test_runs_without_weights(folder: Path) -> None:
    before = project.check_runs()[-1]
    write_adapt_run(RUN)
    after = project.check_runs()[-1]
    count = int(before.fact.split()[0])
    assert before.status == after.status == "missing"
    assert int(after.fact.split()[0]) == count - 1 and RUN not in after.fact


def test_data(folder: Path) -> None:
    assert only(project.check_data()).status == "problem"
    (folder / "data.dvc").touch()
    assert only(project.check_data()).status == "missing"
    make(folder / "data")
    assert only(project.check_data()).status == "ok"
    (folder / "data/digits/usps/train.csv").unlink()
    finding = only(project.check_data())
    assert finding.status == "problem" and "usps/train.csv" in finding.fact


def test_weights(folder: Path) -> None:
    (folder / "runs/judge").mkdir(parents=True)
    (folder / "runs/judge/weights.safetensors").write_bytes(b"bad")
    (folder / "x.pth").write_bytes(b"bad")
    text = (folder / "params.yaml").read_text()
    text = text.replace("inception_weights: null", "inception_weights: x.pth")
    (folder / "params.yaml").write_text(text)
    for check in (project.check_judge, project.check_inception):
        finding = only(findings_of("weights", check))
        assert finding.status == "problem"
        assert "dvc repro" in finding.fact or "hw2 weights inception" in finding.fact


def checkpoint(name: str) -> Path:
    """The state of a training, 3 MiB and two hours old."""
    state = Path(".work/checkpoints", name, "state.pt")
    state.parent.mkdir(parents=True)
    state.write_bytes(bytes(3 * 2**20))
    os.utime(state, (0, time.time() - 7200))
    return state


def dead_process() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_leftovers_are_counted(folder: Path) -> None:
    assert "none" in only(project.check_leftovers()).fact
    checkpoint("gan-dcgan-0123456789abcdef")
    finding = only(project.check_leftovers())
    assert finding.status == "ok" and finding.fact.startswith("1 checkpoints, 0 half-written")
    assert "gan-dcgan-0123456789abcdef (3.0 MiB, 2.0 h old)" in finding.fact
    assert finding.mend.endswith("hw2 doctor --clean")


def test_a_checkpoint_of_a_run_that_is_gone(folder: Path) -> None:
    checkpoint("gan-dcgan-0123456789abcdef")
    checkpoint("gan-renamed-0123456789abcdef")
    fates = {found.training: found.what for found in leftovers.checkpoints()}
    assert "goes on with it" in fates["gan-dcgan"]
    assert "no such run" in fates["gan-renamed"]


def test_only_files_of_dead_processes_are_left_over(folder: Path) -> None:
    dead = dead_process()
    (folder / "runs/gan").mkdir(parents=True)
    for name in (f".x.npz.{dead}.tmp", f".x.npz.{os.getpid()}.tmp", ".notes.tmp", "x.tmp"):
        (folder / "runs/gan" / name).touch()
    (found,) = leftovers.temporary_files()
    assert found.path == Path(f"runs/gan/.x.npz.{dead}.tmp")


def test_a_checkpoint_in_use_is_not_removed(folder: Path) -> None:
    state = checkpoint("gan-dcgan-0123456789abcdef")
    holder = subprocess.Popen(
        [sys.executable, "-c", "from hw2.core.lock import hold; hold('gan-dcgan'); input()"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
    )
    lock = Path(".work/locks/gan-dcgan.lock")
    while not (lock.is_file() and lock.read_text().strip()):
        time.sleep(0.01)
    (found,) = leftovers.checkpoints()
    with pytest.raises(UserError, match="another process"):
        leftovers.remove(found)
    assert state.is_file()
    holder.communicate(b"\n")
    leftovers.remove(found)
    assert not state.parent.exists()


def test_disk_and_memory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "meminfo").write_text("MemTotal: 2097152 kB\nMemAvailable: 524288 kB\n")
    monkeypatch.setattr(machine, "MEMINFO", folder / "meminfo")
    finding = only(machine.check_memory())
    assert finding.status == "problem" and finding.fact == "0.5 of 2.0 GiB free"
    monkeypatch.setattr(machine, "MEMINFO", folder / "none")
    assert only(machine.check_memory()).status == "ok"
    monkeypatch.setattr(machine, "LEAST_DISK_GIB", 1e9)
    assert only(machine.check_disk()).status == "problem"
