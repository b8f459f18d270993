"""ACGAN: its layers, its labels, and its losses by hand."""

import math

import pytest
import torch
from printed_layers import executed, printed
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.core.weights import trainable
from hw2.gan.interface import Networks, Samples
from hw2.gan.losses import acgan as acgan_loss
from hw2.gan.nets import acgan

RNG = torch.Generator()


@pytest.fixture
def nets() -> Networks:
    torch.manual_seed(0)
    return acgan.build(latent=100, classes=10)


def test_the_layers_are_those_of_the_report(nets: Networks) -> None:
    generator, discriminator = nets.generator, nets.discriminator
    latent, labels, digits = torch.zeros(2, 100), torch.tensor([0, 9]), torch.zeros(2, 3, 32, 32)
    assert executed(generator, lambda: generator(latent, labels)) == printed("003_acgan_G")
    assert executed(discriminator, lambda: discriminator(digits)) == printed("003_acgan_D")
    for net, parameters, tensors in [(generator, 1_052_139, 15), (discriminator, 103_531, 18)]:
        assert (trainable(net), len(list(net.parameters()))) == (parameters, tensors)


def test_digits_are_in_range_and_both_answers_are_probabilities(nets: Networks) -> None:
    latent = nets.generator.draw_latent(4, RNG)
    digits = nets.generator(10 * latent, torch.arange(4))
    assert digits.shape == (4, 3, 32, 32) and digits.abs().max() <= 1
    for images in (digits, digits[..., :28, :28]):
        real, labels = nets.discriminator(images)
        assert real.shape == (4,) and labels.shape == (4, 10)
        assert ((real > 0) & (real < 1)).all() and (labels > 0).all()
        torch.testing.assert_close(labels.sum(1), torch.ones(4))


def test_the_label_s_embedding_multiplies_z() -> None:
    torch.manual_seed(0)
    generator = acgan.Generator(100, 10).eval()
    latent, labels = torch.randn(3, 100), torch.tensor([1, 2, 3])
    digits, embedded = generator(latent, labels), generator.label_emb(labels)
    nn.init.ones_(generator.label_emb.weight)
    torch.testing.assert_close(generator(latent * embedded, labels), digits)


def test_labels_asked_for_are_uniform_and_repeatable() -> None:
    draw = acgan.Generator(100, 10).draw_labels
    labels = draw(10_000, torch.Generator().manual_seed(3))
    assert labels.dtype == torch.int64 and labels.shape == (10_000,)
    counts = labels.bincount(minlength=10)
    assert len(counts) == 10 and (counts - 1000).abs().max() < 5 * math.sqrt(900)
    assert torch.equal(labels, draw(10_000, torch.Generator().manual_seed(3)))


def test_convolutions_and_batchnorms_start_as_in_dcgan(nets: Networks) -> None:
    weights = nets.generator.state_dict()
    convolution, norm = weights["conv_blocks.2.weight"], weights["conv_blocks.3.weight"]
    assert convolution.std().item() == pytest.approx(0.02, rel=0.02)
    assert norm.mean().item() == pytest.approx(1, abs=0.01)
    assert norm.std().item() == pytest.approx(0.02, rel=0.3)
    assert weights["label_emb.weight"].std().item() == pytest.approx(1, rel=0.1)


def test_a_generator_without_labels_says_what_it_needs(nets: Networks) -> None:
    with pytest.raises(UserError, match="'acgan' needs labels"):
        nets.generator(torch.zeros(2, 100))


def test_a_sure_discriminator_keeps_its_gradient_under_autocast(nets: Networks) -> None:
    discriminator = nets.discriminator.eval()
    nn.init.constant_(discriminator.get_parameter("adv_layer.0.bias"), 9.0)
    with torch.autocast("cpu", torch.bfloat16):
        real, labels = discriminator(torch.zeros(2, 3, 32, 32))
    assert real.dtype == labels.dtype == torch.float32
    assert (real < 1).all()


class Answers(nn.Module):
    """A discriminator whose answers are written into the images' first row."""

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        answers = images[:, 0, 0]
        return answers[:, 0], answers[:, 1:]


def samples(answers: list[list[float]], labels: list[int] | None) -> Samples:
    """Images on which `Answers` gives, in each row, D and then the classes' probabilities."""
    asked = None if labels is None else torch.tensor(labels)
    return Samples(torch.tensor(answers)[:, None, None], asked)


BY_HAND = Networks(nn.Identity(), Answers())  # type: ignore[arg-type]


def test_discriminator_by_hand() -> None:
    """One real image, D = 0.8, its class at 1; one generated, D = 0.25, three classes alike."""
    real = samples([[0.8, 0.0, 1.0, 0.0]], [1])
    fake = samples([[0.25, 1 / 3, 1 / 3, 1 / 3]], [2])
    terms = acgan_loss.build().discriminator_terms(BY_HAND, real, fake, RNG, 0)
    on_real = 0.5 * (-math.log(0.8) + math.log(1 + 2 / math.e))
    on_fake = 0.5 * (-math.log(0.75) + math.log(3))
    assert terms.total.item() == pytest.approx((on_real + on_fake) / 2)
    assert terms.losses["d_real"].item() == pytest.approx(-math.log(0.8) / 4)
    assert terms.losses["d_fake_class"].item() == pytest.approx(math.log(3) / 4)


def test_generator_by_hand() -> None:
    fake = samples([[0.25, 0.0, 1.0], [0.25, 1.0, 0.0]], [1, 0])
    terms = acgan_loss.build().generator_terms(BY_HAND, fake, RNG, 0)
    expected = 0.5 * (-math.log(0.25) + math.log(1 + 1 / math.e))
    assert terms.total.item() == pytest.approx(expected)


def test_monitors_tell_what_d_answers_and_how_often_the_class_is_right() -> None:
    real = samples([[0.9, 0.8, 0.2], [0.7, 0.6, 0.4]], [0, 0])
    fake = samples([[0.1, 0.8, 0.2], [0.3, 0.6, 0.4]], [0, 1])
    found = acgan_loss.build().discriminator_terms(BY_HAND, real, fake, RNG, 0).monitors
    expected = {"D(real)": 0.8, "accuracy(real)": 1.0, "D(fake)": 0.2, "accuracy(fake)": 0.5}
    assert {name: value.item() for name, value in found.items()} == pytest.approx(expected)


def test_ten_classes_cost_at_least_1_461() -> None:
    """The softmax is applied twice, as in the cited implementation."""
    sure = samples([[1.0, 1.0, *[0.0] * 9]], [0])
    terms = acgan_loss.build().generator_terms(BY_HAND, sure, RNG, 0)
    assert terms.losses["g"].item() == 0
    assert 2 * terms.losses["g_class"].item() == pytest.approx(1.4612, abs=1e-4)


def test_a_batch_without_labels_is_refused() -> None:
    labelled, bare = samples([[0.5, 0.5, 0.5]], [0]), samples([[0.5, 0.5, 0.5]], None)
    for real, fake in ((bare, labelled), (labelled, bare)):
        with pytest.raises(UserError, match="'acgan' needs labels"):
            acgan_loss.build().discriminator_terms(BY_HAND, real, fake, RNG, 0)
    with pytest.raises(UserError, match="'acgan' needs labels"):
        acgan_loss.build().generator_terms(BY_HAND, bare, RNG, 0)


def test_both_players_learn_from_both_answers(nets: Networks) -> None:
    """The generator's gradient comes through D and through the classes."""
    labels = torch.tensor([3, 4, 5])
    digits = nets.generator.train()(torch.randn(3, 100), labels)
    terms = acgan_loss.build().generator_terms(nets, Samples(digits, labels), RNG, 0)
    for term in terms.losses.values():
        (gradient,) = torch.autograd.grad(term, digits, retain_graph=True)
        assert gradient.abs().max() > 0
    real = Samples(torch.randn(3, 3, 32, 32), labels)
    fake = Samples(digits.detach(), labels)
    acgan_loss.build().discriminator_terms(nets, real, fake, RNG, 0).total.backward()
    parameters = list(nets.discriminator.parameters())
    assert all(p.grad is not None and p.grad.abs().max() > 0 for p in parameters)
    assert all(p.grad is None for p in nets.generator.parameters())
