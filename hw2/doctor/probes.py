"""Looks at what may end a process, each in one of its own: ``python -m hw2.doctor.probes torch``.

A library that was built for another processor, or that lacks a system library, can stop a process
without an exception. The doctor must go on, so it imports no such library itself.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from hw2.core.errors import UserError, exit_on_user_error

TIMEOUT_SECONDS = 120


def ask(probe: str) -> dict[str, Any]:
    """What the probe of that name finds, from a process of its own.

    Raises:
        UserError: it ended badly; the message is the last that it said.
    """
    command = [sys.executable, "-m", __name__, probe]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise UserError(f"no answer within {TIMEOUT_SECONDS} s") from None
    if done.returncode < 0:
        raise UserError(f"it ends the process (signal {-done.returncode})")
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"it ends with status {done.returncode}"]
        raise UserError(said[-1].removeprefix("error: "))
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def torch_facts() -> dict[str, Any]:
    """Version, build, threads, and the GPUs that torch sees."""
    import torch

    gpus = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return {
        "version": torch.__version__,
        "cuda": torch.version.cuda,
        "threads": torch.get_num_threads(),
        "vectors": torch.backends.cpu.get_cpu_capability(),
        "gpus": [torch.cuda.get_device_name(index) for index in range(gpus)],
        "gpu_bf16": bool(gpus) and torch.cuda.is_bf16_supported(including_emulation=False),
    }


def torchvision_facts() -> dict[str, Any]:
    """Its version, after a network of it was found."""
    from hw2.core.vision import torchvision

    return {"version": torchvision.__version__, "network": torchvision.models.Inception3.__name__}


def dlib_facts() -> dict[str, Any]:
    """Its version, after its detector has looked at a blank image."""
    import dlib
    import numpy as np

    from hw2.evaluation.face_rate import count_faces

    count_faces(np.zeros((1, 64, 64, 3), dtype=np.uint8))
    return {"version": dlib.__version__}


def params_facts() -> dict[str, Any]:
    """All of params.yaml is checked."""
    from hw2.params import check_params

    check_params()
    return {}


def inception_facts() -> dict[str, Any]:
    """Where the Inception weights are, their checksum made; None where there are none."""
    from hw2.core.params import read_section
    from hw2.evaluation.params import EvaluationSettings
    from hw2.evaluation.weights import check_weights, find_weights

    path = find_weights(read_section(EvaluationSettings, "evaluation").weights_path)
    if path is not None:
        check_weights(path)
    return {"path": None if path is None else str(path)}


def judge_facts() -> dict[str, Any]:
    """Which judges can be loaded: the trained one if it is there, the course's if it is named."""
    from pathlib import Path

    from hw2.core.params import read_section
    from hw2.core.paths import JUDGE
    from hw2.evaluation.digit_judge import load_course_judge, load_judge
    from hw2.evaluation.params import EvaluationSettings

    named = read_section(EvaluationSettings, "evaluation").judge_weights
    if JUDGE.is_file():
        load_judge(JUDGE)
    if named is not None:
        load_course_judge(Path(named))
    return {"trained": JUDGE.is_file(), "course": named}


PROBES: dict[str, Callable[[], dict[str, Any]]] = {
    "torch": torch_facts,
    "torchvision": torchvision_facts,
    "dlib": dlib_facts,
    "params": params_facts,
    "inception": inception_facts,
    "judge": judge_facts,
}

if __name__ == "__main__":
    with exit_on_user_error():
        print(json.dumps(PROBES[sys.argv[1]]()))
