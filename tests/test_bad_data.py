"""Each fault of a data folder, from the stage that reads it: one message, and nothing written.

`test_data_faults` holds the faults of folders and tables one by one, `test_prepare` of images.
"""

import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from one_message import told
from PIL import Image
from raw_folders import make, pack, png
from tiny_runs import ROOT, stage

USPS, FACE = "digits/usps", "face/train/00001.png"
Spoil = Callable[[Path], object]


def image(content: bytes, path: str = FACE) -> Spoil:
    return lambda data: (data / path).write_bytes(content)


def table(content: bytes) -> Spoil:
    return lambda data: (data / USPS / "train.csv").write_bytes(b"image_name,label\n" + content)


def replaced(path: str, put: Spoil) -> Spoil:
    def spoil(data: Path) -> None:
        (data / path).unlink()
        put(data / path)

    return spoil


def member(name: str, content: bytes, kind: int = zipfile.ZIP_STORED, mode: int = 0) -> Spoil:
    def spoil(data: Path) -> None:
        with zipfile.ZipFile(pack(data / "face/train"), "a") as archive:
            info = zipfile.ZipInfo(name)
            info.compress_type, info.external_attr = kind, mode << 16
            archive.writestr(info, content)

    return spoil


def declaring(width: int, height: int) -> bytes:
    """A PNG of a few bytes that promises more."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + header
        + struct.pack(">I", zlib.crc32(header))
    )


def turned() -> bytes:
    mark = Image.Exif()
    mark[0x0112] = 6  # a quarter turn
    return png(64, exif=mark.tobytes())


def loop(path: Path) -> None:
    path.symlink_to(path.name)


def locked(data: Path) -> None:
    (data / FACE).chmod(0)
    if os.access(data / FACE, os.R_OK):
        pytest.skip("this user may read everything")


def two_frames() -> bytes:
    still = Image.new("RGB", (64, 64))
    return png(64, save_all=True, append_images=[still])


BAD = {
    "a folder named like an image": (replaced(FACE, Path.mkdir), f"{FACE}: is not a file but a f"),
    "a pipe named like an image": (replaced(FACE, os.mkfifo), f"{FACE}: is not a file"),
    "a link to itself": (replaced(FACE, loop), f"{FACE}: is not a file"),
    "a link to nothing": (replaced(FACE, lambda p: p.symlink_to("x")), f"{FACE}: is not a file"),
    "an unreadable image": (locked, "Permission denied"),
    "100 megapixels": (image(declaring(10_000, 10_000)), f"{FACE}: has size 10000x10000, not 64"),
    "zero bytes": (image(b""), f"{FACE}: is empty (0 bytes)"),
    "cut short": (image(png(64)[:-40]), f"{FACE}: is truncated"),
    "cmyk": (image(png(64, "CMYK", format="JPEG")), f"{FACE}: is not a PNG file but JPEG"),
    "a palette": (image(png(64, "P")), f"{FACE}: has mode P (palette), not RGB"),
    "transparent": (image(png(64, "RGBA")), f"{FACE}: has mode RGBA, not RGB"),
    "16 bits": (
        image(png(28, "I;16"), f"{USPS}/data/00031.png"),
        "00031.png: has mode L with 16 bits for each value, not 8",
    ),
    "animated": (image(two_frames()), f"{FACE}: is animated; one still image is needed"),
    "turned by a camera": (image(turned()), f"{FACE}: has a camera's orientation mark; turn"),
    "wrong size": (image(png(28)), f"{FACE}: has size 28x28, not 64x64"),
    "a web page": (image(b"<html>"), f"{FACE}: is not a PNG file"),
    "a pickle": (image(b"\x80\x04cposix\nsystem\n"), f"{FACE}: is not a PNG file"),
    "a name that is not utf-8": (
        lambda data: (data / os.fsdecode(b"face/train/\xff.png")).write_bytes(png(64)),
        "has a name with bytes or signs that cannot be printed; rename it",
    ),
    "label 10": (table(b"00030.png,10\n"), "line 2: 00030.png has the unknown label 10; it is 0"),
    "label -1": (table(b"00030.png,-1\n"), "unknown label -1"),
    "label 1.0": (table(b"00030.png,1.0\n"), "unknown label 1.0"),
    "a row twice": (table(b"00030.png,0\n00030.png,1\n"), "line 3: 00030.png is a duplicate of"),
    "a row too many": (table(b"x.png,0\n"), f"{USPS}/data/x.png: is missing; {USPS}/train.csv"),
    "no rows": (table(b""), f"{USPS}/train.csv: the split is empty"),
    "no label": (table(b"00030.png,\n"), "unknown label nothing"),
    "three columns": (table(b"00030.png,1,2\n"), "line 2: has 3 columns, not 2"),
    "nul in a name": (table(b"a\0.png,1\n"), "may climb out of the folder"),
    "a name that climbs": (table(b"../a.png,1\n"), "../a.png may climb out of the folder"),
    "an endless quote": (table(b'"00030.png,1\n'), "line 3: has 1 columns, not 2"),
    "a field of a megabyte": (table(b"x" * (1 << 20)), "not a CSV file: field larger than"),
    "a table of 17 MiB": (table(b"x" * (17 << 20)), "train.csv: is larger than 16 MiB"),
    "a pipe as table": (replaced(f"{USPS}/train.csv", os.mkfifo), "train.csv: is not a file"),
    "a folder as table": (replaced(f"{USPS}/train.csv", Path.mkdir), "is not a file but a folder"),
    "a table that links to itself": (replaced(f"{USPS}/train.csv", loop), "Too many levels"),
    "an archive that climbs": (member("../x.png", png(64)), "train.zip/../x.png: may climb out"),
    "an archive from the root": (member("/x.png", png(64)), "train.zip//x.png: may climb out"),
    "an archive with a drive": (member("C:\\x.png", png(64)), "may climb out of the archive"),
    "a link in an archive": (
        member("x.png", b"/etc/passwd", mode=stat.S_IFLNK | 0o777),
        "train.zip/x.png: is a link; pack the file itself",
    ),
    "a bomb in an archive": (
        member("x.png", bytes(50 << 20), zipfile.ZIP_DEFLATED),
        "train.zip/x.png: is larger than 1048576 bytes",
    ),
    "lzma in an archive": (
        member("x.png", png(64), zipfile.ZIP_LZMA),
        "train.zip/x.png: is packed in an unusual way; pack it again as a plain zip archive",
    ),
    "half an archive": (
        lambda data: os.truncate(pack(data / "face/train"), 9000),
        "face/train.zip: cannot read it: File is not a zip file",
    ),
    "a pipe as archive": (
        lambda data: replaced("face/train.zip", os.mkfifo)(pack(data / "face/train").parents[1]),
        "face/train.zip: is not a file",
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of each test: params.yaml, and no data yet."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(ROOT / "params.yaml", ".")


def prepare() -> object:
    main: Any = stage("prepare")
    return main()


@pytest.mark.parametrize("kind", BAD)
def test_a_fault_is_named_and_nothing_is_written(tmp_path: Path, kind: str) -> None:
    spoil, words = BAD[kind]
    spoil(make(Path("data")))
    message = told(prepare, tmp_path)
    assert "problems in the data; nothing was written (1 in all)" in message
    assert words in message and message.isascii()


@pytest.mark.parametrize(
    ("put", "words"),
    [
        (lambda path: None, "data: no such folder; dvc repro makes the embedded data"),
        (Path.touch, "data: is a file; give the folder of face/ and digits/"),
        (loop, "data: cannot read the folder: Too many levels of symbolic links"),
        (Path.mkdir, "data: neither course layout is here. Expected face/train"),
        (lambda path: make(path / "starter") and make(path), "rm -rf data/starter"),
    ],
)
def test_what_is_no_data_is_named(tmp_path: Path, put: Spoil, words: str) -> None:
    put(Path("data"))
    assert words in told(prepare, tmp_path)


@pytest.mark.parametrize("out", ["runs", "runs/prepared"])
def test_an_output_that_cannot_be_written_is_named(tmp_path: Path, out: str) -> None:
    make(Path("data"))
    Path(out).parent.mkdir(exist_ok=True)
    Path(out).touch()
    assert "runs/prepared: cannot write there" in told(prepare, tmp_path)
