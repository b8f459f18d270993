"""Train one GAN of params.yaml: prepared images -> weights, print-out, curves."""

from hw2.core.generators import seeded
from hw2.core.lookup import build
from hw2.core.params import read_section
from hw2.core.paths import prepared
from hw2.core.run import Run
from hw2.core.stage import run_stage_for
from hw2.data.arrays import load_images
from hw2.data.batches import Batches
from hw2.gan.interface import Networks
from hw2.gan.params import GanModel
from hw2.gan.train import train


def main(name: str) -> None:
    settings = read_section(GanModel, "gan", "models", name)
    run = Run("gan", name)
    key, data = f"gan.models.{name}", prepared(settings.data, "train")
    loss = build("hw2.gan.losses", settings.loss, f"{key}.loss_args", **settings.loss_args)
    with seeded(*run.purpose("init")):
        nets = build("hw2.gan.nets", settings.net, f"{key}.net_args", **settings.net_args)
    players = nets.modules()
    wrapped = Networks(*(run.setup(net) for net in players.values()))
    optimizers = {
        part: run.adam(net, settings.lr, settings.betas) for part, net in wrapped.modules().items()
    }
    order, rng = run.generator("order", on_cpu=True), run.generator("latents")
    batches = Batches(load_images(data), settings.batch, order, run.device, labelled=False)
    state = {"batches": batches, **players, **{f"adam {k}": v for k, v in optimizers.items()}}
    training = run.training(
        settings.steps, state, {"latents": rng}, [settings], [data], settings.batch
    )
    train(wrapped, loss, batches, settings.d_steps, optimizers, run.fabric, training, rng)
    run.save(players, training)


if __name__ == "__main__":
    run_stage_for(main, __doc__)
