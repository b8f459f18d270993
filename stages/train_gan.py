"""Train one GAN of params.yaml: prepared images -> weights, print-out, curves."""

import torch

from hw2.core.generators import seeded
from hw2.core.params import read_section
from hw2.core.paths import prepared
from hw2.core.processes import only_the_first_goes_on
from hw2.core.stage import run_stage_for
from hw2.core.training import Stateful
from hw2.core.training_run import TrainingRun
from hw2.data.arrays import load_images
from hw2.data.batches import Batches
from hw2.gan.augment import make_augment
from hw2.gan.build import build_networks
from hw2.gan.interface import Networks
from hw2.gan.loss import build_loss
from hw2.gan.params import GanModel
from hw2.gan.train import Game, Rhythm, train
from hw2.nn.ema import Ema


def main(name: str) -> None:
    settings = read_section(GanModel, "gan", "models", name)
    run, key = TrainingRun("gan", name), f"gan.models.{name}"
    with seeded(*run.purpose("init")):
        nets = build_networks(name, settings)
    loss = build_loss(name, settings, nets)
    players = nets.modules()
    wrapped = Networks(run.setup(nets.generator, "draw_latent"), run.setup(nets.discriminator))
    optimizers = {
        player: run.optimizer(getattr(settings.optimizers, player), network)
        for player, network in wrapped.modules().items()
    }
    ema = Ema(nets.generator, settings.ema) if settings.ema else None
    rng, augmenting = run.generator("latents"), run.generator("augment")
    batches = make_batches(run, settings, key, augmenting)
    state: dict[str, Stateful] = {"batches": batches, "loss": loss, **players}
    state |= {f"{player} optimizer": optimizer for player, optimizer in optimizers.items()}
    state |= {"ema": ema} if ema else {}
    shown = settings.batch * settings.accumulate * settings.d_steps
    generators, data = {"latents": rng, "augment": augmenting}, prepared(settings.data, "train")
    training = run.training(settings.steps, state, generators, [settings], [data], shown)
    rhythm = Rhythm(settings.batch, settings.accumulate, settings.d_steps, settings.reuse_fake)
    augment = make_augment(settings.augmentation.both, f"{key}.augment", augmenting)
    game = Game(wrapped, loss, optimizers, rhythm, run.fabric, rng, augment)
    train(game, batches, ema, training)
    only_the_first_goes_on()
    run.save(players, training, {settings.sampled: ema.average} if ema else {})


def make_batches(
    run: TrainingRun, settings: GanModel, key: str, augmenting: torch.Generator
) -> Batches:
    """Batches of the run's training images, as the discriminator sees them."""
    return Batches(
        load_images(prepared(settings.data, "train")),
        settings.batch,
        run.generator("order", on_cpu=True),
        run.device,
        bool(settings.classes),
        settings.pixels,
        make_augment(settings.augmentation.steps, f"{key}.augment", augmenting),
    )


if __name__ == "__main__":
    run_stage_for(main, __doc__)
