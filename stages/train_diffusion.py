"""Train one diffusion model of params.yaml: prepared digits -> weights, print-out, curves."""

from hw2.core.generators import seeded
from hw2.core.lookup import build
from hw2.core.params import read_section
from hw2.core.paths import prepared
from hw2.core.run import Run
from hw2.core.stage import run_stage_for
from hw2.core.training import Stateful
from hw2.data.arrays import load_images
from hw2.data.batches import Batches
from hw2.diffusion import schedule
from hw2.diffusion.build import build_unet
from hw2.diffusion.params import DiffusionCommon, DiffusionModel
from hw2.diffusion.train import train
from hw2.nn.lr_schedules import hold_then_linear


def main(name: str) -> None:
    settings = read_section(DiffusionModel, "diffusion", "models", name)
    common = read_section(DiffusionCommon, "diffusion", "common")
    run, data = Run("diffusion", name), prepared(settings.data, "train")
    objective = build("hw2.diffusion.objectives", settings.objective, f"diffusion.models.{name}")
    with seeded(*run.purpose("init")):
        net = build_unet(name, settings, common.classes)
    wrapped = run.setup(net)
    adam = run.adam(wrapped, settings.lr, settings.betas)
    lr = hold_then_linear(adam, settings.steps, settings.lr_hold)
    noising = schedule.linear(settings.timesteps, settings.beta, run.device)
    order, rng = run.generator("order", on_cpu=True), run.generator("noise")
    batches = Batches(load_images(data), settings.batch, order, run.device, labelled=True)
    state: dict[str, Stateful] = {"batches": batches, "net": net, "adam": adam, "lr": lr}
    training = run.training(
        settings.steps, state, {"noise": rng}, [settings, common], [data], settings.batch
    )
    train(
        wrapped,
        objective,
        noising,
        batches,
        label_drop=settings.label_drop,
        classes=common.classes,
        optimizer=adam,
        lr_schedule=lr,
        fabric=run.fabric,
        training=training,
        rng=rng,
    )
    run.save({"unet": net}, training)


if __name__ == "__main__":
    run_stage_for(main, __doc__)
