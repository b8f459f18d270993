"""GANs: the loop's bookkeeping."""

from typing import Any

import pytest
import torch
from tiny_runs import PARAMS, cpu_fabric, images, training

from hw2.core.params import resolve_scale
from hw2.core.sections import EmaSettings
from hw2.core.terms import Terms
from hw2.data.batches import Augment, Batches
from hw2.data.values import Pixels
from hw2.gan.interface import Loss, Networks, Samples
from hw2.gan.losses.bce import BinaryCrossEntropy
from hw2.gan.nets import dcgan
from hw2.gan.params import GanModel
from hw2.gan.train import Game, Rhythm, train
from hw2.nn.ema import Ema

CPU = torch.device("cpu")


def tiny() -> Networks:
    """Two widths instead of four: the images are 16x16."""
    torch.manual_seed(0)
    return dcgan.build(4, [8, 4], [4, 8], True, "leaky_relu", probability=True)


class Spy(BinaryCrossEntropy):
    """Notes what the loop hands to the loss, and the discriminator before the generator's step."""

    def __init__(self) -> None:
        super().__init__(real_label=1.0)
        self.calls: list[str] = []
        self.fakes: list[torch.Tensor] = []

    def discriminator_terms(
        self, nets: Networks, real: Samples, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        self.calls.append(f"d{step}")
        assert not fake.images.requires_grad and len(fake.images) == len(real.images)
        self.fakes.append(fake.images)
        return super().discriminator_terms(nets, real, fake, rng, step)

    def after_discriminator_step(self, nets: Networks) -> None:
        self.calls.append("after")

    def generator_terms(
        self, nets: Networks, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        self.calls.append(f"g{step}")
        assert fake.images.requires_grad
        self.fakes.append(fake.images.detach())
        parameters = list(nets.discriminator.parameters())
        self.weights = [p.detach().clone() for p in parameters]
        self.gradients = [p.grad.clone() for p in parameters if p.grad is not None]
        assert len(self.gradients) == len(parameters)
        return super().generator_terms(nets, fake, rng, step)


def as_they_are(images: torch.Tensor) -> torch.Tensor:
    return images


def run_loop(
    nets: Networks,
    loss: Loss,
    steps: int,
    ema: Ema | None = None,
    augment: Augment = as_they_are,
    **rhythm: Any,
) -> list[str]:
    """Train on noise, always in the same order; the curves' columns."""
    torch.manual_seed(0)
    how = {"batch": 4, "accumulate": 1, "d_steps": 1, "reuse_fake": True} | rhythm
    order, rng = torch.Generator().manual_seed(1), torch.Generator().manual_seed(2)
    batches = Batches(images(8, 16), how["batch"], order, CPU, labelled=False, pixels=Pixels(16))
    optimizers: dict[str, torch.optim.Optimizer] = {
        name: torch.optim.SGD(net.parameters(), lr=0.1) for name, net in nets.modules().items()
    }
    driver = training(steps)
    game = Game(nets, loss, optimizers, Rhythm(**how), cpu_fabric(), rng, augment)
    train(game, batches, ema, driver)
    return list(driver.rows[0])


def test_two_steps_change_both_players_and_log_every_term() -> None:
    nets = tiny()
    before = {name: [p.clone() for p in net.parameters()] for name, net in nets.modules().items()}
    columns = run_loop(nets, BinaryCrossEntropy(0.9), steps=2)
    losses = ["d_loss", "d_real", "d_fake"]
    assert columns == ["step", *losses, "monitor.D(real)", "monitor.D(fake)", "g_loss"]
    for name, net in nets.modules().items():
        for old, new in zip(before[name], net.parameters(), strict=True):
            assert not torch.equal(old, new)


def test_the_generator_s_step_leaves_the_discriminator_alone() -> None:
    nets, loss = tiny(), Spy()
    run_loop(nets, loss, steps=1)
    for parameter, weight, gradient in zip(
        nets.discriminator.parameters(), loss.weights, loss.gradients, strict=True
    ):
        assert parameter.requires_grad
        assert torch.equal(parameter, weight)
        assert parameter.grad is not None and torch.equal(parameter.grad, gradient)
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in nets.generator.parameters())


def test_the_discriminator_may_take_several_steps() -> None:
    loss = Spy()
    run_loop(tiny(), loss, steps=2, d_steps=2)
    once = ["d{0}", "after", "d{0}", "after", "g{0}"]
    assert loss.calls == [call.format(step) for step in (0, 1) for call in once]


def test_the_last_fakes_are_used_again_only_where_that_is_asked_for() -> None:
    again, fresh = Spy(), Spy()
    run_loop(tiny(), again, steps=1, reuse_fake=True)
    run_loop(tiny(), fresh, steps=1, reuse_fake=False)
    assert torch.equal(*again.fakes)
    assert not torch.equal(*fresh.fakes)


def test_fakes_are_augmented_for_both_players_and_gradients_pass() -> None:
    seen: list[tuple[bool, float]] = []

    def brighter(images: torch.Tensor) -> torch.Tensor:
        seen.append((images.requires_grad, images.mean().item()))
        return images + 3

    loss, nets = Spy(), tiny()
    run_loop(nets, loss, steps=1, augment=brighter, reuse_fake=False)
    assert [requires_grad for requires_grad, _ in seen] == [False, True]
    for (_, before), fakes in zip(seen, loss.fakes, strict=True):
        assert fakes.mean().item() == pytest.approx(before + 3, rel=1e-5)
    assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in nets.generator.parameters())


class Linear(Loss):
    """D gains where real is brighter; G is paid for darkness: gradients add up exactly."""

    def discriminator_terms(
        self, nets: Networks, real: Samples, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        return Terms(
            {"d": -real.images.mean() * sum(p.sum() for p in nets.discriminator.parameters())}
        )

    def generator_terms(
        self, nets: Networks, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        return Terms({"g": sum(p.sum() for p in nets.generator.parameters())})


@pytest.mark.parametrize(("batch", "accumulate"), [(8, 1), (4, 2), (2, 4)])
def test_accumulated_batches_make_one_step_of_their_mean(batch: int, accumulate: int) -> None:
    nets = tiny()
    before = [p.clone() for p in nets.discriminator.parameters()]
    run_loop(nets, Linear(), 1, batch=batch, accumulate=accumulate, reuse_fake=False)
    pixels = images(8, 16).images
    gain = 0.1 * (pixels.mean() / 127.5 - 1)  # lr times the mean of all eight images
    for old, new in zip(before, nets.discriminator.parameters(), strict=True):
        torch.testing.assert_close(new, old + gain, atol=1e-6, rtol=0)


def test_the_average_follows_the_generator() -> None:
    nets = tiny()
    ema = Ema(nets.generator, EmaSettings(decay=0.5, every=1, start=1))
    run_loop(nets, BinaryCrossEntropy(1.0), steps=1, ema=ema)
    for old, new in zip(ema.average.parameters(), nets.generator.parameters(), strict=True):
        assert torch.equal(old, new)
    run_loop(nets, BinaryCrossEntropy(1.0), steps=3, ema=ema)
    pairs = zip(ema.average.parameters(), nets.generator.parameters(), strict=True)
    assert not any(torch.equal(old, new) for old, new in pairs)


ENTRY = PARAMS["gan"]["models"]["acgan"]
CUTOUT = {"kind": "cutout", "args": {"share": 0.5}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"reuse_fake": True, "accumulate": 2}, "only one batch of fakes can be kept"),
        ({"ema": {"decay": 0.5, "every": 1, "start": 3}}, "ema.start is 3, but there are 3 steps"),
        ({"pixel_range": [1.0, 1.0]}, "pixel_range must rise"),
        (
            {"pixel_range": [0.0, 1.0], "augment": {"real": [], "both": [CUTOUT]}},
            "augment takes 0 for grey",
        ),
        ({"optimizers": {"generator": {"name": "adam", "lr": 1.0}}}, "discriminator"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(change: dict, message: str) -> None:
    entry = resolve_scale(ENTRY, "smoke")
    assert GanModel.model_validate(entry).classes == 10
    with pytest.raises(ValueError, match=message):
        GanModel.model_validate(entry | change)
