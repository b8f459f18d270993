"""What `hw2 doctor` says of DVC's lock, runs, data, weights, checkpoints, disk and memory."""

import os
import time
from pathlib import Path

import pytest
from raw_folders import make
from tiny_runs import ROOT
from trained_runs import RUN, write_adapt_run

from hw2.doctor import machine, project
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
    assert only(project.check_lock()).status == "problem"


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


def test_checkpoints(folder: Path) -> None:
    assert "none" in only(project.check_checkpoints()).fact
    state = folder / ".work/checkpoints/gan-dcgan-0/state.pt"
    state.parent.mkdir(parents=True)
    state.write_bytes(bytes(3 * 2**20))
    os.utime(state, (0, time.time() - 7200))
    finding = only(project.check_checkpoints())
    assert finding.status == "ok" and "3 MiB" in finding.fact and "2.0 h" in finding.fact
    assert "gan-dcgan-0" in finding.fact


def test_disk_and_memory(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "meminfo").write_text("MemTotal: 2097152 kB\nMemAvailable: 524288 kB\n")
    monkeypatch.setattr(machine, "MEMINFO", folder / "meminfo")
    finding = only(machine.check_memory())
    assert finding.status == "problem" and finding.fact == "0.5 of 2.0 GiB free"
    monkeypatch.setattr(machine, "MEMINFO", folder / "none")
    assert only(machine.check_memory()).status == "ok"
    monkeypatch.setattr(machine, "LEAST_DISK_GIB", 1e9)
    assert only(machine.check_disk()).status == "problem"
