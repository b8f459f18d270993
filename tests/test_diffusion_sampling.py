"""Sampling: the samplers by hand, and what is kept of their images."""

import math
from collections.abc import Callable, Iterator, Sequence

import pytest
import torch
from torch import Tensor

from hw2.core.errors import UserError
from hw2.core.lookup import find
from hw2.diffusion import schedule
from hw2.diffusion.sample import sample, timesteps
from hw2.diffusion.samplers import ddim, ddpm
from hw2.diffusion.schedule import Schedule

CPU = torch.device("cpu")
Net = Callable[[Tensor, Tensor, Tensor], Tensor]


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def short_schedule() -> Schedule:
    return schedule.linear(50, (1e-3, 0.2), CPU)


def oracle(noising: Schedule, point: Tensor) -> Net:
    """The exact noise of a data distribution that is the one image `point`."""

    def net(x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        a = noising.alpha_bar[t].view(-1, 1, 1, 1)
        return (x - a.sqrt() * point) / (1 - a).sqrt()

    return net


@pytest.mark.parametrize(("name", "steps"), [("ddpm", 50), ("ddim", 50), ("ddim", 5), ("ddim", 1)])
def test_samplers_recover_the_only_image(name: str, steps: int) -> None:
    noising, point = short_schedule(), torch.linspace(-1, 1, 48).view(1, 3, 4, 4)
    noise = torch.randn(2, 3, 4, 4, generator=seeded())
    walk = find("hw2.diffusion.samplers", name).sample(
        oracle(noising, point),
        noising,
        timesteps(50, steps),
        noise,
        torch.zeros(2).long(),
        seeded(),
    )
    states = list(walk)
    assert len(states) == steps + 1 and torch.equal(states[0], noise)
    torch.testing.assert_close(states[-1], point.expand(2, -1, -1, -1), atol=1e-4, rtol=0)


def zero(x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
    return torch.zeros_like(x)


def test_ddpm_by_hand() -> None:
    noising, noise = schedule.linear(2, (0.1, 0.2), CPU), torch.ones(1, 1, 2, 2)
    z = torch.randn(noise.shape, generator=seeded(3))
    x1 = noise / math.sqrt(0.8) + math.sqrt(0.2) * z
    labels = torch.zeros(1).long()
    walk = list(ddpm.sample(zero, noising, [2, 1, 0], noise, labels, seeded(3)))
    torch.testing.assert_close(walk[1], x1)
    torch.testing.assert_close(walk[2], x1 / math.sqrt(0.9))  # the last step adds no noise


def test_ddpm_refuses_to_skip() -> None:
    noise, labels = torch.zeros(1, 3, 2, 2), torch.zeros(1).long()
    walk = ddpm.sample(zero, short_schedule(), timesteps(50, 5), noise, labels, seeded())
    with pytest.raises(UserError, match=r"set sample_steps to 50, or sampler to 'ddim'"):
        next(walk)


def test_ddim_draws_nothing() -> None:
    noise, labels = torch.randn(1, 3, 2, 2), torch.zeros(1).long()
    net = oracle(short_schedule(), torch.zeros(1))
    ends = []
    for seed in (1, 2):
        rng = seeded(seed)
        *_, last = ddim.sample(net, short_schedule(), timesteps(50, 5), noise, labels, rng)
        ends.append(last)
        assert torch.equal(rng.get_state(), seeded(seed).get_state())
    assert torch.equal(*ends)


def test_timesteps_fall_evenly_to_zero() -> None:
    assert timesteps(600, 10) == [600, 540, 480, 420, 360, 300, 240, 180, 120, 60, 0]
    assert timesteps(4, 4) == [4, 3, 2, 1, 0]
    with pytest.raises(UserError, match="sample_steps is 5, but there are only 4 timesteps"):
        timesteps(4, 5)


def fading(
    net: Net,
    schedule: Schedule,
    timesteps: Sequence[int],
    noise: Tensor,
    labels: Tensor,
    rng: torch.Generator,
) -> Iterator[Tensor]:
    """Half of the noise at each step, plus a hundredth of the label at the end."""
    for index, t in enumerate(timesteps):
        yield noise / 2**index + (0.01 * labels.view(-1, 1, 1, 1) if t == 0 else 0.0)


def test_samples_are_ordered_named_and_share_their_noise() -> None:
    noise = torch.linspace(-1, 1, 11)[1:].view(10, 1, 1, 1).expand(10, 3, 2, 2)
    found, frames = sample(
        zero, fading, short_schedule(), [50, 30, 0], noise, 10, seeded(), [0, 24, 31, 50]
    )
    assert found.names[:2] + found.names[9:11] == [
        "0_001.png",
        "0_002.png",
        "0_010.png",
        "1_001.png",
    ]
    assert found.names[-1] == "9_010.png" and len(set(found.names)) == 100
    assert found.labels is not None and found.labels.tolist() == [
        d for d in range(10) for _ in range(10)
    ]
    grid = found.images[:, 0, 0, 0].reshape(10, 10).astype(float) / 127.5 - 1
    expected = noise[:, 0, 0, 0].numpy() / 4 + 0.01 * found.labels.reshape(10, 10)
    assert abs(grid - expected).max() < 1 / 127.5
    assert frames.names == ["t=50", "t=30", "t=0"]  # the nearest visited, each once
    strip = frames.images[:, 0, 0, 0].astype(float) / 127.5 - 1
    assert abs(strip - [-0.8, -0.4, -0.2]).max() < 1 / 127.5
