"""Features and logits of the FID Inception network (Heusel et al. 2017; form by pytorch-fid).

The network is the one that `pytorch_fid.inception.fid_inception_v3` builds: torchvision's
Inception v3 with the blocks in which TensorFlow's differs. That function downloads its weights as
it builds; here they come from a file, so scoring never touches the network.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hw2.core.sharing import shared_out
from hw2.core.vision import torchvision  # before pytorch_fid, which imports torchvision by itself

# isort: split
from pytorch_fid.inception import FIDInceptionA, FIDInceptionC, FIDInceptionE_1, FIDInceptionE_2

from hw2.evaluation.state_file import fill
from hw2.evaluation.weights import SHA256_PREFIX, check_weights

FEATURES = 2048
INPUT_SIZE = 299
TENSORFLOW_CLASSES = 1008


@dataclass(frozen=True)
class Inception:
    """The network in evaluation mode, cut where FID and inception score need it.

    Attributes:
        trunk: (N, 3, 299, 299) in [-1, 1] to features (N, 2048).
        class_weights: (1008, 2048) float32, the last layer's matrix.
    """

    trunk: nn.Module
    class_weights: np.ndarray

    def logits(self, found: np.ndarray) -> np.ndarray:
        """(N, 1008) logits of (N, 2048) features, for the inception score.

        Without the last layer's bias, as in the code of Salimans et al. 2016.
        """
        return found @ self.class_weights.T


def build_network() -> nn.Module:
    """Inception v3 with the blocks of the FID network, its values not yet set."""
    network = torchvision.models.Inception3(
        num_classes=TENSORFLOW_CLASSES, aux_logits=False, init_weights=False
    )
    network.Mixed_5b = FIDInceptionA(192, pool_features=32)
    network.Mixed_5c = FIDInceptionA(256, pool_features=64)
    network.Mixed_5d = FIDInceptionA(288, pool_features=64)
    network.Mixed_6b = FIDInceptionC(768, channels_7x7=128)
    network.Mixed_6c = FIDInceptionC(768, channels_7x7=160)
    network.Mixed_6d = FIDInceptionC(768, channels_7x7=160)
    network.Mixed_6e = FIDInceptionC(768, channels_7x7=192)
    network.Mixed_7b = FIDInceptionE_1(1280)
    network.Mixed_7c = FIDInceptionE_2(2048)
    return network


def load_network(weights: Path, sha256_prefix: str = SHA256_PREFIX) -> Inception:
    """The FID Inception network with its published weights.

    Args:
        weights: the file that `weights.find_weights` returns.
        sha256_prefix: beginning of its checksum in hexadecimal.

    Raises:
        UserError: the file is missing, has another checksum, or does not hold this network.
    """
    check_weights(weights, sha256_prefix)
    network = build_network()
    fill(network, weights, "the FID Inception network")
    class_weights = network.get_parameter("fc.weight").detach().numpy()
    network.fc = nn.Identity()  # the features are what the last layer would be given
    return Inception(network.eval().requires_grad_(False), class_weights)


def features(trunk: nn.Module, images: np.ndarray, batch: int, device: torch.device) -> np.ndarray:
    """(N, H, W, 3) uint8 images to (N, 2048) float32 features, `batch` images at a time.

    Raises:
        ValueError: the images are not uint8 (N, H, W, 3).
    """
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[-1] != 3:
        raise ValueError(f"images are {images.dtype} {images.shape}, not uint8 NHW3")
    trunk = trunk.to(device)

    def extract(start: int) -> np.ndarray:
        part = torch.from_numpy(images[start : start + batch]).to(device)
        return trunk(_preprocess(part)).cpu().numpy()

    # TensorFloat-32 would round each product on a GPU to three digits.
    exact = torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False)
    with torch.inference_mode(), exact:
        return np.concatenate(list(shared_out(range(0, len(images), batch), extract)))


def _preprocess(images: Tensor) -> Tensor:
    """uint8 (B, H, W, 3) to float32 (B, 3, 299, 299) in [-1, 1], in pytorch-fid's order.

    Resizing is bilinear without antialiasing, as in the original graph.
    """
    unit = images.permute(0, 3, 1, 2).float() / 255
    size = (INPUT_SIZE, INPUT_SIZE)
    return 2 * F.interpolate(unit, size=size, mode="bilinear", align_corners=False) - 1
