"""Images are decoded as they are or refused, and prepare writes everything or nothing."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from raw_folders import make, pack, pack_all, pixels, png

from hw2.core.errors import UserError
from hw2.data.arrays import load_images
from hw2.raw.check import describe
from hw2.raw.decode import decode
from hw2.raw.layouts import DOMAINS
from hw2.raw.prepare import fingerprint, prepare
from hw2.raw.stores import BadFile

FACE, USPS = DOMAINS[0], DOMAINS[-1]


def _files(folder: Path) -> list[str]:
    return sorted(os.listdir(folder)) if folder.exists() else []


@pytest.mark.parametrize("layout", ["2022", "2021"])
@pytest.mark.parametrize("packed", [False, True])
def test_prepare_writes_every_split_as_it_is(tmp_path: Path, layout: str, packed: bool) -> None:
    root, out = make(tmp_path / "root", layout), tmp_path / "out"
    if packed:
        pack_all(root, layout)
    both = {"train": 3, "val": 2}
    assert prepare(root, out, workers=2, progress=False) == {
        "layout": layout,
        "images": {domain.name: both for domain in DOMAINS},
    }
    assert len(_files(out)) == 8
    faces = load_images(out / "face_train.npz")
    assert faces.names == ["00000.png", "00001.png", "00002.png"] and faces.labels is None
    np.testing.assert_array_equal(faces.images[1], pixels(png(64, seed=1)))
    digits = load_images(out / "usps_val.npz")
    assert digits.labels is not None and digits.labels.tolist() == [3, 4]
    np.testing.assert_array_equal(digits.images[0], pixels(png(28, "L", seed=33)))


def test_the_bytes_depend_on_nothing_but_the_data(tmp_path: Path) -> None:
    root = make(tmp_path / "root")
    prepare(root, tmp_path / "one", workers=1, progress=False)
    prepare(pack_all(root), tmp_path / "many", workers=4, progress=False)
    for name in _files(tmp_path / "one"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "many" / name).read_bytes()


def test_other_images_have_another_fingerprint(tmp_path: Path) -> None:
    root = make(tmp_path / "root")
    for folder in ("one", "same"):
        prepare(root, tmp_path / folder, workers=2, progress=False)
    assert fingerprint(tmp_path / "one") == fingerprint(tmp_path / "same")
    prepare(root, tmp_path / "grey", workers=2, progress=False, grey=["svhn"])
    assert fingerprint(tmp_path / "one") != fingerprint(tmp_path / "grey")


def test_a_domain_can_lose_its_colours(tmp_path: Path) -> None:
    root = make(tmp_path / "root")
    prepare(root, tmp_path / "out", workers=1, progress=False)
    prepare(root, tmp_path / "grey", workers=1, progress=False, grey=["mnistm"])
    for split in ("train", "val"):
        coloured, grey = (
            load_images(tmp_path / out / f"mnistm_{split}.npz") for out in ("out", "grey")
        )
        luminance = coloured.images @ np.array([0.299, 0.587, 0.114])
        assert np.abs(grey.images - luminance[..., None]).max() <= 0.51
        assert (grey.images == grey.images[..., :1]).all() and grey.names == coloured.names
        same = [(tmp_path / out / f"svhn_{split}.npz").read_bytes() for out in ("out", "grey")]
        assert same[0] == same[1]


def _animated() -> bytes:
    frames = [Image.open(io.BytesIO(png(64, seed=seed))) for seed in (0, 1)]
    file = io.BytesIO()
    frames[0].save(file, format="PNG", save_all=True, append_images=frames[1:])
    return file.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _by_hand(
    width: int, height: int, depth: int, colour: int, pixel_data: bytes, **extra: bytes
) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    parts = {b"IHDR": header, **{kind.encode(): data for kind, data in extra.items()}}
    parts |= {b"IDAT": zlib.compress(pixel_data), b"IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts.items())


BAD_IMAGES = {
    "size": (png(63), "has size 63x63, not 64x64"),
    "grey": (png(64, "L"), "has mode L, not RGB"),
    "palette": (png(64, "P"), "has mode P (palette), not RGB"),
    "transparent": (png(64, "RGBA"), "has mode RGBA, not RGB"),
    "16 bits": (_by_hand(64, 64, 16, 2, bytes(64 * (1 + 64 * 6))), "RGB with 16 bits"),
    "cmyk": (png(64, "CMYK", format="JPEG"), "is not a PNG file but JPEG"),
    "gif": (png(64, "P", format="GIF"), "is not a PNG file but GIF"),
    "text": (b"hello", "is not a PNG file"),
    "empty": (b"", "is empty (0 bytes)"),
    "animated": (_animated(), "is animated"),
    "truncated": (png(64)[:-40], "is truncated"),
    "no end mark": (png(64)[:-12], "is truncated"),
    "header only": (png(64)[:20], "no whole header"),
    "bomb": (_by_hand(50_000, 50_000, 8, 2, b""), "has size 50000x50000"),
    "too few pixels": (_by_hand(64, 64, 8, 2, bytes(100)), "is damaged"),
    "bad profile": (_by_hand(64, 64, 8, 2, bytes(64 * 193), iCCP=b"x"), "is damaged"),
    "huge file": (png(64) + bytes(1 << 20), "is larger than"),
}


@pytest.mark.parametrize("kind", BAD_IMAGES)
def test_a_bad_image_is_named_and_nothing_is_written(tmp_path: Path, kind: str) -> None:
    content, message = BAD_IMAGES[kind]
    root, out = make(tmp_path / "root"), tmp_path / "out"
    (root / "face/train/00001.png").write_bytes(content)
    with pytest.raises(UserError) as error:
        prepare(root, out, workers=2, progress=False)
    assert "(1 in all):\n  face/train/00001.png: " in str(error.value)
    assert message in str(error.value)
    assert not out.exists()


def test_grey_with_16_bits_or_1_bit_is_no_digit() -> None:
    with pytest.raises(BadFile, match="mode L with 16 bits"):
        decode(_by_hand(28, 28, 16, 0, bytes(28 * 57)), USPS)
    with pytest.raises(BadFile, match="mode L with 1 bits"):
        decode(png(28, "1"), USPS)


def test_every_flipped_byte_and_every_cut_is_noticed() -> None:
    content = png(28, "L")
    for at in range(len(content)):
        flipped = content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :]
        for damaged in (flipped, content[:at]):
            with pytest.raises(BadFile):
                decode(damaged, USPS)


def _flip_last_image(archive: Path) -> None:
    content = bytearray(archive.read_bytes())
    with zipfile.ZipFile(archive) as file:
        content[file.infolist()[-1].header_offset + 200] ^= 1
    archive.write_bytes(content)


def test_a_damaged_member_of_an_archive_is_named(tmp_path: Path) -> None:
    archive = pack(make(tmp_path / "root") / "face/val")
    _flip_last_image(archive)
    with pytest.raises(UserError, match=r"face/val.zip/00004.png: cannot read it: Bad CRC-32"):
        prepare(tmp_path / "root", tmp_path / "out", workers=2, progress=False)


def _spoil_everywhere(root: Path) -> None:
    (root / "face/train/00000.png").write_bytes(b"")
    (root / "digits/mnistm/val.csv").unlink()
    (root / "digits/usps/data/00034.png").write_bytes(png(64))
    for index in range(30):
        (root / f"face/val/bad{index}.png").write_bytes(b"")


def test_one_error_lists_the_faults_of_all_domains(tmp_path: Path) -> None:
    root, out = make(tmp_path / "root"), tmp_path / "out"
    out.mkdir()
    (out / "face_train.npz").write_bytes(b"from before")
    _spoil_everywhere(root)
    with pytest.raises(UserError) as error:
        prepare(root, out, workers=2, progress=False)
    lines = str(error.value).splitlines()
    assert "(33 in all)" in lines[0] and lines[-1].strip() == "... and 13 more"
    assert len(lines) == 22 and "mnistm/val.csv: is missing" in lines[1]
    assert (_files(out), (out / "face_train.npz").read_bytes()) == (
        ["face_train.npz"],
        b"from before",
    )


def test_an_output_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(UserError, match="out: cannot write there"):
        prepare(make(tmp_path / "root"), tmp_path / "out", workers=1, progress=False)


@pytest.mark.parametrize("inside", ["", "starter", "hw2_data"])
def test_describe_a_good_folder(tmp_path: Path, inside: str) -> None:
    make(tmp_path / "data" / inside)
    text, good = describe(tmp_path / "data")
    assert good and "layout 2022" in text and text.endswith("all good")
    assert (f"holds {inside}/ alone" in text) == bool(inside)
    assert [line.split()[:6] for line in text.splitlines() if line.startswith("svhn")] == [
        ["svhn", "train", "3", "28x28", "0", "1"],
        ["svhn", "val", "2", "28x28", "0", "1"],
    ]


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (_spoil_everywhere, "problems (33 in all)"),
        (lambda root: (root / "starter").mkdir(), "rm -rf"),
        (lambda root: os.rename(root, root.with_name("gone")), "no such folder"),
    ],
)
def test_describe_a_bad_folder(
    tmp_path: Path, spoil: Callable[[Path], object], expected: str
) -> None:
    root = make(tmp_path / "data")
    spoil(root)
    text, good = describe(root)
    assert not good and expected in text
