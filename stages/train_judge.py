"""Train the judge, which will read generated digits, on real ones; check it on real val digits."""

from functools import partial

import torch
from tqdm import tqdm

from hw2.core.fabric import make_fabric
from hw2.core.files import write_json
from hw2.core.hardware import hardware
from hw2.core.params import Compute, read_general, read_section
from hw2.core.paths import JUDGE, JUDGE_CONFUSION, JUDGE_METRICS, prepared
from hw2.core.stage import run_stage
from hw2.core.weights import save_weights, trainable
from hw2.data.arrays import load_images
from hw2.evaluation.digit_judge import WEIGHTS_NAME, read_digits
from hw2.evaluation.digit_scores import digit_scores, write_confusion
from hw2.evaluation.judge_training import train_judge
from hw2.evaluation.params import JudgeSettings


def main() -> None:
    settings, general = read_section(JudgeSettings, "judge"), read_general()
    fabric = make_fabric(read_section(Compute, "compute"))
    train = load_images(prepared(settings.domain, "train"))
    val = load_images(prepared(settings.domain, "val"))
    bar = partial(tqdm, desc="judge", unit="step", disable=None)
    judge = train_judge(
        train, settings.steps, settings.batch, settings.lr, general.seed, fabric, bar
    )
    reading = read_digits(judge, val.images)
    facts = {
        "domain": settings.domain,
        **digit_scores(reading.labels, val.digits),
        "confidence": float(reading.confidence.mean()),
        "parameters": trainable(judge),
        "steps": settings.steps,
        "seed": general.seed,
        "hardware": hardware(torch.device(fabric.device)),
    }
    save_weights(JUDGE, {WEIGHTS_NAME: judge})
    write_confusion(JUDGE_CONFUSION, val.digits, reading.labels)
    write_json(JUDGE_METRICS, facts)


if __name__ == "__main__":
    run_stage(main, __doc__)
