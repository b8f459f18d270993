"""Domain separation: its losses by hand, what reaches which encoder, and its schedule."""

import math
from typing import Any

import pytest
import torch
from tiny_runs import cpu_fabric
from torch import Tensor, nn

from hw2.adapt.methods.dsn import Dsn, build, difference_loss, reconstruction_loss
from hw2.adapt.nets.dsn import build as build_network
from hw2.adapt.nets.lenet_gap import LenetGap
from hw2.adapt.shared.adversary import domain_loss
from hw2.adapt.shared.interface import Progress, SeparatingNet
from hw2.core.errors import UserError
from hw2.core.terms import Terms
from hw2.data.batches import Batch


class Linear(SeparatingNet):
    """Linear maps of 4 pixel values."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.shared, self.source, self.target = nn.Linear(4, 3), nn.Linear(4, 3), nn.Linear(4, 3)
        self.label, self.domain = nn.Linear(3, 10), nn.Linear(3, 2)
        self.decoder = nn.Linear(3, 3 * 28 * 28)

    def features(self, images: Tensor) -> Tensor:
        return self.shared(images.flatten(1)[:, :4])

    def source_code(self, images: Tensor) -> Tensor:
        return self.source(images.flatten(1)[:, :4])

    def target_code(self, images: Tensor) -> Tensor:
        return self.target(images.flatten(1)[:, :4])

    def label_logits(self, features: Tensor) -> Tensor:
        return self.label(features)

    def domain_logits(self, features: Tensor) -> Tensor:
        return self.domain(features)

    def reconstruct(self, code: Tensor) -> Tensor:
        return self.decoder(code).tanh().unflatten(1, (3, 28, 28))


def batch(seed: int, labelled: bool) -> Batch:
    rng = torch.Generator().manual_seed(seed)
    pixels = torch.rand(6, 3, 28, 28, generator=rng) * 2 - 1
    return Batch(pixels, torch.arange(6) if labelled else None)


SOURCE, TARGET = batch(1, labelled=True), batch(2, labelled=False)


def dsn(similarity_from: int = 0) -> Dsn:
    """With weights that cannot be mistaken for each other."""
    return build(
        gamma=10.0,
        reconstruction_weight=2.0,
        difference_weight=3.0,
        similarity_weight=5.0,
        similarity_from=similarity_from,
    )


def reached(net: nn.Module, loss: Tensor) -> set[str]:
    """The parts of the network that get a gradient other than zero."""
    net.zero_grad(set_to_none=True)
    loss.backward(retain_graph=True)
    return {
        name
        for name, part in net.named_children()
        if any(p.grad is not None and p.grad.abs().max() > 0 for p in part.parameters())
    }


def terms_at(step: int, similarity_from: int = 0) -> tuple[Linear, Terms]:
    net = Linear()
    return net, dsn(similarity_from).terms(net, SOURCE, TARGET, Progress(step, 100))


def test_the_network_begins_as_in_the_cited_repository() -> None:
    """Of 64 x 50 x 25 values uniform within a bound: none beyond it, and their variance a third."""
    torch.manual_seed(0)
    network = build_network()
    convolutions = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.ConvTranspose2d)]
    assert len(convolutions) == 3 * 2 + 4
    for layer in convolutions:
        bound = math.sqrt(
            6 / ((layer.in_channels + layer.out_channels) * layer.weight[0, 0].numel())
        )
        assert layer.weight.abs().max() <= bound
        assert layer.weight.var().item() == pytest.approx(bound**2 / 3, rel=0.1)
    norms = [m for m in network.modules() if isinstance(m, nn.BatchNorm1d | nn.BatchNorm2d)]
    weights = torch.cat([norm.weight for norm in norms])
    assert weights.mean().item() == pytest.approx(1, abs=0.003)
    assert weights.std().item() == pytest.approx(0.02, rel=0.1)
    assert all(norm.bias.abs().max() == 0 for norm in norms)


def test_every_term_is_weighted_and_sums_both_domains() -> None:
    net, terms = terms_at(50)
    shared = net.features(SOURCE.images), net.features(TARGET.images)
    private = [net.source_code(SOURCE.images), net.target_code(TARGET.images)]
    reconstruction, difference = torch.zeros(()), torch.zeros(())
    for side, own, common in zip((SOURCE, TARGET), private, shared, strict=True):
        rebuilt = net.reconstruct(own + common)
        reconstruction = reconstruction + reconstruction_loss(side.images, rebuilt)
        difference = difference + difference_loss(own, common)
    domain = domain_loss(net, *shared, math.tanh(2.5))
    label = nn.functional.cross_entropy(net(SOURCE.images), torch.arange(6))
    expected = {
        "label": label,
        "reconstruction": 2 * reconstruction,
        "difference": 3 * difference,
        "similarity": 5 * (domain.source + domain.target),
    }
    torch.testing.assert_close(terms.losses, expected)
    assert terms.monitors == {"domain accuracy": domain.accuracy}


def test_which_term_reaches_which_part() -> None:
    net, terms = terms_at(50)
    encoders = {"shared", "source", "target"}
    assert reached(net, terms.losses["label"]) == {"shared", "label"}
    assert reached(net, terms.losses["reconstruction"]) == encoders | {"decoder"}
    assert reached(net, terms.losses["difference"]) == encoders
    # Private encoders are to keep what tells the domains apart.
    assert reached(net, terms.losses["similarity"]) == {"shared", "domain"}


def test_similarity_begins_at_its_step() -> None:
    _, before = terms_at(39, similarity_from=40)
    assert list(before.losses) == ["label", "reconstruction", "difference"]
    assert before.monitors == {}
    net, first = terms_at(40, similarity_from=40)
    assert list(first.losses) == [*before.losses, "similarity"]
    assert reached(net, first.losses["similarity"]) == {"domain"}  # strength 0


@pytest.mark.parametrize(("step", "p"), [(40, 0.0), (55, 0.25), (70, 0.5), (100, 1.0)])
def test_the_schedule_runs_from_where_similarity_begins(step: int, p: float) -> None:
    net, terms = terms_at(step, similarity_from=40)
    shared = net.features(SOURCE.images), net.features(TARGET.images)
    plain = domain_loss(net, *shared, -1.0)
    (expected,) = torch.autograd.grad(5 * (plain.source + plain.target), net.shared.weight)
    (found,) = torch.autograd.grad(terms.losses["similarity"], net.shared.weight)
    torch.testing.assert_close(found, -math.tanh(5 * p) * expected)


def test_a_net_without_private_encoders_is_named() -> None:
    nets: list[Any] = [LenetGap(), cpu_fabric().setup_module(LenetGap())]
    for net in nets:
        with pytest.raises(UserError, match=r"'lenet_gap' does not have; give the run net 'dsn'"):
            dsn().terms(net, SOURCE, TARGET, Progress(0, 10))


def test_a_net_wrapped_for_its_precision_is_recognised() -> None:
    wrapped: Any = cpu_fabric().setup_module(Linear())
    for name in ("features", "source_code", "target_code", "reconstruct"):
        wrapped.mark_forward_method(name)
    terms = dsn().terms(wrapped, SOURCE, TARGET, Progress(5, 10))
    assert torch.equal(terms.total, dsn().terms(Linear(), SOURCE, TARGET, Progress(5, 10)).total)


def test_a_step_in_bfloat16_is_finite_and_close_to_float32() -> None:
    expected = dsn().terms(Linear(), SOURCE, TARGET, Progress(50, 100))
    with torch.autocast("cpu", torch.bfloat16):
        found = dsn().terms(Linear(), SOURCE, TARGET, Progress(50, 100))
    for name, loss in found.losses.items():
        assert loss.dtype == torch.float32
        torch.testing.assert_close(loss, expected.losses[name], rtol=0.02, atol=0)
