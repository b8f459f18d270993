"""torchvision comes in through hw2.core.vision, also beside a CPU-only torch."""

import subprocess
import sys

PROGRAM = """
import torch
before = torch.library.register_fake
from hw2.core.vision import torchvision
assert torch.library.register_fake is before
from torchvision import datasets, models, utils
from torchvision.transforms import v2
image = torch.zeros(3, 8, 8)
print(tuple(utils.make_grid([image, image]).shape), tuple(v2.Resize(4)(image).shape))
"""


def test_a_fresh_process_can_use_torchvision() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split(") (") == ["(3, 12, 22", "3, 4, 4)\n"]
