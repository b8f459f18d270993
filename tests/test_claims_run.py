"""`hw2 claims run` in a repository whose stages take no time: DVC's experiments, resumed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from stage_imports import ROOT
from test_pipeline import ENVIRONMENT, run

from hw2.core.params import read_yaml

PIPELINE = """
stages:
  prepare:
    cmd: cp source.json metrics/data.json
    deps: [source.json]
    outs: [metrics/data.json: {cache: false}]
  score_diffusion:
    foreach: ${diffusion.models}
    do:
      cmd: python score.py ${key}
      deps: [score.py]
      params: [seed, "diffusion.models.${key}.guidance"]
      outs:
        - metrics/diffusion/${key}.json: {cache: false}
        - plots/curves/diffusion/${key}.csv: {cache: false}
"""
SCORE = """
import json, os, pathlib, subprocess, sys, time, yaml
if pathlib.Path(FOLDER, "slow").exists():
    pathlib.Path(FOLDER, "begun").write_text(str(os.getpid()))
    time.sleep(600)
if pathlib.Path(FOLDER, "commits").exists():
    subprocess.run(["git", "commit", "-q", "--allow-empty", "-m", "more"], cwd=FOLDER, check=True)
model = yaml.safe_load(open("params.yaml"))["diffusion"]["models"][sys.argv[1]]
if model["guidance"] > 5 and not pathlib.Path(FOLDER, "mended").exists():
    sys.exit("too much guidance")
scores = {"n": 100, "seeds": 3, "hardware": "none", "judge_accuracy_std": 0.01}
scores["judge_accuracy"] = 0.6 + 0.01 * model["guidance"]
files = {"metrics/diffusion/%s.json": json.dumps(scores)}
files["plots/curves/diffusion/%s.csv"] = "step,loss\\n1,0.5\\n"
for name, text in files.items():
    path = pathlib.Path(name % sys.argv[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
"""
KEY = "diffusion.models.context_unet.guidance"
CLAIM = {
    "report": "004",
    "claim": "Guidance helps.",
    "expectation": "The judge reads better.",
    "family": "diffusion",
    "cost": "sampling",
    "seeds": [0],
    "metrics": {"accuracy": "judge_accuracy", "loss": "curve:loss:late"},
    "arms": {
        "none": {"run": "context_unet", "set": {KEY: 0.0}},
        "ten": {"run": "context_unet", "set": {KEY: 10.0}},
    },
    "confirmed_by": ["ten.accuracy > none.accuracy"],
    "refuted_by": ["ten.accuracy < none.accuracy"],
}
CLAIMS = (sys.executable, "-m", "hw2", "claims")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository's params.yaml, a pipeline that takes no time, and one claim."""
    monkeypatch.setitem(ENVIRONMENT, "PYTHONPATH", str(ROOT))
    (tmp_path / "params.yaml").write_text((ROOT / "params.yaml").read_text())
    (tmp_path / "dvc.yaml").write_text(PIPELINE)
    (tmp_path / "score.py").write_text(SCORE.replace("FOLDER", repr(str(tmp_path))))
    (tmp_path / ".gitignore").write_text("/mended\n/commits\n/slow\n/begun\n/.work/\n")
    for folder in ("experiments", "metrics"):
        (tmp_path / folder).mkdir()
    (tmp_path / "experiments/claims.yaml").write_text(yaml.safe_dump({"C0": CLAIM}))
    (tmp_path / "source.json").write_text('{"source": "starter"}')
    run(tmp_path, "git", "init", "-q")
    run(tmp_path, "dvc", "init", "-q")
    run(tmp_path, "git", "add", "-A")
    run(tmp_path, "git", "commit", "-qm", "all")
    return tmp_path


def test_claims_are_run_resumed_and_judged(project: Path) -> None:
    said = run(project, *CLAIMS, "run", status=1)
    assert "2 experiments, 2 to do" in said and "done   C0-none-0" in said
    assert "FAILED C0-ten-0" in said and "failed: C0-ten-0" in said
    record = json.loads((project / "metrics/claims/C0-none-0.json").read_text())
    assert record["spreads"]["accuracy"] == {"mean": 0.6, "std": 0.01, "n": 3, "of": "draws"}
    assert record["spreads"]["loss"]["mean"] == 0.5
    assert read_yaml(project / "params.yaml") == read_yaml(ROOT / "params.yaml")
    assert "undecided" in run(project, *CLAIMS, "list")

    (project / "mended").touch()
    said = run(project, *CLAIMS, "run", "--jobs", "2")
    assert "2 experiments, 1 to do" in said and "C0-none-0" not in said
    assert "Verdict: **holds**" in (project / "metrics/claims.md").read_text()

    (project / "metrics/claims/C0-ten-0.json").unlink()  # DVC still has an experiment of this name
    assert "2 experiments, 1 to do" in run(project, *CLAIMS, "run", "C0")
    assert "Verdict: **holds**" in run(project, *CLAIMS, "show", "C0")
    assert "did you mean 'C0'" in run(project, *CLAIMS, "show", "C00", status=1)


def test_records_name_the_data_of_now(project: Path) -> None:
    (project / "mended").touch()
    run(project, *CLAIMS, "run")
    (project / "source.json").write_text('{"source": "own"}')  # and no stage was run since
    assert "2 experiments, 2 to do" in run(project, *CLAIMS, "run")
    record = json.loads((project / "metrics/claims/C0-none-0.json").read_text())
    assert record["basis"]["data"] == {"source": "own"}


def test_a_commit_meanwhile_loses_no_record(project: Path) -> None:
    begun_at = run(project, "git", "rev-parse", "HEAD").strip()
    for flag in ("commits", "mended"):
        (project / flag).touch()
    assert "done   C0-none-0" in run(project, *CLAIMS, "run")
    assert run(project, "git", "rev-parse", "HEAD").strip() != begun_at
    record = json.loads((project / "metrics/claims/C0-none-0.json").read_text())
    assert record["commit"] == begun_at


def test_a_stopped_run_leaves_no_experiment_at_work(project: Path) -> None:
    (project / "slow").touch()
    running = subprocess.Popen(
        [*CLAIMS, "run"],
        cwd=project,
        env={**os.environ, **ENVIRONMENT},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 240
    while not (begun := project / "begun").exists() or not begun.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    running.send_signal(signal.SIGTERM)
    _, said = running.communicate(timeout=240)
    assert running.returncode == 128 + signal.SIGTERM and "Traceback" not in said
    deadline = time.monotonic() + 240
    with pytest.raises(ProcessLookupError):
        while time.monotonic() < deadline:
            os.kill(int(begun.read_text()), 0)
            time.sleep(0.1)
