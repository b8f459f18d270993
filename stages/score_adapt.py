"""Score all adaptation runs on the target's val images: outcomes -> metrics, confusion."""

import numpy as np

from hw2.adapt.shared.outcome import LABEL_FREE, load_outcome
from hw2.adapt.shared.params import AdaptNetSettings, AdaptRun
from hw2.core.files import read_json, write_json
from hw2.core.params import read_section, read_yaml
from hw2.core.paths import TRAINING, metrics, plot, prepared, run_folder
from hw2.core.stage import run_stage
from hw2.data.arrays import load_images
from hw2.evaluation.classification import accuracy, wilson_interval
from hw2.evaluation.digit_scores import digit_scores, write_confusion


def main() -> None:
    for name in read_yaml()["adapt"]["runs"]:
        score(name)


def score(name: str) -> None:
    """Write the metrics and the confusion table of one run, over all its trainings."""
    names = read_section(AdaptRun, "adapt", "runs", name)
    settings = read_section(AdaptNetSettings, "adapt", "nets", names.net)
    labels = {
        side: load_images(prepared(domain, "val")).digits
        for side, domain in (("source", names.source), ("target", names.target))
    }
    outcome = load_outcome(name)
    predicted = outcome["target_predicted"]  # (S, N)
    each = [accuracy(one, labels["target"]) for one in predicted]
    of_source = [accuracy(one, labels["source"]) for one in outcome["source_predicted"]]
    repeated = np.tile(labels["target"], len(each))
    count = len(labels["target"])
    known = {
        "report": settings.report,
        "pair": f"{names.source}_{names.target}",
        **names.model_dump(),
        **read_json(run_folder("adapt", name) / TRAINING),
        **digit_scores(predicted.ravel(), repeated),
        "n": count,
        "seeds": len(each),
        "accuracies": each,
        **({"accuracy_std": float(np.std(each, ddof=1))} if len(each) > 1 else {}),
        # The spread over seeds stands beside it; this is what the choice of val images leaves open.
        "interval": wilson_interval(round(float(np.mean(each)) * count), count),
        "source_accuracy": float(np.mean(of_source)),
        "label_free": {key: outcome[key].tolist() for key in LABEL_FREE},
    }
    write_confusion(plot("confusion", "adapt", name), repeated, predicted.ravel())
    write_json(metrics("adapt", name), known)


if __name__ == "__main__":
    run_stage(main, __doc__)
