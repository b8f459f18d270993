"""Diffusion: the schedule by hand, labels and guidance, the objective, the loop."""

import math

import pytest
import torch
from tiny_runs import cpu_fabric, images, training
from torch import Tensor, nn

from hw2.data.batches import Batches
from hw2.diffusion import schedule
from hw2.diffusion.guidance import Guided, drop_labels
from hw2.diffusion.objectives.epsilon_mse import EpsilonMse
from hw2.diffusion.schedule import Schedule
from hw2.diffusion.train import train
from hw2.diffusion.unets.context_unet import ContextUnet

CPU = torch.device("cpu")


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def short_schedule() -> Schedule:
    return schedule.linear(50, (1e-3, 0.2), CPU)


def test_context_unet_reads_t_over_steps_and_one_hot_labels() -> None:
    net, seen = ContextUnet(8, 10, 600), {}
    for name in ("timeembed1", "contextembed1", "timeembed2", "contextembed2"):
        layer: nn.Module = getattr(net, name)
        layer.register_forward_pre_hook(lambda _, inputs, name=name: seen.update({name: inputs[0]}))
    net(torch.zeros(3, 3, 28, 28), torch.tensor([600, 150, 1]), torch.tensor([0, 9, 10]))
    one_hot = torch.zeros(3, 10)  # the last row, label "none", stays zero
    one_hot[0, 0] = one_hot[1, 9] = 1
    for level in ("1", "2"):
        assert torch.equal(seen[f"contextembed{level}"], one_hot)
        torch.testing.assert_close(seen[f"timeembed{level}"], torch.tensor([1, 0.25, 1 / 600]))


def test_the_schedule_by_hand() -> None:
    found = schedule.linear(3, (0.1, 0.3), CPU)
    assert found.steps == 3
    torch.testing.assert_close(found.beta, torch.tensor([0, 0.1, 0.2, 0.3]))
    torch.testing.assert_close(found.alpha, torch.tensor([1, 0.9, 0.8, 0.7]))
    torch.testing.assert_close(found.alpha_bar, torch.tensor([1, 0.9, 0.72, 0.504]))


def test_noise_is_added_by_equation_4() -> None:
    clean, noise = torch.full((3, 3, 2, 2), 0.5), torch.full((3, 3, 2, 2), -2.0)
    noisy = schedule.linear(3, (0.1, 0.3), CPU).add_noise(clean, noise, torch.tensor([0, 1, 3]))
    assert torch.equal(noisy[0], clean[0])
    expected = [math.sqrt(a) * 0.5 - math.sqrt(1 - a) * 2.0 for a in (0.9, 0.504)]
    torch.testing.assert_close(noisy[1:, 0, 0, 0], torch.tensor(expected))


def test_labels_are_dropped_with_the_probability() -> None:
    labels = torch.arange(10).repeat(200)
    assert torch.equal(drop_labels(labels, 0.0, 10, seeded()), labels)
    assert (drop_labels(labels, 1.0, 10, seeded()) == 10).all()
    some = drop_labels(labels, 0.25, 10, seeded())
    assert (some == 10).float().mean().item() == pytest.approx(0.25, abs=0.04)
    assert torch.equal(some[some != 10], labels[some != 10])


def test_guidance_mixes_with_and_without_label() -> None:
    def net(x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        return x + t.view(-1, 1, 1, 1) + labels.view(-1, 1, 1, 1)

    x, t, labels = torch.randn(4, 3, 2, 2), torch.full((4,), 7), torch.tensor([0, 1, 2, 9])
    assert torch.equal(Guided(net, 0.0, 10)(x, t, labels), net(x, t, labels))
    mixed = 1.5 * labels.float() - 0.5 * 10  # (1 + w) c - w u with w = 0.5
    expected = x + 7 + mixed.view(-1, 1, 1, 1)
    torch.testing.assert_close(Guided(net, 0.5, 10)(x, t, labels), expected)


def test_the_objective_is_the_error_of_the_predicted_noise() -> None:
    noising, clean, labels = short_schedule(), torch.zeros(6, 3, 4, 4), torch.arange(6)
    seen: dict[str, Tensor] = {}

    def net(x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        noise = x / (1 - noising.alpha_bar[t]).sqrt().view(-1, 1, 1, 1)  # exact for black images
        seen.update(noise=noise, t=t, labels=labels)
        return noise + 0.5

    objective = EpsilonMse()
    terms = objective.terms(net, noising, clean, labels, seeded())
    assert terms.total.item() == pytest.approx(0.25, rel=1e-4)
    assert torch.equal(seen["labels"], labels)
    assert seen["noise"].std().item() == pytest.approx(1.0, abs=0.15)
    steps = set()
    for seed in range(60):
        objective.terms(net, noising, clean, labels, seeded(seed))
        steps |= set(seen["t"].tolist())
    assert min(steps) == 1 and max(steps) == 50


def test_two_steps_change_the_network_and_lower_the_rate() -> None:
    torch.manual_seed(0)
    net = ContextUnet(8, 10, 50)
    weights = [parameter for parameter in net.parameters() if parameter.ndim > 1]
    before = [weight.clone() for weight in weights]
    seen: list[int] = []
    net.register_forward_pre_hook(lambda _, inputs: seen.extend(inputs[2].tolist()))
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    linear = torch.optim.lr_scheduler.LinearLR(adam, 1.0, 0.0, total_iters=2)
    batches, driver = Batches(images(8, 28), 8, seeded(), CPU, labelled=True), training(2)
    train(
        net,
        EpsilonMse(),
        short_schedule(),
        batches,
        label_drop=0.5,
        classes=10,
        optimizer=adam,
        lr_schedule=linear,
        fabric=cpu_fabric(),
        training=driver,
        rng=seeded(),
    )
    assert not any(torch.equal(*pair) for pair in zip(before, weights, strict=True))
    assert list(driver.rows[0]) == ["step", "loss"] and len(driver.rows) == 2
    assert adam.param_groups[0]["lr"] == 0.0
    assert 10 in seen and set(seen) & set(range(8))
