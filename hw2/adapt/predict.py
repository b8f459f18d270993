"""Features and predictions of a trained network."""

import numpy as np
import torch

from hw2.adapt.interface import AdaptNet
from hw2.data.values import to_model

CHUNK = 500


@torch.inference_mode()
def predict(
    net: AdaptNet, images: np.ndarray, device: torch.device
) -> tuple[np.ndarray, np.ndarray]:
    """Features (N, F) float32 and predicted labels (N,) of images (N, 28, 28, 3) uint8."""
    net.eval()
    features, labels = [], []
    for start in range(0, len(images), CHUNK):
        part = torch.from_numpy(images[start : start + CHUNK]).to(device)
        chunk = net.features(to_model(part))
        features.append(chunk.float().cpu())
        labels.append(net.label_logits(chunk).argmax(1).cpu())
    return torch.cat(features).numpy(), torch.cat(labels).numpy()
