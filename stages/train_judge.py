"""Train the judge, which will read generated digits, on real ones; check it on real val digits."""

from hw2.core.files import write_json
from hw2.core.hardware import hardware
from hw2.core.params import read_section
from hw2.core.paths import JUDGE, JUDGE_CONFUSION, JUDGE_METRICS, prepared
from hw2.core.processes import only_the_first_goes_on
from hw2.core.stage import run_stage
from hw2.core.training_run import TrainingRun
from hw2.core.weights import save_weights, trainable
from hw2.data.arrays import load_images
from hw2.evaluation.digit_judge import WEIGHTS_NAME, read_digits
from hw2.evaluation.digit_scores import digit_scores, write_confusion
from hw2.evaluation.judge_training import train_judge
from hw2.evaluation.params import JudgeSettings


def main() -> None:
    settings = read_section(JudgeSettings, "judge")
    run, data = TrainingRun("judge", settings.domain), prepared(settings.domain, "train")
    val = load_images(prepared(settings.domain, "val"))
    judge, training = train_judge(run, settings, load_images(data), data)
    only_the_first_goes_on()
    reading = read_digits(judge, val.images)
    facts = {
        "domain": settings.domain,
        **digit_scores(reading.labels, val.digits),
        "confidence": float(reading.confidence.mean()),
        "parameters": trainable(judge),
        "steps": settings.steps,
        "seed": run.general.seed,
        "hardware": hardware(run.device),
    }
    save_weights(JUDGE, {WEIGHTS_NAME: judge})
    write_confusion(JUDGE_CONFUSION, val.digits, reading.labels)
    write_json(JUDGE_METRICS, facts)
    training.checkpoint.remove()


if __name__ == "__main__":
    run_stage(main, __doc__)
