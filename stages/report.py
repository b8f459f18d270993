"""Draw the pictures, write the page: metrics, samples, plots -> images, animations, report."""

from hw2.core.stage import run_stage
from hw2.report.build import build_report
from hw2.report.provenance import write_provenance
from hw2.report.runs import read_runs


def main() -> None:
    runs = read_runs()
    build_report(runs)
    write_provenance(runs)


if __name__ == "__main__":
    run_stage(main, __doc__)
