"""No bytes make a reader crash, hang or fill the memory: they are read, or refused in one message.

Arbitrary bytes, and good files with bytes flipped, put in, cut out. Each example may take 5
seconds; files that promise much may take 1 GiB more than the process has.
"""

import bz2
import gzip
import io
import os
import resource
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest
from fuzzed_readers import (
    Reader,
    make_readers,
    read_any,
    read_archive,
    read_folder,
    read_labels,
    read_net,
    read_photographs,
    read_png,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from hw2.core.errors import UserError
from hw2.core.params import read_yaml
from hw2.data.arrays import load_images
from hw2.raw.public.readers import read_mnist, read_usps
from hw2.raw.stores import BadFile

NAMES = [
    *("png", "PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "zip", "deflated zip", "csv"),
    *("params", "npz", "safetensors", "pth", "train-images-idx3-ubyte.gz"),
    *("train-labels-idx1-ubyte.gz", "train_32x32.mat", "usps.bz2", "img_align_celeba.zip"),
    *("list_eval_partition.txt", "BSR_bsds500.tgz"),
]
EXAMPLES, SECONDS, GIB = 100, 5, 1 << 30


@pytest.fixture(scope="module")
def readers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reader]:
    return make_readers(tmp_path_factory.mktemp("good"))


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """`content` after some bytes were flipped, put in, cut out, or all the rest lost."""
    found = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        # Headers stand in front, and decide the most.
        at = draw(st.integers(0, len(found)) | st.integers(0, min(200, len(found))))
        match draw(st.sampled_from(["flip", "put in", "cut out", "lose"])):
            case "flip":
                found[at : at + 1] = bytes(b ^ draw(st.integers(1, 255)) for b in found[at:][:1])
            case "put in":
                found[at:at] = draw(st.binary(min_size=1, max_size=9))
            case "cut out":
                del found[at : at + draw(st.integers(1, 64))]
            case "lose":
                del found[at:]
    return bytes(found)


def test_no_reader_is_forgotten(readers: dict[str, Reader]) -> None:
    assert [*readers] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_any_bytes_are_read_or_refused(
    tmp_path: Path, readers: dict[str, Reader], name: str
) -> None:
    reader = readers[name]
    path = tmp_path / reader.name

    @settings(max_examples=EXAMPLES, deadline=1000 * SECONDS, derandomize=True, database=None)
    @given(damaged(reader.content) | st.binary(max_size=300))
    def read(content: bytes) -> None:
        path.write_bytes(content)
        with suppress(UserError, BadFile):
            reader.read(path)

    path.write_bytes(reader.content)
    reader.read(path)  # undamaged it is good
    read()


@contextmanager
def within_limits() -> Iterator[None]:
    """Allow 5 seconds, and 1 GiB of memory more than the process has."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    start = time.monotonic()
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + GIB, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
    assert time.monotonic() - start < SECONDS


def png_of(width: int, height: int, colour: int, pixels: bytes) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        size, checksum = len(data).to_bytes(4, "big"), zlib.crc32(kind + data).to_bytes(4, "big")
        return size + kind + data + checksum

    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([8, colour, 0, 0, 0])
    body = chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def zeros(size: int) -> bytes:
    """`size` zero bytes, deflated."""
    one = zlib.compressobj(1)
    return b"".join(one.compress(bytes(1 << 20)) for _ in range(size >> 20)) + one.flush()


def zip_of(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as members:
        members.writestr(name, content)
    return file.getvalue()


def array_of(shape: str) -> bytes:
    """An .npz whose images have the shape that the header declares, and no values."""
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return zip_of("images.npy", b"\x93NUMPY\x01\0" + len(header).to_bytes(2, "little") + header)


BOMBS: dict[str, tuple[Callable[[Path], object], Callable[[], bytes]]] = {
    "100 megapixels declared": (read_png, lambda: png_of(10_000, 10_000, 2, b"")),
    "100 megapixels": (read_any, lambda: png_of(10_000, 10_000, 0, zeros(96 << 20))),
    "50 megapixels that can be seen through": (
        read_any,
        lambda: png_of(7_000, 7_000, 6, zeros(188 << 20)),
    ),
    "a picture of 2**31 columns": (read_any, lambda: png_of(2**31 - 1, 1, 2, b"")),
    "zip": (read_archive, lambda: zip_of("x.png", bytes(200 << 20))),
    "photographs": (read_photographs, lambda: zip_of("x.jpg", bytes(200 << 20))),
    "array": (load_images, lambda: array_of("(1000000000000,)")),
    "array of many sides": (load_images, lambda: array_of(str((1,) * 100))),
    "weights": (read_net, lambda: (1 << 62).to_bytes(8, "little") + b"{}"),
    "mnist": (lambda path: read_mnist(path, path), lambda: gzip.compress(bytes(200 << 20), 1)),
    "usps": (lambda path: read_usps(path, train=True), lambda: bz2.compress(bytes(100 << 20), 1)),
    "params": (read_yaml, lambda: b"a: " + b"[" * 900_000),
    "labels": (read_labels, lambda: b"image_name,label\n" + b'"' * 900_000),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_file_that_promises_much_is_cheap(tmp_path: Path, kind: str) -> None:
    read, content = BOMBS[kind]
    path = tmp_path / ("usps.bz2" if kind == "usps" else "x")
    path.write_bytes(content())
    with within_limits(), suppress(UserError, BadFile):
        read(path)


@pytest.mark.parametrize("read", [read_yaml, read_labels, read_folder])
def test_a_file_of_4_gib_is_not_read_to_its_end(
    tmp_path: Path, read: Callable[[Path], object]
) -> None:
    path = tmp_path / "x.png"
    path.touch()
    os.truncate(path, 4 << 30)  # takes no space
    with within_limits(), suppress(UserError, BadFile):
        read(path)


def test_an_array_of_objects_is_never_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez(path, images=np.array([{}], dtype=object), names=np.array(["a"]))
    with pytest.raises(UserError, match=r"x\.npz: damaged or not an array file"):
        load_images(path)
