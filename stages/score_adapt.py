"""Score one adaptation run on the target's val images: weights -> metrics, confusion, features."""

import numpy as np

from hw2.adapt.params import AdaptNetSettings, AdaptRun
from hw2.adapt.predict import predict
from hw2.core.files import read_json, write_arrays, write_json
from hw2.core.lookup import build
from hw2.core.params import read_section
from hw2.core.paths import metrics, plot, prepared
from hw2.core.run import Run
from hw2.core.stage import run_stage_for
from hw2.data.arrays import load_images
from hw2.evaluation.classification import wilson_interval
from hw2.evaluation.digit_scores import digit_scores, write_confusion


def main(name: str) -> None:
    names = read_section(AdaptRun, "adapt", "runs", name)
    settings = read_section(AdaptNetSettings, "adapt", "nets", names.net)
    run = Run("adapt", name)
    built = build(
        "hw2.adapt.nets", names.net, f"adapt.nets.{names.net}.net_args", **settings.net_args
    )
    net = run.load(built, "net", "features", "label_logits")
    val = {domain: load_images(prepared(domain, "val")) for domain in (names.source, names.target)}
    found = {domain: predict(net, images.images, run.device) for domain, images in val.items()}
    labels, predicted = val[names.target].digits, found[names.target][1]
    scores = digit_scores(predicted, labels)
    interval = wilson_interval(int((predicted == labels).sum()), len(labels))
    known = {
        "report": settings.report,
        "pair": f"{names.source}_{names.target}",
        **names.model_dump(),
        **read_json(run.folder / "training.json"),
        **scores,
        "interval": interval,
    }
    write_confusion(plot("confusion", "adapt", name), labels, predicted)
    features = {
        "features": np.concatenate([found[domain][0] for domain in val]),
        "labels": np.concatenate([val[domain].digits for domain in val]),
        "domains": np.repeat(list(val), [len(images) for images in val.values()]),
    }
    write_arrays(run.folder / "features.npz", features)
    write_json(metrics("adapt", name), known)


if __name__ == "__main__":
    run_stage_for(main, __doc__)
