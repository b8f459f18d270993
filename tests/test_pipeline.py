"""The pipeline as its users use it: a clean clone at scale smoke, through the `dvc` command."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import chdir
from pathlib import Path

import pytest
import yaml
from few_runs import only
from stage_imports import ROOT

from hw2.commands.smoke import copy_at_smoke
from hw2.core.params import read_yaml

LR = "gan.models.dcgan.optimizers.generator.lr"
PAIRS = ("mnistm_svhn", "mnistm_usps")
METHODS = ("source_only", "dann", "target_only")
LAST = {"summarize", "report"}
ALWAYS = {"find_weights"}  # looks outside the repository, where DVC does not
KEPT = {
    "gan.models": ["dcgan", "resnet_gan"],
    "diffusion.models": ["context_unet"],
    "adapt.runs": [f"{pair}-conv_bn-{method}" for pair in PAIRS for method in METHODS],
}
ENVIRONMENT = {
    **os.environ,
    "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    "DVC_NO_ANALYTICS": "1",
    "GIT_AUTHOR_NAME": "test",
    "GIT_AUTHOR_EMAIL": "test@example.org",
    "GIT_COMMITTER_NAME": "test",
    "GIT_COMMITTER_EMAIL": "test@example.org",
}


def run(folder: Path, *command: str, status: int = 0) -> str:
    """Run a command in `folder`; its output, stderr included."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=ENVIRONMENT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=3000,
        check=False,
    )
    assert done.returncode == status, f"{' '.join(command)} ended with:\n{done.stdout[-4000:]}"
    return done.stdout


def ran(output: str) -> set[str]:
    """The stages that a `dvc repro` or `dvc exp run` executed."""
    starts = (line for line in output.splitlines() if line.startswith("Running stage"))
    return {line.split("'")[1] for line in starts}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The work tree's tracked and new files in a repository of their own, built at smoke."""
    folder = tmp_path_factory.mktemp("whole") / "hw2"
    with chdir(ROOT):
        copy_at_smoke(folder)
    run(folder, "dvc", "repro")
    return folder


@pytest.fixture(scope="module")
def clone(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few runs of it, committed: what these tests say of a pipeline does not need all."""
    folder = tmp_path_factory.mktemp("clone") / "hw2"
    shutil.copytree(whole, folder, symlinks=True)
    params = only(read_yaml(folder / "params.yaml"), KEPT)
    (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    lock = read_yaml(folder / "dvc.lock")
    known = set(run(folder, "dvc", "stage", "list", "--name-only").split())
    lock["stages"] = {name: stage for name, stage in lock["stages"].items() if name in known}
    (folder / "dvc.lock").write_text(yaml.safe_dump(lock, sort_keys=False))
    by_family = {place.split(".")[0]: names for place, names in KEPT.items()}
    for kind in ("runs", "metrics", "plots/curves", "plots/confusion"):
        for path in (folder / kind).glob("*/*"):
            if path.parent.name in by_family and path.stem not in by_family[path.parent.name]:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
    run(folder, "dvc", "repro")
    run(folder, "git", "add", "-A")
    run(folder, "git", "commit", "-qm", "smoke")
    return folder


def test_everything_is_there(whole: Path) -> None:
    params = read_yaml(whole / "params.yaml")
    summary = json.loads((whole / "metrics/summary.json").read_text())
    assert summary["data"]["source"] == "starter"
    assert list(summary["gan"]) == list(params["gan"]["models"])
    assert list(summary["diffusion"]) == list(params["diffusion"]["models"])
    for scores in summary["gan"].values():
        assert 0 <= scores.get("face_rate", scores.get("judge_accuracy")) <= 1
    for run_name in params["adapt"]["runs"]:
        pair, net, method = run_name.split("-")
        assert 0 <= summary["adapt"][pair][net][method]["accuracy"] <= 1
    for run_name in params["embed"]["runs"]:
        for colour in ("digit", "domain"):
            assert (whole / f"plots/images/adapt/{run_name}_by_{colour}.png").is_file()
    page = (whole / "plots/report/index.html").read_text()
    shown = re.findall(r'src="([^"]+)"', page)
    assert len(shown) > 100 and all((whole / "plots/report" / path).is_file() for path in shown)
    assert not re.search(r"""(src|href|url)\s*[=(]\s*["']?(https?:)?//""", page)


def test_second_repro_does_nothing(clone: Path) -> None:
    assert ran(run(clone, "dvc", "repro")) == ALWAYS
    assert run(clone, "git", "status", "--porcelain") == ""


def test_repeated_build_gives_the_same_lock(clone: Path) -> None:
    before = (clone / "dvc.lock").read_bytes()
    run(clone, "dvc", "repro", "-f")
    assert (clone / "dvc.lock").read_bytes() == before
    # Times and versions, which no DVC output holds, differ from build to build.
    assert run(clone, "git", "status", "--porcelain").split() == ["M", "plots/provenance.js"]
    run(clone, "git", "checkout", "HEAD", "--", "plots/provenance.js")


def test_changed_lr_reruns_that_run_alone(clone: Path) -> None:
    output = run(clone, "dvc", "exp", "run", "-S", f"{LR}=1e-3")
    stages = ("train_gan", "sample_gan", "score_gan")
    assert ran(output) - ALWAYS == {f"{stage}@dcgan" for stage in stages} | LAST
    assert LR in run(clone, "dvc", "params", "diff", "--targets", "params.yaml")
    assert "gan.dcgan.swd" in run(clone, "dvc", "metrics", "diff")
    run(clone, "git", "restore", "-SW", ".")
    run(clone, "dvc", "checkout")
    assert ran(run(clone, "dvc", "repro")) == ALWAYS, "the experiment is dropped as README says"


def test_queued_experiments_run_side_by_side(clone: Path) -> None:
    run(clone, "dvc", "exp", "run", "--queue", "-S", "embed.perplexity=10,12")
    run(clone, "dvc", "queue", "start", "-j", "2")
    deadline = time.monotonic() + 300
    while "Queued" in (state := run(clone, "dvc", "queue", "status")) or "Running" in state:
        assert time.monotonic() < deadline, state
        time.sleep(2)
    assert state.count("Success") == 2, state
    shown = run(clone, "dvc", "exp", "show", "--csv", "--no-pager")
    assert "gan.dcgan.swd" in shown
    run(clone, "dvc", "exp", "remove", "-A")


def test_experiment_is_shared_between_clones(clone: Path, tmp_path: Path) -> None:
    run(tmp_path, "git", "init", "-q", "--bare", "-b", "main", "origin.git")
    run(clone, "git", "remote", "add", "origin", str(tmp_path / "origin.git"))
    run(clone, "dvc", "remote", "add", "-d", "shared", str(tmp_path / "objects"))
    run(clone, "git", "commit", "-qam", "remote")
    run(clone, "git", "push", "-q", "origin", "main")
    run(clone, "dvc", "exp", "run", "--temp", "-n", "spread", "-S", "embed.perplexity=14")
    run(clone, "dvc", "exp", "push", "origin", "spread")
    run(tmp_path, "git", "clone", "-q", "origin.git", "other")
    other = tmp_path / "other"
    run(other, "dvc", "exp", "pull", "origin", "spread")
    run(other, "dvc", "exp", "apply", "spread")
    assert read_yaml(other / "params.yaml")["embed"]["perplexity"] == 14
    assert ran(run(other, "dvc", "repro")) == ALWAYS
    for name in ("metrics/summary.json", "plots/report/index.html", "runs/gan/dcgan/samples.npz"):
        assert (other / name).is_file()
    run(clone, "dvc", "exp", "remove", "-A")


def test_temporary_workspace_runs_its_own_code(clone: Path) -> None:
    path = clone / "hw2/report/page.html"
    text = path.read_text()
    path.write_text(text.replace("</body>", "<p>queued</p></body>"))
    run(clone, "dvc", "exp", "run", "--queue", "-n", "queued")
    path.write_text(text)
    run(clone, "dvc", "exp", "run", "--run-all")
    run(clone, "dvc", "exp", "apply", "queued")
    assert "<p>queued</p>" in (clone / "plots/report/index.html").read_text()
    run(clone, "git", "checkout", "HEAD", "--", ".")
    run(clone, "dvc", "exp", "remove", "-A")
    assert ran(run(clone, "dvc", "repro")) == ALWAYS


def test_run_is_left_out_for_once(clone: Path) -> None:
    left_out = "adapt.runs.mnistm_usps-conv_bn-target_only"
    output = run(clone, "dvc", "exp", "run", "-S", f"~{left_out}")
    assert ran(output) - ALWAYS == {"score_adapt", "embed"} | LAST
    methods = json.loads((clone / "metrics/summary.json").read_text())["adapt"]["mnistm_usps"]
    assert set(methods["conv_bn"]) == {"source_only", "dann"}
    run(clone, "git", "checkout", "HEAD", "--", ".")
    run(clone, "dvc", "repro")


def test_edited_method_reruns_its_runs_alone(clone: Path) -> None:
    path = clone / "hw2/adapt/methods/dann.py"
    text = path.read_text()
    path.write_text(text + "\n# edited\n")
    output = run(clone, "dvc", "status")
    changed = {
        line.rstrip(":") for line in output.splitlines() if line.endswith(":") and line[0] != "\t"
    }
    path.write_text(text)
    assert {name for name in changed if name.startswith("train")} == {
        "train_adapt@mnistm_svhn-conv_bn-dann",
        "train_adapt@mnistm_usps-conv_bn-dann",
    }


def test_metrics_and_plots_are_shown_without_a_network(clone: Path) -> None:
    shown = json.loads(run(clone, "dvc", "metrics", "show", "--json"))
    assert "gan" in shown[""]["data"]["metrics/summary.json"]["data"]
    run(clone, "dvc", "plots", "show")
    page = (clone / "dvc_plots/index.html").read_text()
    assert 'src="http' not in page and "vegaEmbed" in page


def test_own_data_replaces_the_starter(clone: Path, tmp_path: Path) -> None:
    settings = yaml.safe_load((clone / "params.yaml").read_text())
    assert settings["scale"] == "smoke"
    own = tmp_path / "own"
    run(clone, "cp", "-r", "data/starter", str(own))
    (clone / "data/stray.txt").write_text("mine")
    assert "dvc add data" in run(clone, "dvc", "repro", "prepare", status=255)
    run(clone, "rm", "-rf", "data")
    run(clone, "cp", "-r", str(own), "data")
    run(clone, "dvc", "add", "data")
    assert "prepare" in ran(run(clone, "dvc", "repro", "prepare"))
    assert json.loads((clone / "metrics/data.json").read_text())["source"] == "own"
    run(clone, "git", "checkout", "HEAD", "--", ".")
    run(clone, "rm", "-rf", "data")
    run(clone, "dvc", "repro", "prepare")
    assert json.loads((clone / "metrics/data.json").read_text())["source"] == "starter"
