"""Train one adaptation run of params.yaml: two domains -> weights, print-out, curves."""

from hw2.adapt.params import AdaptMethodSettings, AdaptNetSettings, AdaptRun
from hw2.adapt.train import train
from hw2.core.generators import seeded
from hw2.core.lookup import build, find
from hw2.core.params import read_section
from hw2.core.paths import prepared
from hw2.core.run import Run
from hw2.core.stage import run_stage_for
from hw2.data.arrays import load_images
from hw2.data.batches import Batches

METHODS, NETS = "hw2.adapt.methods", "hw2.adapt.nets"


def main(name: str) -> None:
    names = read_section(AdaptRun, "adapt", "runs", name)
    settings = read_section(AdaptNetSettings, "adapt", "nets", names.net)
    how = read_section(AdaptMethodSettings, "adapt", "methods", names.method)
    run = Run("adapt", name)
    key = f"adapt.methods.{names.method}.method_args"
    method = build(METHODS, names.method, key, **how.method_args)
    with seeded(*run.purpose("init")):
        net = build(NETS, names.net, f"adapt.nets.{names.net}.net_args", **settings.net_args)
    wrapped = run.setup(net, "features", "label_logits", "domain_logits")
    adam = run.adam(wrapped, settings.lr, settings.betas)
    labelled = {"source": True, "target": find(METHODS, names.method).SEES_TARGET_LABELS}
    files = {"source": prepared(names.source, "train"), "target": prepared(names.target, "train")}
    batches = {
        side: Batches(
            load_images(files[side]),
            settings.batch,
            run.generator("order", side, on_cpu=True),
            run.device,
            labelled[side],
        )
        for side in files
    }
    state = {**batches, "net": net, "adam": adam}
    training = run.training(
        settings.steps, state, {}, [names, settings, how], files.values(), 2 * settings.batch
    )
    train(wrapped, method, **batches, optimizer=adam, fabric=run.fabric, training=training)
    run.save({"net": net}, training)


if __name__ == "__main__":
    run_stage_for(main, __doc__)
