"""Train one adaptation run, once for each seed: two domains -> weights, curves, outcome."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from torch.optim.lr_scheduler import LRScheduler

from hw2.adapt.shared.interface import COMPUTING_METHODS, AdaptNet
from hw2.adapt.shared.outcome import save_outcome
from hw2.adapt.shared.params import AdaptCommon, AdaptNetSettings, AdaptRun
from hw2.adapt.training.build import build_net
from hw2.adapt.training.curve import TargetCurve
from hw2.adapt.training.predict import outcome
from hw2.adapt.training.sides import make_side
from hw2.adapt.training.train import train
from hw2.core.errors import UserError
from hw2.core.generators import seeded
from hw2.core.lookup import build
from hw2.core.params import nearest, read_section
from hw2.core.paths import prepared
from hw2.core.processes import only_the_first_goes_on
from hw2.core.seeds import numpy_generator
from hw2.core.stage import run_stage_for
from hw2.core.training import Training
from hw2.core.training_run import TrainingRun
from hw2.data.arrays import ImageSet, load_images

METHODS = "hw2.adapt.methods"


def main(name: str) -> None:
    repetitions = range(read_section(AdaptCommon, "adapt", "common").seeds)
    trained = [train_once(name, repetition) for repetition in repetitions]
    only_the_first_goes_on()
    save_outcome(name, [read_val(each) for each in trained])
    first = trained[0]
    first.run.save({"net": first.net}, first.training, {})
    for other in trained[1:]:
        other.training.checkpoint.remove()


@dataclass(frozen=True)
class Trained:
    """One training of the run.

    Attributes:
        val: images of both sides, ``source`` and ``target``.
        rng: chooses the val images whose features are kept.
    """

    run: TrainingRun
    net: AdaptNet
    training: Training
    val: dict[str, ImageSet]
    rng: np.random.Generator


def train_once(name: str, repetition: int) -> Trained:
    """Train the run with `seed` + `repetition`; the end is kept until the stage is over."""
    names = read_section(AdaptRun, "adapt", "runs", name)
    settings = read_section(AdaptNetSettings, "adapt", "nets", names.net)
    common = read_section(AdaptCommon, "adapt", "common")
    run, method = TrainingRun("adapt", name, repetition), build_method(names, settings)
    with seeded(*run.purpose("init")):
        net = build_net(names.net, settings)
    wrapped = run.setup(net, *(m for m in COMPUTING_METHODS if hasattr(net, m)))
    optimizer = run.optimizer(settings.optimizer, wrapped)
    lr = build_lr_schedule(names.net, settings, optimizer)
    source = make_side(run, "source", names, settings, common.source_images)
    target = make_side(run, "target", names, settings, None)
    files = {"source": prepared(names.source, "val"), "target": prepared(names.target, "val")}
    val = {side: load_images(file) for side, file in files.items()}
    every, rng = max(1, settings.steps // common.curve_points), numpy_generator(*run.purpose("val"))
    curve = TargetCurve(val["target"], common.curve_images, every, rng)
    sides = {"source": source.batches, "target": target.batches}
    training = run.training(
        settings.steps,
        {**sides, "net": net, "method": method, "optimizer": optimizer, "lr": lr},
        {"jitter source": source.jitter, "jitter target": target.jitter},
        [names, settings, common],
        [source.file, target.file, files["target"]],
        2 * settings.batch,
    )
    train(
        wrapped,
        method,
        **sides,
        optimizer=optimizer,
        lr_schedule=lr,
        curve=curve,
        fabric=run.fabric,
        training=training,
    )
    if common.seeds > 1:
        training.keep_end()
    return Trained(run, method.adapted(net), training, val, rng)


def read_val(trained: Trained) -> dict[str, np.ndarray]:
    """What its network makes of the val images; in one process, for the draws in it are whole."""
    common = read_section(AdaptCommon, "adapt", "common")
    with trained.run.autocast():
        return outcome(
            trained.net, trained.val, common.mapped_images, trained.rng, trained.run.device
        )


def build_method(names: AdaptRun, settings: AdaptNetSettings) -> Any:
    """The method, with the arguments that belong to this network's report."""
    key = f"adapt.nets.{names.net}.methods"
    if names.method not in settings.methods:
        hint = nearest(names.method, list(settings.methods))
        raise UserError(f"params.yaml: {key} has no '{names.method}'{hint}")
    arguments = settings.methods[names.method]
    return build(METHODS, names.method, f"{key}.{names.method}", **arguments)


def build_lr_schedule(net: str, settings: AdaptNetSettings, optimizer: object) -> LRScheduler:
    """The learning rate over the training."""
    key, arguments = f"adapt.nets.{net}.lr_schedule_args", settings.lr_schedule_args
    required = {"optimizer": optimizer, "steps": settings.steps}
    schedule: LRScheduler = build(
        "hw2.nn.lr_schedules", settings.lr_schedule, key, **required, **arguments
    )
    return schedule


if __name__ == "__main__":
    run_stage_for(main, __doc__)
