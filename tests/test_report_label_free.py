"""Rank correlations of label-free criteria, on metrics whose order is known by hand."""

from pathlib import Path
from typing import Any

import pytest
from report_factory import change_scores, write_project
from report_runs import EVERYTHING

from hw2.report.build import build_report
from hw2.report.label_free_tables import CRITERIA, label_free_table, rank_correlation
from hw2.report.sources import RunNames, read_measurements
from hw2.report.tables import write_tables

ENTROPY, INFORMATION, AGREEMENT = CRITERIA
RISING = [0.2, 0.5, 0.7, 0.9]


def runs(accuracies: list[float], values: list[float]) -> list[dict[str, Any]]:
    """Runs of one training each, with the same value of all three criteria."""
    return [
        {"accuracies": [accuracy], "label_free": {one.key: [value] for one in CRITERIA}}
        for accuracy, value in zip(accuracies, values, strict=True)
    ]


def test_the_same_order_is_one_and_the_reverse_minus_one() -> None:
    assert rank_correlation(runs(RISING, [1, 2, 3, 400]), AGREEMENT) == pytest.approx(1)
    assert rank_correlation(runs(RISING, [4, 3, 2, 1]), INFORMATION) == pytest.approx(-1)


def test_low_entropy_is_good() -> None:
    assert rank_correlation(runs(RISING, [4, 3, 2, 1]), ENTROPY) == pytest.approx(1)


def test_one_swap_among_four_is_eight_tenths() -> None:
    """1 - 6 * sum(d^2) / (n (n^2 - 1)) = 1 - 6 * 2 / 60."""
    assert rank_correlation(runs(RISING, [1, 2, 4, 3]), AGREEMENT) == pytest.approx(0.8)


def test_ties_share_a_rank() -> None:
    """Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: covariance 4.5, variances 4.5 and 5."""
    found = rank_correlation(runs(RISING, [1, 2, 2, 3]), AGREEMENT)
    assert found == pytest.approx(4.5 / (4.5 * 5) ** 0.5)


def test_no_figure_for_two_runs_or_equal_ones() -> None:
    assert rank_correlation(runs([0.2, 0.5], [1, 2]), AGREEMENT) is None
    assert rank_correlation(runs(RISING, [1, 1, 1, 1]), AGREEMENT) is None
    assert rank_correlation(runs([0.5, 0.5, 0.5], [1, 2, 3]), AGREEMENT) is None


def test_a_run_counts_once_with_the_mean_of_its_trainings() -> None:
    three = runs([0.3, 0.5, 0.7], [1, 2, 3])
    three[0] = {"accuracies": [0.1, 0.9], "label_free": {"agreement": [0, 4]}}  # 0.5 and 2
    three[1] = {"accuracies": [0.4, 0.4], "label_free": {"agreement": [1, 1]}}
    assert rank_correlation(three, AGREEMENT) == pytest.approx(1)


def test_target_only_and_runs_without_criteria_do_not_count(tmp_path: Path) -> None:
    pair, nets = "mnistm_usps", ("conv_wide", "conv_bn", "vgg")
    methods = ("source_only", "dann", "target_only")
    names = [f"{pair}-{net}-{method}" for net in nets for method in methods]
    chosen = write_project(tmp_path, RunNames(adapt=names))
    for index, name in enumerate(names):
        saw_labels = name.endswith("target_only")  # in its place would break the order
        accuracy, value = index / 10, 0.0 if saw_labels else float(index)
        criteria = {one.key: [value] for one in CRITERIA}
        change_scores(tmp_path, f"adapt/{name}", accuracies=[accuracy], label_free=criteria)
    row = ["MNIST-M → USPS", "6", "−1.00", "1.00", "1.00"]
    assert label_free_table(read_measurements(chosen, tmp_path)).rows == [row]


def test_metrics_of_before_the_criteria_have_dashes(tmp_path: Path) -> None:
    name = "mnistm_usps-conv_bn-dann"
    chosen = write_project(tmp_path, RunNames(adapt=[name]))
    measured = read_measurements(chosen, tmp_path)
    del measured.adapt[name]["label_free"]
    assert label_free_table(measured).rows == [["MNIST-M → USPS", "0", "–", "–", "–"]]


def test_the_table_says_what_it_can_tell_and_is_written(everything: Path) -> None:
    write_tables(EVERYTHING, everything)
    text = (everything / "metrics/label_free.md").read_text()
    for words in ("few and related", "optimistic", "N = 1,000 val images", "3 trainings", "seed 0"):
        assert words in text


def test_the_page_has_the_table(tmp_path: Path) -> None:
    chosen = write_project(tmp_path, RunNames(adapt=["mnistm_usps-conv_bn-dann"]))
    build_report(chosen, tmp_path)
    page = (tmp_path / "plots/report/index.html").read_text()
    assert "Choosing without labels" in page and "Agreement of views" in page
