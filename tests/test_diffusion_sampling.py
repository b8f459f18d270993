"""The samplers, by hand."""

import math

import pytest
import torch
from torch import Tensor

from hw2.core.errors import UserError
from hw2.core.lookup import build
from hw2.core.noise import Streams
from hw2.diffusion import schedule
from hw2.diffusion.guidance import Guided, WithoutLabel
from hw2.diffusion.interface import Predictor, Sampler
from hw2.diffusion.schedule import Schedule
from hw2.diffusion.spacing import visited as spaced

CPU = torch.device("cpu")


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def streams(*seeds: int) -> Streams:
    """One for each image of a batch."""
    return Streams([seeded(seed) for seed in seeds], CPU)


def short_schedule() -> Schedule:
    return schedule.linear(50, (1e-3, 0.2), CPU)


def oracle(noising: Schedule, point: Tensor) -> Predictor:
    """The exact noise of a data distribution that is the one image `point`."""

    def net(x: Tensor, t: int, labels: Tensor) -> Tensor:
        a = noising.alpha_bar[t]
        return (x - a.sqrt() * point) / (1 - a).sqrt()

    return net


def timesteps(total: int, steps: int) -> list[int]:
    return spaced(schedule.linear(total, (1e-3, 0.02), CPU), steps, "even")


def sampler(name: str, **arguments: float | str) -> Sampler:
    made: Sampler = build("hw2.diffusion.samplers", name, "args", **arguments)
    return made


DDPM, DDIM, RANDOM_DDIM = sampler("ddpm"), sampler("ddim", eta=0.0), sampler("ddim", eta=1.0)
DPM = sampler("dpm_solver")
NAIVE, RISING = (sampler("ddpm_naive", order=order) for order in ("falling", "rising"))


@pytest.mark.parametrize(
    ("walk", "steps"),
    [(DDPM, 50), (DDIM, 50), (DDIM, 5), (DDIM, 1), (RANDOM_DDIM, 5), (DPM, 50), (DPM, 5), (DPM, 1)],
)
def test_samplers_recover_the_only_image(walk: Sampler, steps: int) -> None:
    noising, point = short_schedule(), torch.linspace(-1, 1, 48).view(1, 3, 4, 4)
    noise, labels = torch.randn(2, 3, 4, 4, generator=seeded()), torch.zeros(2).long()
    visited = timesteps(50, steps)
    states = list(walk(oracle(noising, point), noising, visited, noise, labels, streams(0, 1)))
    assert len(states) == steps + 1 and torch.equal(states[0], noise)
    torch.testing.assert_close(states[-1], point.expand(2, -1, -1, -1), atol=1e-4, rtol=0)


def zero(x: Tensor, t: int, labels: Tensor) -> Tensor:
    return torch.zeros_like(x)


def test_ddpm_by_hand() -> None:
    noising, noise = schedule.linear(2, (0.1, 0.2), CPU), torch.ones(1, 1, 2, 2)
    z = torch.randn(noise.shape, generator=seeded(3))
    x1 = noise / math.sqrt(0.8) + math.sqrt(0.2) * z
    labels = torch.zeros(1).long()
    walk = list(DDPM(zero, noising, [2, 1, 0], noise, labels, streams(3)))
    torch.testing.assert_close(walk[1], x1)
    torch.testing.assert_close(walk[2], x1 / math.sqrt(0.9))  # the last step adds no noise


def posterior(noising: Schedule, t: int, x: Tensor, x0: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance of q(x_{t-1} | x_t, x_0): Ho et al. 2020, eq. 7."""
    beta, alpha = noising.beta[t].double(), noising.alpha[t].double()
    now, then = noising.alpha_bar[t].double(), noising.alpha_bar[t - 1].double()
    mean = then.sqrt() * beta / (1 - now) * x0 + alpha.sqrt() * (1 - then) / (1 - now) * x
    return mean, (1 - then) / (1 - now) * beta


@pytest.mark.parametrize(("walk", "reduced"), [(DDPM, False), (RANDOM_DDIM, True)])
def test_each_step_is_the_posterior(walk: Sampler, reduced: bool) -> None:
    """With variance beta_t for DDPM and beta-tilde_t for DDIM with eta 1, from the same noise."""
    noising, point = short_schedule(), torch.full((1, 1, 2, 2), 0.5)  # within the clamp
    noise, labels = torch.randn(1, 1, 2, 2, generator=seeded(1)), torch.zeros(1).long()
    states = list(
        walk(oracle(noising, point), noising, timesteps(50, 50), noise, labels, streams(0))
    )
    rng = seeded()
    for t, x, found in zip(range(50, 1, -1), states[:-2], states[1:-1], strict=True):
        mean, beta_tilde = posterior(noising, t, x.double(), point)
        variance = beta_tilde if reduced else noising.beta[t].double()
        expected = mean + variance.sqrt() * torch.randn(x.shape, generator=rng)
        torch.testing.assert_close(found.double(), expected, atol=1e-4, rtol=0)
    torch.testing.assert_close(states[-1], point, atol=1e-4, rtol=0)  # eq. 7 at t = 1


def test_a_ddim_step_that_skips_by_hand() -> None:
    noising, eta = schedule.linear(3, (0.1, 0.3), CPU), 0.5  # alpha_bar 0.9, 0.72, 0.504
    noise, labels = torch.full((1, 1, 1, 1), 0.6), torch.zeros(1).long()
    net = oracle(noising, torch.full((1, 1, 1, 1), 0.25))
    found = list(sampler("ddim", eta=eta)(net, noising, [3, 1, 0], noise, labels, streams(3)))[1]
    eps = (0.6 - math.sqrt(0.504) * 0.25) / math.sqrt(1 - 0.504)
    sigma = eta * math.sqrt((1 - 0.9) / (1 - 0.504)) * math.sqrt(1 - 0.504 / 0.9)  # eq. 16
    z = torch.randn(1, generator=seeded(3)).item()
    expected = math.sqrt(0.9) * 0.25 + math.sqrt(1 - 0.9 - sigma**2) * eps + sigma * z  # eq. 12
    assert found.item() == pytest.approx(expected, abs=1e-5)


def test_ddim_clamps_the_predicted_image() -> None:
    noising = schedule.linear(2, (0.1, 0.2), CPU)  # alpha_bar 0.9, 0.72
    noise, labels = torch.full((1, 1, 1, 1), 2.0), torch.zeros(1).long()
    _, middle, end = DDIM(zero, noising, [2, 1, 0], noise, labels, streams(0))
    eps = (2 - math.sqrt(0.72)) / math.sqrt(1 - 0.72)  # what explains x_2 if the image is 1
    assert middle.item() == pytest.approx(math.sqrt(0.9) + math.sqrt(0.1) * eps, rel=1e-5)
    assert end.item() == 1.0


def curved(noising: Schedule) -> Predictor:
    """The noise of a network that sees another image, within the clamp, in each state."""

    def net(x: Tensor, t: int, labels: Tensor) -> Tensor:
        a = noising.alpha_bar[t]
        return (x - a.sqrt() * 0.9 * torch.sin(x + t / 50)) / (1 - a).sqrt()

    return net


def test_dpm_solver_steps_by_hand() -> None:
    noising = schedule.linear(3, (0.1, 0.3), CPU)  # alpha_bar 0.9, 0.72, 0.504
    net, noise, labels = curved(noising), torch.full((1, 1, 1, 1), 0.6), torch.zeros(1).long()
    _, x2, x1, x0 = list(DPM(net, noising, [3, 2, 1, 0], noise, labels, streams(0)))
    alpha = {t: math.sqrt(a) for t, a in {1: 0.9, 2: 0.72, 3: 0.504}.items()}
    sigma = {t: math.sqrt(1 - a * a) for t, a in alpha.items()}
    lam = {t: math.log(alpha[t] / sigma[t]) for t in alpha}
    seen = {t: 0.9 * math.sin(x.item() + t / 50) for t, x in {3: noise, 2: x2, 1: x1}.items()}
    h2, h1 = lam[2] - lam[3], lam[1] - lam[2]
    first = sigma[2] / sigma[3] * 0.6 - alpha[2] * (math.exp(-h2) - 1) * seen[3]
    r = h2 / h1
    data = (1 + 1 / (2 * r)) * seen[2] - 1 / (2 * r) * seen[3]  # line 8 of algorithm 2
    second = sigma[1] / sigma[2] * x2.item() - alpha[1] * (math.exp(-h1) - 1) * data
    assert x2.item() == pytest.approx(first, abs=1e-5)
    assert x1.item() == pytest.approx(second, abs=1e-5)
    assert x0.item() == pytest.approx(seen[1], abs=1e-5)


def test_dpm_solver_is_nearer_to_the_solution_than_ddim() -> None:
    """Of normal images N(0, s^2): x / sqrt(alpha_bar s^2 + 1 - alpha_bar) stays the same."""
    noising, s = schedule.linear(1000, (1e-4, 0.02), CPU), 0.25

    def net(x: Tensor, t: int, labels: Tensor) -> Tensor:
        a = noising.alpha_bar[t]
        x0 = a.sqrt() * s**2 / (a * s**2 + 1 - a) * x  # the mean of the images that became x
        return (x - a.sqrt() * x0) / (1 - a).sqrt()

    noise, labels = torch.linspace(-2, 2, 5).view(5, 1, 1, 1), torch.zeros(5).long()
    deviation = (noising.alpha_bar * s**2 + 1 - noising.alpha_bar).sqrt()
    visited, errors = timesteps(1000, 20), {}
    for name, walk in [("ddim", DDIM), ("dpm", DPM)]:
        rngs = streams(*range(5))
        *_, state, _ = walk(net, noising, visited, noise, labels, rngs)
        solution = noise / deviation[-1] * deviation[visited[-2]]  # the last step is the same
        errors[name] = (state - solution).abs().mean().item()
    assert errors["dpm"] < errors["ddim"] / 2


@pytest.mark.parametrize(("name", "steps"), [("ddim", 25), ("ddim", 8), ("dpm", 25), ("dpm", 8)])
def test_samplers_agree_with_diffusers(name: str, steps: int) -> None:
    """Steps and states of another implementation, from the same network and noise."""
    diffusers = pytest.importorskip("diffusers", reason="the other implementation of the samplers")
    noising = schedule.linear(400, (1e-4, 0.02), CPU)
    settings = {"trained_betas": noising.beta[1:].numpy(), "timestep_spacing": "trailing"}
    if name == "ddim":
        other, ours = diffusers.DDIMScheduler(400, clip_sample=False, **settings), DDIM
    else:
        other = diffusers.DPMSolverMultistepScheduler(400, final_sigmas_type="zero", **settings)
        ours = DPM
    visited = timesteps(400, steps)
    other.set_timesteps(steps)
    assert other.timesteps.tolist() == [t - 1 for t in visited[:-1]]
    net, labels = curved(noising), torch.zeros(2).long()
    x = noise = torch.randn(2, 3, 4, 4, generator=seeded())
    states = list(ours(net, noising, visited, noise, labels, streams(0, 1)))
    for t, state in zip(other.timesteps, states[1:], strict=True):
        x = other.step(net(x, int(t) + 1, labels), t, x).prev_sample
        torch.testing.assert_close(x, state, atol=1e-5, rtol=0)


def test_naive_ddpm_is_ddpm_where_it_makes_no_mistake() -> None:
    noising, steps = short_schedule(), timesteps(50, 50)
    net, noise = oracle(noising, torch.zeros(1, 3, 4, 4)), torch.randn(1, 3, 4, 4)
    labels = torch.zeros(1).long()
    walks = [walk(net, noising, steps, noise, labels, streams(5)) for walk in (DDPM, NAIVE)]
    assert all(torch.equal(*states) for states in zip(*walks, strict=True))


@pytest.mark.parametrize(("walk", "called"), [(NAIVE, [50, 40, 30, 20, 10]), (RISING, [10, 50])])
def test_naive_ddpm_asks_for_the_steps_in_its_order(walk: Sampler, called: list[int]) -> None:
    asked: list[int] = []

    def net(x: Tensor, t: int, labels: Tensor) -> Tensor:
        asked.append(t)
        return torch.zeros_like(x)

    noise, labels = torch.ones(1, 1, 2, 2), torch.zeros(1).long()
    visited = [*sorted(called, reverse=True), 0]
    states = list(walk(net, short_schedule(), visited, noise, labels, streams(3)))
    assert asked == called and len(states) == len(visited)


def test_naive_ddpm_leaves_noise_behind() -> None:
    """Of the one image 0 the right walk leaves nothing; skipping and rising order leave noise."""
    noising, labels = short_schedule(), torch.zeros(1).long()
    net, noise = oracle(noising, torch.zeros(1, 3, 8, 8)), torch.randn(1, 3, 8, 8)

    def left(walk: Sampler, steps: int) -> float:
        *_, last = walk(net, noising, timesteps(50, steps), noise, labels, streams(1))
        return last.abs().mean().item()

    assert left(NAIVE, 50) < 1e-4
    assert left(NAIVE, 5) > 0.1 and left(RISING, 50) > 0.1


def test_no_order_but_falling_and_rising() -> None:
    with pytest.raises(UserError, match="order is 'sideways': choose falling, rising"):
        sampler("ddpm_naive", order="sideways")


def test_ddpm_refuses_to_skip() -> None:
    noise, labels = torch.zeros(1, 3, 2, 2), torch.zeros(1).long()
    walk = DDPM(zero, short_schedule(), timesteps(50, 5), noise, labels, streams(0))
    with pytest.raises(UserError, match=r"set its steps to null \(here 50\), or its method"):
        next(walk)


@pytest.mark.parametrize(("walk", "steps", "draws"), [(DDPM, 50, 49), (DDIM, 5, 0), (DPM, 5, 0)])
def test_noise_is_drawn_only_where_it_is_added(walk: Sampler, steps: int, draws: int) -> None:
    noise, labels = torch.randn(1, 3, 2, 2), torch.zeros(1).long()
    rng, expected = seeded(1), seeded(1)
    list(walk(zero, short_schedule(), timesteps(50, steps), noise, labels, Streams([rng], CPU)))
    for _ in range(draws):
        torch.randn(noise.shape, generator=expected)
    assert torch.equal(rng.get_state(), expected.get_state())


@pytest.mark.parametrize("walk", [DDPM, DDIM, RANDOM_DDIM, DPM])
def test_only_the_prediction_is_rounded_to_bfloat16(walk: Sampler) -> None:
    def coarse(x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        return x.mul(0.3).bfloat16()

    def same(x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        return coarse(x, t, labels).float()

    noise, labels, steps = torch.randn(1, 3, 2, 2), torch.zeros(1).long(), timesteps(50, 50)
    predictors = [Guided(WithoutLabel(net, 10), 0.0, []) for net in (coarse, same)]
    walks = [
        walk(predict, short_schedule(), steps, noise, labels, streams(0)) for predict in predictors
    ]
    assert all(torch.equal(*states) for states in zip(*walks, strict=True))


@pytest.mark.parametrize("eta", [-0.1, 1.5])
def test_eta_beyond_ddpm_is_refused(eta: float) -> None:
    with pytest.raises(UserError, match=rf"'ddim': eta is {eta}: choose from 0"):
        sampler("ddim", eta=eta)


@pytest.mark.parametrize("walk", [DDPM, RANDOM_DDIM])
def test_added_noise_is_the_image_s_own(walk: Sampler) -> None:
    """The image of stream 2 comes out the same alone, and as the last of three."""
    noise, steps = torch.randn(1, 3, 2, 2, generator=seeded(9)), timesteps(50, 50)

    def end(*seeds: int) -> Tensor:
        start, labels = noise.expand(len(seeds), -1, -1, -1), torch.zeros(len(seeds)).long()
        *_, found = walk(zero, short_schedule(), steps, start, labels, streams(*seeds))
        return found

    together = end(0, 1, 2)
    torch.testing.assert_close(together[2:], end(2), atol=0, rtol=0)
    assert (together[0] != together[2]).any()
