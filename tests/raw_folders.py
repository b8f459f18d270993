"""A maker of tiny data folders in the course layouts, for the tests of the raw data readers."""

import csv
import io
import shutil
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from hw2.core.seeds import numpy_generator
from hw2.raw.layouts import DOMAINS, Domain, places

COUNTS = {"train": 3, "val": 2}


def png(size: int, mode: str = "RGB", seed: int = 0, **save: object) -> bytes:
    """A PNG file of seeded noise, `size` x `size`, in a Pillow mode."""
    noise = numpy_generator(seed, "png").integers(0, 256, (size, size, 3), dtype=np.uint8)
    file = io.BytesIO()
    Image.fromarray(noise).convert(mode).save(file, format=str(save.pop("format", "PNG")), **save)
    return file.getvalue()


def pixels(content: bytes) -> np.ndarray:
    """The pixels of an image file as (H, W, 3) uint8."""
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB"))


def write_table(path: Path, rows: dict[str, object], header: str = "image_name,label") -> None:
    """Write a label table."""
    with open(path, "w", newline="") as file:
        file.write(header + "\n")
        csv.writer(file).writerows(rows.items())


def make(root: Path, layout: str = "2022") -> Path:
    """A whole data folder: 3 train and 2 val images for each domain; USPS is grey."""
    for number, domain in enumerate(DOMAINS):
        _make_domain(root, layout, domain, 10 * number)
    return root


def _make_domain(root: Path, layout: str, domain: Domain, seed: int) -> None:
    mode = "L" if domain.name == "usps" else "RGB"
    for place in places(layout, domain):
        (root / place.images).mkdir(parents=True, exist_ok=True)
        seeds = range(seed, seed + COUNTS[place.split])
        seed += len(seeds)
        for one in seeds:
            content = png(domain.size, mode, one)
            (root / place.images / f"{one:05d}.png").write_bytes(content)
        if place.table is not None:
            write_table(root / place.table, {f"{one:05d}.png": one % 10 for one in seeds})


def pack(folder: Path, top: str = "", extra: dict[str, bytes] | None = None) -> Path:
    """Replace `folder` by folder.zip; members get the prefix `top`, and `extra` is added as is."""
    archive = folder.with_name(f"{folder.name}.zip")
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(folder.iterdir()):
            file.write(path, f"{top}{path.name}")
        for name, content in (extra or {}).items():
            file.writestr(name, content)
    shutil.rmtree(folder)
    return archive


def pack_all(root: Path, layout: str = "2022", top: str = "") -> Path:
    """Replace every folder of images under `root` by a zip archive."""
    for domain in DOMAINS:
        for images in {place.images for place in places(layout, domain)}:
            pack(root / images, top)
    return root
