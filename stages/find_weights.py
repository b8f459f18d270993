"""Tell which pretrained weights are at hand, so that scores follow when a file comes or goes.

DVC runs this stage each time: the files lie outside the repository, where it cannot watch them.
"""

import sys
from pathlib import Path

from hw2.core.download import Checksum
from hw2.core.files import write_json
from hw2.core.params import read_section
from hw2.core.paths import WEIGHTS_METRICS
from hw2.core.stage import run_stage
from hw2.evaluation.params import EvaluationSettings
from hw2.evaluation.weights import FILE_NAME, find_weights


def main() -> None:
    settings = read_section(EvaluationSettings, "evaluation")
    inception = find_weights(settings.weights_path)
    if inception is None:  # said here, once, and not for every GAN
        print(f"no FID: no {FILE_NAME}; get it with: hw2 weights inception", file=sys.stderr)
    judge = None if settings.judge_weights is None else Path(settings.judge_weights)
    write_json(WEIGHTS_METRICS, {"inception": checksum(inception), "course_judge": checksum(judge)})


def checksum(path: Path | None) -> str | None:
    """SHA-256 of a file in hexadecimal; None where there is none."""
    return None if path is None else Checksum("sha256", "").of(path)


if __name__ == "__main__":
    run_stage(main, __doc__)
