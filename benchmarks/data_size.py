"""Time and memory of the commands that touch all images, at three sizes of the data.

    python -m benchmarks.data_size [FOLDER]

Makes images of smoothed noise in the course's layout, up to 38,464 train faces and 200,000 digits,
in a temporary folder or in FOLDER (it takes 4 GB), and runs the stages on the CPU at scale full,
but for what does not depend on the data's size: one training step, one draw of 1,000 images to
score (noise as well: sampling them is left out), one adaptation run, 250 steps of t-SNE. Writes
benchmarks/results/data_size.json and the table beside it. Linux only.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from tabulate import tabulate

from benchmarks.measure import ROOT, describe_machine, run_python
from hw2.core.errors import exit_on_user_error
from hw2.core.files import write_json, write_text
from hw2.core.params import read_yaml
from hw2.core.paths import SAMPLES
from hw2.core.seeds import numpy_generator
from hw2.data.arrays import ImageSet, digit_names
from hw2.data.sizes import stored_size
from hw2.raw.course_folder import Digits, write_digits, write_faces

RESULTS = ROOT / "benchmarks" / "results" / "data_size"
SHARES = (1 / 16, 1 / 4, 1.0)
DIGITS = 200_000  # train and val of the three domains, in the proportions of the course's
DOMAINS = ("mnistm", "svhn", "usps")
GAN, DIFFUSION, ADAPT = "dcgan", "context_unet", "mnistm_svhn-conv_bn-dann"
COARSE = 8  # side of the noise that is scaled up
GRAIN = 8  # of the fine noise on it: a face's PNG file is then 8 kB long, like a photograph's
STAGES = (
    ("prepare",),
    ("train_judge",),
    ("train_gan", GAN),
    ("train_diffusion", DIFFUSION),
    ("train_adapt", ADAPT),
    ("find_weights",),
    ("score_real",),
    ("score_real_digits",),
    ("score_gan", GAN),
    ("score_diffusion", DIFFUSION),
    ("score_adapt",),
    ("embed",),
)


def main() -> None:
    """Read the command line, measure every stage at every size, write the results."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", help="where there is room for 4 GB")
    parent: Path | None = parser.parse_args().folder
    with exit_on_user_error():
        params = read_yaml(ROOT / "params.yaml")
        found: dict[str, Any] = {
            "hardware": describe_machine(),
            "date": datetime.now(UTC).date().isoformat(),
            "sizes": [measure(count_images(params["public"], share), parent) for share in SHARES],
        }
        write_json(RESULTS.with_suffix(".json"), found)
        write_text(RESULTS.with_suffix(".md"), as_table(found))
        print(as_table(found), end="")


def count_images(course: dict[str, int], share: float) -> dict[str, int]:
    """Images of each domain and split: a share of the course's faces and of `DIGITS`."""
    digits = sum(count for name, count in course.items() if not name.startswith("faces"))
    return {
        name: round(share * count * (1 if name.startswith("faces") else DIGITS / digits))
        for name, count in course.items()
    }


def measure(counts: dict[str, int], parent: Path | None) -> dict[str, Any]:
    """The cost of each stage on as many images, in a folder that is removed afterwards."""
    costs = {}
    with tempfile.TemporaryDirectory(dir=parent) as name:
        folder = Path(name)
        params = shortened(read_yaml(ROOT / "params.yaml"))
        (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
        with ProcessPoolExecutor(1) as other:  # what this process has held would count below
            other.submit(write_data, folder / "data", counts).result()
            other.submit(write_samples, folder / "runs", params).result()
        for stage, *run in STAGES:
            cost = run_python(["-m", f"stages.{stage}", *run], folder)
            print(stage, cost, file=sys.stderr)
            costs[stage] = {key: round(value, 2) for key, value in asdict(cost).items()}
    faces = counts["faces_train"]
    digits = sum(counts.values()) - faces - counts["faces_val"]
    return {"train_faces": faces, "digits": digits, "stages": costs}


def shortened(params: dict[str, Any]) -> dict[str, Any]:
    """Scale full on the CPU, with little of what does not depend on the number of images."""
    params["scale"] = "full"
    params["compute"] |= {"accelerator": "cpu"}
    params["gan"]["models"] = {GAN: params["gan"]["models"][GAN]}
    params["diffusion"]["models"] = {DIFFUSION: params["diffusion"]["models"][DIFFUSION]}
    params["adapt"]["runs"] = {ADAPT: params["adapt"]["runs"][ADAPT]}
    params["adapt"]["common"] |= {"seeds": 1}
    nets = params["adapt"]["nets"].values()
    for trained in (params["judge"], *each_model(params), *nets):
        trained["steps"] = 1
    params["embed"] |= {"runs": [ADAPT], "steps": 250}
    params["evaluation"] |= {"seeds": 1}
    return params


def each_model(params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The entries of GANs and diffusion models."""
    for family in ("gan", "diffusion"):
        yield from params[family]["models"].values()


def write_data(folder: Path, counts: dict[str, int]) -> None:
    """Smoothed noise in the course's layout; digits are labelled 0, 1, ..., 9, 0, ..."""
    for split in ("train", "val"):
        write_faces(folder / "face", split, noise("face", split, counts[f"faces_{split}"]), True)

    def digits(domain: str, split: str) -> Digits:
        count = counts[f"{domain}_{split}"]
        return noise(domain, split, count), np.arange(count) % 10

    for domain in DOMAINS:
        train, val = digits(domain, "train"), digits(domain, "val")
        write_digits(folder / "digits" / domain, train, val, True)


def write_samples(runs: Path, params: dict[str, Any]) -> None:
    """One draw for the GAN and one for the diffusion model, in place of what they would sample."""
    faces = noise("face", "samples", params["gan"]["common"]["samples"]["full"])
    names = [f"{number:05d}.png" for number in range(1, len(faces) + 1)]
    ImageSet(faces, names).save(runs / "gan" / GAN / SAMPLES)
    labels = np.repeat(np.arange(10), params["diffusion"]["common"]["samples_per_class"]["full"])
    digits = ImageSet(noise("mnistm", "samples", len(labels)), digit_names(labels), labels)
    digits.save(runs / "diffusion" / DIFFUSION / SAMPLES)


def noise(domain: str, split: str, count: int) -> np.ndarray:
    """(count, size, size, 3) uint8: coarse noise in blocks, with fine noise on it."""
    rng, size = numpy_generator(0, "benchmarks", "data size", domain, split), stored_size(domain)
    block = -(-size // COARSE)  # rounded up: 8 for faces, 4 for digits
    images = rng.integers(0, 256, (count, COARSE, COARSE, 3), dtype=np.uint8)
    images = images.repeat(block, axis=1).repeat(block, axis=2)[:, :size, :size]
    images //= 2
    images += rng.integers(0, GRAIN, images.shape, dtype=np.uint8)
    return images


def as_table(found: dict[str, Any]) -> str:
    """Markdown: a row a stage; of each size processor seconds and peak memory."""
    sizes = found["sizes"]
    heads = [f"{size['train_faces']:,} + {size['digits']:,}" for size in sizes]
    rows = []
    for stage in sizes[0]["stages"]:
        costs = [size["stages"][stage] for size in sizes]
        seconds = [f"{cost['processor_seconds']:.1f}" for cost in costs]
        clock, peak = f"{costs[-1]['seconds']:.1f}", f"{costs[-1]['peak_gib']:.2f}"
        rows.append([stage, *seconds, clock, peak])
    table = tabulate(rows, ["stage", *heads, "clock", "peak GiB"], "github", disable_numparse=True)
    return (
        "Processor seconds at three sizes of the data (train faces + digits); for the largest "
        f"also seconds\nof the clock and peak memory. {found['hardware']}, {found['date']}.\n\n"
        f"{table}\n"
    )


if __name__ == "__main__":
    main()
