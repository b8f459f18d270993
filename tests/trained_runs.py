"""Runs that look trained: weights of a network as it is initialised."""

from tiny_runs import PARAMS

from hw2.adapt.shared.interface import AdaptNet
from hw2.adapt.shared.params import AdaptNetSettings, AdaptRun
from hw2.adapt.training.build import build_net
from hw2.core.generators import seeded
from hw2.core.params import read_section
from hw2.core.paths import run_folder
from hw2.core.weights import save_weights

RUN = next(name for name, run in PARAMS["adapt"]["runs"].items() if run["net"] == "lenet_gap")


def write_adapt_run(name: str) -> AdaptNet:
    """Write the weights of an adaptation run of the working directory's params.yaml."""
    names = read_section(AdaptRun, "adapt", "runs", name)
    with seeded(0, "tests", name):
        net = build_net(names.net, read_section(AdaptNetSettings, "adapt", "nets", names.net))
    save_weights(run_folder("adapt", name) / "weights.safetensors", {"net": net})
    return net
