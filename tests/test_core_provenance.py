"""Notes of stage times: only of what ended well; the commit, and whether code differs from it."""

import subprocess
import sys
from pathlib import Path

import pytest

from hw2.core import provenance
from hw2.core.provenance import commit, stage_times, timed, versions

STAGE = """
import sys
from hw2.core.errors import UserError
from hw2.core.stage import run_stage_for

def main(name):
    memory = bytearray(64 * 2**20)
    memory[::4096] = b"x" * len(memory[::4096])
    if name == "bad":
        raise UserError("bad")
    if name == "killed":
        raise KeyboardInterrupt

run_stage_for(main, None)
assert "torch" not in sys.modules
"""


def run_script(folder: Path, name: str) -> int:
    script = folder / "work.py"
    script.write_text(STAGE)
    command = [sys.executable, str(script), name]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode


def test_a_finished_stage_leaves_one_note_with_its_memory(tmp_path: Path) -> None:
    assert run_script(tmp_path, "good") == 0 and run_script(tmp_path, "good") == 0
    (note,) = stage_times(tmp_path / ".work/times")
    assert (note.stage, note.run) == ("work", "good")
    assert 0 <= note.seconds < 30 and note.finished.endswith("Z")
    assert note.peak_mib is None or note.peak_mib > 64


@pytest.mark.parametrize("name", ["bad", "killed"])
def test_a_failed_or_interrupted_stage_leaves_none(tmp_path: Path, name: str) -> None:
    assert run_script(tmp_path, name) != 0
    assert stage_times(tmp_path / ".work/times") == []


def test_a_note_that_cannot_be_written_fails_no_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(".work").write_text("in the way")
    with timed(Path("stages/work.py")):
        Path("output").write_text("done")
    assert Path("output").exists()


def test_damaged_notes_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_text('{"stage": "b"}')
    assert stage_times(tmp_path) == []


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=n", "-c", "user.email=e"]
    command = ["git", *identity, *arguments]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return run.stdout.strip()


def test_commit_tells_changed_code_from_written_results(tmp_path: Path) -> None:
    assert commit(tmp_path) is None
    git(tmp_path, "init", "--quiet")
    for name in ("code.py", "dvc.lock", "metrics/a.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "-m", "m")
    head = git(tmp_path, "rev-parse", "HEAD")
    for name in ("dvc.lock", "metrics/a.json", "metrics/b.json", "benchmarks/results/c.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text("2")
    assert commit(tmp_path) == head
    (tmp_path / "code.py").write_text("2")
    assert commit(tmp_path) == f"{head}, with 1 file changed since"


def test_a_machine_without_git_has_no_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit(tmp_path) is None


def test_versions_name_what_computes_the_figures() -> None:
    found = versions()
    assert {"Python", "torch", "numpy", "pillow"} <= set(found)
    assert any(name.startswith("dlib") for name in found)


def test_notes_lie_outside_every_output() -> None:
    assert provenance.TIMES.parts[0] == ".work"
