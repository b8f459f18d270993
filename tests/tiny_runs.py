"""A miniature of the repository: params.yaml at scale smoke, and prepared sets of few images."""

import json
import runpy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from lightning_fabric import Fabric

from hw2.core.checkpoint import Checkpoint
from hw2.core.params import read_yaml
from hw2.core.paths import prepared
from hw2.core.training import Training
from hw2.data.arrays import ImageSet
from hw2.raw.layouts import DOMAINS, SPLITS

ROOT = Path(__file__).parents[1]
PARAMS = read_yaml(ROOT / "params.yaml")


def enter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make `folder` such a miniature and the working directory."""
    monkeypatch.chdir(folder)
    params = (ROOT / "params.yaml").read_text()
    smoke = params.replace(f"\nscale: {PARAMS['scale']}\n", "\nscale: smoke\n", 1)
    Path("params.yaml").write_text(smoke)
    for domain in DOMAINS:
        for split in SPLITS:
            images(40, domain.size, domain.labelled).save(prepared(domain.name, split))


def change(changes: Mapping[str, Any]) -> None:
    """Write these values into params.yaml; an empty mapping replaces what is there."""
    content = read_yaml()
    _merge(content, changes)
    Path("params.yaml").write_text(yaml.safe_dump(json.loads(json.dumps(content))))  # no aliases


def _merge(old: dict[str, Any], new: Mapping[str, Any]) -> None:
    for key, value in new.items():
        if isinstance(value, Mapping) and isinstance(old.get(key), dict):
            if value:
                _merge(old[key], value)
            else:
                old[key] = {}
        else:
            old[key] = value


def images(count: int, size: int, labelled: bool = True) -> ImageSet:
    """Noise; image k has label k mod 10."""
    rng = np.random.default_rng(size)
    pixels = rng.integers(0, 256, (count, size, size, 3), dtype=np.uint8)
    names = [f"{k:05d}.png" for k in range(count)]
    return ImageSet(pixels, names, np.arange(count) % 10 if labelled else None)


def stage(name: str) -> Callable[[str], None]:
    """The `main` of a stage script."""
    main: Callable[[str], None] = runpy.run_path(str(ROOT / "stages" / f"{name}.py"))["main"]
    return main


def cpu_fabric() -> Fabric:
    return Fabric(accelerator="cpu", devices=1, precision="32-true")


def training(steps: int, **arguments: Any) -> Training:
    """A driver of a loop that never saves a checkpoint."""
    return Training("tiny", steps, {}, {}, Checkpoint("tiny", "0" * 64, 1e9), 1, **arguments)
