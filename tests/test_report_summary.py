"""The summary, and the files that it and the tables are read from."""

import json
from pathlib import Path

import pytest
from report_factory import change_scores, write_project
from report_runs import EVERYTHING, RUNS

from hw2.core.errors import UserError
from hw2.report.sources import RunNames
from hw2.report.summary import summarize


def test_summary_nests_by_family_and_closes_the_gap(project: Path) -> None:
    summary = summarize(RUNS, project)
    assert summary["data"]["source"] == "starter"
    assert summary["judge"] == {"accuracy": 0.98}
    faces, digits = summary["gan"]["dcgan_wide"], summary["gan"]["acgan"]
    assert (faces["face_rate"], faces["fid"], faces["kid"], faces["n"]) == (
        0.712,
        50.1,
        0.0123,
        1000,
    )
    assert (digits["judge_accuracy"], digits["diversity"], digits["copied"]) == (0.61, 0.8, 0.02)
    methods = summary["adapt"]["mnistm_svhn"]["conv_bn"]
    assert methods["dann"]["gap_closed"] == pytest.approx((0.5 - 0.4) / (0.9 - 0.4))
    assert methods["source_only"] == {"accuracy": 0.4, "n": 1000}


def test_summary_holds_means_of_scores_and_nothing_else(tmp_path: Path) -> None:
    write_project(tmp_path, weights=False)
    change_scores(tmp_path, "gan/dcgan_wide", precision="bf16-mixed")
    for family in ("gan", "diffusion"):
        for scores in summarize(RUNS, tmp_path)[family].values():
            assert not any(key.endswith("_std") for key in scores)
            assert all(isinstance(value, float | int) for value in scores.values())


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
