"""StyleGAN2's losses by hand, and at either precision of a run."""

import math
from typing import Any, cast

import pytest
import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.gan.interface import ImageGenerator, Networks, Samples
from hw2.gan.losses import stylegan2 as losses
from hw2.gan.losses.stylegan2 import StyleGan2Loss, path_lengths
from hw2.gan.nets import stylegan2
from hw2.gan.nets.stylegan2 import Latent
from hw2.nn.full_precision import full_precision
from hw2.nn.input_gradients import squared_gradient_norms

LOSS: dict[str, Any] = {
    "penalty_weight": 10.0,
    "penalty_every": 4,
    "path_every": 32,
    "path_from": 5000,
    "path_decay": 0.99,
}


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


class Linear(nn.Module):
    """D(x) = w . x, for images of any size."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight)

    def forward(self, images: Tensor) -> Tensor:
        return (images * self.weight).sum((1, 2, 3))


class Painter(ImageGenerator):
    """Image = sum over l of a_l times the first entry of style l, at each pixel."""

    def __init__(self, a: list[float], side: int) -> None:
        super().__init__()
        self.a, self.side = nn.Parameter(torch.tensor(a)), side

    def forward(self, latent: Latent, labels: Tensor | None = None) -> Tensor:
        value = (latent.styles[:, :, 0] * self.a).sum(1)
        return value[:, None, None, None].expand(-1, 3, self.side, self.side)


def latents(count: int, resolutions: int) -> Latent:
    styles = torch.randn(count, resolutions, 4, generator=rng(), requires_grad=True)
    return Latent(styles, torch.empty(0))


def pixels(values: list[float]) -> Samples:
    """Images of one pixel, whose three channels are alike."""
    return Samples(torch.tensor(values)[:, None, None, None].expand(-1, 3, 1, 1))


def test_hinge_by_hand() -> None:
    nets = Networks(ImageGenerator(), Linear(torch.full((3, 1, 1), 1 / 3)))
    real, fake = pixels([2.0, 0.5, -1.0]), pixels([-2.0, 0.5, 1.0])
    loss = losses.build(**LOSS)
    terms = loss.discriminator_terms(nets, real, fake, rng(), 1)
    assert terms.losses["d_real"].item() == pytest.approx((0 + 0.5 + 2) / 3)
    assert terms.losses["d_fake"].item() == pytest.approx((0 + 1.5 + 2) / 3)
    assert terms.monitors["D(real)"].item() == pytest.approx(0.5)
    assert terms.monitors["D(fake)"].item() == pytest.approx(-0.5 / 3)
    assert loss.generator_terms(nets, fake, rng(), 1).total.item() == pytest.approx(0.5 / 3)


def test_the_gradient_penalty_of_a_linear_discriminator_is_its_squared_weight() -> None:
    weight, real = torch.randn(3, 4, 4), Samples(torch.rand(5, 3, 4, 4))
    discriminator = Linear(weight)
    torch.testing.assert_close(
        squared_gradient_norms(discriminator, real.images), weight.square().sum().expand(5)
    )
    nets, loss = Networks(ImageGenerator(), discriminator), losses.build(**LOSS)
    penalty = loss.discriminator_terms(nets, real, real, rng(), 0).losses["d_penalty"]
    assert penalty.item() == pytest.approx(10 * weight.square().sum().item(), rel=1e-5)
    (gradient,) = torch.autograd.grad(penalty, discriminator.weight)
    torch.testing.assert_close(gradient, 20 * weight)
    assert not real.images.requires_grad


def test_path_lengths_of_a_linear_synthesis() -> None:
    a, latent = [1.0, -2.0, 3.0], latents(6, 3)
    found = path_lengths(Painter(a, 4), latent, rng(5))
    noise = torch.randn(6, 3, 4, 4, generator=rng(5))
    # The derivative by style l is a_l (sum of the noise / 4) in its first entry.
    expected = noise.sum((1, 2, 3)).abs() / 4 * math.sqrt((1 + 4 + 9) / 3)
    torch.testing.assert_close(found, expected)


def test_path_lengths_do_not_depend_on_the_size_of_the_image() -> None:
    for side in (1, 4):
        lengths = path_lengths(Painter([2.0], side), latents(4000, 1), rng())
        # 2 times the sum of 3 side^2 values from N(0, 1 / side^2), whose variance is 3.
        assert lengths.square().mean().item() == pytest.approx(4 * 3, rel=0.1)


def run_losses(loss: StyleGan2Loss, steps: list[int]) -> list[dict[str, Tensor]]:
    """Terms of both players on some steps."""
    nets = Networks(Painter([2.0], 1), Linear(torch.ones(3, 1, 1)))
    found = []
    for step in steps:
        latent = latents(4, 1)
        fake = Samples(nets.generator(latent), None, latent)
        d_terms = loss.discriminator_terms(nets, pixels([1.0]), fake, rng(step), step)
        g_terms = loss.generator_terms(nets, fake, rng(step), step)
        found.append(d_terms.values("d_loss") | g_terms.values("g_loss"))
    return found


def test_regularisers_are_lazy() -> None:
    loss = losses.build(**{**LOSS, "path_every": 3, "path_from": 6})
    rows = run_losses(loss, list(range(16)))
    assert [step for step, row in enumerate(rows) if "d_penalty" in row] == [0, 4, 8, 12]
    lengths = [step for step, row in enumerate(rows) if "monitor.path length" in row]
    assert lengths == [9, 12, 15]
    assert [step for step, row in enumerate(rows) if "g_path_length" in row] == [12, 15]


def test_the_path_length_s_target_is_a_running_mean() -> None:
    loss = losses.build(**{**LOSS, "path_every": 1, "path_from": 0, "path_decay": 0.9})
    rows = run_losses(loss, [1, 2, 2])
    first, second, again = (row["monitor.path length"].item() for row in rows)
    lengths = 2 * torch.randn(4, 3, 1, 1, generator=rng(2)).sum((1, 2, 3)).abs()
    assert rows[1]["g_path_length"].item() == pytest.approx(
        (lengths - first).square().mean().item(), rel=1e-5
    )
    assert second == again  # the second batch of step 2 does not move the mean once more
    assert loss.path_mean == pytest.approx(0.9 * first + 0.1 * second)
    resumed = losses.build(**LOSS)
    assert resumed.state_dict() == {"path_mean": None}
    resumed.load_state_dict(loss.state_dict())
    assert resumed.path_mean == loss.path_mean


@pytest.mark.parametrize("key", ["penalty_every", "path_every"])
def test_an_interval_below_one_is_named(key: str) -> None:
    with pytest.raises(UserError, match=f"loss_args.{key} is 0"):
        losses.build(**{**LOSS, key: 0})


@pytest.mark.parametrize("precision", ["32-true", "bf16-mixed"])
def test_all_terms_train_all_players_at_either_precision(precision: Any) -> None:
    torch.manual_seed(0)
    nets = stylegan2.build(8, 2, 6, [1], 2, mixing_probability=0.9, truncation=0.75)
    fabric = Fabric(accelerator="cpu", devices=1, precision=precision)
    generator, discriminator = map(fabric.setup_module, nets.modules().values())
    generator.mark_forward_method("draw_latent")
    wrapped = Networks(cast(ImageGenerator, generator), discriminator)
    latent = wrapped.generator.draw_latent(4, rng())
    fake = Samples(wrapped.generator(latent), None, latent)
    real = Samples(torch.rand(4, 3, 8, 8, generator=rng(1)))
    loss = losses.build(**{**LOSS, "path_from": 0})
    loss.path_mean = 0.5
    g_terms = loss.generator_terms(wrapped, fake, rng(2), 32)
    exact = (path_lengths(nets.generator, latent, rng(2)) - 0.5).square().mean()
    torch.testing.assert_close(g_terms.losses["g_path_length"], exact)
    fabric.backward(g_terms.losses["g_path_length"], retain_graph=True)
    for part in nets.generator.parts().values():
        assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in part.parameters())
    fabric.backward(g_terms.losses["g"])
    nets.discriminator.zero_grad()
    detached = Samples(fake.images.detach(), None, latent)
    d_terms = loss.discriminator_terms(wrapped, real, detached, rng(), 0)
    exact = 10 * squared_gradient_norms(nets.discriminator, real.images).mean()
    torch.testing.assert_close(d_terms.losses["d_penalty"], exact)
    fabric.backward(d_terms.total)
    for network in nets.modules().values():
        gradients = [p.grad for p in network.parameters()]
        assert all(g is not None and torch.isfinite(g).all() for g in gradients)


def test_full_precision_passes_autocast_and_the_wrapper_of_fabric() -> None:
    fabric = Fabric(accelerator="cpu", devices=1, precision="bf16-mixed")
    layer, x = nn.Linear(64, 64), torch.randn(8, 64, requires_grad=True)
    exact, wrapped = layer(x), fabric.setup_module(layer)
    assert not torch.equal(wrapped(x), exact)
    with pytest.raises(RuntimeError):
        torch.autograd.grad(wrapped(x).sum(), x)
    with torch.autocast("cpu", dtype=torch.bfloat16), full_precision(wrapped, x.device) as inner:
        assert torch.equal(inner(x), exact)
        (gradient,) = torch.autograd.grad(inner(x).sum(), x)
    torch.testing.assert_close(gradient, layer.weight.sum(0).expand(8, -1))


def test_full_precision_takes_a_network_without_a_wrapper() -> None:
    layer = nn.Linear(2, 2)
    with full_precision(layer, torch.device("cpu")) as inner:
        assert inner is layer
