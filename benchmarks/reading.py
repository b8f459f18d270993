"""Reading faces: prepare once and draw batches from memory, against PNG files in each epoch."""

from contextlib import chdir
from typing import Any

import torch

from benchmarks.machine import synchronise
from benchmarks.project import Project
from benchmarks.scoring import once
from hw2.core.generators import torch_generator
from hw2.core.params import read_section
from hw2.core.paths import prepared
from hw2.data.arrays import load_images
from hw2.data.batches import Batches
from hw2.gan.params import GanModel

ROUNDS = 2
READ_EPOCHS = (1, 3)  # of the plain loop, at two times
DRAWN_EPOCHS = 5
EPOCHS = 100  # 30,000 steps of 128 images, of 38,464 faces
AIM = 10


def measure(project: Project, device: torch.device) -> dict[str, Any]:
    """The entry of the results: seconds of as many epochs as run dcgan has at scale full.

    Ours is the whole command ``stages.prepare``, which reads the three sets of digits too, then
    the epochs in memory; the plain side is the epochs alone, scaled up from one.
    """
    project.write_data()
    raw: dict[str, list[Any]] = {"prepare": [], "drawn epoch": [], "read epoch": []}
    folder = project.pngs("face")
    for _ in range(ROUNDS):
        raw["prepare"].append(project.run("stages.prepare").seconds)
        raw["drawn epoch"].append(_drawn_epoch(project, device))
        few, many = (
            project.run("benchmarks.plain.images", folder, "128", str(epochs)).seconds
            for epochs in READ_EPOCHS
        )
        raw["read epoch"].append((many - few) / (READ_EPOCHS[1] - READ_EPOCHS[0]))
    pairs = zip(raw["prepare"], raw["drawn epoch"], strict=True)
    return {
        "what": f"faces for {EPOCHS} epochs",
        "aim": AIM,
        "raw": raw,
        "ours": [prepare + EPOCHS * epoch for prepare, epoch in pairs],
        "plain": [EPOCHS * epoch for epoch in raw["read epoch"]],
    }


def _drawn_epoch(project: Project, device: torch.device) -> float:
    with chdir(project.folder):
        settings = read_section(GanModel, "gan", "models", "dcgan")
        images = load_images(prepared("face", "train"))
    order = torch_generator(torch.device("cpu"), 0, "benchmarks", "reading")
    batches = Batches(images, settings.batch, order, device, False, settings.pixels)
    draws = DRAWN_EPOCHS * (len(images) // settings.batch)

    def draw() -> None:
        for _ in range(draws):
            batches.draw()
        synchronise(device)

    draw()
    return once(draw) / DRAWN_EPOCHS
