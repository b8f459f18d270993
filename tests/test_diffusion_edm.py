"""EDM: the change of variables, the preconditioning, the loss, Heun's method; by hand."""

import math

import pytest
import torch
from stage_imports import ROOT
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.core.lookup import build, names
from hw2.core.noise import Streams
from hw2.core.params import read_section
from hw2.diffusion import schedule
from hw2.diffusion.build import build_schedule
from hw2.diffusion.evaluations import steps_and_evaluations, takes_every_step
from hw2.diffusion.interface import Predictor, Sampler
from hw2.diffusion.objectives.edm import Edm
from hw2.diffusion.params import DiffusionModel
from hw2.diffusion.preconditioning import Preconditioned, weight
from hw2.diffusion.schedule import Schedule
from hw2.diffusion.spacing import visited

CPU = torch.device("cpu")
DATA = 0.5  # sigma_data
NOISING = schedule.karras(1000, (0.002, 80.0), CPU)
STREAMS = Streams([], CPU)
HEUN: Sampler = build("hw2.diffusion.samplers", "heun", "args")
DPM: Sampler = build("hw2.diffusion.samplers", "dpm_solver", "args")


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_the_schedule_is_equation_5() -> None:
    """Float32 knows 1 - alpha_bar to 6e-8, so the least sigmas to a percent."""
    found = NOISING.sigma
    assert found[0] == 0 and len(found) == 1001
    low, high = 0.002 ** (1 / 7), 80 ** (1 / 7)
    for t in (1, 2, 250, 999, 1000):
        expected = (low + (t - 1) / 999 * (high - low)) ** 7
        assert found[t].item() == pytest.approx(expected, rel=1e-2 if t < 10 else 1e-4)
    ratios = found[2:] / found[1:-1]
    assert ratios.min() > 1 and ratios.max() < 1.04


def test_sigma_is_the_noise_beside_an_image_of_full_strength() -> None:
    image, noise, t = torch.full((1, 3, 2, 2), 0.5), torch.full((1, 3, 2, 2), -2.0), 400
    noisy = NOISING.add_noise(image, noise, torch.tensor([t])) / NOISING.alpha_bar[t].sqrt()
    torch.testing.assert_close(noisy, image + NOISING.sigma[t] * noise)


def test_the_nearest_step() -> None:
    sigma = NOISING.sigma
    assert torch.equal(NOISING.nearest(sigma[1:]), torch.arange(1, 1001))
    between = torch.stack([sigma[500] ** 0.51 * sigma[501] ** 0.49, torch.tensor(1e-9)])
    assert NOISING.nearest(between).tolist() == [500, 1]
    assert NOISING.nearest(torch.tensor([1e9])).tolist() == [1000]


@pytest.mark.parametrize("evaluations", [5, 18])
def test_karras_spacing_visits_the_noise_of_equation_5(evaluations: int) -> None:
    found = NOISING.sigma[visited(NOISING, evaluations, "karras")]
    low, high = 0.002 ** (1 / 7), 80 ** (1 / 7)
    place = torch.linspace(0, 1, evaluations)
    expected = torch.cat([(high + place * (low - high)) ** 7, torch.zeros(1)])
    torch.testing.assert_close(found, expected, rtol=0.02, atol=0)  # steps are whole


class Fixed(nn.Module):
    """F that returns `result` everywhere; notes what it is given."""

    def __init__(self, result: float) -> None:
        super().__init__()
        self.result = result

    def forward(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        self.seen = x, t, labels
        return torch.full_like(x, self.result)


def test_the_prediction_is_that_of_table_1() -> None:
    net, x = Fixed(0.7), torch.full((1, 3, 1, 1), 0.3)
    made = Preconditioned(net, NOISING, DATA)
    for t in (1, 300, 1000):
        sigma = NOISING.sigma[t].item()
        scaled = 0.3 * math.sqrt(1 + sigma**2)  # of strength 1
        both = sigma**2 + DATA**2
        denoised = DATA**2 / both * scaled + sigma * DATA / math.sqrt(both) * 0.7
        (eps,) = made(x, torch.tensor([t]), torch.tensor([4])).unique().tolist()
        assert scaled - sigma * eps == pytest.approx(denoised, rel=1e-4)
        assert net.seen[0].max().item() == pytest.approx(scaled / math.sqrt(both), rel=1e-4)
        assert net.seen[1].item() == pytest.approx(1000 * math.log(sigma) / 4, rel=1e-5)
        assert net.seen[2].item() == 4


def test_without_noise_the_image_is_what_is_given() -> None:
    """c_skip tends to 1 and c_out to 0 with sigma, whatever F says."""
    x, t = torch.full((1, 3, 1, 1), 0.3), torch.tensor([1])
    eps = Preconditioned(Fixed(1.0), NOISING, DATA)(x, t, torch.zeros(1).long())
    torch.testing.assert_close(x - NOISING.sigma[1] * eps, x, atol=0.0021, rtol=0)


@pytest.mark.parametrize("t", [1, 200, 500, 1000])
def test_input_and_target_of_the_network_have_variance_1(t: int) -> None:
    """Of images with deviation sigma_data."""
    rng, net = seeded(), Fixed(0.0)
    images, noise = (torch.randn(1, 3, 200, 200, generator=rng) for _ in range(2))
    images, steps = DATA * images, torch.tensor([t])
    noisy = NOISING.add_noise(images, noise, steps)
    eps = Preconditioned(net, NOISING, DATA)(noisy, steps, torch.zeros(1).long())
    sigma = NOISING.sigma[t]
    target = (noise - eps) * weight(sigma, DATA).sqrt()  # what F = 0 lacks, over c_out
    assert net.seen[0].std().item() == pytest.approx(1, abs=0.02)
    assert target.std().item() == pytest.approx(1, abs=0.02)


def test_the_weight_is_lambda_of_table_1() -> None:
    sigma = torch.tensor([0.002, 0.5, 80.0])
    paper = (sigma**2 + DATA**2) / (sigma * DATA) ** 2
    torch.testing.assert_close(weight(sigma, DATA), sigma**2 * paper)


@pytest.mark.parametrize(("log_mean", "log_deviation"), [(-1.2, 1.2), (3.0, 0.1), (-5.0, 0.1)])
def test_the_loss_is_1_before_training(log_mean: float, log_deviation: float) -> None:
    rng, net = seeded(), Preconditioned(Fixed(0.0), NOISING, DATA)
    images = DATA * torch.randn(200, 3, 16, 16, generator=rng)
    terms = Edm(DATA, log_mean, log_deviation).terms(
        net, NOISING, images, torch.zeros(200).long(), rng
    )
    assert list(terms.losses) == ["weighted_mse"]
    assert terms.total.item() == pytest.approx(1, abs=0.03)


def test_noise_levels_are_log_normal() -> None:
    steps: list[Tensor] = []

    def net(x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        steps.append(t)
        return x

    images, labels = torch.zeros(20_000, 1, 1, 1), torch.zeros(20_000).long()
    Edm(DATA, -1.2, 1.2).terms(net, NOISING, images, labels, seeded())
    levels = NOISING.sigma[steps[0]].log()
    assert levels.mean().item() == pytest.approx(-1.2, abs=0.03)
    assert levels.std().item() == pytest.approx(1.2, abs=0.03)


def gaussian(noising: Schedule, deviation: float) -> Predictor:
    """The exact noise in images from N(0, deviation^2), whose denoiser is a Wiener filter."""

    def net(x: Tensor, t: int, labels: Tensor) -> Tensor:
        alpha_bar = noising.alpha_bar[t].double()
        variance = alpha_bar * deviation**2 + 1 - alpha_bar
        return ((1 - alpha_bar).sqrt() / variance * x).float()

    return net


def ends(walk: Sampler, noising: Schedule, steps: list[int], deviation: float) -> Tensor:
    """The last state but the image, over what the probability flow makes of the same noise."""
    noise = torch.linspace(0.4, 2, 5).view(5, 1, 1, 1)
    net, labels = gaussian(noising, deviation), torch.zeros(5).long()
    *_, state, _ = walk(net, noising, steps, noise, labels, STREAMS)
    alpha_bar = noising.alpha_bar.double()
    spread = (alpha_bar * deviation**2 + 1 - alpha_bar).sqrt()
    return state / (noise * spread[steps[-2]] / spread[steps[0]])


def test_a_step_of_heun_by_hand() -> None:
    """Of N(0, s^2) the slope at (x, sigma) is sigma x / (sigma^2 + s^2)."""
    s, steps = 0.1, [600, 400, 0]
    noise, labels = torch.full((1, 1, 1, 1), 0.1), torch.zeros(1).long()
    found = list(HEUN(gaussian(NOISING, s), NOISING, steps, noise, labels, STREAMS))
    a, b = (NOISING.sigma[t].item() for t in steps[:2])
    x = 0.1 * math.sqrt(1 + a * a)
    first = a * x / (a * a + s * s)
    second = b * (x + (b - a) * first) / (b * b + s * s)
    middle = x + (b - a) * (first + second) / 2
    assert found[0] is noise
    assert found[1].item() == pytest.approx(middle / math.sqrt(1 + b * b), rel=1e-4)
    image = middle - b * b * middle / (b * b + s * s)
    assert found[2].item() == pytest.approx(image, rel=1e-4)


@pytest.mark.parametrize("walk", [HEUN, DPM], ids=["heun", "dpm_solver"])
def test_the_error_falls_as_of_second_order(walk: Sampler) -> None:
    """Half the step, at most a quarter of the error, or nearly; of first order it is half."""
    noising = schedule.karras(4001, (0.1, 10.0), CPU)
    errors = [
        (ends(walk, noising, [*range(4001, 0, -stride), 0], 0.25) - 1).abs().mean().item()
        for stride in (500, 250)
    ]
    assert errors[1] < 0.02 and errors[0] / errors[1] > 3


def test_heun_is_exact_where_the_solution_is_a_line() -> None:
    """Of the one image 0.3 the flow is straight in (x, sigma): one step is as good as many."""
    point = 0.3

    def net(x: Tensor, t: int, labels: Tensor) -> Tensor:
        alpha_bar = NOISING.alpha_bar[t]
        return (x - alpha_bar.sqrt() * point) / (1 - alpha_bar).sqrt()

    noise, labels = torch.randn(2, 3, 4, 4, generator=seeded()), torch.zeros(2).long()
    few, many = (
        list(HEUN(net, NOISING, steps, noise, labels, STREAMS))
        for steps in ([600, 300, 0], [*range(600, 300, -10), 300, 0])
    )
    torch.testing.assert_close(few[1], many[-2], atol=1e-3, rtol=0)
    torch.testing.assert_close(few[-1], torch.full_like(noise, point), atol=1e-3, rtol=0)


def test_dpm_solver_of_equation_5_is_that_of_the_variance_preserving_form() -> None:
    """A schedule of few steps, at the noise of a finer one: the change of variables alone."""
    betas = schedule.linear(400, (1e-4, 0.02), CPU)
    steps = [400, 300, 200, 100, 20, 0]
    net, labels = gaussian(betas, 0.25), torch.zeros(2).long()
    noise = torch.randn(2, 1, 2, 2, generator=seeded())
    states = list(DPM(net, betas, steps, noise, labels, STREAMS))
    x, sigma = noise / betas.alpha_bar[400].sqrt(), betas.sigma
    last: tuple[Tensor, Tensor] | None = None
    for t, following, state in zip(steps[:-2], steps[1:-1], states[1:], strict=False):
        # The paper's update in x / alpha and sigma, whose alpha is 1 everywhere.
        eps = net(x * betas.alpha_bar[t].sqrt(), t, labels)
        image = (x - sigma[t] * eps).clamp(-1, 1)
        h = (sigma[t] / sigma[following]).log()
        ahead = image if last is None else image + (image - last[0]) * h / (2 * last[1])
        x = sigma[following] / sigma[t] * x - torch.expm1(-h) * ahead
        last = image, h
        expected = x * betas.alpha_bar[following].sqrt()
        torch.testing.assert_close(state, expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(
    ("method", "asked", "made"),
    [("heun", 35, 35), ("heun", 20, 19), ("heun", 1, 1), ("dpm_solver", 18, 18)],
)
def test_a_sampler_evaluates_the_network_as_often_as_it_says(
    method: str, asked: int, made: int
) -> None:
    calls = []

    def net(x: Tensor, t: int, labels: Tensor) -> Tensor:
        calls.append(t)
        return x

    walk = build("hw2.diffusion.samplers", method, "args")
    taken, evaluations = steps_and_evaluations(method, asked)
    steps = visited(NOISING, taken, "karras")
    list(walk(net, NOISING, steps, torch.zeros(1, 3, 2, 2), torch.zeros(1).long(), STREAMS))
    assert len(calls) == evaluations == made


def test_only_ddpm_leaves_out_no_step() -> None:
    assert [name for name in names("hw2.diffusion.samplers") if takes_every_step(name)] == ["ddpm"]


@pytest.mark.parametrize("sigma", [[1e-4, 80.0], [0.002, 1e30]])
def test_noise_that_float32_cannot_hold_is_refused(sigma: list[float]) -> None:
    model = read_section(
        DiffusionModel, "diffusion", "models", "edm_digits", path=ROOT / "params.yaml"
    )
    edm = model.edm.model_copy(update={"sigma": sigma})
    with pytest.raises(UserError, match=rf"edm.sigma .* {model.timesteps} timesteps the noise"):
        build_schedule(model.model_copy(update={"edm": edm}), torch.device("cpu"))
