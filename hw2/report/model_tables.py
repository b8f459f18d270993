"""The tables of architectures: what each run is built of and trained with, from params.yaml."""

from typing import Any

from hw2.report.sampler_tables import guidance_words
from hw2.report.sources import Measurements
from hw2.report.table import NONE, Table, parameter_count, systems, words


def gan_models(measured: Measurements) -> Table:
    """Every GAN: network, loss, batch and learning rates of generator and discriminator."""
    headers = ["Run", "Report", "Network", "Loss", "Batch", "Rate G, D", "D : G steps"]
    rows = []
    for run, entry in measured.gan.items():
        model = measured.params["gan"]["models"][run]
        rates = (model["optimizers"][side]["lr"] for side in ("generator", "discriminator"))
        row = [run, systems(entry), model["net"], words(model["loss"]), f"{model['batch']}"]
        row += [", ".join(map(rate, rates)), f"{model['d_steps']} : 1", *_size(entry)]
        rows.append(row)
    caption = f"{_scale(measured)} Parameters: generator + discriminator. Steps: of the generator."
    return Table("GANs: what they are", [*headers, *SIZE], rows, caption, 4)


def diffusion_models(measured: Measurements) -> Table:
    """Every diffusion model: network, steps of the process, guidance, sampler, training."""
    headers = ["Run", "Report", "Network", "T", "Guidance", "Sampler", "Batch", "Rate"]
    rows = []
    for run, entry in measured.diffusion.items():
        model = measured.params["diffusion"]["models"][run]
        sampler = f"{entry['sampler']} × {entry['sample_steps']}"
        row = [run, systems(entry), model["net"], f"{model['timesteps']:,}"]
        row += [guidance_words(model), sampler, f"{model['batch']}"]
        rows.append([*row, rate(model["optimizer"]["lr"]), *_size(entry)])
    caption = (
        f"{_scale(measured)} w: (1 + w) of the prediction, minus w of that without a label, or of "
        "an earlier network's where the table says so."
    )
    return Table("Diffusion models: what they are", [*headers, *SIZE], rows, caption, 3)


def adapt_models(measured: Measurements) -> Table:
    """Every adaptation network: size, batch, optimiser, steps."""
    headers = ["Net", "Report", "Optimiser", "Rate", "Jitter", "Batch", *SIZE]
    rows = []
    for entry in {entry["net"]: entry for entry in measured.adapt.values()}.values():
        net = measured.params["adapt"]["nets"][entry["net"]]
        optimizer, jitter = net["optimizer"], net["colour_jitter"]
        row = [entry["net"], systems(entry), optimizer["name"], rate(optimizer["lr"])]
        row += [NONE if jitter is None else f"target {words(jitter['target'])}"]
        rows.append([*row, f"{net['batch']}", *_size(entry)])
    caption = f"{_scale(measured)} Batch: of source and of target images each."
    return Table("Adaptation networks: what they are", headers, rows, caption, 5)


SIZE = ("Parameters", "Steps")


def rate(value: float) -> str:
    """A learning rate as 2e-4."""
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa.removesuffix('.0')}e{int(exponent)}".replace("-", "−")


def _size(entry: dict[str, Any]) -> list[str]:
    return [parameter_count(entry["parameters"]), f"{entry['steps']:,}"]


def _scale(measured: Measurements) -> str:
    return f"From params.yaml at scale {measured.params['scale']}."
