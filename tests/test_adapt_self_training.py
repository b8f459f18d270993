"""Self-training and its network: the teacher, what counts, and what never sees a target label."""

import math
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hw2.adapt.methods import self_training
from hw2.adapt.methods.self_training import SelfTraining, ramp
from hw2.adapt.nets import grey_cnn
from hw2.adapt.shared.interface import AdaptNet, Progress
from hw2.adapt.shared.principal import principal_colours, principal_grey
from hw2.core.weights import trainable
from hw2.data.batches import Batch
from hw2.data.values import standardised

ARGS: dict[str, Any] = {
    "teacher_decay": 0.9,
    "threshold": 0.9,
    "alignment": 0.0,
    "balanced": False,
    "frequency_decay": 0.99,
    "counts_from": 0.0,
    "counts_fully_from": 0.5,
}


class Linear(AdaptNet):
    """Logits are a linear map of the mean of the image's values, and even in it."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight)

    def features(self, images: Tensor) -> Tensor:
        return images.mean((1, 2, 3)).abs()[:, None]

    def label_logits(self, features: Tensor) -> Tensor:
        return features * self.weight


def images(*values: float) -> Tensor:
    return torch.tensor(values).view(-1, 1, 1, 1).expand(-1, 3, 28, 28)


def batch(*values: float, labels: list[int] | None = None) -> Batch:
    known = None if labels is None else torch.tensor(labels)
    return Batch(images(*values), known, images(*values))


def begun(net: AdaptNet, **changes: Any) -> SelfTraining:
    method = self_training.build(**ARGS | changes)
    method.begin(net)
    return method


def loss(method: SelfTraining, net: AdaptNet, source: Batch, target: Batch) -> Any:
    """What the target costs once it counts fully."""
    terms = method.terms(net, source, target, Progress(50, 100))
    return pytest.approx(terms.losses["self_training"].item())


def surprise(net: AdaptNet, target: Batch, digit: int) -> float:
    """The cross-entropy of the network on the target, were it all this digit."""
    return -net(target.images).log_softmax(1)[:, digit].mean().item()


def test_a_target_image_counts_where_the_teacher_is_sure_enough() -> None:
    weight = F.one_hot(torch.tensor(3), 10).float()  # value v gives digit 3 the logit v
    net = Linear(weight)
    source, target = batch(4.0, 4.0, labels=[3, 3]), batch(9.0, 0.5)
    terms = begun(net).terms(net, source, target, Progress(50, 100))
    sure = math.exp(9) / (math.exp(9) + 9)
    assert terms.monitors["kept"].item() == 0.5  # 0.5 gives the digit a chance of 0.15
    expected = -math.log(sure) / 2
    assert terms.losses["self_training"].item() == pytest.approx(expected, rel=1e-3)


def test_alignment_moves_answers_away_from_the_frequent_ones() -> None:
    weight = torch.zeros(10)
    weight[3], weight[5] = 1.0, 0.9
    net = Linear(weight)
    source, target = batch(1.0, labels=[3]), batch(1.0)
    # Digits that are never given gain most, and the first of them is taken.
    for alignment, digit in ((0.0, 3), (1.0, 0)):
        method = begun(net, alignment=alignment, frequency_decay=0.0, threshold=0.0)
        method.terms(net, source, batch(8.0), Progress(50, 100))
        method.frequency_decay = 1.0  # now keeps what the answers to 8.0 were
        assert loss(method, net, source, target) == surprise(net, target, digit)


def test_alignment_leaves_a_target_alone_that_is_as_the_source() -> None:
    net = Linear(F.one_hot(torch.tensor(3), 10).float())
    method = begun(net, alignment=1.0, frequency_decay=0.0, threshold=0.0)
    source, target = batch(4.0, labels=[3]), batch(4.0)
    assert loss(method, net, source, target) == surprise(net, target, 3)
    on_source, on_target, _ = method.frequencies
    torch.testing.assert_close(on_source, on_target, atol=1e-6, rtol=0)  # though 3 is frequent


def test_frequent_digits_of_the_source_count_no_more_than_others() -> None:
    net = Linear(torch.zeros(10))  # all digits are equally likely to it
    method = begun(net, balanced=True, frequency_decay=0.0)
    source = batch(1.0, 1.0, 1.0, 1.0, labels=[3, 3, 3, 5])
    first = method.terms(net, source, batch(1.0), Progress(0, 10)).losses["label"].item()
    assert first == pytest.approx(math.log(10))  # nothing is known of the frequencies yet
    again = method.terms(net, source, batch(1.0), Progress(0, 10)).losses["label"].item()
    # Where only 3 and 5 occur, three to one, knowing no more than that is no fault of the network.
    assert again == pytest.approx(-0.75 * math.log(0.75) - 0.25 * math.log(0.25))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"counts_from": 0.6, "counts_fully_from": 0.25}, "in this order"),
        ({"counts_fully_from": 1.5}, "in this order"),
        ({"teacher_decay": 2.0}, "between 0 and 1"),
        ({"frequency_decay": -0.1}, "between 0 and 1"),
    ],
)
def test_shares_that_are_none_are_refused(wrong: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        self_training.build(**ARGS | wrong)


def test_the_target_s_loss_comes_in_slowly() -> None:
    assert [ramp(share, 0.2, 0.6) for share in (0.1, 0.2, 0.4, 0.6, 0.9)] == pytest.approx(
        [0, 0, 0.5, 1, 1]
    )
    assert [ramp(share, 0.25, 0.25) for share in (0.2, 0.25, 0.3)] == [0, 1, 1]
    assert ramp(0.0, 0.0, 0.0) == 1  # FixMatch: from the first step on
    net = Linear(torch.randn(10))
    terms = begun(net, counts_from=0.3).terms(
        net, batch(1.0, labels=[1]), batch(2.0), Progress(29, 100)
    )
    assert set(terms.losses) == {"label"}


def test_the_teacher_is_a_moving_average_that_gets_no_gradient() -> None:
    net = Linear(torch.zeros(10))
    method = begun(net)
    net.weight.data.fill_(1.0)
    method.after_step(net, Progress(10_000, 20_000))
    teacher = method.adapted(net)
    torch.testing.assert_close(teacher.get_parameter("weight"), torch.full((10,), 0.1))
    terms = method.terms(net, batch(1.0, labels=[3]), batch(8.0), Progress(50, 100))
    sum(terms.losses.values(), torch.zeros(())).backward()
    assert net.weight.grad is not None
    assert teacher.get_parameter("weight").grad is None
    resumed = begun(net)
    resumed.load_state_dict(method.state_dict())
    torch.testing.assert_close(resumed.adapted(net).get_parameter("weight"), torch.full((10,), 0.1))


def test_the_teacher_has_the_parameters_of_the_network() -> None:
    method = begun(grey_cnn.build(4, 0.5, negatives=True))
    teacher = method.adapted(grey_cnn.build(4, 0.5, negatives=True))
    assert trainable(teacher) == trainable(grey_cnn.build(4, 0.5, negatives=True)) > 0


def test_the_teacher_keeps_the_target_s_statistics_alone() -> None:
    torch.manual_seed(0)
    net = grey_cnn.build(4, 0.5, negatives=True)
    method = begun(net)
    source = Batch(torch.randn(8, 3, 28, 28), torch.arange(8), torch.randn(8, 3, 28, 28))
    target = Batch(torch.randn(8, 3, 28, 28), None, torch.randn(8, 3, 28, 28))
    before = [net.state_dict()["extractor.1.running_mean"].clone() for _ in range(2)]
    method.terms(net, source, target, Progress(90, 100))
    own = method.adapted(net).state_dict()["extractor.1.running_mean"]
    grey = standardised(principal_grey(torch.cat([target.images, -target.images])))
    seen = F.interpolate(grey, (32, 32), mode="bilinear", antialias=True)
    expected = 0.1 * net.extractor[0](seen).mean((0, 2, 3)) + 0.9 * before[0]
    torch.testing.assert_close(own, expected, rtol=1e-3, atol=1e-5)


def test_labels_and_views_are_asked_for() -> None:
    net = Linear(torch.zeros(10))
    with pytest.raises(ValueError, match="strong views"):
        begun(net).terms(net, batch(1.0), batch(1.0), Progress(0, 10))


def test_grey_is_along_the_line_of_the_colours() -> None:
    """Red digits on green ground of the same luminance: luminance would show nothing."""
    mask = torch.zeros(28, 28)
    mask[10:20, 10:20] = 1
    red, green = torch.tensor([0.587, 0.0, 0.0]), torch.tensor([0.0, 0.299, 0.0])
    image = mask * red.view(3, 1, 1) + (1 - mask) * green.view(3, 1, 1)
    grey = standardised(principal_grey(image[None]))[0, 0]
    assert abs(grey[15, 15] - grey[0, 0]) > 2
    assert grey.flatten().unique().numel() == 2


def test_a_grey_image_stays_as_it_is_and_an_empty_one_is_empty() -> None:
    values = torch.rand(2, 1, 28, 28) * 2 - 1
    grey = principal_grey(values.expand(-1, 3, -1, -1))
    torch.testing.assert_close(grey, values, rtol=0, atol=1e-4)
    empty = standardised(principal_grey(torch.full((1, 3, 28, 28), 0.3)))
    torch.testing.assert_close(empty, torch.zeros(1, 1, 28, 28), rtol=0, atol=1e-4)


def test_colours_are_the_principal_components() -> None:
    images = torch.randn(5, 3, 28, 28, generator=torch.Generator().manual_seed(0))
    images = torch.einsum(
        "ij,bjhw->bihw", torch.tensor([[3.0, 1, 0], [0, 2, 0], [1, 0, 1]]), images
    )
    images[4] = images[4, :1] + torch.tensor([1e-2, -1e-2, 0]).view(3, 1, 1) * images[4, 1:2]
    colours = principal_colours(images)
    covariance = torch.stack([torch.cov(each.flatten(1)) for each in images])
    variances = torch.linalg.eigvalsh(covariance).flip(1) / 3
    measured = torch.stack([torch.cov(each.flatten(1)) for each in colours])
    torch.testing.assert_close(measured, torch.diag_embed(variances), rtol=1e-2, atol=1e-3)
    torch.testing.assert_close(colours[:, :1], principal_grey(images))


def test_what_has_no_colour_has_one_component_or_none() -> None:
    values = torch.rand(2, 1, 28, 28) * 2 - 1
    colours = standardised(principal_colours(values.expand(-1, 3, -1, -1)))
    torch.testing.assert_close(colours[:, :1], standardised(values), rtol=0, atol=1e-4)
    torch.testing.assert_close(colours[:, 1:], torch.zeros(2, 2, 28, 28), rtol=0, atol=1e-4)
    empty = standardised(principal_colours(torch.full((1, 3, 28, 28), 0.3)))
    torch.testing.assert_close(empty, torch.zeros(1, 3, 28, 28), rtol=0, atol=1e-4)


def test_a_digit_shows_in_its_own_hue_where_the_ground_varies_more() -> None:
    mask, ground = (
        torch.zeros(28, 28),
        torch.randn(28, 28, generator=torch.Generator().manual_seed(0)),
    )
    mask[10:20, 10:20] = 1
    image = 0.3 * ground + 0.2 * mask * torch.tensor([1.0, -1, 0]).view(3, 1, 1)
    colours = standardised(principal_colours(image[None]))[0]
    corners = [abs(each[mask == 1].mean() - each[mask == 0].mean()) for each in colours]
    assert corners[0] < 0.5 and corners[1] > 2


def test_contrast_and_lightness_do_not_matter() -> None:
    values = torch.rand(1, 3, 28, 28, generator=torch.Generator().manual_seed(0)) * 2 - 1
    first, second = standardised(values), standardised(0.5 * values + 0.3)
    torch.testing.assert_close(first, second, rtol=0.1, atol=1e-3)


def test_a_negative_reads_as_its_image_where_both_are_looked_at() -> None:
    torch.manual_seed(0)
    images = torch.rand(4, 3, 28, 28) * 2 - 1
    for negatives in (True, False):
        net = grey_cnn.build(4, 0.5, negatives=negatives)
        net(images)  # BatchNorm's running statistics
        net.eval()
        alike = torch.allclose(net(images), net(-images), atol=1e-5)
        assert alike == negatives
