"""`hw2 repro`: every stage once, after those that it needs, and all of them recorded by DVC."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from stage_imports import ROOT
from test_pipeline import ENVIRONMENT, run

from hw2.commands.repro import chain, changed, downstream, in_order, parse_graph
from hw2.jobs.side_by_side import shares

REPRO = (sys.executable, "-m", "hw2", "repro", "--jobs")
NEEDS = {"first": set(), "a": {"first"}, "b": {"first"}, "last": {"a", "b"}, "alone": set()}
BRANCHES = [f"branch@{number}" for number in range(4)]
PIPELINE = """
stages:
  first: {cmd: echo > first.txt, outs: [first.txt]}
  branch:
    foreach: [0, 1, 2, 3]
    do:
      cmd: ls first.txt && echo $OMP_NUM_THREADS > branch${item}.txt
      deps: [first.txt]
      outs: ["branch${item}.txt"]
  alone: {cmd: echo > alone.txt, outs: [alone.txt]}
  last:
    cmd: cat branch0.txt branch3.txt > last.txt
    deps: [branch0.txt, branch3.txt]
    outs: [last.txt]
"""


def test_the_graph_of_dvc_is_read() -> None:
    dot = 'strict digraph {\n"data.dvc";\n"a@x";\n"lone";\n"data.dvc" -> "a@x";\n"a@x" -> "b";\n}\n'
    needs = {"data.dvc": set(), "a@x": {"data.dvc"}, "b": {"a@x"}, "lone": set()}
    assert parse_graph(dot) == needs


def test_what_needs_a_changed_stage_is_built_too() -> None:
    assert downstream(NEEDS, ["a"]) == {"a", "last"}
    assert downstream(NEEDS, ["first", "alone"]) == set(NEEDS)
    assert downstream(NEEDS, []) == set()


def test_stages_that_only_follow_one_another_are_one_chain() -> None:
    needs = {"raw": set(), "ready": {"raw"}, "real": {"ready"}}
    needs |= {"train": {"ready"}, "sample": {"train"}, "score": {"sample", "real"}}
    assert chain("raw", needs, set()) == ["raw", "ready"]  # two wait for it then
    assert chain("real", needs, {"raw", "ready"}) == ["real"]
    assert chain("train", needs, {"raw", "ready"}) == ["train", "sample"]
    assert chain("train", needs, {"raw", "ready", "real"}) == ["train", "sample", "score"]


def test_what_most_stages_wait_for_comes_first_and_then_long_chains() -> None:
    needs = {"judge": set(), "b": {"judge"}, "c": {"judge"}, "d": {"judge"}}
    needs |= {"short": set(), "long": set(), "longer": {"long"}, "table": {"short", "other"}}
    chains = [["a"], ["short"], ["long", "longer"], ["judge"]]
    assert in_order(chains, needs) == [["judge"], ["long", "longer"], ["short"], ["a"]]


def test_a_stage_that_always_runs_is_no_change() -> None:
    missing = {"changed outs": {"b.txt": "deleted"}}
    status = {"a": ["always changed"], "b": [missing], "c": [missing, "always changed"]}
    assert changed(status) == {"b", "c"}


@pytest.mark.parametrize(
    ("jobs", "gpus", "expected"),
    [
        (2, ["0", "1", "2", "3"], ["0,2", "1,3"]),
        (2, ["4", "7"], ["4", "7"]),
        (3, ["0", "1"], ["0", "1", "0"]),
    ],
)
def test_gpus_are_shared_out(jobs: int, gpus: list[str], expected: list[str]) -> None:
    found = shares(jobs, 8, gpus)
    assert [share["CUDA_VISIBLE_DEVICES"] for share in found] == expected


def test_memory_is_divided_where_stages_share_a_gpu() -> None:
    memory = [share.get("PYTORCH_CUDA_ALLOC_CONF") for share in shares(3, 8, ["0", "1"])]
    assert memory == ["per_process_memory_fraction:0.500"] * 3
    assert "PYTORCH_CUDA_ALLOC_CONF" not in shares(2, 8, ["0", "1"])[0]


def test_cores_are_shared_out() -> None:
    assert shares(3, 8, []) == [{"OMP_NUM_THREADS": "2"}] * 3
    assert shares(3, 2, []) == [{"OMP_NUM_THREADS": "1"}] * 3


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pipeline of seven stages that take no time; one neither needs nor serves another."""
    monkeypatch.setitem(ENVIRONMENT, "PYTHONPATH", str(ROOT))
    run(tmp_path, "git", "init", "-q")
    run(tmp_path, "dvc", "init", "-q")
    (tmp_path / "dvc.yaml").write_text(PIPELINE)
    return tmp_path


def test_stages_that_end_together_are_all_recorded(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ENVIRONMENT, "OMP_NUM_THREADS", "4")
    output = run(project, *REPRO, "4")
    done = [line.split()[1] for line in output.splitlines() if line.startswith("done")]
    assert sorted(done) == sorted([*BRANCHES, "alone", "first", "last"])
    assert done.index("last") > done.index("branch@3")
    assert "Data and pipelines are up to date" in output
    assert set(yaml.safe_load((project / "dvc.lock").read_text())["stages"]) == {*done}
    assert (project / "last.txt").read_text() == "1\n1\n"  # a fourth of 4 threads


def test_one_failure_stops_what_needs_it_alone(project: Path) -> None:
    (project / "dvc.yaml").write_text(PIPELINE.replace("ls first.txt", "test ${item} != 3"))
    output = run(project, *REPRO, "3", status=1)
    assert "error: failed: branch@3" in output
    assert "exited with 1" in output and ".work/logs/branch@3.log" in output
    assert sorted(path.name for path in project.glob("branch*.txt")) == [
        f"branch{number}.txt" for number in range(3)
    ]
    assert not (project / "last.txt").exists()


FAILING_CHAIN = """
stages:
  train: {cmd: echo > train.txt, outs: [train.txt]}
  sample: {cmd: "cat train.txt && exit 7", deps: [train.txt], outs: [sample.txt]}
  real: {cmd: sleep 6 && echo > real.txt, outs: [real.txt]}
  compare: {cmd: ls train.txt real.txt > both.txt, deps: [train.txt, real.txt], outs: [both.txt]}
"""


def test_a_chain_that_fails_holds_up_only_what_needs_its_rest(project: Path) -> None:
    (project / "dvc.yaml").write_text(FAILING_CHAIN)
    output = run(project, *REPRO, "2", status=1)
    assert "begin  train -> sample" in output and "error: failed: sample;" in output
    assert (project / "both.txt").exists()


def test_what_a_chain_did_before_it_failed_is_kept(project: Path) -> None:
    second = "second: {cmd: test -e first.txt && exit 7, deps: [first.txt], outs: [second.txt]}"
    (project / "dvc.yaml").write_text("".join(PIPELINE.partition("outs: [first.txt]}")[:2]))
    with open(project / "dvc.yaml", "a") as file:
        file.write(f"\n  {second}\n")
    output = run(project, *REPRO, "2", status=1)
    assert "begin  first -> second" in output and "error: failed: second;" in output
    assert "exited with 7" in output and ".work/logs/first.log" in output
    assert list(yaml.safe_load((project / "dvc.lock").read_text())["stages"]) == ["first"]


SLOW = "echo $$ > pid${item}.txt; exec sleep 60"
ALWAYS = f"stages: {{look: {{cmd: '{SLOW}', always_changed: true}}}}".replace("${item}", "")


@pytest.fixture
def heeded() -> Iterator[None]:
    """What is started heeds a closed terminal, also where the tests run under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.usefixtures("heeded")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
@pytest.mark.parametrize(
    ("pipeline", "at_once"),
    [
        pytest.param(PIPELINE.replace("ls first.txt", SLOW), 2, id="side by side"),
        pytest.param(ALWAYS, 1, id="in the last dvc repro"),
    ],
)
def test_a_signal_ends_all_that_was_started(
    project: Path, pipeline: str, at_once: int, name: str
) -> None:
    (project / "dvc.yaml").write_text(pipeline)
    building = subprocess.Popen([*REPRO, "2"], cwd=project, env=ENVIRONMENT)
    while len(pids := [path.read_text() for path in project.glob("pid*.txt")]) < at_once or (
        "" in pids
    ):
        assert building.poll() is None
        time.sleep(0.05)
    building.send_signal(getattr(signal, name))
    assert building.wait(timeout=240) == 128 + signal.SIGTERM
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)
    run(project, "dvc", "status")  # no lock is left
