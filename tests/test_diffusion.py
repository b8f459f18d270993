"""Diffusion: the schedule by hand, labels and guidance, the objectives, the loop."""

import math

import pytest
import torch
from tiny_runs import cpu_fabric, images, training
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.core.lookup import build
from hw2.core.sections import EmaSettings
from hw2.data.batches import Batches
from hw2.data.values import Pixels
from hw2.diffusion import schedule
from hw2.diffusion.guidance import Guided, LabelDrop, LessTrained, WithoutLabel, guided_steps
from hw2.diffusion.objectives.epsilon_mse import EpsilonMse
from hw2.diffusion.params import DiffusionModel
from hw2.diffusion.schedule import Schedule
from hw2.diffusion.train import train
from hw2.diffusion.unets.context_unet import ContextUnet
from hw2.nn.ema import Ema
from hw2.nn.snapshot import Snapshot
from stages.train_diffusion import make_snapshot

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
    assert torch.equal(LabelDrop(0.0, 10, False)(labels, seeded()), labels)
    assert (LabelDrop(1.0, 10, False)(labels, seeded()) == 10).all()
    some = LabelDrop(0.25, 10, False)(labels, seeded())
    assert (some == 10).float().mean().item() == pytest.approx(0.25, abs=0.04)
    assert torch.equal(some[some != 10], labels[some != 10])


def test_labels_are_dropped_by_whole_batches() -> None:
    labels, rng, drop = torch.arange(10), seeded(), LabelDrop(0.25, 10, True)
    batches = [drop(labels, rng) for _ in range(2000)]
    none = [bool((batch == 10).all()) for batch in batches]
    assert sum(none) / 2000 == pytest.approx(0.25, abs=0.04)
    kept = [batch for batch, dropped in zip(batches, none, strict=True) if not dropped]
    assert all(torch.equal(batch, labels) for batch in kept)


def test_guidance_mixes_with_and_without_label() -> None:
    def net(x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        return x + t.view(-1, 1, 1, 1) + labels.view(-1, 1, 1, 1)

    x, labels, steps = torch.randn(4, 3, 2, 2), torch.tensor([0, 1, 2, 9]), range(1, 8)
    alone = net(x, torch.full((4,), 7), labels)
    both = WithoutLabel(net, 10)
    assert torch.equal(Guided(both, 0.0, steps)(x, 7, labels), alone)
    assert torch.equal(Guided(both, 0.5, range(1, 7))(x, 7, labels), alone)  # 7 is left out
    mixed = 1.5 * labels.float() - 0.5 * 10  # (1 + w) c - w u with w = 0.5
    expected = x + 7 + mixed.view(-1, 1, 1, 1)
    torch.testing.assert_close(Guided(both, 0.5, steps)(x, 7, labels), expected)


def test_autoguidance_goes_away_from_the_less_trained_network() -> None:
    def net(x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        return x + t.view(-1, 1, 1, 1) + labels.view(-1, 1, 1, 1)

    def less(x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        return 2 * net(x, t, labels)

    x, labels = torch.randn(4, 3, 2, 2), torch.tensor([0, 1, 2, 9])
    found = Guided(LessTrained(net, less), 0.5, range(1, 8))(x, 7, labels)
    expected = 0.5 * (x + 7 + labels.view(-1, 1, 1, 1))  # 1.5 eps - 0.5 (2 eps)
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize(("start", "averaged"), [(3, True), (4, False)])
def test_the_early_network_is_the_average_if_that_has_begun(start: int, averaged: bool) -> None:
    settings = DiffusionModel.model_construct(autoguidance=3)
    net = nn.Linear(1, 1)
    ema = Ema(net, EmaSettings(decay=0.5, every=1, start=start))
    early = make_snapshot(settings, net, ema)
    assert early is not None and early.network is (ema.average if averaged else net)


def test_predictions_are_mixed_in_float32() -> None:
    """1.125 and 1 are bfloat16 numbers; 1.3 x 1.125 - 0.3 x 1 is none."""

    def net(x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        return (1 + (labels == 0) / 8).view(-1, 1, 1, 1).expand_as(x).bfloat16()

    found = Guided(WithoutLabel(net, 10), 0.3, [1])(torch.zeros(1, 1, 1, 1), 1, torch.tensor([0]))
    assert found.dtype == torch.float32 and found.item() == pytest.approx(1.1625, abs=1e-6)


def test_guidance_is_for_noise_above_one_sigma_up_to_another() -> None:
    """alpha_bar 1/2, 1/5, 1/17: sigma 1, 2, 4."""
    noising = Schedule(torch.tensor([1 / 2, 3 / 5, 12 / 17]), torch.device("cpu"))
    torch.testing.assert_close(noising.sigma, torch.tensor([0.0, 1.0, 2.0, 4.0]))
    assert guided_steps(noising, None) == {1, 2, 3}
    assert guided_steps(noising, [1.5, 5.0]) == {2, 3}
    assert guided_steps(noising, [0.0, 3.0]) == {1, 2}
    with pytest.raises(UserError, match=r"\[5.0, 9.0\] holds no level of noise; .* from 1 to 4"):
        guided_steps(noising, [5.0, 9.0])


class Off:
    """A network whose error is `error` at every pixel of black images; notes what it is given."""

    def __init__(self, noising: Schedule, error: float, dtype: torch.dtype) -> None:
        self.noising, self.error, self.dtype = noising, error, dtype
        self.seen: dict[str, Tensor] = {}

    def __call__(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        noise = x / (1 - self.noising.alpha_bar[t]).sqrt().view(-1, 1, 1, 1)
        self.seen = {"noise": noise, "t": t, "labels": labels}
        return (noise + self.error).to(self.dtype)


@pytest.mark.parametrize(
    ("name", "error", "loss"),
    [
        ("epsilon_mse", 0.5, 0.25),
        ("epsilon_mse", -3.0, 9.0),
        ("epsilon_smooth_l1", 0.5, 0.125),  # d^2 / 2 below 1
        ("epsilon_smooth_l1", -3.0, 2.5),  # |d| - 1/2 above
    ],
)
def test_objectives_measure_the_error_of_the_predicted_noise(
    name: str, error: float, loss: float
) -> None:
    objective, labels = build("hw2.diffusion.objectives", name, "objective"), torch.arange(6)
    net = Off(short_schedule(), error, torch.float32)
    terms = objective.terms(net, net.noising, torch.zeros(6, 3, 4, 4), labels, seeded())
    assert terms.total.item() == pytest.approx(loss, rel=1e-4)
    assert torch.equal(net.seen["labels"], labels)
    assert net.seen["noise"].std().item() == pytest.approx(1.0, abs=0.15)


@pytest.mark.parametrize("name", ["epsilon_mse", "epsilon_smooth_l1"])
def test_objectives_are_in_float32_and_see_every_step(name: str) -> None:
    objective, labels = build("hw2.diffusion.objectives", name, "objective"), torch.arange(6)
    net, steps, rng = Off(short_schedule(), 0.5, torch.bfloat16), set(), seeded()
    for _ in range(100):
        terms = objective.terms(net, net.noising, torch.zeros(6, 3, 4, 4), labels, rng)
        assert terms.total.dtype == torch.float32
        steps |= set(net.seen["t"].tolist())
    assert steps == set(range(1, 51))


def test_two_steps_change_the_network_and_lower_the_rate() -> None:
    torch.manual_seed(0)
    net = ContextUnet(8, 10, 50)
    weights = [parameter for parameter in net.parameters() if parameter.ndim > 1]
    before = [weight.clone() for weight in weights]
    seen: list[int] = []
    net.register_forward_pre_hook(lambda _, inputs: seen.extend(inputs[2].tolist()))
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    linear = torch.optim.lr_scheduler.LinearLR(adam, 1.0, 0.0, total_iters=2)
    ema = Ema(net, EmaSettings(decay=0.5, every=1, start=2))
    early = Snapshot(net, 1)
    batches = Batches(images(8, 28), 8, seeded(), CPU, labelled=True, pixels=Pixels(28))
    driver = training(2)
    train(
        net,
        EpsilonMse(),
        short_schedule(),
        batches,
        label_drop=LabelDrop(0.5, 10, False),
        optimizer=adam,
        lr_schedule=linear,
        followers=[ema, early],
        fabric=cpu_fabric(),
        training=driver,
        rng=seeded(),
    )
    assert not any(torch.equal(*pair) for pair in zip(before, weights, strict=True))
    assert list(driver.rows[0]) == ["step", "loss"] and len(driver.rows) == 2
    assert adam.param_groups[0]["lr"] == 0.0
    assert 10 in seen and set(seen) & set(range(8))
    pairs = zip(ema.average.parameters(), net.parameters(), strict=True)
    assert all(torch.equal(*pair) for pair in pairs)  # it began as a copy after the second step
    kept = [parameter for parameter in early.kept.parameters() if parameter.ndim > 1]
    for others in (before, weights):
        assert not any(torch.equal(*pair) for pair in zip(kept, others, strict=True))


def test_context_unet_tells_all_times_apart_in_bfloat16() -> None:
    net = ContextUnet(8, 10, 600)
    seen: list[Tensor] = []
    net.timeembed1.register_forward_hook(lambda *call: seen.append(call[-1]))
    with torch.autocast("cpu", torch.bfloat16), torch.no_grad():
        for t in torch.arange(1, 601).chunk(20):
            net(torch.zeros(len(t), 3, 28, 28), t, torch.zeros_like(t))
    found = torch.cat(seen).flatten(1)
    assert found.dtype == torch.float32 and len(found.unique(dim=0)) == 600
