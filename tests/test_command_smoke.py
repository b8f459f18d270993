"""`hw2 smoke`: all stages at scale smoke, in a copy that leaves the project as it is."""

import sys
from pathlib import Path

import pytest
from stage_imports import ROOT
from test_pipeline import ENVIRONMENT, run

from hw2.commands.smoke import copy_at_smoke
from hw2.doctor.leftovers import temporary_files

SMOKE = (sys.executable, "-m", "hw2", "smoke")
PIPELINE = """
stages:
  needs_data: {cmd: "grep 'scale: smoke' params.yaml && cp data/mine.txt out.txt", outs: [out.txt]}
  new_file: {cmd: cat new.txt > last.txt, deps: [out.txt], outs: [last.txt]}
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Data of the user's own, results of another scale, and a file that Git does not know yet."""
    monkeypatch.setitem(ENVIRONMENT, "PYTHONPATH", str(ROOT))
    run(tmp_path, "git", "init", "-q")
    run(tmp_path, "dvc", "init", "-q")
    (tmp_path / "params.yaml").write_text("scale: starter # of which there are three\n")
    (tmp_path / "dvc.yaml").write_text(PIPELINE)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/mine.txt").write_text("mine")
    run(tmp_path, "dvc", "add", "-q", "data")
    (tmp_path / "dvc.lock").write_text("schema: '2.0'\nstages: {}\n")
    run(tmp_path, "git", "add", "-A")
    (tmp_path / "out.txt").write_text("of another scale")
    (tmp_path / "new.txt").write_text("new")
    return tmp_path


def files(folder: Path) -> dict[str, bytes]:
    """What lies in it, but for Git's and DVC's own files and the logs."""
    own = {".git", ".dvc", ".work"}
    found = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in found
        if not own & set(path.relative_to(folder).parts)
    }


def test_every_stage_runs_and_nothing_changes(project: Path) -> None:
    before = files(project)
    output = run(project, *SMOKE)
    assert "done   needs_data -> new_file" in output and "smoke: every stage runs" in output
    assert files(project) == before
    assert not list((project / ".work").glob(".smoke*"))


def test_a_failure_leaves_the_copy_with_its_logs(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / "new.txt").unlink()
    output = run(project, *SMOKE, status=1)
    assert "error: failed: new_file" in output and "every stage runs" not in output
    (left,) = (project / ".work").glob(".smoke*")
    assert (left / ".work/logs/needs_data.log").is_file()
    monkeypatch.chdir(project)
    assert [found.path for found in temporary_files()] == [left.relative_to(project)]


def test_the_embedded_data_are_not_copied(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "data.dvc").write_text("deps: [{path: runs/starter}]\nouts: [{path: data}]\n")
    monkeypatch.chdir(project)
    copy_at_smoke(Path("copy"))
    assert not Path("copy/data").exists() and Path("copy/new.txt").is_file()


@pytest.mark.parametrize("missing", ["params.yaml", "data.dvc", ".git"])
def test_outside_a_project_there_is_one_message(project: Path, missing: str) -> None:
    (project / missing).rename(project / "elsewhere")
    output = run(project, *SMOKE, status=1)
    assert output.startswith("error: ") and output.count("\n") == 1
    assert missing in output or "git" in output
