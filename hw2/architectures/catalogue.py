"""Every network that params.yaml builds, and the systems of the reports that it re-creates."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from hw2.adapt.shared.interface import AdaptNet, SeparatingNet
from hw2.adapt.shared.params import AdaptNetSettings, AdaptRun
from hw2.adapt.training.build import build_net
from hw2.architectures.model import Model, Network
from hw2.core.params import PARAMS_FILE, read_names, read_section
from hw2.data.values import DIGITS
from hw2.diffusion.build import build_schedule, build_unet
from hw2.diffusion.guidance import guided_steps
from hw2.diffusion.params import DiffusionModel
from hw2.evaluation.digit_judge import CourseJudge, DigitJudge
from hw2.gan.build import build_networks
from hw2.gan.interface import ImageGenerator
from hw2.gan.loss import build_loss
from hw2.gan.params import GanModel

BATCH = 2  # images in the pass that lists the layers
# Report 004 prints its UNet once more, inside the module that also holds the loss.
PRINTED_AGAIN = {"004_unet": "004_ddpm"}


def models(path: Path = PARAMS_FILE) -> list[Model]:
    """All models, in the order of params.yaml, then the judges; nothing is built.

    Raises:
        UserError: an entry is missing or wrong.
    """
    judges = [
        _judge("judge", ["judge"], [], DigitJudge),
        _judge("course_judge", [], ["aux_digit_classifier"], CourseJudge),
    ]
    return [
        *(_gan_model(name, path) for name in read_names("gan", "models", path=path)),
        *(_diffusion_model(name, path) for name in read_names("diffusion", "models", path=path)),
        *_adapt_models(path),
        *judges,
    ]


def _gan_model(name: str, path: Path) -> Model:
    settings = read_section(GanModel, "gan", "models", name, path=path)
    return Model("gan", name, settings.report, [name], partial(_gan_networks, name, settings))


def _gan_networks(name: str, settings: GanModel) -> list[Network]:
    nets = build_networks(name, settings)
    build_loss(name, settings, nets)  # what trains them has to fit, too
    inputs: dict[str, tuple[nn.Module, Callable[[], tuple[Any, ...]]]] = {
        part: (module, partial(_first_inputs, nets.generator, module))
        for part, module in nets.generator.parts().items()
    }
    inputs["D"] = (nets.discriminator, partial(_images, settings.image_size))
    return [
        Network(f"{name}_{part}", part, _gan_entries(settings, part), module, make, module)
        for part, (module, make) in inputs.items()
    ]


def _gan_entries(settings: GanModel, part: str) -> list[str]:
    """``000 B`` -> ``000_gan_B_G``; where a report has one system, its net: ``003_acgan_G``."""
    entries = []
    for system in settings.report:
        report, *letter = system.split()
        middle = f"gan_{letter[0]}" if letter else settings.net
        entries.append(f"{report}_{middle}_{part}")
    return entries


def _first_inputs(generator: ImageGenerator, part: nn.Module) -> tuple[Any, ...]:
    """What `part` is first given when images are generated.

    Only the first time counts, because style mixing takes a mapping network twice.
    """
    calls: list[tuple[Any, ...]] = []
    hook = part.register_forward_pre_hook(lambda _part, inputs: calls.append(inputs))
    rng = torch.Generator()
    with torch.no_grad():
        generator(generator.draw_latent(BATCH, rng), generator.draw_labels(BATCH, rng))
    hook.remove()
    return calls[0]


def _diffusion_model(name: str, path: Path) -> Model:
    settings = read_section(DiffusionModel, "diffusion", "models", name, path=path)
    networks = partial(_diffusion_networks, name, settings)
    return Model("diffusion", name, settings.report, [name], networks)


def _diffusion_networks(name: str, settings: DiffusionModel) -> list[Network]:
    unet = build_unet(name, settings)
    noising = build_schedule(settings, torch.device("cpu"))  # its noise has to rise
    guided_steps(noising, settings.guidance_interval)  # and guidance to find some of it
    entries = [f"{report}_unet" for report in settings.report]
    entries += [PRINTED_AGAIN[entry] for entry in entries if entry in PRINTED_AGAIN]

    def inputs() -> tuple[Any, ...]:
        steps, labels = torch.ones(BATCH).long(), torch.zeros(BATCH).long()
        return *_images(settings.image_size), steps, labels

    return [Network(name, "", entries, unet, inputs, unet)]


def _adapt_models(path: Path) -> Iterator[Model]:
    runs: dict[str, list[str]] = {}
    for run in read_names("adapt", "runs", path=path):
        net = read_section(AdaptRun, "adapt", "runs", run, path=path).net
        runs.setdefault(net, []).append(run)
    for net in read_names("adapt", "nets", path=path):
        settings = read_section(AdaptNetSettings, "adapt", "nets", net, path=path)
        networks = partial(_adapt_networks, net, settings)
        yield Model("adapt", net, settings.report, runs.get(net, []), networks)


def _adapt_networks(name: str, settings: AdaptNetSettings) -> list[Network]:
    net = build_net(name, settings)
    kind = "dsn" if isinstance(net, SeparatingNet) else "dann"
    entries = [f"{report}_{kind}" for report in settings.report]
    inputs, run = partial(_images, DIGITS.size), partial(_run_adapt, net)
    return [Network(name, "", entries, net, inputs, run)]


def _run_adapt(net: AdaptNet, images: Tensor) -> None:
    """Every part once, as in the reports' tables."""
    private = net.source_code(images) if isinstance(net, SeparatingNet) else None
    shared = net.features(images)
    net.label_logits(shared)
    net.domain_logits(shared)
    if isinstance(net, SeparatingNet) and private is not None:
        net.reconstruct(private + shared)


def _judge(name: str, runs: list[str], entries: list[str], judge: Callable[[], nn.Module]) -> Model:
    def networks() -> list[Network]:
        module = judge()
        return [Network(name, "", entries, module, partial(_images, DIGITS.size), module)]

    return Model("judge", name, [], runs, networks)


def _images(size: int) -> tuple[Tensor]:
    return (torch.zeros(BATCH, 3, size, size),)
