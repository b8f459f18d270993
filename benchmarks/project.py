"""A project folder of its own, in which stages run as a user runs them."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

from benchmarks.measure import ROOT
from hw2.core.errors import UserError
from hw2.core.params import read_yaml
from hw2.core.paths import PREPARED, WEIGHTS, prepared, run_folder
from hw2.data.arrays import ImageSet, load_images
from hw2.raw.course_folder import write_digits, write_faces

DIGITS = ("mnistm", "svhn", "usps")
SAMPLED = "context_unet"
SAMPLED_WEIGHTS = run_folder("diffusion", SAMPLED) / WEIGHTS
LAST_LINES = 5


@dataclass(frozen=True)
class Took:
    """What a command took.

    Attributes:
        seconds: by the clock, start-up included.
        cpu_seconds: of all its processes and threads together.
    """

    seconds: float
    cpu_seconds: float


class Project:
    """A folder with params.yaml at scale full, and the prepared images and weights of `origin`.

    Args:
        folder: is made.
        origin: a repository in which `make repro` has run.
        accelerator: for `compute.accelerator`.

    Raises:
        UserError: `origin` lacks what is needed; the message names it.
    """

    def __init__(self, folder: Path, origin: Path, accelerator: str) -> None:
        for needed in (*(prepared(d, "train") for d in ("face", *DIGITS)), SAMPLED_WEIGHTS):
            if not (origin / needed).exists():
                raise UserError(f"{needed} is missing; run make repro first")
        self.folder, self.origin = folder, origin
        shutil.copytree(origin / PREPARED, folder / PREPARED)
        (folder / SAMPLED_WEIGHTS).parent.mkdir(parents=True)
        shutil.copyfile(origin / SAMPLED_WEIGHTS, folder / SAMPLED_WEIGHTS)
        self.params = read_yaml(origin / "params.yaml")
        self.params["scale"] = "full"
        self.set("compute", {"accelerator": accelerator})

    def set(self, path: str, values: dict[str, Any]) -> None:
        """Change values of params.yaml, e.g. ``set("gan.models.dcgan", {"steps": 3})``."""
        section = self.params
        for key in path.split("."):
            section = section[key]
        section |= values
        (self.folder / "params.yaml").write_text(yaml.safe_dump(self.params, sort_keys=False))

    def run(self, *command: str) -> Took:
        """Run ``python -m <command>`` in the folder.

        Raises:
            UserError: it fails; the message ends with the last lines of what it said.
        """
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        start = time.perf_counter()
        with open(self.folder / "said.txt", "w+") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", *command], cwd=self.folder, env=environment, stderr=said
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                said.seek(0)
                last = "".join(said.readlines()[-LAST_LINES:])
                status = process.returncode
                raise UserError(f"python -m {' '.join(command)}: status {status}\n{last}")
        return Took(time.perf_counter() - start, usage.ru_utime + usage.ru_stime)

    def write_data(self) -> None:
        """``data/`` in the course's layout, from the prepared images."""
        faces = {split: self._images("face", split) for split in ("train", "val")}
        for split, images in faces.items():
            write_faces(self.folder / "data/face", split, images.images, False)
        for domain in DIGITS:
            train, val = (self._images(domain, split) for split in ("train", "val"))
            write_digits(
                self.folder / "data/digits" / domain,
                (train.images, train.digits),
                (val.images, val.digits),
                False,
            )

    def pngs(self, domain: str) -> str:
        """The folder ``png/<domain>`` of the train images, written when first asked for."""
        name = f"png/{domain}"
        folder = self.folder / name
        if not folder.exists():
            folder.mkdir(parents=True)
            images = self._images(domain, "train")
            digits = [None] * len(images) if images.labels is None else images.digits.tolist()
            for number, (image, digit) in enumerate(zip(images.images, digits, strict=True)):
                start = "" if digit is None else f"{digit}_"
                Image.fromarray(image).save(folder / f"{start}{number:05d}.png")
        return name

    def _images(self, domain: str, split: str) -> ImageSet:
        return load_images(self.folder / prepared(domain, split))
