"""What the benchmarks count, and that the loops they compare do the same, on cases by hand."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_runs
import torch
import torch.nn.functional as F
from torch import nn

from benchmarks.__main__ import machine_name
from benchmarks.measure import ROOT
from benchmarks.plain import dann, diffusion, fid, gan
from benchmarks.plain.images import Folder
from benchmarks.plain.sampling import sample
from benchmarks.project import Project
from benchmarks.table import markdown
from benchmarks.work import Flops, SavedBytes, Work, counted_steps, optimizer_bytes, per_step
from hw2.adapt.methods.dann import Dann
from hw2.adapt.nets.conv_bn import build as build_conv_bn
from hw2.adapt.shared.interface import Progress
from hw2.core.errors import UserError
from hw2.core.noise import Streams, stream
from hw2.data.batches import Batch
from hw2.diffusion import schedule
from hw2.diffusion.guidance import Guided, WithoutLabel
from hw2.diffusion.samplers import ddpm
from hw2.evaluation.frechet import frechet_distance
from hw2.gan.interface import Samples
from hw2.gan.losses.bce import BinaryCrossEntropy
from hw2.gan.nets.dcgan import build as build_dcgan

CPU = torch.device("cpu")


def test_flops_of_a_linear_layer() -> None:
    layer, x = nn.Linear(3, 5, bias=False), torch.randn(4, 3, requires_grad=True)
    with Flops() as flops:
        y = layer(x)
        assert flops.total == 2 * 4 * 3 * 5
        y.sum().backward()
    assert flops.total == 3 * 2 * 4 * 3 * 5  # and as much for each of the two gradients


def test_flops_of_a_convolution_with_a_gradient_penalty() -> None:
    layer, x = nn.Conv2d(2, 7, 3, bias=False), torch.randn(1, 2, 6, 6, requires_grad=True)
    once = 2 * 7 * 4 * 4 * 2 * 3 * 3
    with Flops() as flops:
        (gradient,) = torch.autograd.grad(layer(x).square().sum(), x, create_graph=True)
        assert flops.total == 2 * once
        gradient.square().sum().backward()
    assert flops.total > 4 * once


def test_flops_are_counted_in_inference_mode() -> None:
    layer, x = nn.Linear(3, 5), torch.randn(4, 3)
    with torch.inference_mode(), Flops() as flops:
        layer(x)
    assert flops.total == 2 * 4 * 3 * 5


def test_bytes_that_autograd_saves() -> None:
    layer, x = nn.Linear(3, 5), torch.randn(4, 3)
    saved = SavedBytes()
    with saved.hooks():
        y = layer(x)
        assert saved.total == 4 * 3 * 4  # the input; the weight is a parameter
        F.relu(y, inplace=True)
        assert saved.total == 4 * 3 * 4 + 4 * 5 * 4
        layer(x)  # its input is known by now
        assert saved.total == 4 * 3 * 4 + 4 * 5 * 4


def test_bytes_saved_in_memory_that_was_given_back_count_again() -> None:
    saved = SavedBytes()
    weight = torch.ones(8, requires_grad=True)
    with saved.hooks():
        for _ in range(3):
            (weight * torch.ones(8)).sum().backward()  # saves the ones, 8 float32
    assert saved.total == 3 * 8 * 4


def test_bytes_of_an_adam_step() -> None:
    layer = nn.Linear(3, 5)
    adam = torch.optim.Adam(layer.parameters())
    layer(torch.randn(4, 3)).sum().backward()
    adam.step()
    assert optimizer_bytes(adam) == 4 * (3 * 5 + 5) * 4  # weight, gradient, two moments


def test_work_of_a_step_leaves_out_what_comes_before_and_after() -> None:
    layer = nn.Linear(3, 5, bias=False)
    sgd = torch.optim.SGD(layer.parameters(), lr=0.1)
    with counted_steps() as events:
        layer(torch.randn(100, 3))
        for _ in range(3):
            layer(torch.randn(4, 3)).square().sum().backward()
            sgd.step()
            sgd.zero_grad()
        layer(torch.randn(100, 3))
    products = 2 * 2 * 4 * 3 * 5  # forward, and the weight's gradient
    moved = 4 * (2 * 3 * 5) + 4 * (4 * 3 + 4 * 5)  # weight and gradient; input and output
    assert per_step(events) == Work(products, 2 * moved)


def test_a_step_of_two_optimisers_is_counted_once() -> None:
    events = [(1, Work(10, 1)), (2, Work(30, 3)), (1, Work(40, 4)), (2, Work(60, 6))]
    assert per_step(events) == Work(30, 3)


def test_plain_dcgan_has_the_losses_of_the_stage() -> None:
    torch.manual_seed(0)
    nets = build_dcgan(8, [8, 8, 8, 8], [8, 8, 8, 8], True, "leaky_relu", True)
    real, noise, rng = torch.randn(4, 3, 64, 64), torch.randn(4, 8, 1, 1), torch.Generator()
    fake = nets.generator(noise).detach()
    loss = BinaryCrossEntropy(1.0)
    expected = loss.discriminator_terms(nets, Samples(real), Samples(fake), rng, 0).values("d")
    players = nets.generator, nets.discriminator
    still = [torch.optim.SGD(player.parameters(), lr=0.0) for player in players]
    d_real, d_fake, g = gan.train_step(*players, *still, real, noise)
    torch.testing.assert_close(d_real + d_fake, expected["d"])
    ours = loss.generator_terms(nets, Samples(fake), rng, 0).total
    torch.testing.assert_close(g, ours)


def test_plain_diffusion_has_the_loss_of_the_stage() -> None:
    torch.manual_seed(0)
    images, noise, t = torch.randn(5, 3, 4, 4), torch.randn(5, 3, 4, 4), torch.arange(1, 6)
    labels, planned = torch.arange(5), schedule.linear(5, [0.1, 0.2], CPU)

    def net(x: torch.Tensor, t: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return x * t[:, None, None, None] + labels[:, None, None, None]

    ours = F.mse_loss(net(planned.add_noise(images, noise, t), t, labels), noise)
    alpha_bar = torch.cumprod(1 - torch.linspace(0.1, 0.2, 5), 0)
    plain: Any = diffusion.loss_at(net, images, labels, t, noise, alpha_bar)  # type: ignore[arg-type]
    torch.testing.assert_close(plain, ours)


def test_plain_sampling_takes_the_steps_of_ddpm(monkeypatch: pytest.MonkeyPatch) -> None:
    """With all noise on the way left out: the two draw it differently."""
    monkeypatch.setattr(torch, "randn_like", torch.zeros_like)
    monkeypatch.setattr(Streams, "normal", lambda self, *shape: torch.zeros(len(x), *shape))
    x, labels = torch.randn(3, 3, 4, 4), torch.tensor([0, 1, 2])

    def net(x: torch.Tensor, t: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        return 0.1 * x * t[:, None, None, None] + labels[:, None, None, None] / 10

    planned, streams = schedule.linear(4, [0.1, 0.2], CPU), Streams([stream(0, 0)] * 3, CPU)
    guided = Guided(WithoutLabel(net, 10), 0.5, range(1, 5))
    *_, ours = ddpm.sample(guided, planned, range(4, -1, -1), x, labels, streams)
    plain = sample(net, x, labels, torch.linspace(0.1, 0.2, 4), 0.5, 4)  # type: ignore[arg-type]
    torch.testing.assert_close(plain, ours)


def test_plain_dann_has_the_label_loss_of_the_stage() -> None:
    net = build_conv_bn()
    images, others, labels = torch.randn(4, 3, 28, 28), torch.randn(4, 3, 28, 28), torch.arange(4)
    torch.manual_seed(1)  # dropout
    plain, _, _ = dann.losses(net, images, labels, others, 0.0)
    torch.manual_seed(1)
    terms = Dann(10.0, 1.0, 1.0).terms(net, Batch(images, labels), Batch(others), Progress(0, 1))
    torch.testing.assert_close(plain, terms.values()["label"])


def test_plain_fid_is_the_frechet_distance() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(50, 6)), rng.normal(1, 2, size=(60, 6))
    assert fid.frechet_distance(first, second) == pytest.approx(frechet_distance(first, second))


def test_project_writes_pngs_whose_names_begin_with_the_digit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    origin = tmp_path / "origin"
    origin.mkdir()
    tiny_runs.enter(origin, monkeypatch)
    with pytest.raises(UserError, match=r"weights\.safetensors is missing; run make repro"):
        Project(tmp_path / "without", origin, "cpu")
    weights = origin / "runs/diffusion/context_unet/weights.safetensors"
    weights.parent.mkdir(parents=True)
    weights.write_bytes(b"")
    project = Project(tmp_path / "project", origin, "cpu")
    images = Folder(project.folder / project.pngs("mnistm"))
    image, label = images[13]  # by name: four of each digit
    assert (len(images), label, image.shape) == (40, 3, (3, 28, 28))
    assert -1 <= image.min() < image.max() <= 1
    assert Folder(project.folder / project.pngs("face"))[0][1] == -1


def test_tables_come_from_the_results_alone() -> None:
    results = {
        **{"hardware": "a machine", "torch": "2", "date": "today", "commit": "abc", "load": 0.5},
        "peaks": {"float32": [1e9, 2e9], "bfloat16": [8e9], "copy": [1e9]},
        "measured": {
            "one": {
                **{"what": "some steps", "batch": 3, "precision": "bf16-mixed", "aim": 2},
                **{"work": {"flops": 16e9, "bytes": 1e9}, "ours": [4.0, 5.0, 3.0], "plain": [10.0]},
            },
            "two": {**{"what": "a copy", "batch": 1, "precision": "32-true", "ours": [4.0]}}
            | {"work": {"flops": 1e9, "bytes": 3e9}, "parts": {"half": 2.0}},
        },
    }
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in markdown(json.loads(json.dumps(results))).splitlines()
    ]
    assert ["some steps, 3 images", "16", "1", "2", "bfloat16", "4", "50%"] in rows
    assert ["a copy, 1 images", "1", "3", "3", "copy", "4", "75%"] in rows
    assert ["some steps", "4", "10", "2.5", "2"] in rows
    assert ["half", "2"] in rows
    assert "a machine; torch 2; today; commit abc; load before: 0.5." in rows[0][0]


def test_results_of_each_machine_have_their_own_file() -> None:
    assert machine_name("Intel(R) Xeon(R) Processor, 2 threads") == "intel_xeon_processor_2_threads"
    assert machine_name("NVIDIA H200") == "nvidia_h200"


def test_written_tables_are_those_of_the_written_results() -> None:
    for path in (ROOT / "benchmarks/results").glob("speed_*.json"):
        assert path.with_suffix(".md").read_text() == markdown(json.loads(path.read_text()))
