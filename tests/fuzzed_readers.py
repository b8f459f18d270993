"""Every reader of files that come from outside, each with a good file, for the fuzz tests."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import public_originals as originals
import torch
from PIL import Image
from raw_folders import make, png
from torch import nn

from hw2.core.params import read_yaml
from hw2.core.seeds import numpy_generator
from hw2.core.weights import load_weights, save_weights
from hw2.data.arrays import ImageSet, load_images
from hw2.evaluation.digit_judge import CourseJudge, load_course_judge
from hw2.raw.any_image import decode_any
from hw2.raw.check import check
from hw2.raw.decode import decode
from hw2.raw.folder import open_folder
from hw2.raw.labels import read_table
from hw2.raw.layouts import DOMAINS
from hw2.raw.public.domains import make_faces
from hw2.raw.public.originals import obtain
from hw2.raw.public.photographs import draw_patches, survey
from hw2.raw.public.readers import read_mnist, read_partition, read_svhn, read_usps

Read = Callable[[Path], object]
KINDS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")


class Reader(NamedTuple):
    """What reads a file, a good file, and its usual name."""

    read: Read
    content: bytes
    name: str = "x"


def read_png(path: Path) -> object:
    return decode(path.read_bytes(), DOMAINS[0])


def read_any(path: Path) -> object:
    return decode_any(path.read_bytes(), 28)


def read_folder(path: Path) -> object:
    return open_folder(path.parent).read(28)


def read_archive(path: Path) -> object:
    """Read it as face/train.zip of a data folder."""
    root = path.parent / "root"
    if not root.exists():
        (make(root) / "face/train").rename(path.parent / "elsewhere")
    os.replace(path, root / "face/train.zip")
    report = check(root, workers=1, progress=False)
    assert all(problem.isprintable() for problem in report.problems)
    return report


def read_labels(path: Path) -> object:
    table = read_table(path, "t.csv")
    assert table.labels or table.problems
    return table


def read_net(path: Path) -> None:
    load_weights(path, "net", nn.Linear(2, 3))


def read_photographs(path: Path) -> object:
    return draw_patches(survey([path]), 2, 28, numpy_generator(0, "test"))


def image(kind: str) -> bytes:
    file = io.BytesIO()
    Image.open(io.BytesIO(png(24))).convert("P" if kind == "GIF" else "RGB").save(file, kind)
    return file.getvalue()


def archive(method: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as members:
        for number in range(3):
            members.writestr(f"{number}.png", png(64, seed=number))
    return file.getvalue()


def written(folder: Path, write: Callable[[Path], object]) -> bytes:
    write(folder / "good")
    return (folder / "good").read_bytes()


def make_readers(folder: Path) -> dict[str, Reader]:
    """All of them, by name; what they need beside the file lies in `folder`."""
    three = ImageSet(np.zeros((3, 8, 8, 3), np.uint8), [*"abc"], np.arange(3))
    linear, judge = {"net": nn.Linear(2, 3)}, CourseJudge().state_dict()
    table = b"image_name,label\n" + b"".join(b"%05d.png,%d\n" % (i, i % 10) for i in range(20))
    params = (Path(__file__).parents[1] / "params.yaml").read_bytes()
    return {
        "png": Reader(read_png, png(64)),
        **{kind: Reader(read_any, image(kind)) for kind in KINDS},
        "zip": Reader(read_archive, archive(zipfile.ZIP_STORED)),
        "deflated zip": Reader(read_archive, archive(zipfile.ZIP_DEFLATED)),
        "csv": Reader(read_labels, table),
        "params": Reader(read_yaml, params),
        "npz": Reader(load_images, written(folder, three.save)),
        "safetensors": Reader(read_net, written(folder, lambda path: save_weights(path, linear))),
        "pth": Reader(load_course_judge, written(folder, lambda path: torch.save(judge, path))),
        **public_readers(folder / "originals"),
    }


def public_readers(root: Path) -> dict[str, Reader]:
    """Those of the public originals, of which `root` becomes a folder."""
    published = originals.write_originals(root)
    names = {one.name: one for group in published.values() for one in group}
    images, labels = (root / name for name in list(names)[:2])

    def read_checked(path: Path) -> object:
        # SciPy does not survive every damaged file; the checksum is what protects it.
        return read_svhn(obtain(names[path.name], path.parent, progress=False))

    def read_faces(path: Path) -> object:
        table = root / "list_eval_partition.txt"
        return make_faces(path, table, {"train": 6}, 8, numpy_generator(0, "test"), progress=False)

    reads: dict[str, Read] = {
        images.name: lambda path: read_mnist(path, labels),
        labels.name: lambda path: read_mnist(images, path),
        "train_32x32.mat": read_checked,
        "usps.bz2": lambda path: read_usps(path, train=True),
        "img_align_celeba.zip": read_faces,
        "list_eval_partition.txt": read_partition,
        "BSR_bsds500.tgz": read_photographs,
    }
    return {name: Reader(read, (root / name).read_bytes(), name) for name, read in reads.items()}
