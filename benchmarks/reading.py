"""Reading images: prepare once and draw batches from memory, against PNG files in each epoch."""

from contextlib import chdir
from typing import Any

import torch

from benchmarks.machine import synchronise
from benchmarks.project import DIGITS, Project
from benchmarks.scoring import once
from hw2.core.generators import torch_generator
from hw2.core.paths import prepared
from hw2.data.arrays import load_images
from hw2.data.batches import Batches
from hw2.data.sizes import stored_size
from hw2.data.values import Pixels

READ_EPOCHS = (1, 4)  # of the plain loop, at two times
DRAWN_EPOCHS = 5
EPOCHS = 100  # as run dcgan has at scale full: 30,000 steps of 128 images, of 38,464 faces
BATCH = "128"
DOMAINS = ("face", *DIGITS)
AIM = 10


def measure(project: Project, device: torch.device) -> dict[str, Any]:
    """The entry of the results: seconds of as many epochs of all four train sets.

    Ours is the whole command ``stages.prepare``, which reads the val sets too, then the epochs in
    memory; the plain side is the epochs alone, scaled up from a few.
    """
    project.write_data()
    prepare = project.run("stages.prepare").seconds
    drawn_epoch = _drawn_epoch(project, device)
    read_epoch = sum(_read_epoch(project, domain) for domain in DOMAINS)
    return {
        "what": f"reading four train sets for {EPOCHS} epochs",
        "aim": AIM,
        "raw": {"prepare": prepare, "drawn epoch": drawn_epoch, "read epoch": read_epoch},
        "ours": [prepare + EPOCHS * drawn_epoch],
        "plain": [EPOCHS * read_epoch],
    }


def _read_epoch(project: Project, domain: str) -> float:
    few, many = (
        project.run("benchmarks.plain.images", project.pngs(domain), BATCH, str(epochs)).seconds
        for epochs in READ_EPOCHS
    )
    return (many - few) / (READ_EPOCHS[1] - READ_EPOCHS[0])


def _drawn_epoch(project: Project, device: torch.device) -> float:
    batches = {}
    for domain in DOMAINS:
        with chdir(project.folder):
            images = load_images(prepared(domain, "train"))
        order = torch_generator(torch.device("cpu"), 0, "benchmarks", "reading", domain)
        pixels = Pixels(stored_size(domain))
        drawn = Batches(images, int(BATCH), order, device, False, pixels)
        batches[domain] = drawn, DRAWN_EPOCHS * (len(images) // int(BATCH))

    def draw() -> None:
        for drawn, count in batches.values():
            for _ in range(count):
                drawn.draw()
        synchronise(device)

    draw()
    return once(draw) / DRAWN_EPOCHS
