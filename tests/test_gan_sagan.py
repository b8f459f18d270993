"""SAGAN: its layers, spectral normalisation and self-attention on cases solved by hand."""

import math
from pathlib import Path

import pytest
import torch
from printed_layers import executed, printed
from torch import Tensor, nn

from hw2.core.weights import load_weights, save_weights, trainable
from hw2.gan.interface import Networks
from hw2.gan.nets import sagan
from hw2.nn.self_attention import SelfAttention
from hw2.nn.spectral_norm import SpectralNorm, spectral_norm


@pytest.fixture
def nets() -> Networks:
    torch.manual_seed(0)
    return sagan.build(latent=128)


def test_the_layers_are_those_of_the_report(nets: Networks) -> None:
    latent, faces = torch.zeros(2, 128), torch.zeros(2, 3, 64, 64)
    generator, discriminator = nets.generator, nets.discriminator
    assert executed(generator, lambda: generator(latent)) == printed("001_gan_B_G")
    assert executed(discriminator, lambda: discriminator(faces)) == printed("001_gan_B_D")
    order = ["l4", "l1", "l2", "l3", "last", "attn1", "attn2"]
    for net, parameters, tensors in [(generator, 3_832_885, 32), (discriminator, 3_175_299, 24)]:
        assert [name for name, _ in net.named_children()] == order
        assert (trainable(net), len(list(net.parameters()))) == (parameters, tensors)


def test_faces_are_in_range_and_scores_are_not_probabilities(nets: Networks) -> None:
    latent = nets.generator.draw_latent(3, torch.Generator().manual_seed(1))
    assert torch.equal(latent, nets.generator.draw_latent(3, torch.Generator().manual_seed(1)))
    faces = nets.generator(10 * latent)
    assert latent.shape == (3, 128) and faces.shape == (3, 3, 64, 64) and faces.abs().max() <= 1
    discriminator = nets.discriminator.eval()
    scores = discriminator(faces)
    discriminator.get_parameter("last.0.bias").data += 5
    assert scores.shape == (3,)
    torch.testing.assert_close(discriminator(faces), scores + 5)  # no sigmoid, no tanh


def test_every_weight_learns_and_a_gradient_can_be_differentiated(nets: Networks) -> None:
    """What a gradient penalty needs, with gamma off 0, where queries and keys learn nothing."""
    for module in [*nets.generator.modules(), *nets.discriminator.modules()]:
        if isinstance(module, SelfAttention):
            nn.init.constant_(module.gamma, 0.5)
    faces = nets.generator.train()(torch.randn(2, 128))
    scores = nets.discriminator.train()(faces)
    (gradient,) = torch.autograd.grad(scores.sum(), faces, create_graph=True)
    (scores.mean() + gradient.square().sum()).backward()
    for net in nets.modules().values():
        assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())
        weights = {name: p for name, p in net.named_parameters() if p.dim() > 1}
        assert [n for n, p in weights.items() if p.grad is None or not p.grad.any()] == []


def test_stored_weights_give_the_same_faces(nets: Networks, tmp_path: Path) -> None:
    torch.manual_seed(1)
    other = sagan.build(latent=128).generator.eval()
    latent = torch.randn(2, 128)
    faces = nets.generator.eval()(latent)
    assert not torch.equal(other(latent), faces)
    save_weights(tmp_path / "weights.safetensors", nets.modules())
    load_weights(tmp_path / "weights.safetensors", "generator", other)
    assert torch.equal(other(latent), faces)


def diagonal(*values: float) -> nn.Conv2d:
    """A 1x1 convolution whose matrix has these singular values."""
    layer = nn.Conv2d(len(values), len(values), 1)
    layer.weight = nn.Parameter(torch.diag(torch.tensor(values))[:, :, None, None])
    return layer


def test_the_largest_singular_value_becomes_one() -> None:
    torch.manual_seed(0)
    layer = spectral_norm(diagonal(4.0, -1.0, 0.5))
    expected = torch.diag(torch.tensor([1.0, -0.25, 0.125]))
    torch.testing.assert_close(layer.weight[:, :, 0, 0], expected)


def test_any_weight_gets_spectral_norm_one() -> None:
    torch.manual_seed(0)
    layer = spectral_norm(nn.Conv2d(6, 16, 3))
    for _ in range(200):
        weight = layer.weight
    torch.testing.assert_close(torch.linalg.matrix_norm(weight.flatten(1), 2), torch.tensor(1.0))


def test_the_gradient_goes_through_sigma() -> None:
    """d (w_22 / w_11) is 1 / w_11 by w_22 and -w_22 / w_11^2 by w_11."""
    torch.manual_seed(0)
    layer = spectral_norm(diagonal(4.0, 1.0))
    layer.weight[1, 1].sum().backward()
    gradient = layer.get_parameter("parametrizations.weight.original").grad
    expected = torch.tensor([[-1 / 16, 0.0], [0.0, 1 / 4]])
    assert gradient is not None
    torch.testing.assert_close(gradient[:, :, 0, 0], expected)


def test_a_transposed_convolution_s_rows_are_its_inputs() -> None:
    """One input channel: one row, whose norm is sigma. By outputs it would be the identity's, 1."""
    layer = nn.ConvTranspose2d(1, 2, (1, 2))
    layer.weight = nn.Parameter(torch.eye(2).reshape(1, 2, 1, 2))
    normalised = spectral_norm(layer).weight.reshape(2, 2)
    torch.testing.assert_close(normalised, torch.eye(2) / math.sqrt(2))


def estimate(weight: Tensor) -> SpectralNorm:
    """u and v one power step away from (1, 0), far from converged."""
    norm = SpectralNorm(weight)
    norm.u.copy_(torch.tensor([1.0, 0.0]))
    return norm


def test_one_power_step_a_training_pass_and_none_in_evaluation() -> None:
    """W W^T = ((5, 3), (3, 2)): u goes from (1, 0) to (5, 3) / |(5, 3)|."""
    weight = torch.tensor([[2.0, 1.0], [1.0, 1.0]])
    norm = estimate(weight)
    normalised = norm(weight)
    step = torch.tensor([5.0, 3.0]) / math.sqrt(34)
    torch.testing.assert_close(norm.u, step)
    torch.testing.assert_close(norm.v, torch.tensor([2.0, 1.0]) / math.sqrt(5))
    torch.testing.assert_close(normalised, weight / math.sqrt(34 / 5))
    torch.testing.assert_close(norm.eval()(weight), normalised)
    torch.testing.assert_close(norm.u, step)


def test_two_passes_can_share_a_backward_pass() -> None:
    """The first pass keeps its own u and v, though the second one moves them on."""
    weight = torch.tensor([[2.0, 1.0], [1.0, 1.0]], requires_grad=True)
    norm = estimate(weight)
    one_by_one = [torch.autograd.grad(norm(weight)[0, 0], weight)[0] for _ in range(2)]
    norm = estimate(weight)
    (together,) = torch.autograd.grad(norm(weight)[0, 0] + norm(weight)[0, 0], weight)
    torch.testing.assert_close(together, one_by_one[0] + one_by_one[1])


def test_autocast_leaves_sigma_alone() -> None:
    torch.manual_seed(0)
    layer = spectral_norm(nn.Conv2d(64, 64, 3)).eval()
    exact = layer.weight
    with torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(layer.weight, exact)
        assert layer(torch.zeros(1, 64, 3, 3)).dtype == torch.bfloat16


def by_hand(query: float, key: float, value: float, gamma: float) -> SelfAttention:
    """16 channels; both channels of q and of k read the first one, v is `value` times x."""
    layer = SelfAttention(16)
    for parameter in layer.parameters():
        nn.init.zeros_(parameter)
    layer.query_conv.weight.data[:, 0] = query
    layer.key_conv.weight.data[:, 0] = key
    nn.init.dirac_(layer.value_conv.weight)
    layer.value_conv.weight.data *= value
    nn.init.constant_(layer.gamma, gamma)
    return layer


def test_attention_starts_as_the_identity() -> None:
    torch.manual_seed(0)
    features = torch.randn(2, 16, 3, 5)
    layer = SelfAttention(16)
    assert torch.equal(layer(features), features)
    nn.init.ones_(layer.gamma)
    assert not torch.allclose(layer(features), features)


def test_attention_by_hand() -> None:
    """x = (0, 1), logits 2 log(3) x_i x_j: pixel 0 looks at both alike, pixel 1 at 1 : 9.

    With v = 10 x, o = (5, 9). The logits' two channels would show a division by sqrt(2), the
    unequal rows a wrong axis of the softmax or a transposed matrix.
    """
    features = torch.zeros(1, 16, 1, 2)
    features[0, 0, 0, 1] = 1.0
    found = by_hand(query=1.0, key=math.log(3), value=10.0, gamma=0.5)(features)
    torch.testing.assert_close(found[0, 0, 0], torch.tensor([0 + 5 / 2, 1 + 9 / 2]))
    assert not found[0, 1:].any()


def test_autocast_keeps_the_logits_apart() -> None:
    """Logits 384 and 387; bfloat16 has 384, 386 and 388, so it would make 4 or 2 of the 3."""
    layer = by_hand(query=0.0, key=1.0, value=0.0, gamma=1.0)
    nn.init.constant_(layer.get_parameter("query_conv.bias"), 12.0)
    layer.value_conv.weight.data[1, 1] = 1.0
    features = torch.zeros(1, 16, 1, 2)
    features[0, 0, 0] = torch.tensor([16.0, 16.125])
    features[0, 1, 0] = torch.tensor([0.0, 1.0])  # shows the weight of the second pixel
    with torch.autocast("cpu", torch.bfloat16):
        weight = layer(features)[0, 1, 0, 0].item()
    assert weight == pytest.approx(1 / (1 + math.exp(-3)), rel=2**-8)
