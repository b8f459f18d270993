"""The table and the picture of compared samplers, from files."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from report_factory import change_scores, write_project
from report_runs import RUNS
from report_scores import sampler_scores

from hw2.core.errors import UserError
from hw2.report.sampler_figure import draw_samplers
from hw2.report.sampler_tables import sampler_tables
from hw2.report.sources import RunNames, read_measurements
from hw2.report.summary import summarize


def heights(axis: Axes) -> list[np.ndarray]:
    """The y of each line."""
    return [np.asarray(line.get_ydata()) for line in axis.get_lines()]


def test_a_table_has_a_row_for_each_point_and_says_what_it_rests_on(project: Path) -> None:
    table = sampler_tables(read_measurements(RUNS, project))["context_unet"]
    assert table.title == "Samplers of context_unet"
    assert len(table.rows) == 10
    first = ["ancestral (DDIM, η = 1)", "5", "20.0", "10.0 to 28.0", "60.0", "0.90", "30.0"]
    assert table.rows[0] == first
    assert table.rows[-1][:3] == ["DDPM", "600", "83.0"]
    for fact in ("N = 100 digits a row", "seed 0", "w = 0.5", "98.0 % of real val digits"):
        assert fact in table.caption


def test_summary_nests_by_sampler_and_evaluations(project: Path) -> None:
    found = summarize(RUNS, project)["samplers"]["context_unet"]
    assert list(found) == ["ancestral", "ddim", "dpm_solver", "ddpm"]
    assert found["ddim"]["10"] == {"judge_accuracy": 0.4, "diversity": 0.9, "swd": 30.0}


def test_the_picture_has_a_line_for_each_sampler_and_real_digits_beside() -> None:
    figure = draw_samplers(sampler_scores(), 0.98, "")
    left, right = figure.axes
    accuracies, diversities = heights(left), heights(right)
    assert [len(line) for line in accuracies[:4]] == [3, 3, 3, 1]
    assert accuracies[2].tolist() == pytest.approx([20, 40, 80])
    assert accuracies[4][0] == 98 and diversities[4][0] == 1
    assert [text.get_text() for text in left.get_xticklabels()] == ["5", "10", "20", "600"]
    assert [text.get_text() for text in figure.legends[0].get_texts()][2] == "DPM-Solver++ (2M)"


def test_a_diversity_that_was_left_out_leaves_a_gap() -> None:
    entry = sampler_scores()
    del entry["points"][0]["diversity"]
    _, right = draw_samplers(entry, 0.98, "").axes
    assert [len(line) for line in heights(right)[:4]] == [2, 3, 3, 1]


def test_missing_points_name_the_stage(project: Path) -> None:
    with pytest.raises(UserError, match="dvc repro compare_samplers"):
        read_measurements(RunNames(compared=["attention_unet"]), project)


def test_points_without_swd_have_a_dash(tmp_path: Path) -> None:
    runs = write_project(tmp_path, RunNames(compared=["context_unet"]))
    points = [{k: v for k, v in p.items() if k != "swd"} for p in sampler_scores()["points"]]
    change_scores(tmp_path, "samplers/context_unet", points=points)
    assert sampler_tables(read_measurements(runs, tmp_path))["context_unet"].rows[0][-1] == "–"
