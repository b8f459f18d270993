"""Train one adaptation run of params.yaml: two domains -> weights, print-out, curves, outcome."""

from typing import Any

from torch.optim.lr_scheduler import LRScheduler

from hw2.adapt.interface import COMPUTING_METHODS
from hw2.adapt.params import AdaptCommon, AdaptNetSettings, AdaptRun
from hw2.adapt.training.build import build_net
from hw2.adapt.training.curve import TargetCurve
from hw2.adapt.training.predict import save_outcome
from hw2.adapt.training.sides import make_side
from hw2.adapt.training.train import train
from hw2.core.errors import UserError
from hw2.core.generators import seeded
from hw2.core.lookup import build, find
from hw2.core.params import nearest, read_section
from hw2.core.paths import prepared
from hw2.core.seeds import numpy_generator
from hw2.core.stage import run_stage_for
from hw2.core.training_run import TrainingRun
from hw2.data.arrays import load_images

METHODS = "hw2.adapt.methods"


def main(name: str) -> None:
    names = read_section(AdaptRun, "adapt", "runs", name)
    settings = read_section(AdaptNetSettings, "adapt", "nets", names.net)
    common = read_section(AdaptCommon, "adapt", "common")
    run, method = TrainingRun("adapt", name), build_method(names, settings)
    with seeded(*run.purpose("init")):
        net = build_net(names.net, settings)
    wrapped = run.setup(net, *(m for m in COMPUTING_METHODS if hasattr(net, m)))
    optimizer = run.optimizer(settings.optimizer, wrapped)
    lr = build_lr_schedule(names.net, settings, optimizer)
    sees = find(METHODS, names.method).SEES_TARGET_LABELS
    source = make_side(run, "source", names.source, True, names, settings)
    target = make_side(run, "target", names.target, sees, names, settings)
    files = {"source": prepared(names.source, "val"), "target": prepared(names.target, "val")}
    val = {side: load_images(file) for side, file in files.items()}
    every, rng = max(1, settings.steps // common.curve_points), numpy_generator(*run.purpose("val"))
    curve = TargetCurve(val["target"], common.curve_images, every, rng)
    training = run.training(
        settings.steps,
        {
            "source": source.batches,
            "target": target.batches,
            "net": net,
            "optimizer": optimizer,
            "lr": lr,
        },
        {"jitter source": source.jitter, "jitter target": target.jitter},
        [names, settings, common],
        [source.file, target.file, files["target"]],
        2 * settings.batch,
    )
    train(
        wrapped,
        method,
        source.batches,
        target.batches,
        optimizer=optimizer,
        lr_schedule=lr,
        curve=curve,
        fabric=run.fabric,
        training=training,
    )
    with run.autocast():
        save_outcome(name, net, val, common.mapped_images, rng, run.device)
    run.save({"net": net}, training, {})


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
