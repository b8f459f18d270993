"""Score all adaptation runs on the target's val images: outcomes -> metrics, confusion."""

from hw2.adapt.outcome import load_outcome
from hw2.adapt.params import AdaptNetSettings, AdaptRun
from hw2.core.files import read_json, write_json
from hw2.core.params import read_section, read_yaml
from hw2.core.paths import metrics, plot, prepared, run_folder
from hw2.core.stage import run_stage
from hw2.data.arrays import load_images
from hw2.evaluation.classification import accuracy, wilson_interval
from hw2.evaluation.digit_scores import digit_scores, write_confusion


def main() -> None:
    for name in read_yaml()["adapt"]["runs"]:
        score(name)


def score(name: str) -> None:
    """Write the metrics and the confusion table of one run."""
    names = read_section(AdaptRun, "adapt", "runs", name)
    settings = read_section(AdaptNetSettings, "adapt", "nets", names.net)
    labels = {
        side: load_images(prepared(domain, "val")).digits
        for side, domain in (("source", names.source), ("target", names.target))
    }
    outcome = load_outcome(name)
    predicted = outcome["target_predicted"]
    right = int((predicted == labels["target"]).sum())
    known = {
        "report": settings.report,
        "pair": f"{names.source}_{names.target}",
        **names.model_dump(),
        **read_json(run_folder("adapt", name) / "training.json"),
        **digit_scores(predicted, labels["target"]),
        "interval": wilson_interval(right, len(predicted)),
        "source_accuracy": accuracy(outcome["source_predicted"], labels["source"]),
    }
    write_confusion(plot("confusion", "adapt", name), labels["target"], predicted)
    write_json(metrics("adapt", name), known)


if __name__ == "__main__":
    run_stage(main, __doc__)
