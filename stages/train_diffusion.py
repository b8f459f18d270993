"""Train one diffusion model of params.yaml: prepared images -> weights, print-out, curves."""

from functools import partial

from torch import Generator
from torch.nn import Module

from hw2.core.generators import seeded
from hw2.core.lookup import build
from hw2.core.params import read_section
from hw2.core.paths import prepared
from hw2.core.processes import only_the_first_goes_on
from hw2.core.stage import run_stage_for
from hw2.core.training import Stateful
from hw2.core.training_run import TrainingRun
from hw2.data.arrays import ImageSet, load_images
from hw2.data.augment.flip import Flip
from hw2.data.batches import Batches
from hw2.diffusion.build import build_schedule, build_unet
from hw2.diffusion.guidance import LabelDrop
from hw2.diffusion.params import EARLY, DiffusionModel
from hw2.diffusion.train import train
from hw2.nn.ema import Ema
from hw2.nn.snapshot import Snapshot


def main(name: str) -> None:
    settings = read_section(DiffusionModel, "diffusion", "models", name)
    run, key = TrainingRun("diffusion", name), f"diffusion.models.{name}"
    data = prepared(settings.data, "train")
    objective = build(
        "hw2.diffusion.objectives", settings.objective, f"{key}.edm", **settings.objective_args
    )
    with seeded(*run.purpose("init")):
        net = build_unet(name, settings)
    wrapped = run.setup(net)
    optimizer = run.optimizer(settings.optimizer, wrapped)
    lr = build(
        "hw2.nn.lr_schedules",
        settings.lr_schedule,
        f"{key}.lr_schedule_args",
        optimizer=optimizer,
        steps=settings.steps,
        **settings.lr_schedule_args,
    )
    ema = Ema(net, settings.ema) if settings.ema else None
    early = make_snapshot(settings, net, ema)
    rng, flips = run.generator("noise"), run.generator("flips")
    batches = make_batches(run, settings, load_images(data), flips)
    state: dict[str, Stateful] = {"batches": batches, "net": net, "optimizer": optimizer, "lr": lr}
    followers = {name: each for name, each in {"ema": ema, "early": early}.items() if each}
    state |= followers
    training = run.training(
        settings.steps, state, {"noise": rng, "flips": flips}, [settings], [data], settings.batch
    )
    train(
        wrapped,
        objective,
        build_schedule(settings, run.device),
        batches,
        label_drop=LabelDrop(settings.label_drop, settings.labels, settings.drop_whole_batch),
        optimizer=optimizer,
        lr_schedule=lr,
        followers=list(followers.values()),
        fabric=run.fabric,
        training=training,
        rng=rng,
    )
    only_the_first_goes_on()
    beside = {settings.sampled: ema.average} if ema else {}
    beside |= {EARLY: early.kept} if early else {}
    run.save({"unet": net}, training, beside)


def make_snapshot(settings: DiffusionModel, net: Module, ema: Ema | None) -> Snapshot | None:
    """The network of step `autoguidance`: its average, like the one that it guides, once begun."""
    if settings.autoguidance is None:
        return None
    if ema and settings.autoguidance >= ema.settings.start:
        net = ema.average
    return Snapshot(net, settings.autoguidance)


def make_batches(
    run: TrainingRun, settings: DiffusionModel, images: ImageSet, flips: Generator
) -> Batches:
    """Batches as the run's network sees them; `flips` draws which images are mirrored."""
    return Batches(
        images,
        settings.batch,
        run.generator("order", on_cpu=True),
        run.device,
        labelled=bool(settings.classes),
        pixels=settings.pixels,
        augment=partial(Flip(settings.flip), rng=flips) if settings.flip else None,
    )


if __name__ == "__main__":
    run_stage_for(main, __doc__)
