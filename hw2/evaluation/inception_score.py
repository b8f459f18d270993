"""Inception score of generated images (Salimans et al. 2016, section 4).

    IS = exp(E_x KL(p(y | x) || p(y)))

p(y | x) is the softmax of the logits of one image, p(y) its mean over the images. 1 is the least:
all images get the same p(y | x). The number of classes is the most: each image is one class for
sure, and all classes come equally often. No real image is compared with.
"""

import numpy as np

from hw2.core.errors import UserError

SPLITS = 10  # those of the paper's authors, who score 50,000 images: 5,000 a split


def inception_score(logits: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation of the score over 10 splits of (N, C) logits, N >= 10.

    The splits are consecutive images, N / 10 each; the deviation is that of these ten values.
    The score grows with the images a split: compare only scores of equal N.

    Raises:
        UserError: fewer than ten images.
    """
    if len(logits) < SPLITS:
        raise UserError(
            f"inception score: {len(logits)} images are fewer than its {SPLITS} splits; "
            f"set gan.common.samples to {SPLITS} or more"
        )
    scores = [_score(part) for part in np.array_split(logits.astype(np.float64), SPLITS)]
    return float(np.mean(scores)), float(np.std(scores))


def _score(logits: np.ndarray) -> float:
    """exp of the mean KL divergence, in nats, of (N, C) logits."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_conditional = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))  # (N, C)
    conditional = np.exp(log_conditional)
    marginal = conditional.mean(axis=0)  # (C,)
    # A class that no image has adds nothing: p log p tends to 0 with p.
    log_marginal = np.log(np.maximum(marginal, np.finfo(np.float64).tiny))
    divergence = (conditional * (log_conditional - log_marginal)).sum(axis=1)  # (N,)
    return float(np.exp(divergence.mean()))
