"""The figures in tables and summary, and the files they are read from."""

import json
from pathlib import Path

import pytest
from report_factory import RUNS, write_project

from hw2.core.errors import UserError
from hw2.report.readme import fill
from hw2.report.reported import reported_accuracy, reported_score
from hw2.report.sources import RunNames, read_measurements
from hw2.report.summary import summarize
from hw2.report.table import percent
from hw2.report.tables import gan_table, write_tables


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    write_project(root)
    return root


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("| \n").split("|")]


def test_reported_figures_are_found_by_a_params_entry() -> None:
    assert reported_accuracy("001", "mnistm_svhn", "dann") == 0.49
    assert reported_accuracy("003", "usps_svhn", "dsn") == 0.4282
    assert reported_accuracy("001", "usps_svhn", "dann") is None
    assert reported_score("faces", "004 A", "fid") == 25
    assert reported_score("faces", "000 B", "fid") is None
    assert reported_score("digits", "003", "judge_accuracy") == 0.825
    assert reported_score("faces", "a new one", "fid") is None


def test_adapting_lies_between_the_baselines_in_every_report() -> None:
    for report, pair in (("000", "mnistm_svhn"), ("003", "svhn_mnistm"), ("004", "mnistm_usps")):
        low, middle, high = (
            reported_accuracy(report, pair, method)
            for method in ("source_only", "dann", "target_only")
        )
        assert low is not None and middle is not None and high is not None
        assert low < middle < high


def test_summary_nests_by_family_and_closes_the_gap(project: Path) -> None:
    summary = summarize(RUNS, project)
    assert summary["data"]["source"] == "starter"
    assert summary["judge"] == {"accuracy": 0.98}
    assert summary["gan"]["dcgan"] == {"face_rate": 0.712, "fid": 50.1, "swd": 20.1, "n": 1000}
    methods = summary["adapt"]["mnistm_svhn"]["conv_bn"]
    assert methods["dann"]["gap_closed"] == pytest.approx((0.5 - 0.4) / (0.9 - 0.4))
    assert methods["source_only"] == {"accuracy": 0.4, "n": 1000}


def test_no_gap_is_claimed_without_both_baselines(project: Path) -> None:
    summary = summarize(RunNames(adapt=["mnistm_svhn-conv_bn-dann"]), project)
    assert "gap_closed" not in summary["adapt"]["mnistm_svhn"]["conv_bn"]["dann"]


def test_only_the_named_runs_are_read(project: Path) -> None:
    assert list(summarize(RunNames(gan=["dcgan"]), project)["gan"]) == ["dcgan"]


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
    path = tmp_path / "metrics/gan/dcgan.json"
    scores = json.loads(path.read_text())
    del scores["seed"]
    path.write_text(json.dumps(scores))
    with pytest.raises(UserError, match=r"metrics/gan/dcgan.json: no key seed"):
        summarize(RUNS, tmp_path)


def test_run_names_of_another_form_are_refused() -> None:
    with pytest.raises(UserError, match="<pair>-<net>-<method>"):
        RunNames(adapt=["dann"])
    with pytest.raises(UserError, match="embed"):
        RunNames(embed=["mnistm_svhn-conv_bn-dann"])


def test_adaptation_table_sets_the_report_beside_the_measurement(project: Path) -> None:
    write_tables(RUNS, project)
    lines = (project / "metrics/adapt.md").read_text().splitlines()
    dann = next(line for line in lines if "DANN" in line)
    row = ["conv_bn", "001", "DANN", "50.0", "47.0 to 53.0", "49.0", "20.0", "18.9"]
    assert cells(dann) == row
    methods = [cells(line)[2] for line in lines if line.startswith("| conv_bn")][:3]
    assert methods == ["source only", "DANN", "target only"]


def test_captions_say_what_the_figures_rest_on(project: Path) -> None:
    write_tables(RUNS, project)
    text = (project / "metrics/gan.md").read_text()
    for words in ("N = 1,000", "seed 0", "starter set", "hardware: 2 CPU cores"):
        assert words in text


def test_a_score_that_no_run_has_gets_no_column(project: Path) -> None:
    headers = gan_table(read_measurements(RUNS, project)).headers
    assert "FID" in headers and "FID, report" in headers
    assert "Inception score" not in headers


def test_reported_table_lists_printed_figures_only(project: Path) -> None:
    write_tables(RUNS, project)
    text = (project / "metrics/reported_vs_measured.md").read_text()
    rows = [cells(line) for line in text.splitlines() if line.startswith("| ")]
    assert ["acgan", "003", "Judge accuracy, %", "82.5", "61.0", "1,000", "400"] in rows
    assert not any(row[0] == "context_unet" for row in rows)


def test_tables_of_a_project_without_runs_are_written(project: Path) -> None:
    write_tables(RunNames(), project)
    assert "No runs." in (project / "metrics/gan.md").read_text()


def test_percent_writes_a_dash_for_nothing() -> None:
    assert [percent(0.5), percent(None), percent(-0.1)] == ["50.0", "–", "−10.0"]


README = "before\n<!-- table: adapt -->\nold\n<!-- /table -->\nafter\n"


def test_readme_gets_its_table_once() -> None:
    filled = fill(README, {"adapt": "| new |\n"})
    assert filled == "before\n<!-- table: adapt -->\n| new |\n<!-- /table -->\nafter\n"
    assert fill(filled, {"adapt": "| new |\n"}) == filled


def test_readme_refuses_unknown_and_unclosed_markers() -> None:
    with pytest.raises(UserError, match="'adapt'.*gan"):
        fill(README, {"gan": ""})
    unclosed = "<!-- table: gan -->\n" + README
    with pytest.raises(UserError, match="'gan' is not closed"):
        fill(unclosed, {"gan": "", "adapt": ""})
