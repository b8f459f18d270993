"""BatchNorm over the batch of all processes, for CPU and GPU; torch's is for GPUs alone."""

import torch
from torch import Tensor, nn

from hw2.core import processes


class SyncBatchNorm(nn.modules.batchnorm._BatchNorm):
    """`nn.BatchNorm1d` or `nn.BatchNorm2d` (Ioffe & Szegedy 2015) of the rows of all processes.

    Each process must have equally many rows.
    """

    def _check_input_dim(self, input: Tensor) -> None:
        """Any number of dimensions from 2 on."""

    def forward(self, input: Tensor) -> Tensor:
        """(B, C, ...) -> the same; statistics and arithmetic are float32, as in torch's kernels."""
        if not self.training:
            return super().forward(input)
        axes = [axis for axis in range(input.ndim) if axis != 1]
        x = input.float()
        mean = _mean_over_processes(x.mean(axes, keepdim=True))
        variance = _mean_over_processes((x - mean).square().mean(axes, keepdim=True))
        self._update(mean.detach().flatten(), variance.detach().flatten(), x.numel() // x.shape[1])
        x = (x - mean) * (variance + self.eps).rsqrt()
        if self.affine:
            shape = [-1 if axis == 1 else 1 for axis in range(input.ndim)]
            x = x * self.weight.float().view(shape) + self.bias.float().view(shape)
        return x.to(input.dtype)

    @torch.no_grad()
    def _update(self, mean: Tensor, variance: Tensor, own: int) -> None:
        """The running statistics; the variance that is kept is the unbiased one."""
        tracked = self.num_batches_tracked
        if self.running_mean is None or self.running_var is None or tracked is None:
            return
        tracked += 1
        total = own * processes.count()
        momentum = self.momentum if self.momentum is not None else 1 / int(tracked)
        self.running_mean.lerp_(mean, momentum)
        self.running_var.lerp_(variance * total / (total - 1), momentum)


def synchronise(network: nn.Module) -> None:
    """Replace every BatchNorm inside `network`, in place; parameters and buffers stay the same."""
    for module in list(network.modules()):
        for name, child in module.named_children():
            if isinstance(child, nn.BatchNorm1d | nn.BatchNorm2d):
                setattr(module, name, _synchronised(child))


def _synchronised(norm: nn.BatchNorm1d | nn.BatchNorm2d) -> SyncBatchNorm:
    synced = SyncBatchNorm(
        norm.num_features, norm.eps, norm.momentum, norm.affine, norm.track_running_stats
    )
    synced._parameters, synced._buffers = norm._parameters, norm._buffers
    return synced.train(norm.training)


def _mean_over_processes(values: Tensor) -> Tensor:
    return processes.summed(values) / processes.count()
