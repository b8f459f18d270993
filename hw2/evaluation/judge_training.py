"""Training of the judge, which reads generated digits."""

import math
from pathlib import Path
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.optim import Optimizer

from hw2.core.generators import seeded, torch_generator
from hw2.core.training import Stateful, Training
from hw2.core.training_run import TrainingRun
from hw2.data.arrays import ImageSet
from hw2.data.batches import Batches
from hw2.data.values import DIGITS
from hw2.evaluation.digit_judge import DigitJudge
from hw2.evaluation.judge_augment import augment
from hw2.evaluation.params import JudgeSettings

WARM_UP = 0.15  # share of the steps
WEIGHT_DECAY = 0.05
LABEL_SMOOTHING = 0.1  # with few images, labels of exactly 1 are learnt by heart
BETAS = (0.9, 0.99)


def train_judge(
    run: TrainingRun, settings: JudgeSettings, digits: ImageSet, data: Path
) -> tuple[DigitJudge, Training]:
    """Train a judge on real digits; the learning rate warms up, then falls to 0 as a cosine.

    Args:
        digits: labelled images, (N, 28, 28, 3) uint8, N >= batch.
        data: the file that they are from; a checkpoint belongs to its content.

    Returns:
        The judge, and its training, whose checkpoint the caller removes when all is written.

    Raises:
        UserError: `digits` has no labels, or fewer images than a batch; the training diverged.
    """
    seed, steps = run.general.seed, settings.steps
    order = torch_generator(torch.device("cpu"), seed, "judge", "order")
    changes = torch_generator(run.device, seed, "judge", "augment")
    batches = Batches(digits, settings.batch, order, run.device, labelled=True, pixels=DIGITS)
    with seeded(seed, "judge", "init"):
        judge = DigitJudge()
    network = run.setup(judge)
    adamw = torch.optim.AdamW(judge.parameters(), settings.lr, BETAS, weight_decay=WEIGHT_DECAY)
    optimizer = cast(Optimizer, run.fabric.setup_optimizers(adamw))  # of all processes' gradients
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _lr_factor(step, steps))
    parts: dict[str, Stateful] = {"batches": batches, "judge": judge}
    parts |= {"optimizer": optimizer, "lr": schedule}
    training = run.training(steps, parts, {"augment": changes}, [settings], [data], settings.batch)
    for _ in training:
        drawn = batches.draw()
        loss = _loss(network(augment(drawn.images, changes)), cast(Tensor, drawn.labels))
        optimizer.zero_grad(set_to_none=True)
        run.fabric.backward(loss)
        optimizer.step()
        schedule.step()
        training.log({"loss": loss})
    return judge.eval(), training


def _loss(logits: Tensor, labels: Tensor) -> Tensor:
    return F.cross_entropy(logits, labels, label_smoothing=LABEL_SMOOTHING)


def _lr_factor(step: int, steps: int) -> float:
    """Linear warm-up times cosine; no step has a rate of 0."""
    progress = (step + 1) / (steps + 1)
    return min(1.0, progress / WARM_UP) * (1 + math.cos(math.pi * progress)) / 2
