"""The summary, and the files that it and the tables are read from."""

import json
from pathlib import Path

import pytest
from report_factory import write_project
from report_runs import EVERYTHING, RUNS

from hw2.core.errors import UserError
from hw2.report.sources import RunNames
from hw2.report.summary import summarize


def test_summary_nests_by_family_and_closes_the_gap(project: Path) -> None:
    summary = summarize(RUNS, project)
    assert summary["data"]["source"] == "starter"
    assert summary["judge"] == {"accuracy": 0.98}
    scores = {"face_rate": 0.712, "fid": 50.1, "inception_score": 1.9, "swd": 20.1, "n": 1000}
    assert summary["gan"] == {"dcgan_wide": scores, "acgan": {"judge_accuracy": 0.61, "n": 1000}}
    methods = summary["adapt"]["mnistm_svhn"]["conv_bn"]
    assert methods["dann"]["gap_closed"] == pytest.approx((0.5 - 0.4) / (0.9 - 0.4))
    assert methods["source_only"] == {"accuracy": 0.4, "n": 1000}


def test_summary_holds_every_run(everything: Path) -> None:
    summary = summarize(EVERYTHING, everything)
    assert list(summary["gan"]) == EVERYTHING.gan
    assert list(summary["diffusion"]) == EVERYTHING.diffusion
    names = {
        f"{pair}-{net}-{method}"
        for pair, nets in summary["adapt"].items()
        for net, methods in nets.items()
        for method in methods
    }
    assert names == set(EVERYTHING.adapt) and len(names) == 36


def test_only_the_named_runs_are_read(project: Path) -> None:
    assert list(summarize(RunNames(gan=["dcgan_wide"]), project)["gan"]) == ["dcgan_wide"]


@pytest.mark.parametrize(
    ("runs", "stage"),
    [
        (RunNames(gan=["sagan"]), "score_gan"),
        (RunNames(diffusion=["none"]), "score_diffusion"),
        (RunNames(adapt=["a_b-c-d"]), "score_adapt"),
    ],
)
def test_a_missing_file_names_its_stage(project: Path, runs: RunNames, stage: str) -> None:
    with pytest.raises(UserError, match=f"dvc repro {stage}"):
        summarize(runs, project)


def test_a_missing_key_names_file_and_key(tmp_path: Path) -> None:
    write_project(tmp_path)
    path = tmp_path / "metrics/gan/dcgan_wide.json"
    scores = json.loads(path.read_text())
    del scores["seed"]
    path.write_text(json.dumps(scores))
    with pytest.raises(UserError, match=r"metrics/gan/dcgan_wide.json: no key seed"):
        summarize(RUNS, tmp_path)


def test_a_report_that_is_no_list_is_refused(tmp_path: Path) -> None:
    write_project(tmp_path)
    path = tmp_path / "metrics/gan/acgan.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "report": "003"}))
    with pytest.raises(UserError, match=r"metrics/gan/acgan.json: report is not a list"):
        summarize(RUNS, tmp_path)


def test_run_names_of_another_form_are_refused() -> None:
    with pytest.raises(UserError, match="<pair>-<net>-<method>"):
        RunNames(adapt=["dann"])
    with pytest.raises(UserError, match="embed"):
        RunNames(embed=["mnistm_svhn-conv_bn-dann"])
