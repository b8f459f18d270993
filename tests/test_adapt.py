"""Domain adaptation: DANN re-derived, who may see which labels."""

import math
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from tiny_runs import PARAMS, cpu_fabric, images, training
from torch import Tensor, nn

from hw2.adapt import predict as predict_module
from hw2.adapt.interface import AdaptNet
from hw2.adapt.methods.dann import Dann, reversal_strength
from hw2.adapt.nets.conv_bn import ConvBn
from hw2.adapt.predict import predict
from hw2.adapt.train import train
from hw2.core.lookup import build, find, names
from hw2.core.terms import Terms
from hw2.data.batches import Batch, Batches

METHODS = PARAMS["adapt"]["methods"]
CPU = torch.device("cpu")


class Linear(AdaptNet):
    """Three linear maps of 4 pixel values, small enough for hand calculations."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.extractor, self.label, self.domain = nn.Linear(4, 3), nn.Linear(3, 10), nn.Linear(3, 2)

    def features(self, images: Tensor) -> Tensor:
        features: Tensor = self.extractor(images.flatten(1)[:, :4])
        return features

    def label_logits(self, features: Tensor) -> Tensor:
        logits: Tensor = self.label(features)
        return logits

    def domain_logits(self, features: Tensor) -> Tensor:
        logits: Tensor = self.domain(features)
        return logits


def batch(count: int = 6, seed: int = 0, labelled: bool = True) -> Batch:
    rng = torch.Generator().manual_seed(seed)
    pixels = torch.rand(count, 3, 28, 28, generator=rng) * 2 - 1
    return Batch(pixels, torch.arange(count) if labelled else None)


def method(name: str) -> Any:
    return build("hw2.adapt.methods", name, "method_args", **METHODS[name]["method_args"])


def gradient(net: nn.Module, loss: Tensor) -> Tensor:
    """Of all weights of a part of a network, in one vector."""
    parts = torch.autograd.grad(loss, list(net.parameters()), retain_graph=True)
    return torch.cat([part.flatten() for part in parts])


@pytest.mark.parametrize(
    ("progress", "strength"), [(0.0, 0.0), (0.1, math.tanh(0.5)), (1.0, 0.9999)]
)
def test_the_reversal_grows_from_nothing_to_nearly_one(progress: float, strength: float) -> None:
    assert reversal_strength(progress, gamma=10.0) == pytest.approx(strength, abs=1e-5)


def test_one_step_of_dann_re_derived() -> None:
    net, source, target = Linear(), batch(4, seed=1), batch(2, seed=2, labelled=False)
    progress, weight = 0.2, 0.7
    strength = math.tanh(1.0)  # 2 / (1 + exp(-2)) - 1
    terms = Dann(gamma=10.0, domain_weight=weight).terms(net, source, target, progress)
    logits = net.domain(net.features(torch.cat([source.images, target.images])))
    domain = F.cross_entropy(logits, torch.tensor([1, 1, 1, 1, 0, 0]))
    label = F.cross_entropy(net(source.images), source.labels)
    torch.testing.assert_close(terms.losses["label"], label)
    torch.testing.assert_close(terms.losses["domain"], weight * domain)
    torch.testing.assert_close(
        gradient(net.extractor, terms.total),
        gradient(net.extractor, label) - strength * weight * gradient(net.extractor, domain),
    )
    own = gradient(net.domain, terms.total)  # the domain head itself learns to tell
    torch.testing.assert_close(own, weight * gradient(net.domain, domain))


def test_the_domain_loss_by_hand() -> None:
    net = Linear()
    nn.init.zeros_(net.domain.weight)
    net.domain.bias.data = torch.tensor([0.0, math.log(3)])  # p(source) = 3/4, always
    terms = Dann(10.0, 1.0).terms(net, batch(3), batch(1, labelled=False), 0.5)
    expected = -(3 * math.log(3 / 4) + math.log(1 / 4)) / 4
    assert terms.losses["domain"].item() == pytest.approx(expected)
    assert terms.monitors["domain accuracy"].item() == 0.75


@pytest.mark.parametrize(("name", "unused"), [("source_only", "target"), ("target_only", "source")])
def test_baselines_never_look_at_the_other_domain(name: str, unused: str) -> None:
    both = {"source": batch(seed=1), "target": batch(seed=2)}
    used = both["source" if unused == "target" else "target"]
    both[unused] = Batch(torch.full((6, 3, 28, 28), float("nan")))
    net = Linear()
    terms = method(name).terms(net, **both, progress=0.5)
    expected = F.cross_entropy(net(used.images), used.labels)
    assert torch.equal(terms.total, expected) and list(terms.losses) == ["label"]


@pytest.mark.parametrize("name", names("hw2.adapt.methods"))
def test_only_the_upper_bound_sees_target_labels(name: str) -> None:
    sees = find("hw2.adapt.methods", name).SEES_TARGET_LABELS
    assert sees is (name == "target_only")
    target = batch(labelled=sees)
    terms = method(name).terms(ConvBn(), batch(), target, 0.5)
    assert isinstance(terms, Terms) and torch.isfinite(terms.total)


@pytest.mark.parametrize(("name", "side"), [("dann", "source"), ("target_only", "target")])
def test_missing_labels_are_no_silent_matter(name: str, side: str) -> None:
    sides = {"source": batch(), "target": batch()}
    sides[side] = batch(labelled=False)
    with pytest.raises(ValueError, match=f"{side} batches carry no labels"):
        method(name).terms(Linear(), **sides, progress=0.5)


def test_the_loop_tells_the_method_its_progress() -> None:
    seen = []

    class Noting:
        def terms(self, net: AdaptNet, source: Batch, target: Batch, progress: float) -> Terms:
            seen.append(progress)
            return Terms({"label": net(source.images).square().mean()})

    net = Linear()
    before = net.label.weight.clone()
    sets = [Batches(images(8, 28), 4, torch.Generator(), CPU, labelled=True) for _ in range(2)]
    adam = torch.optim.Adam(net.parameters(), lr=0.1)
    train(net, Noting(), *sets, optimizer=adam, fabric=cpu_fabric(), training=training(4))
    assert seen == [0.0, 0.25, 0.5, 0.75]
    assert not torch.equal(net.label.weight, before)


def test_predictions_are_repeatable_and_do_not_depend_on_chunks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    net, digits = ConvBn(), images(7, 28).images
    features, labels = predict(net, digits, CPU)
    assert features.shape == (7, 768) and features.dtype == np.float32
    assert labels.shape == (7,) and set(labels) <= set(range(10))
    monkeypatch.setattr(predict_module, "CHUNK", 3)
    again = predict(net, digits, CPU)  # no dropout, no batch statistics
    np.testing.assert_allclose(again[0], features, atol=1e-5)
    np.testing.assert_array_equal(again[1], labels)
