"""Diffusion: the network as printed, the schedule and samplers by hand, guidance, the loop."""

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
import torch
from printed_layers import executed, printed
from tiny_runs import PARAMS, cpu_fabric, enter, images, stage, training
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.core.files import read_json
from hw2.core.lookup import build, find, names
from hw2.core.run import trainable
from hw2.data.batches import Batches
from hw2.diffusion import schedule
from hw2.diffusion.guidance import Guided, drop_labels
from hw2.diffusion.objectives.epsilon_mse import EpsilonMse
from hw2.diffusion.sample import sample, timesteps
from hw2.diffusion.samplers import ddim, ddpm
from hw2.diffusion.schedule import Schedule
from hw2.diffusion.train import train
from hw2.diffusion.unets.context_unet import ContextUnet

RUNS = PARAMS["diffusion"]["models"]
CONTEXT_UNET = {"features": 128, "classes": 10, "timesteps": 600}
PINNED = {"context_unet": (CONTEXT_UNET, 6_590_211)}  # module of hw2.diffusion.unets
CPU = torch.device("cpu")
Net = Callable[[Tensor, Tensor, Tensor], Tensor]


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def short_schedule() -> Schedule:
    return schedule.linear(50, 1e-3, 0.2, CPU)


def test_every_network_has_its_parameters_pinned() -> None:
    assert sorted(PINNED) == names("hw2.diffusion.unets")


@pytest.mark.parametrize("name", PINNED)
def test_parameter_counts(name: str) -> None:
    arguments, count = PINNED[name]
    assert trainable(build("hw2.diffusion.unets", name, "net_args", **arguments)) == count


def test_context_unet_is_the_network_that_the_report_prints() -> None:
    net = ContextUnet(**CONTEXT_UNET).eval()
    x, t, labels = torch.zeros(1, 3, 28, 28), torch.tensor([600]), torch.tensor([3])
    assert executed(net, lambda: net(x, t, labels)) == printed("004_unet")
    assert len(list(net.parameters())) == 86
    assert net(x, t, labels).shape == (1, 3, 28, 28)


def test_context_unet_reads_t_over_steps_and_one_hot_labels() -> None:
    net, seen = ContextUnet(8, 10, 600), {}
    for name in ("timeembed1", "contextembed1", "timeembed2", "contextembed2"):
        layer: nn.Module = getattr(net, name)
        layer.register_forward_pre_hook(lambda _, inputs, name=name: seen.update({name: inputs[0]}))
    net(torch.zeros(3, 3, 28, 28), torch.tensor([600, 150, 1]), torch.tensor([0, 9, 10]))
    one_hot = torch.zeros(3, 10)  # the last row, label "none", stays zero
    one_hot[0, 0] = one_hot[1, 9] = 1
    for level in ("1", "2"):
        assert torch.equal(seen[f"contextembed{level}"], one_hot)
        torch.testing.assert_close(seen[f"timeembed{level}"], torch.tensor([1, 0.25, 1 / 600]))


def test_the_schedule_by_hand() -> None:
    found = schedule.linear(3, 0.1, 0.3, CPU)
    assert found.steps == 3
    torch.testing.assert_close(found.beta, torch.tensor([0, 0.1, 0.2, 0.3]))
    torch.testing.assert_close(found.alpha, torch.tensor([1, 0.9, 0.8, 0.7]))
    torch.testing.assert_close(found.alpha_bar, torch.tensor([1, 0.9, 0.72, 0.504]))


def test_noise_is_added_by_equation_4() -> None:
    clean, noise = torch.full((3, 3, 2, 2), 0.5), torch.full((3, 3, 2, 2), -2.0)
    noisy = schedule.linear(3, 0.1, 0.3, CPU).add_noise(clean, noise, torch.tensor([0, 1, 3]))
    assert torch.equal(noisy[0], clean[0])
    expected = [math.sqrt(a) * 0.5 - math.sqrt(1 - a) * 2.0 for a in (0.9, 0.504)]
    torch.testing.assert_close(noisy[1:, 0, 0, 0], torch.tensor(expected))


def test_labels_are_dropped_with_the_probability() -> None:
    labels = torch.arange(10).repeat(200)
    assert torch.equal(drop_labels(labels, 0.0, 10, seeded()), labels)
    assert (drop_labels(labels, 1.0, 10, seeded()) == 10).all()
    some = drop_labels(labels, 0.25, 10, seeded())
    assert (some == 10).float().mean().item() == pytest.approx(0.25, abs=0.04)
    assert torch.equal(some[some != 10], labels[some != 10])


def test_guidance_mixes_with_and_without_label() -> None:
    def net(x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        return x + t.view(-1, 1, 1, 1) + labels.view(-1, 1, 1, 1)

    x, t, labels = torch.randn(4, 3, 2, 2), torch.full((4,), 7), torch.tensor([0, 1, 2, 9])
    assert torch.equal(Guided(net, 0.0, 10)(x, t, labels), net(x, t, labels))
    mixed = 1.5 * labels.float() - 0.5 * 10  # (1 + w) c - w u with w = 0.5
    expected = x + 7 + mixed.view(-1, 1, 1, 1)
    torch.testing.assert_close(Guided(net, 0.5, 10)(x, t, labels), expected)


def test_the_objective_is_the_error_of_the_predicted_noise() -> None:
    noising, clean, labels = short_schedule(), torch.zeros(6, 3, 4, 4), torch.arange(6)
    seen: dict[str, Tensor] = {}

    def net(x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        noise = x / (1 - noising.alpha_bar[t]).sqrt().view(-1, 1, 1, 1)  # exact for black images
        seen.update(noise=noise, t=t, labels=labels)
        return noise + 0.5

    objective = EpsilonMse()
    terms = objective.terms(net, noising, clean, labels, seeded())
    assert terms.total.item() == pytest.approx(0.25, rel=1e-4)
    assert torch.equal(seen["labels"], labels)
    assert seen["noise"].std().item() == pytest.approx(1.0, abs=0.15)
    steps = set()
    for seed in range(60):
        objective.terms(net, noising, clean, labels, seeded(seed))
        steps |= set(seen["t"].tolist())
    assert min(steps) == 1 and max(steps) == 50


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
    noising, noise = schedule.linear(2, 0.1, 0.2, CPU), torch.ones(1, 1, 2, 2)
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


def test_two_steps_change_the_network_and_lower_the_rate() -> None:
    net = ContextUnet(8, 10, 50)
    before = [parameter.clone() for parameter in net.parameters()]
    seen: list[int] = []
    net.register_forward_pre_hook(lambda _, inputs: seen.extend(inputs[2].tolist()))
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    linear = torch.optim.lr_scheduler.LinearLR(adam, 1.0, 0.0, total_iters=2)
    batches, driver = Batches(images(8, 28), 8, seeded(), CPU, labelled=True), training(2)
    train(
        net, EpsilonMse(), short_schedule(), batches, 0.5, 10,
        adam, linear, cpu_fabric(), driver, seeded(),
    )  # fmt: skip
    changed = [not torch.equal(*pair) for pair in zip(before, net.parameters(), strict=True)]
    assert all(changed)
    assert list(driver.rows[0]) == ["step", "mse"] and len(driver.rows) == 2
    assert adam.param_groups[0]["lr"] == 0.0
    assert 10 in seen and set(seen) & set(range(8))


@pytest.mark.parametrize("run", RUNS)
def test_every_entry_of_params_trains(
    run: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(tmp_path, monkeypatch)
    stage("train_diffusion")(run)
    facts = read_json(Path("runs/diffusion", run, "training.json"))
    assert facts["steps"] == RUNS[run]["steps"]["smoke"]
    header, *rows = Path("plots/curves/diffusion", f"{run}.csv").read_text().splitlines()
    assert header.startswith("step,") and rows[-1].startswith(f"{facts['steps']},")
