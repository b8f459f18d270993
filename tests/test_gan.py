"""GANs: losses by hand, the loop's bookkeeping, sampling."""

import math

import pytest
import torch
from tiny_runs import cpu_fabric, images, training
from torch import Tensor, nn

from hw2.core.terms import Terms
from hw2.data.batches import Batches
from hw2.gan import sample as sample_module
from hw2.gan.interface import Networks, Samples
from hw2.gan.losses.bce import BinaryCrossEntropy
from hw2.gan.nets import dcgan
from hw2.gan.sample import sample
from hw2.gan.train import train

CPU = torch.device("cpu")
RNG = torch.Generator()


def tiny() -> Networks:
    """Two widths instead of four: the images are 16x16."""
    torch.manual_seed(0)
    return dcgan.build(latent=4, generator_channels=[8, 4], discriminator_channels=[4, 8])


def test_shapes_and_ranges() -> None:
    nets = dcgan.build(4, [8, 8, 8, 8], [8, 8, 8, 8])
    latent = nets.generator.draw_latent(5, RNG)
    assert latent.shape == (5, 4, 1, 1)
    faces = nets.generator(10 * latent)
    assert faces.shape == (5, 3, 64, 64) and faces.abs().max() <= 1
    probabilities = nets.discriminator(faces)
    assert probabilities.shape == (5,)
    assert ((probabilities > 0) & (probabilities < 1)).all()


def test_latents_are_those_of_the_generator() -> None:
    draw = tiny().generator.draw_latent
    first, second = (draw(3, torch.Generator().manual_seed(7)) for _ in range(2))
    assert torch.equal(first, second)


class Constant(nn.Module):
    """A discriminator that always answers the same."""

    def __init__(self, answer: float) -> None:
        super().__init__()
        self.answer = answer

    def forward(self, faces: Tensor) -> Tensor:
        return torch.full((len(faces),), self.answer)


@pytest.mark.parametrize(
    ("answer", "label", "d_real", "d_fake", "g"),
    [
        (0.5, 1.0, math.log(2), math.log(2), math.log(2)),
        (0.5, 0.9, math.log(2), math.log(2), math.log(2)),
        (0.8, 1.0, -math.log(0.8), -math.log(0.2), -math.log(0.8)),
        (0.8, 0.9, -0.9 * math.log(0.8) - 0.1 * math.log(0.2), -math.log(0.2), -math.log(0.8)),
    ],
)
def test_bce_by_hand(answer: float, label: float, d_real: float, d_fake: float, g: float) -> None:
    nets, faces = Networks(nn.Identity(), Constant(answer)), Samples(torch.zeros(3, 3, 4, 4))
    loss = BinaryCrossEntropy(label)
    d_terms = loss.discriminator_terms(nets, faces, faces, RNG, 0)
    g_terms = loss.generator_terms(nets, faces, RNG, 0)
    assert d_terms.losses["d_real"].item() == pytest.approx(d_real)
    assert d_terms.losses["d_fake"].item() == pytest.approx(d_fake)
    assert d_terms.total.item() == pytest.approx(d_real + d_fake)
    assert d_terms.values()["monitor.D(real)"].item() == pytest.approx(answer)
    assert g_terms.total.item() == pytest.approx(g)


class Spy(BinaryCrossEntropy):
    """Notes what the loop hands to the loss, and the discriminator before the generator's step."""

    def __init__(self) -> None:
        super().__init__(real_label=1.0)
        self.calls: list[str] = []

    def discriminator_terms(
        self, nets: Networks, real: Samples, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        self.calls.append(f"d{step}")
        assert not fake.images.requires_grad and len(fake.images) == len(real.images)
        return super().discriminator_terms(nets, real, fake, rng, step)

    def after_discriminator_step(self, nets: Networks) -> None:
        self.calls.append("after")

    def generator_terms(
        self, nets: Networks, fake: Samples, rng: torch.Generator, step: int
    ) -> Terms:
        self.calls.append(f"g{step}")
        assert fake.images.requires_grad
        parameters = list(nets.discriminator.parameters())
        self.weights = [p.detach().clone() for p in parameters]
        self.gradients = [p.grad.clone() for p in parameters if p.grad is not None]
        assert len(self.gradients) == len(parameters)
        return super().generator_terms(nets, fake, rng, step)


def run_loop(nets: Networks, loss: BinaryCrossEntropy, steps: int, d_steps: int = 1) -> list[str]:
    """Train on noise; the curves' columns."""
    batches = Batches(images(8, 16), 4, torch.Generator(), CPU, labelled=False)
    optimizers: dict[str, torch.optim.Optimizer] = {
        name: torch.optim.SGD(net.parameters(), lr=0.1) for name, net in nets.modules().items()
    }
    driver = training(steps)
    train(nets, loss, batches, d_steps, optimizers, cpu_fabric(), driver, torch.Generator())
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


def test_samples_are_repeatable_and_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample_module, "CHUNK", 3)
    generator = tiny().generator
    first, second = (sample(generator, 7, torch.Generator().manual_seed(1)) for _ in range(2))
    assert first.shape == (7, 16, 16, 3) and first.dtype.name == "uint8"
    assert (first == second).all()
    assert (first != sample(generator, 7, torch.Generator().manual_seed(2))).any()
    assert not generator.training
