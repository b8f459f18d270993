"""Two at once in one folder: one may refuse, but nothing that is written is ever torn or mixed."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest
from test_pipeline import ENVIRONMENT, run
from tiny_runs import ROOT, enter

RUNS = ("mnistm_svhn-lenet_gap-dann", "mnistm_usps-lenet_gap-source_only")
STAGES = tuple(f"train_adapt@{name}" for name in RUNS)
FAILED, DVC_FAILED = 1, 255


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two trainings on prepared noise, built once by DVC; a checkpoint follows each step."""
    folder = tmp_path_factory.mktemp("two")
    with pytest.MonkeyPatch.context() as patch:
        enter(folder, patch)
    for name in ("dvc.yaml", ".gitignore", "hw2", "stages"):
        (folder / name).symlink_to(ROOT / name)
    params = folder / "params.yaml"
    params.write_text(
        params.read_text().replace("checkpoint_seconds: 60", "checkpoint_seconds: 0.001")
    )
    run(folder, "git", "init", "-q")
    run(folder, "dvc", "init", "-q")
    run(folder, "dvc", "repro", "-s", *STAGES)
    return folder


def hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of dvc.lock and of every file that the trainings wrote, by its path."""
    written = [*folder.glob("runs/adapt/**/*"), *folder.glob("plots/**/*"), folder / "dvc.lock"]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in written
        if path.is_file()
    }


def at_once(folder: Path, *commands: tuple[str, ...]) -> list[tuple[int, str]]:
    """Start the commands together; exit status and output of each."""
    started = [
        subprocess.Popen(
            command,
            cwd=folder,
            env=ENVIRONMENT,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for command in commands
    ]
    return [(process.communicate(timeout=300)[0], process.returncode)[::-1] for process in started]


def again(*stages: str) -> tuple[str, ...]:
    """The command that builds stages anew, whatever they were built from."""
    return ("dvc", "repro", "--force", "--no-run-cache", "--single-item", *stages)


HAND_RUN = (sys.executable, "-m", "stages.train_adapt", RUNS[0])


@pytest.mark.parametrize(
    ("commands", "refused"),
    [
        ((again(STAGES[0]), again(STAGES[0])), "is busy"),
        ((again(STAGES[0]), again(STAGES[1])), "is busy"),
        ((again(STAGES[0]), HAND_RUN), "another process"),
        ((HAND_RUN, HAND_RUN), "another process"),
    ],
    ids=["one stage", "two stages", "DVC and by hand", "twice by hand"],
)
def test_same_bytes_whoever_gets_there_first(
    project: Path, commands: tuple[tuple[str, ...], ...], refused: str
) -> None:
    before = hashes(project)
    ended = at_once(project, *commands)
    assert any(status == 0 for status, _ in ended), ended
    for status, output in ended:
        assert status == 0 or refused in output, output
        assert "Traceback" not in output
    if any(status == DVC_FAILED for status, _ in ended):
        run(project, *again(*STAGES))
    assert hashes(project) == before
    assert not list(project.glob(".work/checkpoints/*/*"))
    assert "up to date" in run(project, "dvc", "status", *STAGES)
