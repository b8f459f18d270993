"""`hw2 doctor`: every check says what is there, none ends the others, problems alone give 1."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from raw_folders import make
from tiny_runs import ROOT
from typer.testing import CliRunner

from hw2.cli import app
from hw2.commands.doctor import doctor
from hw2.core.errors import UserError
from hw2.doctor import probes, project, software
from hw2.doctor.finding import Finding, findings_of

HERE = Path(sys.executable).parent
TORCH = {"version": "2", "cuda": None, "threads": 1, "vectors": "AVX2", "gpu_bf16": False}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with params.yaml, and this Python first on PATH."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{HERE}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "no weights"))
    (tmp_path / "params.yaml").write_text((ROOT / "params.yaml").read_text())
    return tmp_path


def only(findings: list[Finding]) -> Finding:
    assert len(findings) == 1
    return findings[0]


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def whole_report(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, str]]:
    """The status, and what stands before each line's subject."""
    status = 0
    try:
        doctor()
    except typer.Exit as end:
        status = end.exit_code
    lines = capsys.readouterr().out.splitlines()
    return status, {line[9:23].strip(): line.split()[0] for line in lines}


def test_a_good_repository_has_no_problem(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers: dict[str, Any] = {**TORCH, "gpus": [], "path": None, "trained": False, "course": None}
    for module in (software, project):  # the probes take seconds; they have tests of their own
        monkeypatch.setattr(module, "ask", lambda _probe: answers)
    subprocess.run([HERE / "dvc", "init", "--no-scm", "--quiet"], check=True)
    (folder / "dvc.yaml").write_text("stages: {a: {cmd: a}}\n")
    make(folder / "data")
    status, found = whole_report(capsys)
    assert status == 0, found
    assert {name for name, state in found.items() if state == "missing"} == {
        *("dvc.lock", "gan runs", "diffusion runs", "adapt runs", "judge", "Inception")
    }


def test_an_empty_folder_is_looked_at_to_the_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(_probe: str) -> dict[str, Any]:
        raise UserError("it ends the process (signal 4)")

    for module in (software, project):
        monkeypatch.setattr(module, "ask", broken)
    (folder / "params.yaml").unlink()
    status, found = whole_report(capsys)
    assert status == 1 and found["Python"] == found["disk"] == "ok" and found["memory"]
    assert {found[name] for name in ("DVC", "params.yaml", "data", "torch")} == {"problem"}


def test_whatever_a_check_meets_is_one_line() -> None:
    def broken() -> list[Finding]:
        raise ZeroDivisionError("two\nlines")

    line = only(findings_of("disk", broken)).line()
    assert line.startswith("problem  disk") and line.endswith("ZeroDivisionError: two lines")


def test_probes_answer() -> None:
    assert set(probes.ask("torch")) == {*TORCH, "gpus"}
    assert only(software.check_dlib()).status == "ok"


def test_a_library_that_kills_the_process(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(script(folder / "python", "kill -4 $$")))
    with pytest.raises(UserError, match="signal 4"):
        probes.ask("dlib")


def test_a_library_that_cannot_be_imported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "dlib.py").write_text("raise ImportError('no libX.so.6')")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    finding = only(findings_of("dlib", software.check_dlib))
    assert finding == Finding("problem", "dlib", "ImportError: no libX.so.6")


def test_the_python_on_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert only(software.check_path()).status == "ok"
    script(folder / "bin/python", """echo '["/other", ["torch"]]'""")
    monkeypatch.setenv("PATH", str(folder / "bin"))
    finding = only(software.check_path())
    assert finding.status == "problem" and "has no torch" in finding.fact
    monkeypatch.setenv("PATH", str(folder))
    assert only(software.check_path()).status == "problem"


def test_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    assert only(software.check_packages()).status == "ok"
    needed = ["numpy>=1", "no-such-package", "pyyaml>999", 'ruff>999; extra == "dev"']
    monkeypatch.setattr(software, "requires", lambda _name: needed)
    finding = only(software.check_packages())
    assert finding.status == "problem" and finding.fact.startswith("no-such-package is not ")
    assert "pyyaml" in finding.fact and "ruff" not in finding.fact and "numpy" not in finding.fact


@pytest.mark.parametrize(
    ("accelerator", "devices", "gpus", "expected"),
    [
        ("cuda", 1, [], "problem"),
        ("auto", 1, [], "ok"),
        ("auto", 2, ["A"], "problem"),
        ("cuda", 2, ["A", "B"], "ok"),
        ("cpu", 2, ["A"], "ok"),
    ],
)
def test_the_device_is_the_one_of_params(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    accelerator: str,
    devices: int,
    gpus: list[str],
    expected: str,
) -> None:
    text = (folder / "params.yaml").read_text()
    text = text.replace("accelerator: auto", f"accelerator: {accelerator}", 1)
    (folder / "params.yaml").write_text(text.replace("devices: 1", f"devices: {devices}", 1))
    monkeypatch.setattr(software, "ask", lambda _probe: TORCH | {"gpus": gpus})
    torch, device = software.check_torch()
    assert (torch.status, device.status) == ("ok", expected)
    uses_gpu = device.fact.startswith("cuda (")
    assert uses_gpu == (expected == "ok" and bool(gpus) and accelerator != "cpu")


def left_behind() -> list[Path]:
    """A half-written file and the checkpoints of two trainings."""
    process = subprocess.Popen(["true"])
    process.wait()
    paths = [Path("metrics", f".x.json.{process.pid}.tmp")]
    paths += [Path(".work/checkpoints", f"{run}-0123456789abcdef") for run in ("gan-a", "gan-b")]
    for path in paths[1:]:
        path.mkdir(parents=True)
        (path / "state.pt").touch()
    paths[0].parent.mkdir()
    paths[0].touch()
    return paths


def test_clean_removes_what_the_user_names(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = left_behind()
    asked: list[str] = []

    def confirm(question: str) -> bool:
        asked.append(question)
        return "gan-b" not in question

    monkeypatch.setattr(typer, "confirm", confirm)
    doctor(clean=True)
    assert [path.exists() for path in paths] == [False, False, True]
    assert len(asked) == 3 and capsys.readouterr().out.count("removed ") == 2


def test_clean_without_an_answer_removes_nothing(folder: Path) -> None:
    paths = left_behind()
    done = CliRunner().invoke(app, ["doctor", "--clean"], input="")
    assert done.exit_code == 1 and all(path.exists() for path in paths)
    done = CliRunner().invoke(app, ["doctor", "--clean", "--yes"])
    assert done.exit_code == 0 and not any(path.exists() for path in paths)
    assert "nothing is left over" in CliRunner().invoke(app, ["doctor", "--clean"]).output
