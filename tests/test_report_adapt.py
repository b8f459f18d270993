"""Adaptation tables: which baselines a run has, the order of the three, the gap it closes."""

from pathlib import Path

import pytest
from report_factory import change_scores, write_project
from report_runs import EVERYTHING, RUNS
from report_scores import ACCURACY

from hw2.core.files import read_json, write_json
from hw2.report.adapt_details import adapt_accuracy_tables
from hw2.report.adapt_tables import adapt_tables, separation_table
from hw2.report.comparison import Comparison
from hw2.report.reported import reported_accuracy
from hw2.report.sources import RunNames, read_measurements
from hw2.report.summary import summarize
from hw2.report.table import percent
from hw2.report.tables import write_tables


@pytest.mark.parametrize(
    ("systems", "pair"),
    [
        (["000"], "mnistm_svhn"),
        (["001"], "mnistm_usps"),
        (["002"], "mnistm_usps"),
        (["003"], "svhn_mnistm"),
        (["004"], "mnistm_usps"),
    ],
)
def test_adapting_lies_between_the_baselines_in_every_report(systems: list[str], pair: str) -> None:
    methods = ("source_only", "dann", "target_only")
    low, middle, high = (reported_accuracy(systems, pair, method) for method in methods)
    assert Comparison(low, middle, high).in_order


def test_comparison_of_hand_made_figures() -> None:
    assert Comparison(0.4, 0.5, 0.9).closed == pytest.approx(0.2)
    assert Comparison(0.4, 0.3, 0.9).closed == pytest.approx(-0.2)
    assert Comparison(0.4, 0.3, 0.9).in_order is False
    assert Comparison(0.4, 0.4, 0.9).in_order is False
    assert Comparison(0.9, 0.9, 0.9).closed is None
    assert Comparison(0.4, None, 0.9).in_order is None and Comparison(0.4, None, 0.9).closed is None


def test_dsn_is_compared_with_the_baselines_of_its_report(everything: Path) -> None:
    dsn = summarize(EVERYTHING, everything)["adapt"]["mnistm_usps"]["dsn"]["dsn"]
    assert dsn["gap_closed"] == pytest.approx((0.6 - 0.4) / (0.9 - 0.4))


def test_a_net_with_baselines_of_its_own_takes_no_others(tmp_path: Path) -> None:
    runs = RunNames(
        adapt=[
            *(f"mnistm_usps-conv_mlp-{method}" for method in ("source_only", "target_only")),
            *(f"mnistm_usps-dsn-{method}" for method in ("source_only", "dsn", "target_only")),
        ]
    )
    write_project(tmp_path, runs)
    change_scores(tmp_path, "adapt/mnistm_usps-conv_mlp-source_only", accuracy=0.1)
    dsn = summarize(runs, tmp_path)["adapt"]["mnistm_usps"]["dsn"]["dsn"]
    assert dsn["gap_closed"] == pytest.approx((0.6 - 0.4) / (0.9 - 0.4))


def test_baselines_of_another_report_are_not_taken(everything: Path) -> None:
    runs = RunNames(
        adapt=["mnistm_usps-dsn-dsn"]
        + [f"mnistm_usps-vgg-{method}" for method in ("source_only", "target_only")]
    )
    assert "gap_closed" not in summarize(runs, everything)["adapt"]["mnistm_usps"]["dsn"]["dsn"]


def test_no_gap_is_claimed_without_both_baselines(project: Path) -> None:
    summary = summarize(RunNames(adapt=["mnistm_svhn-conv_bn-dann"]), project)
    assert "gap_closed" not in summary["adapt"]["mnistm_svhn"]["conv_bn"]["dann"]


def test_adaptation_table_sets_the_report_below_the_measurement(project: Path) -> None:
    rows = adapt_tables(read_measurements(RUNS, project))["mnistm_svhn"].rows
    start = ["conv_bn", "001", "DANN"]
    assert rows == [
        [*start, "measured", "40.0 ± 1.0", "50.0 ± 1.0", "47.0 to 53.0", "90.0 ± 1.0", "20.0"],
        [*start, "reported", "39", "49", "–", "92", "18.9"],
    ]


def test_every_training_of_a_run_is_shown_with_the_interval(project: Path) -> None:
    table = adapt_accuracy_tables(read_measurements(RUNS, project))["mnistm_svhn"]
    dann = ["conv_bn", "DANN", "50.0 ± 1.0", "47.0 to 53.0", "49.0 50.0 51.0", "97.0"]
    assert dann in table.rows and "each of 3 trainings" in table.caption


def test_one_training_has_neither_deviation_nor_mean(tmp_path: Path) -> None:
    write_project(tmp_path)
    for path in (tmp_path / "metrics/adapt").glob("*.json"):
        scores = read_json(path)
        write_json(path, {k: v for k, v in scores.items() if k not in ("accuracy_std", "seeds")})
    table = adapt_tables(read_measurements(RUNS, tmp_path))["mnistm_svhn"]
    assert table.rows[0][5] == "50.0" and "trainings" not in table.caption


def test_adaptation_tables_name_the_runs_that_break_the_order(tmp_path: Path) -> None:
    write_project(tmp_path)
    run = "mnistm_svhn-conv_bn-dann"
    held = adapt_tables(read_measurements(RUNS, tmp_path))["mnistm_svhn"].caption
    assert held.endswith("as measured: in 1 of 1.")
    change_scores(tmp_path, f"adapt/{run}", accuracy=0.35)
    broken = adapt_tables(read_measurements(RUNS, tmp_path))["mnistm_svhn"].caption
    assert broken.endswith("in 0 of 1; not in conv_bn DANN (40.0, 35.0, 90.0).")


def test_adaptation_table_says_whose_baselines_dsn_has(everything: Path) -> None:
    table = adapt_tables(read_measurements(EVERYTHING, everything))["usps_svhn"]
    assert "The baselines of dsn are those of conv_mlp." in table.caption
    assert table.rows[-1] == [
        "dsn",
        "003",
        "DSN",
        "reported",
        "25.64",
        "42.82",
        "–",
        "89.64",
        "26.8",
    ]


def test_baselines_without_a_method_keep_their_row(project: Path) -> None:
    runs = RunNames(adapt=["mnistm_svhn-conv_bn-source_only"])
    rows = adapt_tables(read_measurements(runs, project))["mnistm_svhn"].rows
    assert rows[0] == ["conv_bn", "001", "–", "measured", "40.0 ± 1.0", "–", "–", "–", "–"]


def test_separation_table_has_the_rows_and_columns_of_report_003(everything: Path) -> None:
    table = separation_table(read_measurements(EVERYTHING, everything))
    assert table is not None
    ours = [f"{pair}, %" for pair in ("SVHN → MNIST-M", "MNIST-M → USPS", "USPS → SVHN")]
    assert table.headers == ["Method", *(h for pair in ours for h in (pair, "Report, %"))]
    assert [row[0] for row in table.rows] == ["source only", "DANN", "target only", "DSN"]
    assert table.rows[3][1::2] == ["60.0 ± 1.0"] * 3
    assert table.rows[3][2::2] == ["62.28", "88.34", "42.82"]
    assert table.rows[0][1::2] == [f"{percent(ACCURACY['source_only'])} ± 1.0"] * 3


def test_separation_table_needs_runs_of_its_report(project: Path) -> None:
    assert separation_table(read_measurements(RUNS, project)) is None
    write_tables(RUNS, project)
    assert "Report 003" not in (project / "metrics/adapt.md").read_text()
