"""Gather the scores of all runs: metrics/<family>/*.json -> metrics/summary.json and the tables."""

from pathlib import Path

from hw2.core.files import write_json
from hw2.core.paths import SUMMARY
from hw2.core.stage import run_stage
from hw2.report.runs import read_runs
from hw2.report.summary import summarize
from hw2.report.tables import write_tables


def main() -> None:
    runs = read_runs()
    write_json(SUMMARY, summarize(runs))
    write_tables(runs, Path())


if __name__ == "__main__":
    run_stage(main, __doc__)
