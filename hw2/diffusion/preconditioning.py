"""EDM's preconditioning of a network (Karras et al. 2022, table 1 and appendix B.6)."""

from torch import Tensor, nn

from hw2.diffusion.schedule import Schedule

# Embeddings of time are made for whole steps up to about a thousand.
STEPS_A_UNIT = 1000


class Preconditioned(nn.Module):
    """A noise predictor made of a network F whose input and target have variance 1 at every sigma.

    With x = y + sigma n and images y of deviation sigma_data, the paper's denoiser is

        D(x) = c_skip x + c_out F(c_in x, c_noise),
        c_skip = sigma_data^2 / (sigma^2 + sigma_data^2),
        c_out = sigma sigma_data / sqrt(sigma^2 + sigma_data^2),
        c_in = 1 / sqrt(sigma^2 + sigma_data^2),  c_noise = log(sigma) / 4.

    The noise in x is (x - D(x)) / sigma. Written out, nothing large is subtracted where sigma is
    small: sigma / (sigma^2 + sigma_data^2) x - sigma_data c_in F.

    Args:
        net: F; its t is c_noise times 1000, a real number.
        schedule: says which sigma is meant by a step t.
        sigma_data: standard deviation of the images' values.
    """

    sigma: Tensor
    signal: Tensor

    def __init__(self, net: nn.Module, schedule: Schedule, sigma_data: float) -> None:
        super().__init__()
        self.net, self.sigma_data = net, sigma_data
        self.register_buffer("sigma", schedule.sigma, persistent=False)  # (T + 1,)
        self.register_buffer("signal", schedule.alpha_bar.sqrt(), persistent=False)

    def forward(self, x: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        """x_t (B, 3, H, W), t (B,) in 1..T, labels (B,) -> its noise (B, 3, H, W), float32."""
        sigma = self.sigma[t].view(-1, 1, 1, 1)
        scaled = x / self.signal[t].view(-1, 1, 1, 1)  # y + sigma n
        variance = sigma**2 + self.sigma_data**2
        c_in, c_noise = variance.rsqrt(), self.sigma[t].log() / 4
        found = self.net(c_in * scaled, STEPS_A_UNIT * c_noise, labels).float()
        return sigma / variance * scaled - self.sigma_data * c_in * found


def weight(sigma: Tensor, sigma_data: float) -> Tensor:
    """What makes the squared error of the noise that of F, whose target has variance 1.

    The paper's lambda(sigma) = 1 / c_out^2 weighs |D - y|^2, which is sigma^2 times the squared
    error of the noise; together they are 1 + (sigma / sigma_data)^2.
    """
    return 1 + (sigma / sigma_data) ** 2
