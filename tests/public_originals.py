"""Small stand-ins for the published data sets, each in its original format."""

import bz2
import gzip
import hashlib
import io
import struct
import tarfile
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.io import savemat

from hw2.core.download import Checksum
from hw2.core.seeds import numpy_generator
from hw2.raw.public.originals import BSDS500, CELEBA, MNIST, SVHN, USPS, Original

COUNT = 10  # images in each part of a digit set: one of each class
BSDS500_FOLDER = "BSR/BSDS500/data/images/train"
CELEBA_PARTS = [0] * 6 + [1] * 3 + [2] * 2
NOWHERE = "http://127.0.0.1:1/nobody-listens"


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return numpy_generator(seed, "stand-in").integers(0, 256, shape, dtype=np.uint8)


def encoded(image: np.ndarray, kind: str = "PNG") -> bytes:
    content = io.BytesIO()
    Image.fromarray(image).save(content, kind)
    return content.getvalue()


def idx(values: np.ndarray) -> bytes:
    """LeCun's idx format: 0, 0, 8 for bytes, the number of dimensions, their sizes, the values."""
    header = struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape)
    return gzip.compress(header + values.astype(np.uint8).tobytes())


def libsvm(images: np.ndarray, labels: np.ndarray) -> bytes:
    """`<label 1..10> 1:<value in -1..1> 2:..`, a line for each image."""
    lines = [
        " ".join([str(label + 1), *(f"{at}:{v:.6f}" for at, v in enumerate(pixels / 127.5 - 1, 1))])
        for pixels, label in zip(images.reshape(len(images), -1), labels, strict=True)
    ]
    return bz2.compress("\n".join(lines).encode())


def write_mnist(root: Path) -> list[str]:
    for seed, part in enumerate(("train", "t10k")):
        (root / f"{part}-images-idx3-ubyte.gz").write_bytes(idx(noise(COUNT, 28, 28, seed=seed)))
        (root / f"{part}-labels-idx1-ubyte.gz").write_bytes(idx(np.arange(COUNT)))
    return [
        f"{part}-{kind}-ubyte.gz"
        for part in ("train", "t10k")
        for kind in ("images-idx3", "labels-idx1")
    ]


def write_svhn(root: Path) -> list[str]:
    names = ["train_32x32.mat", "test_32x32.mat"]
    for seed, name in enumerate(names):
        labels = np.array([10, *range(1, COUNT)], dtype=np.uint8)  # the digit 0 is called 10
        savemat(root / name, {"X": noise(32, 32, 3, COUNT, seed=seed), "y": labels[:, None]})
    return names


def write_usps(root: Path) -> list[str]:
    names = ["usps.bz2", "usps.t.bz2"]
    for seed, name in enumerate(names):
        (root / name).write_bytes(libsvm(noise(COUNT, 16, 16, seed=seed), np.arange(COUNT)))
    return names


def write_bsds500(root: Path) -> list[str]:
    """Three photographs, and a drawing beside them that is none."""
    with tarfile.open(root / "BSR_bsds500.tgz", "w:gz") as archive:
        for number in range(3):
            content = encoded(noise(40, 60, 3, seed=number), "JPEG")
            add_to_tar(archive, f"{BSDS500_FOLDER}/{number}.jpg", content)
        add_to_tar(archive, "BSR/bench/drawing.png", encoded(noise(8, 8, 3)))
    return ["BSR_bsds500.tgz"]


def add_to_tar(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def write_celeba(root: Path) -> list[str]:
    names = [f"{number:06d}.jpg" for number in range(1, len(CELEBA_PARTS) + 1)]
    with zipfile.ZipFile(root / "img_align_celeba.zip", "w") as archive:
        for seed, name in enumerate(names):
            archive.writestr(f"img_align_celeba/{name}", encoded(noise(218, 178, 3, seed=seed)))
    rows = [f"{name} {part}\n" for name, part in zip(names, CELEBA_PARTS, strict=True)]
    (root / "list_eval_partition.txt").write_text("".join(rows))
    return ["img_align_celeba.zip", "list_eval_partition.txt"]


def write_originals(root: Path) -> dict[str, list[Original]]:
    """All stand-ins in `root`, described as the published files are."""
    root.mkdir(parents=True)
    writers = {
        MNIST: write_mnist,
        SVHN: write_svhn,
        USPS: write_usps,
        BSDS500: write_bsds500,
        CELEBA: write_celeba,
    }
    return {
        name: [
            Original(file, "", NOWHERE, Checksum("sha256", digest(root / file)))
            for file in write(root)
        ]
        for name, write in writers.items()
    }


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
