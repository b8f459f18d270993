"""Domain adaptation: DANN re-derived, who may see which labels."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from tiny_runs import cpu_fabric, images, training
from torch import Tensor, nn

from hw2.adapt.methods.dann import Dann
from hw2.adapt.nets.dsn import Dsn
from hw2.adapt.shared.adversary import domain_loss
from hw2.adapt.shared.interface import AdaptNet, Method, Progress
from hw2.adapt.training import predict as predict_module
from hw2.adapt.training.curve import TargetCurve
from hw2.adapt.training.predict import Reading, label_free, predict
from hw2.adapt.training.train import train
from hw2.core.lookup import build, find, names
from hw2.core.terms import Terms
from hw2.data.batches import Batch, Batches
from hw2.data.values import DIGITS
from hw2.nn.lr_schedules import constant

METHODS: dict[str, dict[str, Any]] = {
    "source_only": {},
    "dann": {"gamma": 10.0, "domain_weight": 1.0, "last_progress": 1.0},
    "dsn": {
        "gamma": 10.0,
        "reconstruction_weight": 0.015,
        "difference_weight": 0.075,
        "similarity_weight": 0.25,
        "similarity_from": 0,
    },
    "self_training": {
        "teacher_decay": 0.9,
        "threshold": 0.9,
        "alignment": 0.5,
        "balanced": True,
        "frequency_decay": 0.99,
        "counts_from": 0.0,
        "counts_fully_from": 0.5,
    },
    "target_only": {},
}
CPU = torch.device("cpu")
HALFWAY = Progress(5, 10)


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
    return build("hw2.adapt.methods", name, "method_args", **METHODS[name])


def gradient(net: nn.Module, loss: Tensor) -> Tensor:
    """Of all weights of a part of a network, in one vector."""
    parts = torch.autograd.grad(loss, list(net.parameters()), retain_graph=True)
    return torch.cat([part.flatten() for part in parts])


def test_one_step_of_dann_re_derived() -> None:
    net, source, target = Linear(), batch(4, seed=1), batch(2, seed=2, labelled=False)
    weight, strength = 0.7, math.tanh(1.0)  # 2 / (1 + exp(-2)) - 1
    dann = Dann(gamma=10.0, domain_weight=weight, last_progress=1.0)
    terms = dann.terms(net, source, target, Progress(20, 100))
    on_source = F.cross_entropy(net.domain(net.features(source.images)), torch.ones(4).long())
    on_target = F.cross_entropy(net.domain(net.features(target.images)), torch.zeros(2).long())
    domain = (on_source + on_target) / 2
    label = F.cross_entropy(net(source.images), torch.arange(4))
    torch.testing.assert_close(terms.losses["label"], label)
    torch.testing.assert_close(terms.losses["domain"], weight * domain)
    torch.testing.assert_close(
        gradient(net.extractor, terms.total),
        gradient(net.extractor, label) - strength * weight * gradient(net.extractor, domain),
    )
    own = gradient(net.domain, terms.total)  # the domain head itself learns to tell
    torch.testing.assert_close(own, weight * gradient(net.domain, domain))


@pytest.mark.parametrize(
    ("last_progress", "strength"), [(1.0, math.tanh(5)), (0.14, 0.604)], ids=["whole", "report 003"]
)
def test_a_schedule_may_end_early(last_progress: float, strength: float) -> None:
    net, source, target = Linear(), batch(4, seed=1), batch(4, seed=2, labelled=False)
    dann = Dann(gamma=10.0, domain_weight=1.0, last_progress=last_progress)
    end, begin = Progress(10**6, 10**6), Progress(0, 10**6)
    plain = domain_loss(net, net.features(source.images), net.features(target.images), -1.0)
    unreversed = gradient(net.extractor, (plain.source + plain.target) / 2)
    at_end = gradient(net.extractor, dann.terms(net, source, target, end).losses["domain"])
    torch.testing.assert_close(at_end, -strength * unreversed, rtol=1e-3, atol=1e-6)
    at_begin = gradient(net.extractor, dann.terms(net, source, target, begin).losses["domain"])
    assert at_begin.abs().max() == 0


@pytest.mark.parametrize(("name", "unused"), [("source_only", "target"), ("target_only", "source")])
def test_baselines_never_look_at_the_other_domain(name: str, unused: str) -> None:
    both = {"source": batch(seed=1), "target": batch(seed=2)}
    used = both["source" if unused == "target" else "target"]
    both[unused] = Batch(torch.full((6, 3, 28, 28), float("nan")))
    net = Linear()
    terms = method(name).terms(net, **both, progress=HALFWAY)
    expected = F.cross_entropy(net(used.images), torch.arange(6))
    assert torch.equal(terms.total, expected) and list(terms.losses) == ["label"]


@pytest.mark.parametrize("name", names("hw2.adapt.methods"))
def test_only_the_upper_bound_sees_target_labels(name: str) -> None:
    sees = find("hw2.adapt.methods", name).SEES_TARGET_LABELS
    assert sees is (name == "target_only")
    net, used = Dsn(), method(name)
    used.begin(net)
    both = [replace(each, strong=each.images) for each in (batch(), batch(labelled=sees))]
    terms = used.terms(net, *both, HALFWAY)
    assert isinstance(terms, Terms) and torch.isfinite(terms.total)


@pytest.mark.parametrize(
    ("name", "side"), [("dann", "source"), ("dsn", "source"), ("target_only", "target")]
)
def test_missing_labels_are_no_silent_matter(name: str, side: str) -> None:
    sides = {"source": batch(), "target": batch()}
    sides[side] = batch(labelled=False)
    with pytest.raises(ValueError, match=f"{side} batches carry no labels"):
        method(name).terms(Dsn(), **sides, progress=HALFWAY)


def test_the_loop_tells_the_method_its_progress() -> None:
    seen = []

    class Noting(Method):
        def terms(self, net: AdaptNet, source: Batch, target: Batch, progress: Progress) -> Terms:
            seen.append(progress)
            return Terms({"label": net(source.images).square().mean()})

    net, digits = Linear(), images(8, 28)
    before = net.label.weight.clone()
    sides = [Batches(digits, 4, torch.Generator(), CPU, True, DIGITS) for _ in range(2)]
    adam = torch.optim.Adam(net.parameters(), lr=0.1)
    train(
        net,
        Noting(),
        *sides,
        optimizer=adam,
        lr_schedule=constant.build(adam, 4),
        curve=TargetCurve(digits, 8, 2, np.random.default_rng(0)),
        fabric=cpu_fabric(),
        training=training(4),
    )
    assert seen == [Progress(step, 4) for step in range(4)]
    assert [progress.share for progress in seen] == [0.0, 0.25, 0.5, 0.75]
    assert not torch.equal(net.label.weight, before)


def test_predictions_are_repeatable_and_do_not_depend_on_chunks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    net, digits = Dsn(), images(7, 28).images
    reading = predict(net, digits, CPU)
    features, labels = reading.features, reading.labels
    assert features.shape == (7, 512) and features.dtype == np.float32
    assert labels.shape == (7,) and set(labels) <= set(range(10))
    monkeypatch.setattr(predict_module, "CHUNK", 3)
    again = predict(net, digits, CPU)  # no dropout, no batch statistics
    np.testing.assert_allclose(again.features, features, atol=1e-5)
    np.testing.assert_array_equal(again.labels, labels)


def test_criteria_without_labels() -> None:
    net, digits = Dsn(), images(6, 28).images
    chances = np.zeros((6, 10), dtype=np.float32)
    chances[:3, 4], chances[3:, 7] = 1, 1
    sure = Reading(chances.argmax(1), chances, np.zeros((6, 1)))
    found = label_free(net, digits, sure, CPU)
    assert found["entropy"] == 0 and found["information"] == pytest.approx(math.log(2))
    unsure = Reading(chances.argmax(1), np.full((6, 10), 0.1, dtype=np.float32), np.zeros((6, 1)))
    found = label_free(net, digits, unsure, CPU)
    assert found["entropy"] == pytest.approx(math.log(10), rel=1e-6)
    assert found["information"] == pytest.approx(0, abs=1e-6)
    own = predict(net, digits, CPU)
    same = label_free(net, digits, own, CPU)["agreement"]
    assert 0 <= same <= 1
    others = own._replace(labels=(own.labels + 5) % 10)
    assert label_free(net, digits, others, CPU)["agreement"] <= 1 - same
