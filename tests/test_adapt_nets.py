"""Adaptation networks: the layers that the reports print, and what their methods promise."""

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from printed_layers import executed, printed
from torch import Tensor

from hw2.adapt.nets.dsn import Dsn
from hw2.adapt.nets.lenet_gap import LenetGap
from hw2.adapt.shared.interface import AdaptNet, SeparatingNet
from hw2.core.lookup import build, names

# Module: entry of the layer tables, features, parameters, parameter tensors.
NETS = {
    "conv_wide": ("000_dann", 2048, 631_888, 24),
    "conv_bn": ("001_dann", 768, 710_172, 24),
    "vgg": ("002_dann", 2304, 3_513_676, 32),
    "conv_mlp": ("003_dann", 512, 600_490, 24),
    "lenet_gap": ("004_dann", 1200, 292_392, 14),
    "dsn": ("003_dsn", 512, 2_227_766, 60),
}
OF_NO_REPORT = ["colour_cnn", "grey_cnn"]  # tests/test_adapt_self_training.py


def make(name: str) -> AdaptNet:
    torch.manual_seed(0)
    net: AdaptNet = build("hw2.adapt.nets", name, "net_args")
    return net


def digits(count: int = 4) -> Tensor:
    return torch.rand(count, 3, 28, 28, generator=torch.Generator().manual_seed(1)) * 2 - 1


def every_part(net: AdaptNet, images: Tensor) -> Callable[[], None]:
    """What a batch of the source runs through, in the order of the tables."""

    def run() -> None:
        private = net.source_code(images) if isinstance(net, SeparatingNet) else torch.zeros(())
        features = net.features(images)
        net.label_logits(features)
        net.domain_logits(features)
        if isinstance(net, SeparatingNet):
            net.reconstruct(private + features)

    return run


def test_no_network_is_left_out() -> None:
    assert sorted([*NETS, *OF_NO_REPORT]) == names("hw2.adapt.nets")


@pytest.mark.parametrize("name", NETS)
def test_the_layers_are_those_of_the_report(name: str) -> None:
    entry, _, parameters, tensors = NETS[name]
    net = make(name)
    assert executed(net, every_part(net, digits())) == printed(entry)
    sizes = [parameter.numel() for parameter in net.parameters()]
    assert (sum(sizes), len(sizes)) == (parameters, tensors)


@pytest.mark.parametrize("name", NETS)
def test_both_heads_read_the_same_flat_features(name: str) -> None:
    net = make(name).eval()
    features = net.features(digits())
    assert features.shape == (4, NETS[name][1])
    assert net.label_logits(features).shape == (4, 10)
    assert net.domain_logits(features).shape == (4, 2)
    assert torch.equal(net(digits()), net.label_logits(features))


@pytest.mark.parametrize("name", NETS)
def test_a_network_learns_from_all_its_heads(name: str) -> None:
    """Every weight that a source batch runs through gets a finite gradient."""
    net, images = make(name), digits()
    features = net.features(images)
    loss = net.label_logits(features).square().sum() + net.domain_logits(features).square().sum()
    loss.backward()
    private = ("source_encoder", "target_encoder", "decoder")
    for path, parameter in net.named_parameters():
        if path.startswith(private):
            assert parameter.grad is None, path
        else:
            assert parameter.grad is not None and parameter.grad.isfinite().all(), path


def test_log_probabilities_are_logits() -> None:
    net, labels = make("conv_mlp").eval(), torch.tensor([3, 1, 4, 1])
    log_probabilities = net(digits())
    torch.testing.assert_close(log_probabilities.exp().sum(1), torch.ones(4))
    torch.testing.assert_close(
        F.cross_entropy(log_probabilities, labels), F.nll_loss(log_probabilities, labels)
    )


def test_log_probabilities_stay_exact_in_bfloat16() -> None:
    net = make("conv_mlp").eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        features = net.features(digits())
        found = [net.label_logits(features), net.domain_logits(features)]
    for log_probabilities in found:
        assert log_probabilities.dtype == torch.float32
        torch.testing.assert_close(log_probabilities.exp().sum(1), torch.ones(4))


def test_grey_digits_are_repeated_for_the_network_of_report_004() -> None:
    net, grey = LenetGap(), digits()[:, :1]
    torch.testing.assert_close(net(grey), net(grey.repeat(1, 3, 1, 1)))


def test_the_pooling_of_report_004_enlarges() -> None:
    rows = torch.tensor([0.0, 1.0, 2.0, 3.0])
    pooled = LenetGap().avgpool(rows.expand(1, 48, 4, 4))
    assert pooled[0, 0, 0].tolist() == [0.0, 0.5, 1.5, 2.5, 3.0]


def test_reconstructions_are_images_and_differentiable_in_bfloat16() -> None:
    net = Dsn()
    with torch.no_grad():
        for parameter in net.decoder_conv[-2].parameters():
            parameter.mul_(30)  # pre-activations of a few units, where bfloat16 knows no tanh
    with torch.autocast("cpu", torch.bfloat16):
        images = net.reconstruct(torch.rand(8, 512))
    assert images.shape == (8, 3, 28, 28) and images.dtype == torch.float32
    assert images.abs().max() <= 1
    near = images.detach().abs() > 0.998  # bfloat16 rounds these to 1
    assert near.any() and (images.detach().abs()[near] < 1).any()


def test_the_two_private_encoders_are_two() -> None:
    net = Dsn().eval()
    codes = [net.source_code(digits()), net.target_code(digits()), net.features(digits())]
    assert all(code.shape == (4, 512) for code in codes)
    assert not any(torch.allclose(codes[i], codes[j]) for i, j in [(0, 1), (0, 2), (1, 2)])
