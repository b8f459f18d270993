"""The table of truncations, and the figures of it that `dvc metrics diff` compares."""

from dataclasses import replace
from pathlib import Path

import pytest
from report_factory import write_project
from report_runs import RUNS

from hw2.core.errors import UserError
from hw2.report.sources import read_measurements
from hw2.report.summary import summarize
from hw2.report.tables import write_tables
from hw2.report.truncation_tables import truncation_tables

TRUNCATED = replace(RUNS, truncated=["dcgan_wide"])


def test_a_row_is_a_truncation(tmp_path: Path) -> None:
    write_project(tmp_path, TRUNCATED, weights=False)
    (table,) = truncation_tables(read_measurements(TRUNCATED, tmp_path))
    assert table.title == "Truncation of dcgan_wide"
    assert table.headers == ["ψ", "Face rate, %", "SWD", "Random FD", "Recall", "Coverage"]
    assert [row[0] for row in table.rows] == ["0", "0.5", "1"]
    assert table.rows[1][1:3] == ["90.0 ± 9.0", "25.0 ± 2.5"]
    for words in ("N = 1,000 generated faces a row", "3 draws", "hardware: 2 CPU cores"):
        assert words in table.caption


def test_with_the_inception_weights_the_table_has_fid(tmp_path: Path) -> None:
    write_project(tmp_path, TRUNCATED, weights=True)
    (table,) = truncation_tables(read_measurements(TRUNCATED, tmp_path))
    assert "FID" in table.headers and len(table.headers) == 9
    write_tables(TRUNCATED, tmp_path)
    assert "**Truncation of dcgan_wide**" in (tmp_path / "metrics/gan.md").read_text()


def test_the_summary_has_the_scores_by_truncation(tmp_path: Path) -> None:
    write_project(tmp_path, TRUNCATED, weights=False)
    found = summarize(TRUNCATED, tmp_path)["truncations"]["dcgan_wide"]
    assert found["0.5"] == {"face_rate": 0.9, "swd": 25.0, "random_fd": 30.2}


def test_a_missing_file_names_the_stage(tmp_path: Path) -> None:
    write_project(tmp_path, TRUNCATED)
    (tmp_path / "metrics/truncations/dcgan_wide.json").unlink()
    with pytest.raises(UserError, match="make it with: dvc repro compare_truncations"):
        read_measurements(TRUNCATED, tmp_path)
