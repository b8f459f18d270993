"""Judges: classifiers that read generated digits, so that their accuracy can be counted.

`DigitJudge` is trained in the pipeline on real images of the data in use. `CourseJudge` is the
course's own network, whose weights file a user may hold. Both take (B, 3, 28, 28) images in
[-1, 1] and return logits (B, 10); `read` gives probabilities and what the last layer is given.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hw2.core.errors import UserError
from hw2.core.sharing import shared_out
from hw2.core.weights import load_weights
from hw2.data.values import DIGITS
from hw2.evaluation.state_file import fill

WEIGHTS_NAME = "judge"
CHUNK = 100  # its largest layer, 10 MB, stays in a processor's cache


class DigitJudge(nn.Module):
    """Five 3x3 convolutions, three halvings, one linear layer: 289,706 parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.convolutions = nn.Sequential(
            *_convolution(3, 32),
            nn.MaxPool2d(2),  # 32 x 14 x 14
            *_convolution(32, 64),
            *_convolution(64, 64),
            nn.MaxPool2d(2),  # 64 x 7 x 7
            *_convolution(64, 128),
            *_convolution(128, 128),
            nn.MaxPool2d(2),  # 128 x 3 x 3
            nn.Flatten(),
        )
        self.classifier = nn.Linear(128 * 3 * 3, 10)

    def features(self, images: Tensor) -> Tensor:
        """(B, 3, 28, 28) to (B, 1152)."""
        found: Tensor = self.convolutions(images)
        return found

    def forward(self, images: Tensor) -> Tensor:
        """(B, 3, 28, 28) to logits (B, 10)."""
        logits: Tensor = self.classifier(self.features(images))
        return logits

    def read(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(B, 3, 28, 28) to probabilities (B, 10) and features (B, 1152).

        The probabilities are the mean over the image and its negative, which read the same.
        """
        found = self.features(images)
        return (self.classifier(found).softmax(1) + self(-images).softmax(1)) / 2, found


class CourseJudge(nn.Module):
    """The course's digit classifier, a LeNet: 44,674 parameters; inputs normalised by 0.5/0.5."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 4 * 4, 128)
        self.fc2 = nn.Linear(128, 64)
        self.fc3 = nn.Linear(64, 10)

    def features(self, images: Tensor) -> Tensor:
        """(B, 3, 28, 28) to (B, 64)."""
        x = self.pool(F.relu(self.conv1(images)))  # (B, 6, 12, 12)
        x = self.pool(F.relu(self.conv2(x)))  # (B, 16, 4, 4)
        return F.relu(self.fc2(F.relu(self.fc1(x.flatten(1)))))

    def forward(self, images: Tensor) -> Tensor:
        """(B, 3, 28, 28) to logits (B, 10)."""
        logits: Tensor = self.fc3(self.features(images))
        return logits

    def read(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """(B, 3, 28, 28) to probabilities (B, 10) and features (B, 64)."""
        found = self.features(images)
        return self.fc3(found).softmax(1), found


Judge = DigitJudge | CourseJudge


@dataclass(frozen=True)
class Reading:
    """What a judge reads in N images.

    Attributes:
        labels: (N,) int64 in 0..9, the most probable digits.
        confidence: (N,) float32 in [0.1, 1], their probabilities.
        features: (N, F) float32, what the judge's last layer is given.
    """

    labels: np.ndarray
    confidence: np.ndarray
    features: np.ndarray


def load_judge(path: Path) -> DigitJudge:
    """The judge that ``save_weights(path, {WEIGHTS_NAME: judge})`` wrote.

    Raises:
        UserError: the file is missing, damaged, or of another network.
    """
    judge = DigitJudge()
    load_weights(path, WEIGHTS_NAME, judge)
    return judge.eval()


def load_course_judge(path: Path) -> CourseJudge:
    """The course's judge from its weights file, a state_dict written by ``torch.save``.

    Raises:
        UserError: the file is missing, damaged, or of another network.
    """
    judge = CourseJudge()
    fill(judge, path, "the course's digit classifier")
    if not all(value.isfinite().all() for value in judge.parameters()):
        raise UserError(f"{path}: some weights are NaN or infinite; fetch or save the file anew")
    return judge.eval()


@torch.inference_mode()
def read_digits(judge: Judge, images: np.ndarray) -> Reading:
    """Read (N, 28, 28, 3) uint8 images, N >= 1, on the device where the judge is."""
    judge.eval()
    device = next(judge.parameters()).device

    def read(start: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        part = torch.from_numpy(images[start : start + CHUNK]).to(device)
        probabilities, features = judge.read(DIGITS.to_model(part))
        best = probabilities.cpu().max(1)
        return best.indices.numpy(), best.values.numpy(), features.cpu().numpy()

    parts = shared_out(range(0, len(images), CHUNK), read)
    return Reading(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def _convolution(inputs: int, outputs: int) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, outputs, 3, padding=1, bias=False)
    return [convolution, nn.BatchNorm2d(outputs), nn.ReLU()]
