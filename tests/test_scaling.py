"""docs/scaling.md: its commands are commands, and the task files run them and no others."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from stage_imports import ROOT
from test_pipeline import ENVIRONMENT, run
from typer.main import get_command

from hw2.cli import app
from hw2.core.params import read_yaml

TEXT = (ROOT / "docs/scaling.md").read_text(encoding="utf-8")
SKY = ROOT / "docs/scaling/experiment.sky.yaml"
SLURM = ROOT / "docs/scaling/slurm.py"
KEYS = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}


def commands() -> list[str]:
    """Every line of the document's indented blocks, those that go on joined, without remarks."""
    blocks = re.findall(r"^    \S.*$", TEXT.replace("\\\n", " "), flags=re.M)
    return [" ".join(line.partition(" #")[0].split()) for line in blocks]


def calls(program: str) -> Iterator[list[str]]:
    """The arguments of each call of a program in the document."""
    for line in commands():
        for part in re.split(r" (?:&&|;|&|\|) ?|; ", line):
            words = shlex.split(part)
            if program in words:
                yield words[words.index(program) + 1 :]


def test_dvc_knows_every_command() -> None:
    from dvc.cli import parse_args

    found = list(calls("dvc"))
    assert len(found) > 10
    for arguments in found:
        parse_args(arguments)  # ends the process on one that it does not know


def test_hw2_knows_every_command() -> None:
    known = get_command(app).commands  # type: ignore[attr-defined]
    found = list(calls("hw2"))
    assert found
    for name, *rest in found:
        known[name].make_context(name, rest)


def test_stages_runs_and_params_exist() -> None:
    params = read_yaml(ROOT / "params.yaml")
    stages = run(ROOT, "dvc", "stage", "list", "--name-only").split()
    named = re.findall(r"-m (stages\.\w+) (\w+)", TEXT)
    assert named
    for module, name in named:
        assert f"{module.removeprefix('stages.')}@{name}" in stages
    for name in re.findall(r"\b((?:train|sample|score)_\w+@[\w-]+)", TEXT):
        assert name in stages, name
    changed = re.findall(r"-S '?([\w.]+)=", TEXT)
    assert changed
    for key in changed:
        place = params
        for part in key.split("."):
            place = place[part]


def test_the_files_that_it_names_exist() -> None:
    named = re.findall(r"\bdocs/[\w./]+\.(?:py|yaml|md)", TEXT)
    assert {str(path.relative_to(ROOT)) for path in (SKY, SLURM)} <= set(named)
    for name in [*named, *re.findall(r"\]\((?!http|#)([^)#]+)", TEXT)]:
        assert (ROOT / name).exists() or (ROOT / "docs" / name).exists(), name


def test_task_files_run_the_documents_commands() -> None:
    task = yaml.safe_load(SKY.read_text())
    slurm = re.findall(r'COMMANDS = """\n(.*?)"""', SLURM.read_text(), flags=re.S)[0]
    for line in [*task["run"].splitlines(), *slurm.splitlines()]:
        if line.startswith("dvc"):
            assert line in commands(), line
    assert [line for line in slurm.splitlines() if line.startswith("dvc")] == [
        line for line in task["run"].splitlines() if line.startswith("dvc")
    ]


def test_skypilot_takes_its_task_file() -> None:
    sky = pytest.importorskip("sky", reason="needs skypilot (pip install skypilot)")
    given = [("REPOSITORY", "https://example.org/hw2.git"), ("NAME", "wider")]
    task = sky.Task.from_yaml_config(yaml.safe_load(SKY.read_text()), env_overrides=given)
    assert task.num_nodes == 1 and "dvc exp push" in task.run


@pytest.fixture
def origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bare Git repository with a pipeline of one stage, whose DVC remote is a folder."""
    monkeypatch.setitem(ENVIRONMENT, "PYTHONPATH", os.environ.get("PYTHONPATH", ""))
    folder = tmp_path / "here"
    folder.mkdir()
    stage = {"cmd": "cp params.yaml out.txt", "params": ["seed"], "outs": ["out.txt"]}
    (folder / "dvc.yaml").write_text(yaml.safe_dump({"stages": {"copy": stage}}))
    (folder / "params.yaml").write_text("seed: 0\n")
    run(folder, "git", "init", "-q", "-b", "main")
    run(folder, "dvc", "init", "-q")
    run(folder, "dvc", "remote", "add", "-d", "shared", str(tmp_path / "remote"))
    run(folder, "dvc", "repro")
    run(folder, "git", "add", "-A")
    run(folder, "git", "commit", "-qm", "first")
    run(folder, "git", "clone", "-q", "--bare", ".", str(tmp_path / "origin.git"))
    run(folder, "git", "remote", "add", "origin", str(tmp_path / "origin.git"))
    return folder


def test_an_experiment_goes_through_submitit_and_comes_back(origin: Path) -> None:
    pytest.importorskip("submitit", reason="needs submitit (pip install -e '.[scaling]')")
    job = ["seven", "--cluster=local", "--gpus=0", "--cpus=1", "--hours=1", "-S", "seed=7"]
    remote = str(origin.parent / "origin.git")
    run(origin, sys.executable, str(SLURM), remote, *job)
    run(origin, "dvc", "exp", "pull", "origin", "seven")
    run(origin, "dvc", "exp", "apply", "seven")
    assert (origin / "out.txt").read_text() == "seed: 7\n"
    assert "up to date" in run(origin, "dvc", "repro")


def test_a_bucket_is_shared(origin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("dvc_s3", "moto.server"):
        pytest.importorskip(package, reason="needs a bucket (pip install -e '.[scaling-dev]')")
    import boto3
    from moto.server import ThreadedMotoServer

    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
        monkeypatch.setitem(ENVIRONMENT, name, value)
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        boto3.client("s3", endpoint_url=url, region_name="us-east-1").create_bucket(Bucket="hw2")
        run(origin, "dvc", "remote", "add", "-f", "-d", "shared", "s3://hw2/cache")
        run(origin, "dvc", "remote", "modify", "shared", "endpointurl", url)
        run(origin, "git", "commit", "-qam", "a bucket")
        run(origin, sys.executable, "-m", "dvc", "push")
        there = origin.parent / "there"
        subprocess.run(["git", "clone", "-q", origin, there], check=True)
        assert not (there / "out.txt").exists()
        run(there, sys.executable, "-m", "dvc", "pull")
        assert (there / "out.txt").read_text() == "seed: 0\n"
        assert "up to date" in run(there, "dvc", "repro")
    finally:
        server.stop()
